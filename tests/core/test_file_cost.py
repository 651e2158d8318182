"""Small files that would take minutes or gigabytes are refused at once, with a sentence; ordinary ones are not."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from siamgui.core.errors import ImageTooLarge, ImageTooSlow, UnreadableImage
from siamgui.core.file_cost import is_plain_tiff
from siamgui.core.file_structure import MOST_SCANS
from siamgui.core.imaging import photo_from_bytes
from siamgui.core.resources import resource

SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00"
COMMENT = b"\xff\xfe\x00\x04xx"


def encoded(kind: str, size: tuple[int, int] = (120, 150), **options: object) -> bytes:
    file = io.BytesIO()
    with Image.open(resource("samples") / "obama1.jpg") as photo:
        photo.resize(size).save(file, kind, **options)
    return file.getvalue()


def pages(count: int, order: str) -> bytes:
    """A TIFF of count pages of one pixel; the last leads back to the first if count is negative."""
    entries = ((256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1))
    size = 2 + 12 * len(entries) + 4
    head = b"II*\0" if order == "<" else b"MM\0*"
    out = head + struct.pack(order + "I", 12) + b"\x80\0\0\0"
    for number in range(abs(count)):
        last = number + 1 == abs(count)
        after = (12 if count < 0 else 0) if last else 12 + size * (number + 1)
        out += struct.pack(order + "H", len(entries))
        for tag, kind, amount, value in entries:
            # A short number lies at the beginning of its field.
            field = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
            out += struct.pack(order + "HHI", tag, kind, amount) + field
        out += struct.pack(order + "I", after)
    return out


def gif(frames: int) -> bytes:
    data = encoded("GIF", (8, 8))
    start = data.index(b",\0\0\0\0")
    return data[:start] + data[start:-1] * frames + b";"


def png(chunks: int) -> bytes:
    data = encoded("PNG")
    chunk = struct.pack(">I", 3) + b"tEXtk\0v" + struct.pack(">I", zlib.crc32(b"tEXtk\0v"))
    return data[:33] + chunk * chunks + data[33:]


def jpeg(between: bytes) -> bytes:
    data = encoded("JPEG")
    return data[:2] + between + data[2:]


def jpeg_2000(width: int, height: int) -> bytes:
    """The head of one; nothing that is decoded."""
    return b"\xff\x4f\xff\x51" + struct.pack(">HHIIII", 47, 0, width, height, 0, 0) + bytes(400)


def webp(width: int, height: int) -> bytes:
    body = b"VP8L" + struct.pack("<I", 10) + b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(5)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def run_lengths(width: int, height: int) -> bytes:
    """A BMP of runs of one pixel."""
    body = (b"\1\x55" * width + b"\0\0") * height + b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(body), 0, 0, 256, 256)
    head += b"".join(bytes((value, value, value, 0)) for value in range(256))
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(body), 0, 0, 14 + len(head)) + head + body


SLOW = {
    "comments of two bytes": jpeg(COMMENT * 300_000),
    "comments of none": jpeg(b"\xff\xfe\x00\x02" * 50_000),
    "fill between markers": jpeg(b"\xff" * 3_000_000),
    "rubbish between markers": jpeg(b"\xff\x00" * 2_000_000),
    "scans": encoded("JPEG", progressive=True)[:-2] + (SCAN + b"\x00" * 8) * 4500 + b"\xff\xd9",
    "pages": pages(30_000, "<"),
    "pages, big end first": pages(5000, ">"),
    "frames": gif(40_000),
    "chunks": png(60_000),
    "numbers as text": b"P3\n1300 1300\n255\n" + b"128 128 128\n" * 1300 * 1300,
    "bits as text": b"P1 5000 2000\n" + b"0 " * 10_000_000,
    "another range than a byte": b"P6 2000 2000 254\n" + bytes(12_000_000),
    "two bytes a value": b"P6 2000 2000 65535\n" + bytes(24_000_000),
    "runs of one": run_lengths(2000, 1500),
    "a long comment": b"P6\n#" + b"x" * 20_000_000 + b"\n2 2\n255\n" + bytes(12),
    "many comments": b"P5\n" + b"#\n" * 5_000_000 + b"2 2\n255\n" + bytes(4),
}


@pytest.mark.parametrize("case", SLOW)
def test_what_would_take_long_is_refused_at_once(case: str) -> None:
    start = time.process_time()
    with pytest.raises(ImageTooSlow, match="“photo” is built as no camera builds a picture"):
        photo_from_bytes(SLOW[case], "photo")
    assert time.process_time() - start < 1


@pytest.mark.parametrize("data", [jpeg_2000(9900, 9900), jpeg_2000(40_000, 1000), webp(9900, 9900), webp(16_000, 3000)])
def test_what_would_take_gigabytes_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(ImageTooLarge, match=r"more than (24|30) megapixels"):
        photo_from_bytes(data, "photo")


def test_a_large_avif_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8000, 7000), (90, 90, 90)).save(file, "AVIF", speed=10, quality=30)
    with pytest.raises(ImageTooLarge, match="more than 50 megapixels"):
        photo_from_bytes(file.getvalue(), "photo")


def test_a_chain_of_pages_without_an_end() -> None:
    start = time.process_time()
    with contextlib.suppress(UnreadableImage):
        photo_from_bytes(pages(-20, "<"), "photo")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "data",
    [
        jpeg(COMMENT * 500),
        jpeg(b"\xff\xfe\xff\xffx" + b"x" * 65_532),
        jpeg(b"\xff" * 200),
        encoded("JPEG", progressive=True),
        pages(300, "<"),
        pages(40, ">"),
        gif(300),
        png(500),
        encoded("PPM"),
        b"P3\n# by hand\n20 20\n255\n" + b"12 200 7\n" * 400,
        b"P5 2000 2000 65535\n" + bytes(8_000_000),
        b"P6 200 200 254\n" + bytes(120_000),
        b"P6 200 200 65535\n" + bytes(240_000),
        run_lengths(300, 200),
        encoded("JPEG2000", (1500, 1000)),
        encoded("WEBP", (1500, 1000)),
    ],
)
def test_what_is_only_unusual_is_read(data: bytes) -> None:
    assert photo_from_bytes(data, "photo").width >= 1


def test_scans_as_many_as_encoders_write() -> None:
    assert MOST_SCANS > 20


def test_a_tiff_whose_strips_are_read_again_and_again_is_not_plain() -> None:
    """Two pages; a tag that stands twice; strips that lie on one another: what they cost, their size does not tell."""
    plain = encoded("TIFF", compression="tiff_lzw")
    assert is_plain_tiff(plain)
    first = struct.unpack_from("<I", plain, 4)[0]
    count = struct.unpack_from("<H", plain, first)[0]
    places = [first + 2 + 12 * number for number in range(count)]
    tags = {struct.unpack_from("<H", plain, place)[0]: place for place in places}
    twice = bytearray(plain)
    twice[tags[278] : tags[278] + 12] = plain[tags[279] : tags[279] + 12]
    assert not is_plain_tiff(bytes(twice))
    pages = bytearray(plain)
    struct.pack_into("<I", pages, first + 2 + 12 * count, first)
    assert not is_plain_tiff(bytes(pages))
    large = bytearray(plain)
    kind, values = struct.unpack_from("<HI", plain, tags[279] + 2)
    at = tags[279] + 8 if values * (2 if kind == 3 else 4) <= 4 else struct.unpack_from("<I", plain, tags[279] + 8)[0]
    struct.pack_into("<H" if kind == 3 else "<I", large, at, len(plain) + 1)
    assert not is_plain_tiff(bytes(large))
    assert not is_plain_tiff(plain[: first + 20])
    assert not is_plain_tiff(encoded("TIFF", compression="jpeg"))
    for tag in (322, 323, 324, 325):
        tiled = bytearray(plain)
        struct.pack_into("<H", tiled, tags[262], tag)
        assert not is_plain_tiff(bytes(tiled))


def test_more_strips_than_pictures_have_are_refused() -> None:
    plain = encoded("TIFF", compression="tiff_lzw")
    first = struct.unpack_from("<I", plain, 4)[0]
    many = bytearray(plain)
    for place in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", plain, first)[0], 12):
        if struct.unpack_from("<H", plain, place)[0] == 273:
            struct.pack_into("<I", many, place + 4, 1_000_000)
    with pytest.raises(ImageTooSlow):
        photo_from_bytes(bytes(many), "photo")

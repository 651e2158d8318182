"""Pictures that cost much to decode, or of which a piece is missing, in every format, made from bundled photographs."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

from siamgui.core.resources import resource

pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Case:
    """make: gives the file."""

    format: str
    fault: str
    make: Callable[[], bytes]


LARGE = (9950, 9950)  # nearly 100 megapixels
PHOTO = (4000, 3000)


@cache
def photo(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(resource("samples") / "biden.jpg") as image:
        return image.convert(mode).resize(size, Image.Resampling.BILINEAR)


@cache
def flat(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, 90 if len(mode) == 1 else (90,) * len(mode))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(size: tuple[int, int], bits: int, colour: int, interlaced: int = 0, more: bytes = b"") -> bytes:
    """One of a single value throughout; colour: 0 grey, 2 RGB, 3 palette, 6 RGBA."""
    width, height = size
    per_pixel = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] * bits
    rows = [-(-width * per_pixel // 8)] * height
    if interlaced:
        rows = []
        for x, y, across, down in (
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ):
            wide, high = -(-(width - x) // across), -(-(height - y) // down)
            rows += [-(-wide * per_pixel // 8)] * high
    packer = zlib.compressobj(1)
    body = b"".join([*(packer.compress(b"\0" + b"\x55" * row) for row in rows), packer.flush()])
    palette = chunk(b"PLTE", bytes(range(256)) * 3) + chunk(b"tRNS", b"\x80" * 256) if colour == 3 else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + palette + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tiff_directory(entries: list[tuple[int, int, int, int]], at: int = 8) -> bytes:
    """entries: (tag, kind, count, value)."""
    body = struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        field = struct.pack("<HH", value, 0) if kind == 3 and count == 1 else struct.pack("<I", value)
        body += struct.pack("<HHI", tag, kind, count) + field
    return b"II*\0" + struct.pack("<I", at) + body + struct.pack("<I", 0)


def exif_of_large_tags(megabytes: int, tags: int) -> bytes:
    """EXIF of which every tag names the same many bytes."""
    entries = [(0x8000 + number, 7, megabytes * 1_000_000, 8) for number in range(tags)]
    return tiff_directory(entries) + bytes(megabytes * 1_000_000)


def tiff_of_large_tags(megabytes: int, tags: int) -> bytes:
    base = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
    more = [(0x8000 + number, 7, megabytes * 1_000_000, 8) for number in range(tags)]
    return tiff_directory(base + more) + bytes(megabytes * 1_000_000)


def tiff_of_overfull_strips(size: tuple[int, int], strips: int, each: int) -> bytes:
    """RGB, Deflate; every strip holds `each` bytes, all of them zeros, however few rows are its own."""
    width, height = size
    body = zlib.compress(bytes(each), 9)
    body += bytes(len(body) % 2)
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, 0), (259, 3, 1, 8), (262, 3, 1, 2)]
    entries += [(273, 4, strips, 0), (277, 3, 1, 3), (278, 4, 1, -(-height // strips)), (279, 4, strips, 0)]
    bits = 8 + 2 + 12 * len(entries) + 4
    starts = bits + 6
    sizes = starts + 4 * strips
    lists = {258: bits, 273: starts, 279: sizes}
    entries = [(tag, kind, count, lists.get(tag, value)) for tag, kind, count, value in entries]
    first = sizes + 4 * strips
    values = struct.pack("<3H", 8, 8, 8)
    values += struct.pack(f"<{strips}I", *(first + number * len(body) for number in range(strips)))
    values += struct.pack(f"<{strips}I", *[len(body)] * strips)
    return tiff_directory(entries) + values + body * strips


def tiff_of_pages_of_large_tags(pages: int, megabytes: int) -> bytes:
    entries = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
    entries.append((0x8000, 7, megabytes * 1_000_000, 8))
    size = 2 + 12 * len(entries) + 4
    out = b""
    for page in range(pages):
        after = 8 + size * (page + 1) if page + 1 < pages else 0
        out += tiff_directory(entries)[8:-4] + struct.pack("<I", after)
    return b"II*\0" + struct.pack("<I", 8) + out + bytes(megabytes * 1_000_000)


def smaller(data: bytes) -> bytes:
    """A HEIC or AVIF that says of itself that it has a few pixels."""
    return re.sub(rb"ispe\0\0\0\0.{8}", b"ispe" + bytes(4) + struct.pack(">II", 640, 640), data, flags=re.DOTALL)


def gif(frames: int, size: tuple[int, int]) -> bytes:
    data = encoded(flat(size, "L"), "GIF")
    start = data.index(b",\0\0\0\0")
    return data[:start] + data[start:-1] * frames + b";"


def profile() -> bytes:
    """A colour profile that is not sRGB, so that every pixel goes through it."""
    with Image.open(resource("samples") / "biden.jpg") as image:
        own = image.info.get("icc_profile")
    lab: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    return own or lab


def bmp_rle(size: tuple[int, int], body: bytes) -> bytes:
    palette = b"".join(bytes((value, value, value, 0)) for value in range(256))
    head = struct.pack("<IiiHHIIiiII", 40, *size, 1, 8, 1, len(body), 0, 0, 256, 256) + palette
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(body), 0, 0, 14 + len(head)) + head + body


def bmp(size: tuple[int, int], bits: int) -> bytes:
    row = -(-size[0] * bits // 32) * 4
    palette = b"\x40\x40\x40\0" * (1 << bits) if bits <= 8 else b""
    head = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, 0, row * size[1], 0, 0, 0, 0) + palette
    return (
        b"BM" + struct.pack("<IHHI", 14 + len(head) + row * size[1], 0, 0, 14 + len(head)) + head + bytes(row * size[1])
    )


def jpeg_2000_of_tiles(side: int, tile: int) -> bytes:
    return encoded(photo((side, side)), "JPEG2000", tile_size=(tile, tile), quality_mode="rates", quality_layers=[30])


def animation(kind: str, size: tuple[int, int], frames: int) -> bytes:
    others = [Image.new("RGB", size, (20 + number * 40 % 200, 90, 90)) for number in range(1, frames)]
    return encoded(
        flat(size), kind, save_all=True, append_images=others, **({"speed": 10} if kind == "AVIF" else {"method": 0})
    )


def zeroed(data: bytes) -> bytes:
    half = len(data) // 2 | 1
    return data[:half] + bytes(len(data) - half)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2 | 1]


FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("JPEG", {"quality": 88}),
    "JPEG, progressive": ("JPEG", {"quality": 88, "progressive": True}),
    "PNG": ("PNG", {"compress_level": 1}),
    "GIF": ("GIF", {}),
    "PPM": ("PPM", {}),
    "BMP": ("BMP", {}),
    "WebP": ("WEBP", {"quality": 80, "method": 1}),
    "WebP, lossless": ("WEBP", {"lossless": True, "method": 0}),
    "TIFF": ("TIFF", {}),
    "TIFF, LZW": ("TIFF", {"compression": "tiff_lzw"}),
    "TIFF, deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "TIFF, JPEG": ("TIFF", {"compression": "jpeg"}),
    "TIFF, PackBits": ("TIFF", {"compression": "packbits"}),
    "TIFF, ZSTD": ("TIFF", {"compression": "zstd"}),
    "TIFF, LZMA": ("TIFF", {"compression": "lzma"}),
    "JPEG 2000": ("JPEG2000", {"quality_mode": "rates", "quality_layers": [20]}),
    "AVIF": ("AVIF", {"quality": 70, "speed": 10}),
    "HEIC": ("HEIF", {"quality": 60}),
}
WEBP_MOST, HEIF_MOST = (5470, 5470), (7070, 7070)
MOST = {
    "JPEG, progressive": (8900, 8900),
    "JPEG 2000": (4890, 4890),
    "WebP": WEBP_MOST,
    "WebP, lossless": WEBP_MOST,
    "AVIF": HEIF_MOST,
    "HEIC": HEIF_MOST,
    **dict.fromkeys(("TIFF, LZW", "TIFF, deflate", "TIFF, JPEG", "TIFF, PackBits", "TIFF, ZSTD"), (8600, 8600)),
    "TIFF, LZMA": (7700, 7700),
    "PNG": (9100, 9100),
    "GIF": (8900, 8900),
}
CAMERA = {"WebP, lossless": (3000, 2000), "JPEG 2000": (3000, 2000)}  # what is seen of the format

GOOD = Case("JPEG", "good", lambda: encoded(photo(PHOTO), "JPEG", quality=88))


def _cases() -> list[Case]:
    cases = []
    for name, (kind, options) in FORMS.items():

        def make(
            size: tuple[int, int],
            source: Callable[..., Image.Image],
            kind: str = kind,
            options: dict[str, Any] = options,
        ) -> bytes:
            return encoded(source(size), kind, **options)

        size = CAMERA.get(name, PHOTO)
        cases += [
            Case(
                name,
                "good, 12 megapixels" if size == PHOTO else "good, 6 megapixels",
                lambda m=make, s=size: m(s, photo),
            ),
            Case(name, "second half zeros", lambda m=make, s=size: zeroed(m(s, photo))),
            Case(name, "cut", lambda m=make, s=size: cut(m(s, photo))),
        ]
        most = MOST.get(name, LARGE)
        if name not in ("PPM", "BMP", "TIFF"):  # raw: more than 200 MB
            cases.append(Case(name, "flat, as large as is read", lambda m=make, s=most: m(s, flat)))
        if name in ("JPEG", "JPEG, progressive", "WebP", "JPEG 2000", "GIF", "TIFF, JPEG"):
            cases.append(Case(name, "photograph, as large as is read", lambda m=make, s=most: m(s, photo)))
    return cases


CASES = [
    *_cases(),
    Case("JPEG", "CMYK, 99 megapixels", lambda: encoded(flat(LARGE, "CMYK"), "JPEG")),
    Case("JPEG", "grey, 99 megapixels", lambda: encoded(flat(LARGE, "L"), "JPEG")),
    Case(
        "JPEG",
        "progressive, no subsampling, 99 megapixels",
        lambda: encoded(flat(LARGE), "JPEG", progressive=True, subsampling=0),
    ),
    Case("JPEG", "progressive CMYK, 99 megapixels", lambda: encoded(flat(LARGE, "CMYK"), "JPEG", progressive=True)),
    Case("JPEG", "colour profile, 99 megapixels", lambda: encoded(flat(LARGE), "JPEG", icc_profile=profile())),
    Case("JPEG", "progressive, 12 megapixels, turned", lambda: encoded(photo(PHOTO), "JPEG", progressive=True)),
    Case("PNG", "RGBA, 99 megapixels", lambda: png(LARGE, 8, 6)),
    Case("PNG", "16 bits RGBA, 99 megapixels", lambda: png(LARGE, 16, 6)),
    Case("PNG", "RGBA, 59 megapixels", lambda: png((7700, 7700), 8, 6)),
    Case("PNG", "palette with transparency, 59 megapixels", lambda: png((7700, 7700), 8, 3)),
    Case("PNG", "16 bits RGBA, 31 megapixels", lambda: png((5590, 5590), 16, 6)),
    Case("PNG", "interlaced 16 bits RGBA, 31 megapixels", lambda: png((5590, 5590), 16, 6, 1)),
    Case(
        "JPEG",
        "progressive, no subsampling, 55 megapixels",
        lambda: encoded(flat((7400, 7400)), "JPEG", progressive=True, subsampling=0),
    ),
    Case("JPEG", "CMYK, 78 megapixels", lambda: encoded(flat((8850, 8850), "CMYK"), "JPEG")),
    Case("GIF", "transparent, 59 megapixels", lambda: encoded(flat((7700, 7700), "L"), "GIF", transparency=90)),
    Case(
        "TIFF",
        "CMYK, deflate, 55 megapixels",
        lambda: encoded(flat((7400, 7400), "CMYK"), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case(
        "TIFF",
        "floats, deflate, 55 megapixels",
        lambda: encoded(Image.new("F", (7400, 7400), 0.5), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case("TIFF", "1,000 pages of large tags", lambda: tiff_of_pages_of_large_tags(1000, 20)),
    Case("AVIF", "says it is smaller than it is", lambda: smaller(encoded(flat(LARGE), "AVIF", speed=10))),
    Case("HEIC", "says it is smaller than it is", lambda: smaller(encoded(flat(LARGE), "HEIF"))),
    Case("PNG", "16 bits RGB, 99 megapixels", lambda: png(LARGE, 16, 2)),
    Case("PNG", "16 bits grey, 99 megapixels", lambda: png(LARGE, 16, 0)),
    Case("PNG", "interlaced 16 bits RGBA, 99 megapixels", lambda: png(LARGE, 16, 6, 1)),
    Case("PNG", "palette with transparency, 99 megapixels", lambda: png(LARGE, 8, 3)),
    Case("PNG", "one bit, 99 megapixels", lambda: png(LARGE, 1, 0)),
    Case("PNG", "EXIF of large tags", lambda: png((20, 20), 8, 2, more=chunk(b"eXIf", exif_of_large_tags(10, 1000)))),
    Case(
        "PNG",
        "profile that is a bomb",
        lambda: png((20, 20), 8, 2, more=chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(800_000_000), 9))),
    ),
    Case("JPEG", "EXIF of large tags", lambda: _with_exif(encoded(photo((400, 300)), "JPEG"))),
    Case(
        "WebP",
        "EXIF of large tags",
        lambda: encoded(photo((400, 300)), "WEBP", exif=b"Exif\0\0" + exif_of_large_tags(10, 1000)),
    ),
    Case("GIF", "2,000 frames of 1 megapixel", lambda: gif(2000, (1000, 1000))),
    Case("GIF", "transparent, 99 megapixels", lambda: encoded(flat(LARGE, "L"), "GIF", transparency=90)),
    Case("BMP", "8 bits, 99 megapixels", lambda: bmp(LARGE, 8)),
    Case("BMP", "1 bit, 99 megapixels", lambda: bmp(LARGE, 1)),
    Case("BMP", "24 bits, 66 megapixels", lambda: bmp((8100, 8100), 24)),
    Case("BMP", "32 bits, 49 megapixels", lambda: bmp((7000, 7000), 32)),
    Case(
        "BMP",
        "run lengths, 99 megapixels",
        lambda: bmp_rle((10_000, 9_900), (b"\xfa\x55" * 40 + b"\0\0") * 9900 + b"\0\1"),
    ),
    Case(
        "BMP",
        "run lengths of one, 1 megapixel",
        lambda: bmp_rle((1000, 990), (b"\1\x55" * 1000 + b"\0\0") * 990 + b"\0\1"),
    ),
    Case("BMP", "run lengths, jumps", lambda: bmp_rle(LARGE, b"\0\2\0\1" * 9940 + b"\0\1")),
    Case("PPM", "no common white, 33 megapixels", lambda: b"P6 5700 5800 254\n" + bytes(3 * 5700 * 5800)),
    Case("PPM", "16 bits, 33 megapixels", lambda: b"P6 5700 5800 65535\n" + bytes(6 * 5700 * 5800)),
    Case("PPM", "16 bits grey, 99 megapixels", lambda: b"P5 9950 9950 65535\n" + bytes(2 * 9950 * 9950)),
    Case("PPM", "grey, 99 megapixels", lambda: b"P5 9950 9950 255\n" + bytes(9950 * 9950)),
    Case("PPM", "bits, 99 megapixels", lambda: b"P4 9950 9950\n" + bytes(-(-9950 // 8) * 9950)),
    Case("PPM", "floats, 49 megapixels", lambda: b"Pf 7000 7000 -1.0\n" + bytes(4 * 7000 * 7000)),
    Case("WebP", "animated, 100 frames", lambda: animation("WEBP", (3000, 3000), 100)),
    Case("WebP", "RGBA lossless", lambda: encoded(flat((5470, 5470), "RGBA"), "WEBP", lossless=True, method=0)),
    Case("AVIF", "animated, 60 frames", lambda: animation("AVIF", (3000, 3000), 60)),
    Case("AVIF", "RGBA", lambda: encoded(flat(HEIF_MOST, "RGBA"), "AVIF", speed=10)),
    Case("HEIC", "RGBA", lambda: encoded(flat(HEIF_MOST, "RGBA"), "HEIF")),
    Case(
        "HEIC",
        "8 pictures",
        lambda: encoded(flat((6000, 4000)), "HEIF", save_all=True, append_images=[flat((6000, 4000))] * 7),
    ),
    Case("JPEG 2000", "tiles of 8", lambda: jpeg_2000_of_tiles(1200, 8)),
    Case("JPEG 2000", "tiles of 64", lambda: jpeg_2000_of_tiles(4890, 64)),
    Case(
        "JPEG 2000",
        "RGBA",
        lambda: encoded(
            flat((4890, 4890), "RGBA"), "JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[5000]
        ),
    ),
    Case("TIFF", "large tags", lambda: tiff_of_large_tags(10, 1000)),
    Case("TIFF", "RGBA, LZW, 99 megapixels", lambda: encoded(flat(LARGE, "RGBA"), "TIFF", compression="tiff_lzw")),
    Case(
        "TIFF",
        "CMYK, deflate, 99 megapixels",
        lambda: encoded(flat(LARGE, "CMYK"), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case(
        "TIFF",
        "LAB, deflate, 99 megapixels",
        lambda: encoded(flat(LARGE, "LAB"), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case(
        "TIFF",
        "floats, deflate, 99 megapixels",
        lambda: encoded(Image.new("F", LARGE, 0.5), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case(
        "TIFF",
        "16 bits, deflate, 99 megapixels",
        lambda: encoded(Image.new("I;16", LARGE, 500), "TIFF", compression="tiff_adobe_deflate"),
    ),
    Case(
        "TIFF", "one bit, CCITT, 99 megapixels", lambda: encoded(Image.new("1", LARGE, 1), "TIFF", compression="group4")
    ),
    Case(
        "TIFF",
        "deflate, 16 strips of 192 MB, 16 megapixels",
        lambda: tiff_of_overfull_strips((4000, 4000), 16, 192_000_000),
    ),
    Case(
        "TIFF",
        "a row a strip, LZW",
        lambda: encoded(photo((4000, 25_000)), "TIFF", compression="tiff_lzw", strip_size=4000),
    ),
    Case(
        "TIFF",
        "one pixel wide, a row a strip",
        lambda: encoded(flat((1, 9_000_000)), "TIFF", compression="packbits", strip_size=3),
    ),
]


def _with_exif(data: bytes) -> bytes:
    entries = [(0x8000 + number, 7, 60_000, 8) for number in range(5000)]
    body = b"Exif\0\0" + tiff_directory(entries)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]

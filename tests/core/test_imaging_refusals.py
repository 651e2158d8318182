"""What is not a photograph is refused with one sentence that names it, before it costs memory."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from siamgui.core import errors
from siamgui.core.errors import SiamguiError, UnreadableImage
from siamgui.core.file_names import photo_name
from siamgui.core.imaging import MAX_MEGABYTES, load_photo, photo_from_bytes
from siamgui.core.resources import resource
from siamgui.core.types import Photo

pillow_heif.register_heif_opener()


def _encoded() -> dict[str, bytes]:
    """One real photograph of 60 x 75 in every format."""
    exif = Image.Exif()
    exif[0x0112] = 6
    options = {"JPEG": {"exif": exif}, "TIFF": {"compression": "tiff_lzw", "exif": exif}, "PNG": {"exif": exif}}
    files = {}
    with Image.open(resource("samples") / "obama1.jpg") as photo:
        small = photo.resize((60, 75))
    for kind in ("JPEG", "PNG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000", "HEIF", "AVIF", "MPO"):
        file = io.BytesIO()
        small.save(file, kind, **options.get(kind, {}))
        files[kind] = file.getvalue()
    return files


FILES = _encoded()


def refuse(path: Path, error: type[SiamguiError]) -> str:
    """The sentence with which a path is refused."""
    with pytest.raises(UnreadableImage) as caught:
        load_photo(path)
    assert type(caught.value) is error
    sentence = str(caught.value)
    assert photo_name(path) in sentence
    assert str(path.parent) not in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


# --- files that are no pictures ----------------------------------------------------------------------------------


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "空 photo.jpg"
    path.touch()
    assert refuse(path, errors.ImageEmpty) == "“空 photo.jpg” is empty. Copy or download it again."


@pytest.mark.parametrize(
    "data",
    [
        b"The quick brown fox.\n" * 50,
        b"P",
        b"\0",
        b"\0\0\0\x18ftyp",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n%\xe2\xe3",
        bytes(5000),
    ],
)
def test_something_else_named_jpg(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(UnreadableImage, match=r"“a\.jpg”"):
        load_photo(path)


@pytest.mark.parametrize(
    "data",
    [
        b"Python is a language. " * 9,
        b"\0\0\0\x18ftypisom\0\0\2\0isommp41\0\0\0\x08mdat",
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(30),
    ],
    ids=["text", "video", "sound"],
)
def test_another_kind_of_file_is_not_called_damaged(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "letter.jpg"
    path.write_bytes(data)
    assert "not a picture siamgui can read" in refuse(path, UnreadableImage)


def test_the_name_decides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(FILES["PNG"])
    assert load_photo(path).name == "photo.txt"


def test_formats_that_no_camera_writes_are_refused(tmp_path: Path) -> None:
    for kind in ("ICO", "TGA", "PCX", "PDF", "EPS", "DDS", "SGI"):
        path = tmp_path / f"a.{kind}"
        Image.new("RGB", (16, 16)).save(path, kind)
        refuse(path, UnreadableImage)


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind not in ("BMP", "PPM")])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / "photo.bin"
    path.write_bytes(FILES[kind][: max(12, int(len(FILES[kind]) * share))])
    assert "cut off or damaged" in refuse(path, errors.ImageDamaged)


# --- paths -------------------------------------------------------------------------------------------------------


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "holiday.jpg"
    folder.mkdir()
    assert "is a folder" in refuse(folder, errors.ImageIsFolder)


@pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")
def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    refuse(pipe, errors.ImageNotAFile)
    refuse(Path("/dev/zero"), errors.ImageNotAFile)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "gone.jpg"
    path.write_bytes(FILES["JPEG"])
    load_photo(path)
    path.unlink()
    assert "was not found" in refuse(path, errors.ImageGone)
    other = tmp_path / "file"
    other.touch()
    refuse(other / "inside.jpg", errors.ImageGone)
    with pytest.raises(errors.ImageGone):
        load_photo(tmp_path / "a\0b.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(FILES["JPEG"])
    path.chmod(0)
    administrator = os.geteuid() == 0
    if administrator:  # who may read everything, so ask as nobody
        os.seteuid(65534)
    try:
        assert "no permission" in refuse(path, errors.ImageForbidden)
    finally:
        if administrator:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_failure_of_the_disk_is_told_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "loop.jpg"
    path.symlink_to(path)
    assert os.strerror(40) in refuse(path, errors.ImageReadFailed)


def test_chinese_characters_and_spaces_in_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "我的 照片　二"
    folder.mkdir()
    path = folder / "奥巴马 (1) ü é.jpg"
    path.write_bytes(FILES["JPEG"])
    assert load_photo(path).name == "奥巴马 (1) ü é.jpg"


# --- limits ------------------------------------------------------------------------------------------------------


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _huge() -> dict[str, bytes]:
    """Small files that claim 30,000 x 30,000 pixels or as much as their format allows."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(4_000_000), 9)
    start = FILES["JPEG"].index(b"\xff\xc0") + 5
    size = struct.pack(">HH", 30_000, 30_000)
    wide = FILES["TIFF"].index(struct.pack("<HHII", 256, 3, 1, 60))
    return {
        "PNG": b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b""),
        "JPEG": FILES["JPEG"][:start] + size + FILES["JPEG"][start + 4 :],
        "GIF": FILES["GIF"][:6] + b"\xff\xff\xff\xff" + FILES["GIF"][10:],
        "BMP": FILES["BMP"][:18] + struct.pack("<ii", 30_000, 30_000) + FILES["BMP"][26:],
        "PPM": b"P6 30000 30000 255\n" + bytes(500),
        "TIFF": FILES["TIFF"][:wide] + struct.pack("<HHII", 256, 4, 1, 30_000_000) + FILES["TIFF"][wide + 12 :],
        "WEBP": b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + b"\xff\x3f\0" * 2 + bytes(100),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="needs getrusage")
@pytest.mark.parametrize("kind", _huge())
def test_limits_hold_before_memory_is_taken(tmp_path: Path, kind: str) -> None:
    from resource import RUSAGE_SELF, getrusage

    path = tmp_path / f"huge.{kind}"
    path.write_bytes(_huge()[kind])
    assert path.stat().st_size < 20_000
    before = getrusage(RUSAGE_SELF).ru_maxrss
    assert "more than 100 megapixels" in refuse(path, errors.ImageTooLarge)
    kilobytes = 1024 if sys.platform == "darwin" else 1
    assert (getrusage(RUSAGE_SELF).ru_maxrss - before) / kilobytes < 30_000


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    with path.open("wb") as file:
        file.truncate(MAX_MEGABYTES * 1_000_000 + 1)
    assert "more than 200 MB" in refuse(path, errors.ImageFileTooLarge)


# --- anything at all ---------------------------------------------------------------------------------------------


def _photo_or_refusal(data: bytes) -> None:
    try:
        photo = photo_from_bytes(data, "x")
    except SiamguiError:
        return
    assert isinstance(photo, Photo)
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    assert photo.width * photo.height > 0
    assert not photo.pixels.flags.writeable


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", *(data[:16] for data in FILES.values())]))
def test_any_bytes_are_a_photo_or_refused(data: bytes, beginning: bytes) -> None:
    _photo_or_refusal(beginning + data)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
def test_changed_files_are_a_photo_or_refused(kind: str, data: st.DataObject) -> None:
    """Bytes changed, mostly in the header where they do most, a piece taken out, the end cut off."""
    changed = bytearray(FILES[kind])
    places = st.one_of(st.integers(0, min(400, len(changed) - 1)), st.integers(0, len(changed) - 1))
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        changed[place] = value
    start, length = data.draw(st.tuples(places, st.sampled_from([0, 0, 1, 4, 100])))
    del changed[start : start + length]
    _photo_or_refusal(bytes(changed[: data.draw(st.sampled_from([None, None, len(changed) * 3 // 4]))]))

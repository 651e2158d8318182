"""Photographs of every kind a person may have, made here with real encoders. What is refused: test_imaging_refusals."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from siamgui.core import errors
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo, photo_from_bytes, photo_from_pixels
from siamgui.core.resources import resource
from siamgui.core.types import Photo, Pixels

pillow_heif.register_heif_opener()

ORIENTATION = 0x0112
LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "BMP": {},
    "PPM": {},
    "TIFF": {},
    "TIFF lzw": {"compression": "tiff_lzw"},
    "TIFF deflate": {"compression": "tiff_adobe_deflate"},
    "WEBP": {"lossless": True},
    "JPEG2000": {},
    "HEIF": {"quality": -1, "chroma": 444, "matrix_coefficients": 0},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}
LOSSY: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "HEIF": {}, "AVIF": {}, "WEBP": {}}


def _portrait() -> Pixels:
    """(75, 60, 3): a small photograph, taller than wide and like none of its mirror images."""
    with Image.open(resource("samples") / "obama1.jpg") as image:
        return np.asarray(image.resize((60, 75)))


PORTRAIT = _portrait()


def encode(image: Image.Image | Pixels, kind: str, **options: Any) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, kind.split(maxsplit=1)[0], **options)
    return file.getvalue()


def decode(data: bytes) -> Photo:
    return photo_from_bytes(data, "x.jpg")


def difference(photo: Photo, expected: Pixels) -> float:
    """Mean over all pixels, in levels of 255."""
    assert photo.pixels.shape == expected.shape
    return float(np.abs(photo.pixels.astype(int) - expected).mean())


# --- formats and modes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_formats_give_the_very_pixels(kind: str) -> None:
    assert difference(decode(encode(PORTRAIT, kind, **LOSSLESS[kind])), PORTRAIT) <= (1 if kind == "AVIF" else 0)


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_formats_give_the_picture(kind: str) -> None:
    assert difference(decode(encode(PORTRAIT, kind, **LOSSY[kind])), PORTRAIT) < 8


def test_a_photo_keeps_its_promises(samples: Path) -> None:
    path = samples / "obama1.jpg"
    photo = load_photo(path)
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    assert photo.pixels.flags.c_contiguous
    assert not photo.pixels.flags.writeable
    assert photo.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (photo.name, photo.first_of) == ("obama1.jpg", 1)
    with Image.open(path) as image:
        assert (photo.pixels == np.asarray(image)).all()


def test_grey_faces_of_a_collection(att: Path) -> None:
    photo = load_photo(att / "s1" / "1.pgm")
    assert photo.pixels.shape == (112, 92, 3)
    assert (photo.pixels == photo.pixels[..., :1]).all()


GREY = np.asarray(Image.fromarray(PORTRAIT).convert("L"))


@pytest.mark.parametrize("kind", ["png", "tiff", "pgm"])
def test_16_bits_of_grey_are_scaled(kind: str) -> None:
    deep = GREY.astype(np.uint16) * 257
    assert difference(decode(cv2.imencode(f".{kind}", deep)[1].tobytes()), np.dstack([GREY] * 3)) == 0


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_16_bits_of_colour_are_scaled(kind: str) -> None:
    deep = cv2.cvtColor(PORTRAIT.astype(np.uint16) * 257, cv2.COLOR_RGB2BGR)
    assert difference(decode(cv2.imencode(f".{kind}", deep)[1].tobytes()), PORTRAIT) == 0


def test_12_bits_of_grey_are_scaled() -> None:
    # TIFF tags: size 2 x 1, 12 bits, uncompressed, black is zero, strip at 8, one sample, one row, 3 bytes.
    entries = ((256, 2), (257, 1), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 3))
    directory = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in entries)
    data = (
        struct.pack("<2sHI", b"II", 42, 12) + b"\xff\xf8\x00\0" + struct.pack("<H", len(entries)) + directory + bytes(4)
    )
    assert decode(data).pixels[0, :, 0].tolist() == [255, 128]


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_a_tiff_without_a_defined_white_is_stretched(scale: float) -> None:
    values = np.linspace(-1, 1, 256, dtype=np.float32).reshape(16, 16) * scale
    values[0, 5] = np.nan
    photo = decode(encode(Image.fromarray(values), "TIFF"))
    assert photo.pixels[0, 0, 0] == 0
    assert photo.pixels[15, 15, 0] == 255
    assert photo.pixels[8, 0, 0] == pytest.approx(128, abs=1)
    assert decode(encode(Image.new("F", (3, 3), 7.0), "TIFF")).pixels.max() == 0


def test_one_bit() -> None:
    photo = decode(encode(Image.fromarray(GREY).convert("1"), "PNG"))
    assert set(np.unique(photo.pixels)) == {0, 255}


def test_palette() -> None:
    palette = Image.fromarray(PORTRAIT).quantize(64)
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        assert difference(decode(encode(palette, kind)), np.asarray(palette.convert("RGB"))) == 0


def test_transparency_is_put_on_white() -> None:
    alpha = np.zeros(GREY.shape, np.uint8)
    alpha[20:40] = 255
    alpha[40:50] = 128
    expected = np.where(alpha[..., None] == 255, PORTRAIT, 255).astype(float)
    expected[40:50] = PORTRAIT[40:50] * (128 / 255) + 255 * (127 / 255)
    for kind, options in (("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})):
        assert difference(decode(encode(np.dstack([PORTRAIT, alpha]), kind, **options)), expected) < 0.5
    grey = decode(encode(Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(alpha)]), "PNG"))
    assert (grey.pixels[:20] == 255).all()
    assert (grey.pixels[20:40] == GREY[20:40, :, None]).all()


def test_transparency_of_a_palette_and_of_a_colour() -> None:
    palette = Image.new("P", (4, 2), 1)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putpixel((0, 0), 0)
    for options in ({"transparency": 0}, {"transparency": bytes([0, 255])}):
        photo = decode(encode(palette, "PNG", **options))
        assert photo.pixels[0, :2].tolist() == [[255, 255, 255], [0, 0, 255]]
    assert decode(encode(palette, "GIF", transparency=0)).pixels[0, 0].tolist() == [255, 255, 255]
    colour = decode(encode(palette.convert("RGB"), "PNG", transparency=(255, 0, 0)))
    assert colour.pixels[0, :2].tolist() == [[255, 255, 255], [0, 0, 255]]


def test_an_alpha_channel_that_hides_nothing_changes_nothing() -> None:
    assert difference(decode(encode(Image.fromarray(PORTRAIT).convert("RGBA"), "PNG")), PORTRAIT) == 0


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind: str) -> None:
    """JPEG stores it inverted, as Adobe does."""
    data = encode(Image.fromarray(PORTRAIT).convert("CMYK"), kind, **({"quality": 95} if kind == "JPEG" else {}))
    assert (kind == "TIFF") or b"Adobe" in data
    assert difference(decode(data), PORTRAIT) < 6


def test_lab_and_ycbcr_tiff() -> None:
    lab = ImageCms.profileToProfile(
        Image.fromarray(PORTRAIT), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    assert difference(decode(encode(lab, "TIFF")), PORTRAIT) < 3
    assert difference(decode(encode(Image.fromarray(PORTRAIT).convert("YCbCr"), "TIFF")), PORTRAIT) < 3


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG", "PPM", "JPEG2000"])
def test_one_pixel(kind: str) -> None:
    photo = decode(encode(Image.new("RGB", (1, 1), "white"), kind))
    assert photo.pixels.tolist() == [[[255, 255, 255]]]


# --- orientation, colour profiles, frames ------------------------------------------------------------------------

STORED = {  # how a camera stores the upright picture u for each EXIF orientation
    1: lambda u: u,
    2: lambda u: u[:, ::-1],
    3: lambda u: u[::-1, ::-1],
    4: lambda u: u[::-1],
    5: lambda u: u.transpose(1, 0, 2),
    6: lambda u: np.rot90(u, 1),
    7: lambda u: u[::-1, ::-1].transpose(1, 0, 2),
    8: lambda u: np.rot90(u, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF lzw", "HEIF", "AVIF"])
def test_every_orientation_gives_the_same_upright_pixels(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.ascontiguousarray(STORED[orientation](PORTRAIT))
    options = LOSSLESS.get(kind, LOSSY.get(kind, {}))
    photo = decode(encode(stored, kind, exif=exif.tobytes(), **options))
    assert difference(photo, PORTRAIT) < (3 if kind == "JPEG" else 1)
    assert photo.pixels.flags.c_contiguous
    assert not photo.pixels.flags.writeable


@pytest.mark.parametrize("value", [0, 9, 700])
def test_an_orientation_that_does_not_exist_means_upright(value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    assert difference(decode(encode(PORTRAIT, "PNG", exif=exif)), PORTRAIT) == 0


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\x09\0\x12\x01\x03\0\x01"])
def test_broken_exif_costs_only_the_exif(exif: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert difference(decode(encode(PORTRAIT, "JPEG", exif=exif, **LOSSY["JPEG"])), PORTRAIT) < 3


def _profile_with_red_and_blue_exchanged() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF", "HEIF"])
def test_a_colour_profile_is_followed(kind: str) -> None:
    options = LOSSLESS.get(kind, LOSSY.get(kind, {}))
    photo = decode(encode(PORTRAIT, kind, **options, icc_profile=_profile_with_red_and_blue_exchanged()))
    assert difference(photo, PORTRAIT[..., ::-1]) < 3


def test_a_profile_that_is_srgb_or_broken_or_of_another_mode_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, srgb[:200], b"not a profile", bytes(3000), b""):
        assert difference(decode(encode(PORTRAIT, "PNG", icc_profile=profile)), PORTRAIT) == 0
        assert difference(decode(encode(GREY, "PNG", icc_profile=profile)), np.dstack([GREY] * 3)) == 0


@pytest.mark.parametrize(
    ("kind", "options"),
    [("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("AVIF", {"quality": 100}), ("TIFF", {}), ("HEIF", {})],
)
def test_of_several_frames_the_first_is_used(kind: str, options: dict[str, Any]) -> None:
    red, green, blue = (Image.new("RGB", (16, 24), colour) for colour in ("red", "green", "blue"))
    photo = decode(encode(red, kind, save_all=True, append_images=[green, blue], **options))
    assert photo.first_of == 3
    assert np.abs(photo.pixels.astype(int) - (255, 0, 0)).max() <= 4


@pytest.mark.parametrize(
    ("kind_of_second", "count"), [(0x000000, 1), (0x010001, 1), (0x020002, 2)], ids=["gain map", "preview", "3D"]
)
def test_mpo_counts_views_and_not_previews(kind_of_second: int, count: int) -> None:
    other = Image.new("RGB", (60, 75), "blue")
    data = bytearray(encode(PORTRAIT, "MPO", save_all=True, append_images=[other], **LOSSY["JPEG"]))
    second = data.index(struct.pack("<I", 0x030000), data.index(b"0100")) + 16
    data[second : second + 4] = struct.pack("<I", kind_of_second)
    photo = decode(bytes(data))
    assert photo.first_of == count
    assert difference(photo, PORTRAIT) < 3


def test_the_thumbnail_of_a_camera_raw_file_is_refused() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    with pytest.raises(errors.UnreadableImage, match="not a picture siamgui can read"):
        decode(encode(PORTRAIT, "TIFF", tiffinfo=tags))


def test_photos_decode_in_parallel_as_they_do_alone() -> None:
    files = [
        encode(np.roll(PORTRAIT, n, axis=0), kind, **LOSSY.get(kind, {})) for n in range(8) for kind in ("JPEG", "PNG")
    ]
    alone = [decode(data).pixels for data in files]
    with ThreadPoolExecutor(4) as pool:
        together = [photo.pixels for photo in pool.map(decode, files)]
    assert all((one == other).all() for one, other in zip(alone, together, strict=True))


# --- pixels that come without a file -----------------------------------------------------------------------------


def test_pixels_are_copied_only_if_someone_could_change_them() -> None:
    frame = PORTRAIT.copy()
    photo = photo_from_pixels(frame, "camera")
    frame[:] = 0
    assert difference(photo, PORTRAIT) == 0
    assert not photo.pixels.flags.writeable
    assert photo.sha256 == hashlib.sha256(PORTRAIT.tobytes()).hexdigest()
    frame.flags.writeable = False
    assert photo_from_pixels(frame, "camera").pixels is frame
    assert photo_from_pixels(frame[:, ::-1], "mirrored").pixels.flags.c_contiguous


@pytest.mark.parametrize("pixels", [PORTRAIT[..., 0], PORTRAIT.astype(np.float32), np.dstack([PORTRAIT] * 2)])
def test_pixels_of_another_shape_or_type_are_a_mistake_of_the_caller(pixels: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        photo_from_pixels(pixels, "camera")


def test_pixels_have_the_same_limits_as_files() -> None:
    with pytest.raises(errors.ImageEmpty):
        photo_from_pixels(PORTRAIT[:0], "nothing")
    with pytest.raises(errors.ImageTooLarge):
        photo_from_pixels(np.broadcast_to(PORTRAIT[:1, :1], (10_001, 10_000, 3)), "huge")

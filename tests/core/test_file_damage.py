"""Pictures of which a piece is missing are refused in every format; whole ones are not, whatever they show."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from siamgui.core.errors import ImageDamaged, UnreadableImage
from siamgui.core.file_structure import jpeg
from siamgui.core.imaging import photo_from_bytes
from siamgui.core.resources import resource
from siamgui.core.types import Pixels
from tools.hostile_pictures import tiff_of_overfull_strips

pillow_heif.register_heif_opener()

FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {"quality": 85}),
    "jpeg, own tables": ("JPEG", {"quality": 60, "optimize": True}),
    "jpeg, no subsampling": ("JPEG", {"quality": 95, "subsampling": 0}),
    "jpeg, restarts": ("JPEG", {"quality": 80, "restart_marker_rows": 1}),
    "jpeg, progressive": ("JPEG", {"quality": 85, "progressive": True}),
    "heic": ("HEIF", {"quality": 70}),
    "avif": ("AVIF", {"quality": 75, "speed": 9}),
    "webp": ("WEBP", {"quality": 80}),
    "webp, lossless": ("WEBP", {"lossless": True}),
    "tiff": ("TIFF", {}),
    "tiff, lzw": ("TIFF", {"compression": "tiff_lzw"}),
    "tiff, deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "png": ("PNG", {}),
    "jpeg 2000": ("JPEG2000", {"quality_mode": "rates", "quality_layers": [20]}),
}


def portrait(name: str, box: tuple[int, int, int, int], size: tuple[int, int]) -> Pixels:
    with Image.open(resource("samples") / f"{name}.jpg") as photo:
        return np.asarray(photo.convert("RGB").crop(box).resize(size))


PORTRAITS = {
    "close": portrait("obama2", (150, 200, 540, 680), (390, 480)),
    "wide": portrait("biden", (0, 0, 500, 500), (611, 611)),
}


def encoded(pixels: Pixels, form: str) -> bytes:
    kind, options = FORMS[form]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def at(data: bytes, share: float) -> int:
    return int(share * len(data)) | 1  # not where a row ends


DAMAGE: dict[str, Callable[[bytes, float], bytes]] = {
    "zeros to the end": lambda data, share: data[: at(data, share)] + bytes(len(data) - at(data, share)),
    "cut": lambda data, share: data[: at(data, share)],
    "a cluster of zeros": lambda data, share: data[: at(data, share)] + bytes(4096) + data[at(data, share) + 4096 :],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_missing_piece(form: str, kind: str) -> None:
    for pixels in PORTRAITS.values():
        whole = encoded(pixels, form)
        for share in (0.36, 0.53):
            with pytest.raises(UnreadableImage, match="cut off or damaged"):
                photo_from_bytes(DAMAGE[kind](whole, share), "photo")


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith("jpeg,") or form == "jpeg"])
@pytest.mark.parametrize("share", [0.3, 0.45, 0.6])
def test_an_early_end_that_has_its_marker(form: str, share: float) -> None:
    if form == "jpeg, progressive" and share > 0.5:
        pytest.skip("the last scan only refines what is there")
    for pixels in PORTRAITS.values():
        whole = encoded(pixels, form)
        half = whole[: at(whole, share)]
        for damaged in (half, half + bytes(len(whole) - len(half)), half + bytes(700)):
            with pytest.raises(ImageDamaged):
                photo_from_bytes(damaged + b"\xff\xd9", "photo")


@pytest.mark.parametrize("options", [{"restart_marker_rows": 1}, {"restart_marker_blocks": 7}])
def test_a_piece_between_restarts_that_is_gone(options: dict[str, int]) -> None:
    file = io.BytesIO()
    Image.fromarray(PORTRAITS["close"]).save(file, "JPEG", quality=85, **options)
    whole = file.getvalue()
    photo_from_bytes(whole, "photo")
    middle = len(whole) // 2
    with pytest.raises(ImageDamaged):
        photo_from_bytes(whole[:middle] + whole[middle + 1500 :], "photo")


@pytest.mark.parametrize("quality", [60, 95])
@pytest.mark.parametrize("share", [0.3, 0.6])
def test_block_means_of_a_progressive_jpeg_that_are_gone(quality: int, share: float) -> None:
    """They come first, and what comes after them draws the details of a face without its light and shade."""
    for pixels in PORTRAITS.values():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality, progressive=True)
        whole = file.getvalue()
        first = jpeg(whole).scan[0]
        at = first.start + int(share * (first.end - first.start))
        rest = bytes(first.end - at)
        for damaged in (
            whole[:at] + bytes(600) + whole[at + 600 :],
            whole[:at] + rest + whole[first.end :],
            whole[:at] + whole[at + 600 :],
        ):
            with pytest.raises(ImageDamaged):
                photo_from_bytes(damaged, "photo")


@pytest.mark.parametrize("kind", ["BMP", "PPM", "TIFF"])
@pytest.mark.parametrize("share", [0.31, 0.52, 0.77])
def test_rows_that_are_missing_from_a_raster(kind: str, share: float) -> None:
    file = io.BytesIO()
    Image.fromarray(PORTRAITS["wide"]).save(file, kind)
    whole = file.getvalue()
    start = int(share * len(whole))
    hole = min(9000, len(whole) - start)
    with pytest.raises(ImageDamaged):
        photo_from_bytes(whole[:start] + bytes(hole) + whole[start + hole :], "photo")


@pytest.mark.parametrize(("compression", "hole"), [("tiff_adobe_deflate", 40), ("tiff_lzw", 255), ("jpeg", 300)])
def test_a_small_hole_in_a_strip(compression: str, hole: int, capfd: pytest.CaptureFixture[str]) -> None:
    """The rest of the strip is drawn out of what comes after it; the strips around it are as they were."""
    for pixels in (PORTRAITS["close"], framed(255)):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "TIFF", compression=compression)
        whole = file.getvalue()
        photo_from_bytes(whole, "photo")
        with Image.open(io.BytesIO(whole)) as image:
            start, size = (image.tag_v2[tag][len(image.tag_v2[tag]) * 2 // 5] for tag in (273, 279))
        for at, length in ((start + size // 3, hole), (start, size)):
            with pytest.raises(ImageDamaged):
                photo_from_bytes(whole[:at] + bytes(length) + whole[at + length :], "photo")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("rows_more", [1, 2])
def test_strips_hold_no_more_than_their_picture(rows_more: int) -> None:
    """Each of them less than the whole picture has room for: what all of them hold is what unpacking costs."""
    side, strips = 640, 4
    own = 3 * side * side // strips
    assert photo_from_bytes(tiff_of_overfull_strips((side, side), strips, own), "photo").width == side
    with pytest.raises(ImageDamaged):
        photo_from_bytes(tiff_of_overfull_strips((side, side), strips, own + rows_more * 3 * side), "photo")


def framed(value: int) -> Pixels:
    canvas = np.full((900, 1300, 3), value, np.uint8)
    canvas[70:550, 600:990] = PORTRAITS["close"]
    return canvas


def vignetted(value: int) -> Pixels:
    y, x = np.mgrid[:480, :390]
    pixels = PORTRAITS["close"].copy()
    pixels[np.hypot(x - 195, y - 240) > 180] = value
    return pixels


def striped() -> Pixels:
    pixels = PORTRAITS["close"].copy()
    pixels[:60] = pixels[-60:] = 0
    pixels[np.tri(480, 390, -300, dtype=bool)] = 0
    return pixels


WHOLE = {
    **PORTRAITS,
    "on white": framed(255),
    "on black": framed(0),
    "on grey": framed(128),
    "black corners": vignetted(0),
    "white corners": vignetted(255),
    "black bars": striped(),
    "one colour": np.full((300, 400, 3), 90, np.uint8),
    "black": np.zeros((300, 400, 3), np.uint8),
    "a few pixels": PORTRAITS["close"][:5, :9].copy(),
    "a white wall": np.concatenate([np.full((1500, 2000, 3), 255, np.uint8), np.zeros((10, 2000, 3), np.uint8)]),
}


@pytest.mark.parametrize("form", FORMS)
def test_whole_pictures_are_whole(form: str) -> None:
    for pixels in WHOLE.values():
        if form == "heic" and min(pixels.shape[:2]) < 16:
            continue
        assert photo_from_bytes(encoded(pixels, form), "photo").width == pixels.shape[1]

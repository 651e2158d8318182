"""Large pictures are decoded into the memory they stay in, and are the very pixels that small ones would be."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from siamgui.core import decoder
from siamgui.core.errors import ImageTooLarge
from siamgui.core.file_structure import jpeg
from siamgui.core.imaging import photo_from_bytes
from siamgui.core.resources import resource


def encoded(mode: str, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    with Image.open(resource("samples") / "obama1.jpg") as photo:
        photo.resize((401, 503)).convert(mode).save(file, kind, **options)
    return file.getvalue()


def profile() -> bytes:
    """Of another colour space than sRGB."""
    data: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    return data


FILES = {
    "jpeg": encoded("RGB", "JPEG"),
    "jpeg, profile": encoded("RGB", "JPEG", icc_profile=profile()),
    "jpeg, progressive": encoded("RGB", "JPEG", progressive=True),
    "jpeg, grey": encoded("L", "JPEG"),
    "jpeg, cmyk": encoded("CMYK", "JPEG"),
    "png": encoded("RGB", "PNG"),
    "png, transparent": encoded("RGBA", "PNG"),
    "png, one colour transparent": encoded("RGB", "PNG", transparency=(90, 90, 90)),
    "png, palette": encoded("P", "PNG", transparency=3),
    "gif": encoded("P", "GIF"),
    "bmp": encoded("RGB", "BMP"),
    "ppm": encoded("RGB", "PPM"),
    "webp": encoded("RGB", "WEBP"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_same_pixels_whichever_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = photo_from_bytes(FILES[name], "photo")
    monkeypatch.setattr(decoder, "LARGE", 1000)
    monkeypatch.setattr(decoder, "_BAND", 4444)
    large = photo_from_bytes(FILES[name], "photo")
    assert large.pixels.flags.c_contiguous
    assert (large.pixels == usual.pixels).all()


def test_what_is_stretched_is_stretched_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.linspace(0, 60_000, 300 * 400, dtype=np.float32).reshape(300, 400)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "TIFF")
    usual = decoder.decode(file.getvalue(), "photo").pixels
    monkeypatch.setattr(decoder, "_BAND", 4000)
    assert (decoder.decode(file.getvalue(), "photo").pixels == usual).all()
    assert (usual[0, 0, 0], usual[-1, -1, 0]) == (0, 255)


@pytest.mark.parametrize(
    ("mode", "kind", "options", "most"),
    [
        ("RGB", "JPEG", {}, 81),  # in place: 4 bytes
        ("CMYK", "JPEG", {}, 46),  # 4 and 3 of the copy
        ("L", "JPEG", {}, 81),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 2}, 46),  # 4 and 3 of coefficients
        ("RGB", "JPEG", {"progressive": True, "subsampling": 0}, 32),
        ("RGBA", "PNG", {}, 46),
        ("RGB", "TIFF", {"compression": "tiff_lzw"}, 46),  # 4 and 3 in the other process
    ],
)
def test_more_memory_than_there_may_be(
    mode: str, kind: str, options: dict[str, Any], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """most: megapixels of 325 megabytes; here of thousandths of that."""
    monkeypatch.setattr(decoder, "LARGE", 1000)
    for share, refused in ((0.9, False), (1.1, True)):
        side = int((share * most * 1000) ** 0.5)
        file = io.BytesIO()
        Image.new(mode, (side, side)).save(file, kind, **options)
        data = file.getvalue()
        built = jpeg(data) if kind == "JPEG" else None
        monkeypatch.setattr(decoder, "MOST_MEMORY", 325_000 + len(data))
        if refused:
            with pytest.raises(ImageTooLarge, match="megapixels"):
                decoder.decode(data, "photo", built)
        else:
            assert decoder.decode(data, "photo", built).pixels.shape == (side, side, 3)


@pytest.mark.parametrize(("kind", "options"), [("GIF", {}), ("TIFF", {"compression": "lzma"})])
def test_what_takes_long_is_read_as_far_as_it_is_quick(
    kind: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "_TWO_SECONDS", {"GIF": 10_000, "lzma": 10_000})
    for side, refused in ((90, False), (110, True)):
        file = io.BytesIO()
        Image.new("L", (side, side)).save(file, kind, **options)
        if refused:
            with pytest.raises(ImageTooLarge):
                decoder.decode(file.getvalue(), "photo")
        else:
            assert decoder.decode(file.getvalue(), "photo").pixels.shape == (side, side, 3)

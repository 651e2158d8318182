"""What only its decoder knows the cost of is decoded elsewhere, and ended there when it costs too much."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from siamgui.core import decoder_process
from siamgui.core.decoder_process import end_processes
from siamgui.core.errors import ImageDamaged, ImageTooSlow, UnreadableImage
from siamgui.core.imaging import photo_from_bytes
from siamgui.core.resources import resource

pillow_heif.register_heif_opener()

APART: dict[str, dict[str, Any]] = {
    "TIFF": {"compression": "jpeg"},
    "JPEG2000": {},
}


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    end_processes()
    yield
    end_processes()


PLAIN = ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits")


def encoded(kind: str, size: tuple[int, int] = (120, 150), **options: Any) -> bytes:
    file = io.BytesIO()
    with Image.open(resource("samples") / "obama1.jpg") as photo:
        photo.resize(size).save(file, kind, **options)
    return file.getvalue()


def waiting() -> list[int]:
    """The processes that wait for a picture."""
    return [worker.process.pid for worker in decoder_process._IDLE]


@pytest.mark.parametrize("kind", APART)
def test_one_process_takes_one_picture_after_the_other(kind: str) -> None:
    data = encoded(kind, **APART[kind])
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image.convert("RGB"))
    first = photo_from_bytes(data, "photo")
    (process,) = waiting()
    with pytest.raises(ImageDamaged):
        photo_from_bytes(data[: len(data) // 2], "photo")
    again = photo_from_bytes(data, "photo")
    assert waiting() == [process]
    assert (first.pixels == pixels).all()
    assert (again.pixels == pixels).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "PPM", "HEIF", "AVIF"])
def test_what_its_header_tells_the_cost_of_needs_no_process(kind: str) -> None:
    photo_from_bytes(encoded(kind), "photo")
    assert waiting() == []


@pytest.mark.parametrize("compression", PLAIN)
def test_a_plain_tiff_needs_none(compression: str) -> None:
    data = encoded("TIFF", compression=compression)
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert (photo_from_bytes(data, "photo").pixels == pixels).all()
    assert waiting() == []


def test_one_that_is_gone_is_replaced() -> None:
    data = encoded("TIFF", **APART["TIFF"])
    photo_from_bytes(data, "photo")
    os.kill(waiting()[0], signal.SIGTERM)
    decoder_process._IDLE[0].process.wait()
    assert photo_from_bytes(data, "photo").width == 120


def test_as_many_as_there_are_threads() -> None:
    data = encoded("TIFF", **APART["TIFF"])
    with ThreadPoolExecutor(2) as pool:
        photos = list(pool.map(lambda _: photo_from_bytes(data, "photo"), range(6)))
    assert len({photo.sha256 for photo in photos}) == 1
    assert 1 <= len(waiting()) <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="there a clock counts, and the machine may be fast")
def test_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded("JPEG2000", (1500, 1500))
    monkeypatch.setattr(decoder_process, "SECONDS", 0.01)
    with pytest.raises(ImageTooSlow, match="too long or too much memory"):
        photo_from_bytes(data, "photo")
    assert waiting() == []
    monkeypatch.undo()
    assert photo_from_bytes(data, "photo").width == 1500


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not hold the limit")
def test_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded("JPEG2000", (1500, 1500))
    monkeypatch.setattr(decoder_process, "MOST_MEMORY", 10_000_000)
    with pytest.raises(ImageTooSlow):
        photo_from_bytes(data, "photo")
    monkeypatch.undo()
    assert photo_from_bytes(data, "photo").width == 1500


def test_a_decoder_that_crashes_costs_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of which nothing comes back, as after a crash of the decoder: here one that cannot even start."""
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(UnreadableImage):
        photo_from_bytes(encoded("TIFF", **APART["TIFF"]), "photo")
    monkeypatch.undo()
    assert photo_from_bytes(encoded("TIFF", **APART["TIFF"]), "photo").width == 120

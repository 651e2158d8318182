"""What programs put on the clipboard and into a drop: the picture is taken in every form that holds one."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Qt, QUrl
from PySide6.QtGui import QImage

from siamgui.core.errors import ImageDamaged, ImageGone, UnreadableImage
from siamgui.core.types import Photo
from siamgui.gui.photos.sources import NoPicture, Picture, WebAddressOnly, load, pixels_of, sources_of

pytestmark = pytest.mark.usefixtures("qapp")
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "AVIF": "image/avif", "GIF": "image/gif"}


def encoded(samples: Path, kind: str = "PNG", name: str = "obama2") -> bytes:
    buffer = io.BytesIO()
    with Image.open(samples / f"{name}.jpg") as photo:
        photo.convert("RGB").resize((90, 120)).save(buffer, kind)
    return buffer.getvalue()


def base64_of(samples: Path, kind: str = "PNG", *, of: str = "") -> str:
    return f"data:{of or KINDS[kind]};base64,{base64.b64encode(encoded(samples, kind)).decode()}"


def the_photo(mime: QMimeData) -> Photo:
    (source,) = sources_of(mime, "pasted picture")
    return load(source)


def text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def page(html: str) -> QMimeData:
    mime = QMimeData()
    mime.setHtml(html)
    return mime


def link(address: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address)])
    return mime


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wrap",
    [
        text,
        lambda address: text(f"  {address}\n"),
        lambda address: text(f"![portrait]({address})"),
        lambda address: text(f'background: url("{address}");'),
        lambda address: text(address.replace("data:image", "DATA:Image").replace(";base64", ";charset=utf-8;base64")),
        lambda address: text(address[:200] + "\r\n " + address[200:]),
        lambda address: text(address.rstrip("=")),
        lambda address: page(f'<html><body><img alt="" src="{address}"></body></html>'),
        lambda address: page(f"<a href='https://example.org'><img src='{address}' width=3></a>"),
        lambda address: page(f"<img src={address}>"),
        lambda address: page(f'<div style="background-image: url(&quot;{address}&quot;)"></div>'),
        lambda address: page(f'<img src="https://example.org/a.png"><img src="{address}">'),
        link,
    ],
)
def test_a_picture_in_an_address(samples: Path, kind: str, wrap: Callable[[str], QMimeData]) -> None:
    photo = the_photo(wrap(base64_of(samples, kind)))
    assert (photo.width, photo.height, photo.name) == (90, 120, "pasted picture")


def test_an_address_that_is_not_base64(samples: Path) -> None:
    assert the_photo(text("data:image/png," + quote(encoded(samples)))).width == 90
    assert the_photo(link("data:image/png," + quote(encoded(samples)))).width == 90


def test_an_address_of_no_picture_is_refused(samples: Path) -> None:
    with pytest.raises(NoPicture):
        sources_of(text("data:text/plain;base64,aGVsbG8="), "it")
    for words in ("data:image/png;base64,aGVsbG8=", "data:image/png;base64,a", "data:image/svg+xml,%3Csvg/%3E"):
        with pytest.raises(UnreadableImage, match="“pasted picture”"):
            the_photo(text(words))
    with pytest.raises(ImageDamaged):
        the_photo(text(base64_of(samples)[:3000]))


@pytest.mark.parametrize("kind", ["image/png", "image/x-png", "image/jpg", "image/pjpeg", "image/webp"])
def test_a_lost_file_beside_the_picture_itself(samples: Path, tmp_path: Path, kind: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "chat" / "photo 1.jpg"))])
    mime.setData(kind, encoded(samples))
    assert (the_photo(mime).width, the_photo(mime).name) == (90, "photo 1.jpg")


def test_a_lost_file_beside_a_decoded_picture_or_its_address(samples: Path, tmp_path: Path) -> None:
    for add in (
        lambda mime: mime.setImageData(QImage.fromData(encoded(samples))),
        lambda mime: mime.setHtml(f'<img src="{base64_of(samples)}">'),
    ):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone.png"))])
        add(mime)
        assert the_photo(mime).height == 120


def test_a_file_that_is_there_comes_before_the_picture_beside_it(samples: Path) -> None:
    """A file manager puts an icon or a thumbnail beside it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(samples / "biden.jpg"))])
    mime.setImageData(QImage.fromData(encoded(samples)))
    assert the_photo(mime).width > 90


def test_a_lost_file_alone_is_said_to_be_lost(tmp_path: Path) -> None:
    with pytest.raises(ImageGone, match=r"gone\.png"):
        the_photo(link(QUrl.fromLocalFile(str(tmp_path / "gone.png")).toString()))


def test_a_file_that_only_text_or_html_names(samples: Path) -> None:
    address = QUrl.fromLocalFile(str(samples / "biden.jpg")).toString()
    for mime in (text(address), page(f'<img src="{address}">')):
        assert the_photo(mime).name == "biden.jpg"


def test_a_web_address_stays_refused(samples: Path) -> None:
    address = "https://example.org/picture.png"
    for mime in (text(address), link(address), page(f'<img src="{address}">')):
        with pytest.raises((WebAddressOnly, NoPicture)):
            sources_of(mime, "it")
    # With the picture beside it, as a browser gives it, nothing has to be fetched.
    mime = link(address)
    mime.setData("image/png", encoded(samples))
    assert the_photo(mime).width == 90


def test_transparent_parts_of_a_pasted_image_are_white() -> None:
    image = QImage(5, 3, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(1, 0, Qt.GlobalColor.red)
    pixels = pixels_of(image)
    assert pixels.shape == (3, 5, 3)
    assert pixels[0, 1].tolist() == [255, 0, 0]
    assert (pixels[1:] == 255).all()


def test_pasted_pixels_are_those_of_the_image(samples: Path) -> None:
    with Image.open(samples / "biden.jpg") as picture:
        expected = np.asarray(picture.convert("RGB").crop((0, 0, 101, 67)))
    image = QImage(expected.tobytes(), 101, 67, 303, QImage.Format.Format_RGB888)
    assert (pixels_of(image) == expected).all()
    assert (pixels_of(image.convertToFormat(QImage.Format.Format_ARGB32)) == expected).all()


def test_encoded_png_on_the_clipboard_is_not_decoded_on_the_gui_thread(samples: Path) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImage(str(samples / "obama1.jpg")).save(buffer, "PNG")
    mime = QMimeData()
    mime.setData("image/png", buffer.data())
    (source,) = sources_of(mime, "picture")
    assert isinstance(source, Picture)
    assert isinstance(source.data, bytes)

"""Good files of every kind that siamgui takes in, and how they are broken: for tools/fuzz.py."""

from __future__ import annotations

import base64
import io
import json
import random
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Good = list[tuple[str, bytes]]
"""Names and contents of good files."""

KINDS = {"pictures": 10, "lists": 6, "clipboard": 4, "manifests": 3, "videos": 2, "versions": 2, "imports": 1}
"""The share of each in a run. Imports take seconds each and are tried only when they are asked for."""


def seeds(kind: str, folder: Path) -> Good:
    """Good files of a kind. folder: where lists find their photographs."""
    return _SEEDS[kind](folder)


def broken(good: Good, seed: str) -> tuple[str, bytes]:
    """One of them with one to four changes."""
    chance = random.Random(seed)
    name, data = chance.choice(good)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if name.endswith(".siamgui"):
            data = _break_archive(data, chance)
        elif name.endswith(".json") and chance.random() < 0.7:
            data = _break_json(data, chance)
        else:
            data = _break_bytes(data, chance, good)
    return name, data


# --- good files -------------------------------------------------------------------------------------------------------


def _pictures(_folder: Path) -> Good:
    import pillow_heif
    from PIL import Image

    from siamgui.core.resources import resource

    pillow_heif.register_heif_opener()
    with Image.open(resource("samples") / "obama1.jpg") as image:
        photo = image.convert("RGB").resize((160, 200))
    forms: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("a.jpg", "RGB", "JPEG", {}),
        ("b.jpg", "RGB", "JPEG", {"progressive": True, "exif": _exif()}),
        ("c.jpg", "CMYK", "JPEG", {"restart_marker_rows": 1}),
        ("d.png", "RGB", "PNG", {"exif": _exif()}),
        ("e.png", "P", "PNG", {"transparency": 3}),
        ("f.png", "I;16", "PNG", {}),
        ("g.gif", "P", "GIF", {"save_all": True, "append_images": [photo.rotate(9).convert("P")]}),
        ("h.bmp", "RGB", "BMP", {}),
        ("i.ppm", "RGB", "PPM", {}),
        ("j.webp", "RGB", "WEBP", {"exif": _exif()}),
        ("k.webp", "RGBA", "WEBP", {"lossless": True}),
        ("l.tif", "RGB", "TIFF", {}),
        ("m.tif", "RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("n.tif", "L", "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("o.tif", "RGB", "TIFF", {"compression": "jpeg"}),
        ("p.jp2", "RGB", "JPEG2000", {}),
        ("q.avif", "RGB", "AVIF", {"speed": 9}),
        ("r.heic", "RGB", "HEIF", {}),
        ("s.mpo", "RGB", "MPO", {"save_all": True, "append_images": [photo.rotate(9)]}),
    )
    good = []
    for name, mode, kind, options in forms:
        file = io.BytesIO()
        picture = Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 257) if mode == "I;16" else photo
        (picture if mode == "I;16" else photo.convert(mode)).save(file, kind, **options)
        good.append((name, file.getvalue()))
    good.append(("t.ppm", b"P3 # a comment\n8 8\n255\n" + b"12 200 7\n" * 64))
    return good


def _exif() -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "A photograph"
    return exif.tobytes()


def _lists(folder: Path) -> Good:
    from siamgui.core.resources import resource

    (folder / "taken").mkdir(exist_ok=True)
    for name in ("obama1", "obama2", "biden"):
        shutil.copy(resource("samples") / f"{name}.jpg", folder / "taken" / f"{name}.jpg")
    rows = [
        ("fold", "left", "right", "same"),
        ("1", "obama1.jpg", "obama2.jpg", "1"),
        ("1", "biden.jpg", "obama1.jpg", "0"),
    ]

    def text(mark: str) -> str:
        return "\r\n".join(mark.join(f'"{cell}"' if cell == "1" else cell for cell in row) for row in rows) + "\r\n"

    return [
        ("a.csv", text(",").encode()),
        ("b.csv", ("sep=;\r\n" + text(";")).encode("utf-8-sig")),
        ("c.csv", text("\t").encode("utf-16")),
        ("d.csv", text(",").encode("utf-32")),
        ("e.csv", (text(",") * 50).encode()),
    ]


def _clipboard(folder: Path) -> Good:
    pictures = [data for _, data in _pictures(folder)]
    address = b"data:image/png;base64," + base64.b64encode(pictures[3])
    return [
        ("a.clip", b"text/plain\n" + address),
        ("b.clip", b'text/html\n<html><body><img src="' + address + b'"></body></html>'),
        ("c.clip", b"text/html\n<div style=\"background:url('" + address + b"')\">x</div>"),
        ("d.clip", b"text/plain\ndata:image/svg+xml,%3Csvg%20xmlns='x'%3E"),
        ("e.clip", b"image/png\n" + pictures[3]),
        ("f.clip", b"image/jpeg\n" + pictures[0]),
        ("g.clip", b"image/x-strange\n" + pictures[9]),
        ("h.clip", b"text/plain\nhttps://localhost/a.png"),
    ]


def _manifests(_folder: Path) -> Good:
    from siamgui.core.resources import models_folder

    return [(f"{path.parent.name}.json", path.read_bytes()) for path in sorted(models_folder().glob("*/manifest.json"))]


def _videos(folder: Path) -> Good:
    import cv2

    from siamgui.core.resources import resource

    photo = cv2.resize(cv2.imread(str(resource("samples") / "obama1.jpg")), (160, 120))
    good = []
    for name, code in (("a.mp4", "mp4v"), ("b.avi", "MJPG"), ("c.mkv", "mp4v"), ("d.mov", "MJPG"), ("e.ts", "mp4v")):
        path = folder / name
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), 25, (160, 120))
        if not writer.isOpened():
            continue
        for shift in range(12):
            writer.write(np.roll(photo, shift, axis=1))
        writer.release()
        good.append((name, path.read_bytes()))
    return good


def _versions(folder: Path) -> Good:
    """A version as a training run leaves it, and as it is exported."""
    import torch

    from siamgui.core import encoders
    from siamgui.core.calibration import Calibration
    from siamgui.core.encoders.registry import HEAD, encoder_of
    from siamgui.core.imaging import load_photo
    from siamgui.core.manifest import bundled_encoder
    from siamgui.core.pipeline import FaceEngine
    from siamgui.core.resources import resource
    from siamgui.versions.export import write_version
    from siamgui.versions.kept_files import by_key
    from siamgui.versions.version_card import Card, CardGate
    from siamgui.versions.version_file import pack

    engine, parent = FaceEngine.load("cpu"), bundled_encoder()
    photos = [load_photo(resource("samples") / f"{name}.jpg") for name in ("obama1", "biden")]
    crops = np.stack([engine.read_photo(photo).reading.crop for photo in photos])
    entry = encoder_of(parent.architecture)
    net = encoders.build(entry.key + HEAD)
    net.load_state_dict({**encoders.load(parent).state_dict(), "head.weight": torch.eye(entry.embedding_size)})
    card = Card(method="head", gate=CardGate(allowed=True))
    made = write_version(folder / "version", net, parent, "Counter", card, Calibration.bundled(), crops)
    pack(made, folder / "good.siamgui", by_key(None))
    return [("a.siamgui", (folder / "good.siamgui").read_bytes())]


_SEEDS: dict[str, Callable[[Path], Good]] = {
    "pictures": _pictures,
    "lists": _lists,
    "clipboard": _clipboard,
    "manifests": _manifests,
    "videos": _videos,
    "versions": _versions,
    "imports": _versions,
}

# --- how they are broken ----------------------------------------------------------------------------------------------

_NUMBERS = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
)
_TEXTS = (
    b'"',
    b"'",
    b"\0",
    b"\r",
    b"\n",
    b",",
    b";",
    b"\t",
    b"..",
    b"/",
    b"\\",
    b"\x1b[31m",
    b"\xff\xfe",
    b"\xed\xa0\x80",
)
_HOSTILE: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, 2**64, 1e308, float("inf"), float("nan"), "", "\0", "\x1b[2J", "a" * 100_000),
    *("../../x", "/dev/zero", "/etc/passwd", "C:\\x", "\u202e", "\ud800", [], {}, [[[[[]]]]], {"": {"": {}}}),
)


def _break_bytes(data: bytes, chance: random.Random, good: Good) -> bytes:
    size = len(data)
    # Half of the changes in the head, where the form of a file is described.
    at = chance.randrange(min(size, 400) or 1) if chance.random() < 0.5 else chance.randrange(size or 1)
    length = min(chance.choice((1, 2, 4, 16, 256, 4096)), max(size - at, 1))
    other = chance.choice(good)[1]
    here = chance.randrange(len(other) or 1)
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)] if size else b"") + data[at + 1 :],
        lambda: data[:at] + chance.randbytes(length) + data[at + length :],
        lambda: data[:at] + (number := chance.choice(_NUMBERS)) + data[at + len(number) :],
        lambda: (
            data[:at]
            + struct.pack(chance.choice("<>") + "I", chance.choice((1, 255, 65535, 2**20, 2**31)))
            + data[at + 4 :]
        ),
        lambda: data[:at] + bytes(length) + data[at + length :],
        lambda: data[:at] + data[at + length :],
        lambda: data[:at] + data[at : at + length] * chance.choice((2, 50)) + data[at + length :],
        lambda: data[:at],
        lambda: data[:at] + chance.choice(_TEXTS) * chance.choice((1, 1, 1000)) + data[at:],
        lambda: data[:at] + other[here : here + length] + data[at + length :],
        lambda: other[:here] + data[at:],
    )
    return chance.choice(changes)()


def _break_json(data: bytes, chance: random.Random) -> bytes:
    try:
        value = json.loads(data)
    except ValueError:
        return data[: len(data) // 2]
    places: list[tuple[Any, Any]] = []

    def collect(part: Any) -> None:
        for key, below in part.items() if isinstance(part, dict) else enumerate(part):
            places.append((part, key))
            if isinstance(below, dict | list):
                collect(below)

    if not isinstance(value, dict | list) or not value:
        return data
    collect(value)
    part, key = chance.choice(places)
    if chance.random() < 0.2:
        del part[key]
    else:
        part[key] = chance.choice(_HOSTILE)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _break_archive(data: bytes, chance: random.Random) -> bytes:
    """A version file: its own bytes, its manifest, or a file in it whose hash is made right again."""
    if chance.random() < 0.3:
        return _break_bytes(data, chance, [("", data)])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        return data
    if not content:
        return data
    name = chance.choice(sorted(content))
    if name.endswith(".json") and chance.random() < 0.8:
        content[name] = _break_json(content[name], chance)
    else:
        content[name] = _break_bytes(content[name], chance, [("", content[name])])
    _make_hashes_right(content)
    if chance.random() < 0.1:
        content[chance.choice(("../x", "/x", name + "x", "x" * 300))] = b"x"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice((zipfile.ZIP_STORED,) * 9 + (zipfile.ZIP_DEFLATED,))) as archive:
        for each, body in content.items():
            archive.writestr(zipfile.ZipInfo(each), body)
    return file.getvalue()


def _make_hashes_right(content: dict[str, bytes]) -> None:
    import hashlib

    try:
        manifest = json.loads(content["manifest.json"])
        for each, said in manifest["files"].items():
            said |= {"sha256": hashlib.sha256(content[each]).hexdigest(), "bytes": len(content[each])}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return
    content["manifest.json"] = json.dumps(manifest).encode("utf-8", "surrogatepass")

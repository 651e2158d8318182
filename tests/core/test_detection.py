"""Faces are found in ordinary photographs, whatever their size, place and orientation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamgui.core.alignment import roll_and_misfit
from siamgui.core.detection import Detector, Maps
from siamgui.core.errors import NoFaceFound
from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.manifest import bundled, bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import open_runtime
from siamgui.core.types import Face, Photo, Pixels


def chosen(engine: FaceEngine, photo: Photo) -> Face:
    detection = engine.find_faces(photo)
    return detection.faces[detection.prominent]


def distance(engine: FaceEngine, a: Photo, b: Photo) -> float:
    readings = [engine.read_face(photo, chosen(engine, photo)) for photo in (a, b)]
    return float(np.linalg.norm(readings[0].embedding.vector - readings[1].embedding.vector))


def resized(photo: Photo, width: int) -> Photo:
    image = Image.fromarray(photo.pixels)
    return photo_from_pixels(np.asarray(image.resize((width, round(image.height * width / image.width)))), photo.name)


@pytest.fixture(scope="module")
def portrait(samples: Path) -> Photo:
    return load_photo(samples / "obama1.jpg")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_on_its_side_gives_the_same_face(engine: FaceEngine, portrait: Photo, turns: int) -> None:
    turned = photo_from_pixels(np.ascontiguousarray(np.rot90(portrait.pixels, turns)), "turned")
    assert distance(engine, portrait, turned) < 0.25
    upright, found = chosen(engine, portrait), chosen(engine, turned)
    width, height = portrait.width, portrait.height
    x, y = upright.landmarks[2]
    nose = {1: (y, width - x), 2: (width - x, height - y), 3: (height - y, x)}[turns]
    assert np.linalg.norm(found.landmarks[2] - nose) < 0.2 * upright.eye_distance


def scene(engine: FaceEngine, samples: Path, size: tuple[int, int], count: int, face: int, seed: int) -> Pixels:
    """count heads, their faces about face pixels wide, spread over a noisy wall of size (width, height)."""
    chance = np.random.default_rng(seed)
    width, height = size
    wall = Image.fromarray(np.clip(chance.normal(140, 6, (height, width, 3)), 0, 255).astype(np.uint8))
    columns = int(np.ceil(np.sqrt(count * width / height)))
    rows = -(-count // columns)
    heads = []
    for name in ("obama1", "obama2", "obama3", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        box = chosen(engine, photo).box
        x0, y0, x1, y1 = (box + np.array([-1, -1, 1, 1]) * 0.4 * (box[2] - box[0])).astype(int)
        heads.append((Image.fromarray(photo.pixels[max(y0, 0) : y1, max(x0, 0) : x1]), float(box[2] - box[0])))
    for number in range(count):
        head, wide = heads[number % len(heads)]
        factor = face * chance.uniform(0.9, 1.15) / wide
        own = head.resize((round(head.width * factor), round(head.height * factor)))
        row, column = divmod(number, columns)
        middle = ((column + 0.5) * width / columns, (row + 0.5) * height / rows)
        wall.paste(own, (round(middle[0] - own.width / 2), round(middle[1] - own.height / 2)))
    return np.asarray(wall)


@pytest.mark.parametrize(
    ("size", "count", "face"),
    [((1000, 800), 24, 24), ((1800, 1300), 40, 30), ((1200, 1700), 1, 34), ((2900, 2100), 1, 48)],
)
def test_small_faces_of_a_turned_picture(
    engine: FaceEngine, samples: Path, size: tuple[int, int], count: int, face: int
) -> None:
    """A crowd or a scanned page that does not say how it lies shows as many faces as upright, and they look upright."""
    upright = scene(engine, samples, size, count, face, seed=count)
    for turns in range(4):
        photo = photo_from_pixels(np.ascontiguousarray(np.rot90(upright, turns)), "turned")
        detection = engine.find_faces(photo)
        assert abs(len(detection.faces) - count) <= 0.1 * count, turns
        rolls = [(roll_and_misfit(found.landmarks)[0] + 90 * turns + 180) % 360 - 180 for found in detection.faces]
        assert abs(float(np.median(rolls))) < 20, turns


def test_an_upright_crowd_is_looked_at_no_more_than_before(engine: FaceEngine, samples: Path) -> None:
    """What tells how a picture lies costs an upright one next to nothing."""
    runtime = open_runtime("cpu", bundled("centerface"), bundled_encoder())
    seen: list[int] = []

    def infer(image: Pixels) -> Maps:
        seen.append(image.shape[1] * image.shape[2])
        return runtime.detect(image)

    photo = photo_from_pixels(scene(engine, samples, (1600, 1200), 30, 30, seed=2), "crowd")
    assert len(Detector(infer).find(photo).faces) == 30
    # At 384: as it is, turned three times; at 192; and six tiles of at most 640 x 640.
    assert sum(seen) < 1.05 * (4 * 384 * 288 + 192 * 160 + 1600 * 1200 * (1 + 96 / 640) ** 2)


@pytest.mark.parametrize("degrees", [-40, -20, 20, 40])
def test_a_tilted_head_gives_the_same_face(engine: FaceEngine, portrait: Photo, degrees: int) -> None:
    tilted = Image.fromarray(portrait.pixels).rotate(degrees, resample=Image.Resampling.BICUBIC)
    assert distance(engine, portrait, photo_from_pixels(np.asarray(tilted), "tilted")) < 0.3


def test_a_tight_crop(engine: FaceEngine, portrait: Photo) -> None:
    x0, y0, x1, y1 = chosen(engine, portrait).box.astype(int)
    tight = photo_from_pixels(portrait.pixels[y0:y1, x0:x1].copy(), "tight")
    assert distance(engine, portrait, tight) < 0.4


def test_a_face_that_fills_twelve_megapixels(engine: FaceEngine, portrait: Photo) -> None:
    x0, y0, x1, y1 = chosen(engine, portrait).box.astype(int)
    close = Image.fromarray(portrait.pixels[y0 - 40 : y1 + 40, x0 - 40 : x1 + 40]).resize((3000, 4000))
    assert distance(engine, portrait, photo_from_pixels(np.asarray(close), "close")) < 0.4


def test_a_face_24_pixels_wide_in_a_group(engine: FaceEngine, samples: Path) -> None:
    """Four people of 24 pixels on a wall of 1600 x 1200; each is found."""
    wall = Image.new("RGB", (1600, 1200), (120, 110, 100))
    for n, name in enumerate(("obama1", "obama2", "obama3", "biden")):
        photo = load_photo(samples / f"{name}.jpg")
        image = Image.fromarray(photo.pixels)
        factor = 24 / chosen(engine, photo).width
        wall.paste(image.resize((round(image.width * factor), round(image.height * factor))), (200 + 350 * n, 500))
    detection = engine.find_faces(photo_from_pixels(np.asarray(wall), "group"))
    assert len(detection.faces) == 4
    assert all(18 < face.width < 32 for face in detection.faces)
    lefts = [face.box[0] for face in detection.faces]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("at", [(20, 30), (590, 520), (1090, 1060), (3900, 2900)])
def test_a_small_face_alone_in_twelve_megapixels(engine: FaceEngine, samples: Path, at: tuple[int, int]) -> None:
    """Found once, wherever it lies: in a corner, and where tiles meet."""
    photo = load_photo(samples / "biden.jpg")
    face = chosen(engine, photo)
    factor = 40 / face.width
    x0, y0, x1, y1 = (face.box + np.array([-1, -1, 1, 1]) * 0.4 * face.width).astype(int)
    head = Image.fromarray(photo.pixels[max(y0, 0) : y1, max(x0, 0) : x1])
    wide = Image.new("RGB", (4000, 3000), (120, 110, 100))
    wide.paste(head.resize((round(head.width * factor), round(head.height * factor))), at)
    detection = engine.find_faces(photo_from_pixels(np.asarray(wide), "wide"))
    assert len(detection.faces) == 1
    assert 30 < detection.faces[0].width < 52


def test_the_detector_is_never_shown_a_large_tensor() -> None:
    """Its memory grows with the input and is kept: a landscape without a face must not cost gigabytes."""
    runtime = open_runtime("cpu", bundled("centerface"), bundled_encoder())
    shapes = []

    def infer(image: Pixels) -> Maps:
        shapes.append(image.shape)
        return runtime.detect(image)

    noise = np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)
    landscape = np.asarray(Image.fromarray(noise).resize((4000, 3000)))
    with pytest.raises(NoFaceFound):
        Detector(infer).find(photo_from_pixels(landscape, "landscape"))
    assert len(shapes) > 10
    assert max(height * width for _, height, width, _ in shapes) <= 640 * 640


def test_the_larger_face_is_the_prominent_one(engine: FaceEngine, samples: Path) -> None:
    small, large = (load_photo(samples / name) for name in ("biden.jpg", "obama1.jpg"))
    sheet = Image.new("RGB", (1400, 1200), "white")
    sheet.paste(Image.fromarray(resized(small, 200).pixels), (0, 300))
    sheet.paste(Image.fromarray(resized(large, 900).pixels), (400, 50))
    detection = engine.find_faces(photo_from_pixels(np.asarray(sheet), "two"))
    assert len(detection.faces) == 2
    assert detection.prominent == 1


def test_greyscale_keeps_the_person(engine: FaceEngine, portrait: Photo) -> None:
    grey = Image.fromarray(portrait.pixels).convert("L").convert("RGB")
    assert distance(engine, portrait, photo_from_pixels(np.asarray(grey), "grey")) < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (700, 3), (480, 640)])
def test_no_face_is_said(engine: FaceEngine, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8)
    with pytest.raises(NoFaceFound, match="wall"):
        engine.find_faces(photo_from_pixels(noise, "wall"))


def test_landmarks_hold_when_the_photo_is_scaled(engine: FaceEngine, portrait: Photo) -> None:
    """The second look makes the reading independent of the size of the photograph."""
    for width in (200, 450, 2400):
        assert distance(engine, portrait, resized(portrait, width)) < 0.3


def test_att_faces_are_all_found(engine: FaceEngine, att: Path) -> None:
    for person in range(1, 41):
        engine.find_faces(load_photo(att / f"s{person}" / "1.pgm"))

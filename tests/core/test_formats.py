"""One list of endings: what it names is decoded, found in folders, shown by dialogs and taken from the clipboard."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from siamgui.core.formats import PHOTO_FORMATS, VIDEO_FORMATS, PhotoFormat, is_photo, is_video, patterns
from siamgui.core.imaging import load_photo
from siamgui.evaluation.pairs import read_people
from siamgui.labelling.import_plan import ImportKind, ImportRequest, make_plan

PICTURE = Image.fromarray(np.arange(48 * 48 * 3, dtype=np.uint32).reshape(48, 48, 3).astype(np.uint8))
ENDINGS = [(each, ending) for each in PHOTO_FORMATS for ending in each.endings]


def encoded(kind: PhotoFormat, ending: str) -> bytes:
    buffer = io.BytesIO()
    if kind.name == "HEIF":
        pillow_heif.from_pillow(PICTURE).save(buffer)
    else:
        PICTURE.save(buffer, "MPO" if ending == ".mpo" else kind.name)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "ending"), ENDINGS, ids=[ending for _, ending in ENDINGS])
def test_every_ending_is_read_in_any_letter_case(tmp_path: Path, kind: PhotoFormat, ending: str) -> None:
    for name in (f"a{ending}", f"b{ending.upper()}"):
        path = tmp_path / name
        path.write_bytes(encoded(kind, ending))
        assert is_photo(path)
        assert load_photo(path).pixels.shape == (48, 48, 3)


def test_folders_of_people_hold_photos_of_every_ending(tmp_path: Path) -> None:
    for who in ("Ann", "Bo"):
        (tmp_path / who).mkdir()
        for kind, ending in ENDINGS:
            (tmp_path / who / f"photo{ending.upper()}").write_bytes(encoded(kind, ending))
        (tmp_path / who / "notes.txt").write_text("not a photo")
        (tmp_path / who / "._photo.jpg").write_bytes(b"what a Mac leaves behind")
    assert len(read_people(tmp_path).photos) == 2 * len(ENDINGS)
    assert len(make_plan(ImportRequest((tmp_path,), ImportKind.ANY)).photos) == 2 * len(ENDINGS)


def test_no_ending_has_two_meanings() -> None:
    endings = [ending for each in (*PHOTO_FORMATS, *VIDEO_FORMATS) for ending in each.endings]
    assert len(endings) == len(set(endings))
    assert all(ending == ending.lower() and ending.startswith(".") for ending in endings)


def test_videos_are_known_by_their_endings() -> None:
    assert is_video(Path("walk.MP4"))
    assert not is_video(Path("walk.m3u8")), "a playlist names other files and hosts"
    assert not is_photo(Path("walk.mp4"))


def test_a_dialog_shows_them_all() -> None:
    assert patterns(PHOTO_FORMATS).split() == [f"*{ending}" for _, ending in ENDINGS]

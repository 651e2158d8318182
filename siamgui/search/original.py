"""The picture in which a face was seen: the photograph, or the one picture of a film in which it is seen best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from siamgui.core.amounts import clock
from siamgui.core.errors import SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.film import Film
from siamgui.core.film_frame import FilmFrame
from siamgui.core.i18n import mark, tr
from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.types import FaceChoice, Frame, Photo
from siamgui.search.copies import MOST_BITS
from siamgui.search.picture_hash import differing, picture_hash
from siamgui.storage.collection_values import PlacedFace

_WALK = 120.0
"""Seconds of a film that is gone through from its beginning where it has no index: longer would keep people waiting."""


class FaceChanged(SiamguiError):
    """values: name"""

    text = mark("“{name}” has changed since it was read. Read the folder again.")


class PictureNotFound(SiamguiError):
    """values: name, time"""

    text = mark("The picture of “{name}” at {time} can’t be found again: the video has no index, or it has changed.")


def place_in(placed: PlacedFace, path: Path) -> Path | FilmFrame:
    """Where the picture is from which a face was read. path: one of its files."""
    span = placed.seen.span
    return path if span is None else FilmFrame(path, span.at, span.hash)


def choice_of(placed: PlacedFace) -> FaceChoice:
    """Which face of that picture it is, as FaceEngine.read_photo() takes it."""
    if placed.seen.span is None:
        return placed.number - 1
    left, top, right, bottom = map(float, placed.seen.face.box)
    return (left + right) / 2, (top + bottom) / 2


def original_of(placed: PlacedFace) -> Photo:
    """From the first of its files that can be read.

    Raises the errors of imaging, UnreadableVideo, FaceChanged, PictureNotFound.
    """
    problem: SiamguiError | None = None
    for path in placed.files:
        try:
            where = place_in(placed, path)
            photo = load_frame(where) if isinstance(where, FilmFrame) else load_photo(where)
            if isinstance(where, Path) and photo.sha256 != placed.sha256:
                raise FaceChanged(name=path.name)
            return photo
        except SiamguiError as error:
            problem = problem or error
    raise problem or FaceChanged(name="")


def load_frame(wanted: FilmFrame) -> Photo:
    """One picture of a film as a photograph. Raises UnreadableVideo, PictureNotFound."""
    frame = frame_at(wanted.path, wanted.at, lambda found: _looks_like(found, wanted))
    return photo_from_pixels(frame.pixels, at_words(photo_name(wanted.path), wanted.at))


def frame_at(path: Path, at: float, right: Callable[[Frame], bool] = lambda _frame: True) -> Frame:
    """The picture of a film that a player shows at these seconds, as long as it is the right one.

    Raises UnreadableVideo, PictureNotFound.
    """
    frame = _jumped(path, at)
    if (frame is None or not right(frame)) and at <= _WALK:
        with Film(path) as camera:
            frame = _next(camera, at)
    if frame is None or not right(frame):
        raise PictureNotFound(name=photo_name(path), time=clock(at))
    return frame


def at_words(name: str, at: float) -> str:
    """A film and a time in it."""
    return tr("{name} at {time}", name=name, time=clock(at))


def _jumped(path: Path, at: float) -> Frame | None:
    with Film(path) as camera:
        return _next(camera, at) if at <= 0 or camera.go_to(at) else None


def _next(camera: Film, at: float) -> Frame | None:
    try:
        return camera.next_from(at - 1e-3)
    except SiamguiError:  # it has become shorter
        return None


def _looks_like(frame: Frame, wanted: FilmFrame) -> bool:
    return int(differing(picture_hash(frame.pixels), np.array([wanted.hash], np.uint64))[0]) <= MOST_BITS

"""Reads a film: who is seen in it, and when. It goes on where it was stopped, as if it never had been."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from siamgui.core.amounts import clock
from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.film import Film
from siamgui.core.i18n import mark
from siamgui.core.source import VideoEnded, VideoForbidden, VideoGone, check_file
from siamgui.core.types import FaceReading, Frame
from siamgui.evaluation.reading import ahead_of_use
from siamgui.search.sights import STEP, ReadsFrames, Sights
from siamgui.storage.film_part import FilmPart, InView

_AHEAD = 2
"""Pictures that are decoded ahead of use."""
_CHUNK = 2**20
_MISSING = (0.9, 5.0)
"""A film that ends before this share of its stated length, and by more than so many seconds, is cut off."""


class FilmCutOff(SiamguiError):
    """values: name, at, length"""

    text = mark("“{name}” is damaged: it ends at {at} of {length}. What comes before that was read.")


@dataclass(frozen=True, slots=True, eq=False)
class FilmStep:
    """How far a film is after one more picture. at, seconds: of the film; seconds: all of it, None if not known.

    width, height: of its pictures. over: those whose sight is over. part: who may still be in view. frame: the picture,
    None after the last one.
    """

    at: float
    seconds: float | None
    width: int
    height: int
    over: tuple[InView, ...]
    part: FilmPart
    frame: Frame | None = None


def film_digest(path: Path, stop: threading.Event) -> str:
    """SHA-256 of a file that may be large. Raises UnreadableVideo, Cancelled."""
    check_file(path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if stop.is_set():
                    raise Cancelled
                digest.update(chunk)
    except PermissionError:
        raise VideoForbidden(name=path.name) from None
    except OSError:
        raise VideoGone(name=path.name) from None
    return digest.hexdigest()


def film_steps(
    engine: ReadsFrames,
    path: Path,
    begun: FilmPart | None = None,
    jobs: int = 1,
    enough: Callable[[float], bool] = lambda _at: False,
) -> Generator[FilmStep, None, None]:
    """Each picture that is looked at; the last step has no part in view any more.

    begun: how far it was read before. jobs: threads that look, each at a picture of its own, for which engine is
    loaded (at_once). enough: whether from these seconds on no picture is to be looked at any more; on another thread.
    Raises UnreadableVideo; FilmCutOff after the last step.
    """
    with _opened(path, begun) as camera:
        sights = Sights(engine, () if begun is None else begun.in_view)
        faces, at = (0, 0.0) if begun is None else (begun.faces, begun.read_to)
        size = (0, 0)
        first = 0 if begun is None else int(begun.read_to / STEP) + 1
        wanted = takewhile(lambda time: not enough(time), (number * STEP for number in count(first)))

        def seen(decoded: Future[Frame]) -> tuple[Frame, tuple[FaceReading, ...]]:
            frame = decoded.result()
            return frame, sights.views(frame)

        with (
            closing(ahead_of_use(camera.next_from, wanted, 1, _AHEAD)) as frames,
            closing(ahead_of_use(seen, frames, jobs, jobs)) as looks,
        ):
            for future in looks:
                try:
                    frame, views = future.result()
                except VideoEnded:
                    break
                if begun is not None and frame.at <= at:
                    continue
                at, size = frame.at, (frame.pixels.shape[1], frame.pixels.shape[0])
                over = sights.look(frame, views)
                yield FilmStep(at, camera.seconds, *size, over, FilmPart(at, sights.in_view, faces), frame)
                faces += len(over)
        yield FilmStep(at, camera.seconds, *size, sights.end(), FilmPart(at, (), faces))
        whole = camera.seconds
        if whole is not None and not enough(whole) and at < _MISSING[0] * whole and whole - at > _MISSING[1]:
            raise FilmCutOff(name=path.name, at=clock(at), length=clock(whole))


def _opened(path: Path, begun: FilmPart | None) -> Film:
    """At the place from which it goes on."""
    camera = Film(path, sparse=True)
    if begun is not None and begun.read_to > 0 and not camera.go_to(begun.read_to):
        camera.close()
        camera = Film(path, sparse=True)
    return camera

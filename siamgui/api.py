"""siamgui as a library: compare(), find_faces(), embed(), and the Engine behind them.

    from siamgui import compare

    answer = compare("passport.jpg", "selfie.jpg")
    print(answer.verdict.outcome, answer.verdict.distance, answer.verdict.fmr)

A photograph is a path, the bytes of a picture file, or an array (height, width, 3) of uint8, RGB, upright. Everything
happens on this machine; nothing is kept, and no data folder is opened unless Engine is asked for a version of it.
Values never change after they are made. What cannot be done raises a SiamguiError: one sentence for a person.
"""

from __future__ import annotations

import os
import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from siamgui.core.errors import NoFaceFound, SiamguiError
from siamgui.core.imaging import load_photo, photo_from_bytes, photo_from_pixels
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import (
    Comparison,
    Detection,
    Embedding,
    EngineInfo,
    Face,
    FaceReading,
    Outcome,
    Photo,
    PhotoReading,
    Quality,
    Strictness,
    Verdict,
)
from siamgui.core.wording import all_advice, headline, rarity, reason

__all__ = [
    "Comparison",
    "Detection",
    "Embedding",
    "Engine",
    "EngineInfo",
    "Face",
    "FaceReading",
    "Outcome",
    "PhotoLike",
    "PhotoReading",
    "Quality",
    "SiamguiError",
    "Strictness",
    "Verdict",
    "compare",
    "embed",
    "find_faces",
    "words",
]

PhotoLike = str | os.PathLike[str] | bytes | NDArray[np.uint8]
"""A path, the bytes of a picture file, or pixels (height, width, 3) uint8, RGB, upright."""

ACTIVE = "active"


class Engine:
    """The encoder, its calibration, and what both run on. Loading takes half a second; one serves many calls.

    Calls from several threads wait for one another.
    """

    def __init__(self, device: Literal["auto", "cpu", "cuda", "mps"] = "auto", model: str | None = None) -> None:
        """device: "auto" takes a graphics card if there is one. model: None for the encoder that comes with siamgui,
        "active" for the version that is in use in the window, or the name or id of a version.

        Raises SiamguiError: a damaged installation, no such device, no such version, or one that is locked.
        """
        self._lock = threading.Lock()
        if model is None:
            self._engine = FaceEngine.load(device)
            return
        from siamgui.versions.active_engine import open_engine

        opened = open_engine(device, None if model == ACTIVE else model)
        if opened.notice is not None:
            warnings.warn(str(opened.notice), RuntimeWarning, stacklevel=2)
        self._engine = opened.engine

    @property
    def info(self) -> EngineInfo:
        """Who answers: encoder, version, device, backend."""
        return self._engine.info

    def find_faces(self, photo: PhotoLike) -> tuple[Face, ...]:
        """Every face in reading order, each with box, five landmarks and score, in pixels of the upright photograph.

        Empty where there is none. Raises SiamguiError where the photograph cannot be read.
        """
        decoded = _photo(photo)
        with self._lock:
            try:
                return self._engine.find_faces(decoded).faces
            except NoFaceFound:
                return ()

    def read(self, photo: PhotoLike, face: int | None = None) -> PhotoReading:
        """Photograph, faces, and the reading of one of them: aligned crop, quality, embedding.

        face: its number from 1, as find_faces() orders them; None for the most prominent one. Raises SiamguiError where
        the photograph cannot be read, shows nobody, or has no face of that number.
        """
        decoded = _photo(photo)
        with self._lock:
            return self._engine.read_photo(decoded, None if face is None else face - 1)

    def embed(self, photo: PhotoLike, face: int | None = None) -> Embedding:
        """The embedding G_W(X) of one face: a vector (d,) float32 of unit length, and the key of its encoder.

        Vectors of two encoders mean nothing to each other. face, raises: as read().
        """
        return self.read(photo, face).reading.embedding

    def compare(
        self,
        left: PhotoLike | PhotoReading,
        right: PhotoLike | PhotoReading,
        *,
        strictness: Strictness | Literal["convenient", "balanced", "strict"] = Strictness.BALANCED,
        left_face: int | None = None,
        right_face: int | None = None,
    ) -> Comparison:
        """Whether two faces support the same person, different people, or neither.

        left, right: photographs, or what read() gave of them, so that one that is compared often is read once.
        strictness: how rarely different people may come out as the same: FMR 1e-2, 1e-3, 1e-4. left_face, right_face:
        as face of read(), for photographs. The verdict says how rare such a likeness is (fmr), and is never a statement
        of identity. Raises: as read(), and ValueError for what another encoder has read, or for a number beside what
        has been read already.
        """
        for side, face in ((left, left_face), (right, right_face)):
            if isinstance(side, PhotoReading) and face is not None:
                raise ValueError(
                    "the face of what was read is chosen already: give the photograph, or read(photo, face)"
                )
        sides = [
            side if isinstance(side, PhotoReading) else self.read(side, face)
            for side, face in ((left, left_face), (right, right_face))
        ]
        if any(side.reading.embedding.encoder != self.info.encoder for side in sides):
            raise ValueError("read by another encoder: its distances mean nothing to this one")
        with self._lock:
            return self._engine.compare(sides[0].reading, sides[1].reading, Strictness(strictness))


@lru_cache(maxsize=1)
def _engine() -> Engine:
    """That of the functions, loaded by whichever is called first."""
    return Engine()


def find_faces(photo: PhotoLike) -> tuple[Face, ...]:
    """Engine.find_faces() of the encoder that comes with siamgui."""
    return _engine().find_faces(photo)


def embed(photo: PhotoLike, face: int | None = None) -> Embedding:
    """Engine.embed() of the encoder that comes with siamgui."""
    return _engine().embed(photo, face)


def compare(
    left: PhotoLike | PhotoReading,
    right: PhotoLike | PhotoReading,
    *,
    strictness: Strictness | Literal["convenient", "balanced", "strict"] = Strictness.BALANCED,
    left_face: int | None = None,
    right_face: int | None = None,
) -> Comparison:
    """Engine.compare() of the encoder that comes with siamgui."""
    return _engine().compare(left, right, strictness=strictness, left_face=left_face, right_face=right_face)


def words(comparison: Comparison) -> tuple[str, ...]:
    """What the window and the command line say: the verdict, how rare such a likeness is, why, and what would help.

    In English, unless siamgui.core.i18n.set_language() was called.
    """
    verdict = comparison.verdict
    said = headline(verdict.outcome), rarity(verdict), reason(verdict), *all_advice(comparison)
    return tuple(sentence for sentence in said if sentence)


def _photo(photo: PhotoLike) -> Photo:
    if isinstance(photo, bytes):
        return photo_from_bytes(photo, "photo")
    if isinstance(photo, np.ndarray):
        return photo_from_pixels(photo, "photo")
    return load_photo(Path(photo))

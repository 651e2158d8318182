"""How firm a verdict is: what it would have been, had either photograph been a little different.

Nobody can say where exactly a face is, or which copy of a photograph they will be given. A verdict that turns on that
is none. So each photograph is changed in turn, the other left as it is, and the pair is judged again:

moved        the crop lies MOVED of its side farther to each of the four sides
turned       it is turned by TURNED degrees to either side
compressed   the photograph is saved as a JPEG of quality JPEG
halved       it is kept at half its size, where the face stays large enough for that to be small
mirrored     it is looked at in a mirror

The last three are done to the photograph around the face, and the landmarks are measured anew; the first two would be
undone by that, so they are done to the crop. What the quality of the photographs forbids to say stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siamgui.core.alignment import CROP_SIZE, TEMPLATE, resized, similarity, warp
from siamgui.core.calibration import Calibration, judge
from siamgui.core.cv import cv2
from siamgui.core.quality import LIMITS
from siamgui.core.types import (
    Change,
    Comparison,
    Face,
    FaceReading,
    Firmness,
    Outcome,
    Photo,
    PhotoReading,
    Pixels,
    QualityIssue,
    Side,
    Strictness,
    Trial,
    Verdict,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siamgui.core.pipeline import FaceEngine

MOVED = 0.02
TURNED = 3.0
JPEG = 80
REACH = 1.0
"""Sides of the crop that are kept to each side of the middle of the face: more than any look at it needs."""

Changed = Mapping[Change, FaceReading]
"""One face as it reads under each change that was tried."""

_MOVES = {
    Change.MOVED_LEFT: (-1, 0),
    Change.MOVED_RIGHT: (1, 0),
    Change.MOVED_UP: (0, -1),
    Change.MOVED_DOWN: (0, 1),
}
_TURNS = {Change.TURNED_LEFT: -1, Change.TURNED_RIGHT: 1}
_EXCHANGED = [1, 0, 2, 4, 3]
"""Landmarks in the mirror: what was left is right."""


def changes_of(face: Face) -> tuple[Change, ...]:
    """Those that are small for this face."""
    kept = face.eye_distance / 2 >= LIMITS[QualityIssue.SMALL].named
    return tuple(change for change in Change if kept or change is not Change.HALVED)


def read_changed(engine: FaceEngine, photo: Photo, face: Face, change: Change) -> FaceReading:
    """face: as it was read in photo, with exact landmarks."""
    if change in _MOVES or change in _TURNS:
        return engine.read_crop(face, _recropped(photo.pixels, face.landmarks, change))
    return engine.read_face(*_redone(photo, face, change))


def _recropped(pixels: Pixels, landmarks: NDArray[np.floating], change: Change) -> Pixels:
    """The aligned crop, moved or turned about its middle."""
    matrix = similarity(landmarks, TEMPLATE)
    angle = math.radians(_TURNS.get(change, 0) * TURNED)
    middle = np.array([CROP_SIZE / 2, CROP_SIZE / 2])
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shift = MOVED * CROP_SIZE * np.array(_MOVES.get(change, (0, 0)), np.float64)
    moved = np.hstack([turn @ matrix[:, :2], (turn @ (matrix[:, 2] - middle) + middle + shift)[:, None]])
    crop = warp(pixels, moved, CROP_SIZE)
    crop.flags.writeable = False
    return crop


def _redone(photo: Photo, face: Face, change: Change) -> tuple[Photo, Face]:
    """The part of the photograph around the face, compressed, halved or mirrored, and where the face is in it."""
    scale = math.sqrt(abs(float(np.linalg.det(similarity(face.landmarks, TEMPLATE)[:, :2]))))
    half = REACH * CROP_SIZE / max(scale, 1e-6)
    middle = face.landmarks.mean(0)
    low = np.clip(np.floor(middle - half), 0, (photo.width - 1, photo.height - 1)).astype(int)
    high = np.clip(np.ceil(middle + half), low + 1, (photo.width, photo.height)).astype(int)
    part = photo.pixels[low[1] : high[1], low[0] : high[0]]
    box, landmarks = face.box - np.tile(low, 2).astype(np.float32), face.landmarks - low.astype(np.float32)
    height, width = part.shape[:2]
    if change is Change.COMPRESSED:
        part = _compressed(part)
    elif change is Change.HALVED:
        small = resized(part, max(width // 2, 1), max(height // 2, 1))
        ratio = np.array([small.shape[1] / width, small.shape[0] / height], np.float32)
        part, box, landmarks = small, box * np.tile(ratio, 2), landmarks * ratio
    else:
        part = part[:, ::-1]
        box = np.array([width - box[2], box[1], width - box[0], box[3]], np.float32)
        landmarks = np.stack([width - 1 - landmarks[:, 0], landmarks[:, 1]], axis=1)[_EXCHANGED].astype(np.float32)
    return Photo(np.ascontiguousarray(part), photo.sha256, photo.name), Face(box, landmarks, face.score)


def _compressed(pixels: Pixels) -> Pixels:
    written, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG])
    assert written
    decoded: Pixels = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return decoded


def firmness(
    calibration: Calibration,
    left: FaceReading,
    right: FaceReading,
    changed: Mapping[Side, Changed],
    strictness: Strictness,
) -> Firmness:
    """The pair judged again under every change that was read. changed: one at least in all."""
    outcome = judge(calibration, left, right, strictness).outcome
    trials = []
    for change in Change:
        for side, own in ((Side.LEFT, left), (Side.RIGHT, right)):
            reading = changed[side].get(change)
            if reading is not None:
                reading = replace(reading, quality=own.quality)
                pair = (reading, right) if side is Side.LEFT else (left, reading)
                verdict = judge(calibration, *pair, strictness)
                trials.append(Trial(side, change, verdict.distance, verdict.outcome))
    return Firmness(outcome, tuple(trials))


def firm(verdict: Verdict, found: Firmness) -> Verdict:
    """The verdict with what was found: inconclusive where it was decided and does not hold."""
    unfirm = verdict.outcome is not Outcome.INCONCLUSIVE and bool(found.fallen)
    outcome = Outcome.INCONCLUSIVE if unfirm else verdict.outcome
    return replace(verdict, outcome=outcome, firmness=found, unfirm=unfirm)


def tried(engine: FaceEngine, left: PhotoReading, right: PhotoReading, comparison: Comparison) -> Comparison:
    """The comparison of two photographs with all of this done at once."""
    changed = {
        side: {
            change: read_changed(engine, read.photo, read.reading.face, change)
            for change in changes_of(read.reading.face)
        }
        for side, read in ((Side.LEFT, left), (Side.RIGHT, right))
    }
    strictness = comparison.verdict.strictness
    found = firmness(engine.calibration, left.reading, right.reading, changed, strictness)
    return replace(comparison, verdict=firm(comparison.verdict, found))

"""Finding faces: CenterFace over a few sizes and orientations, and exact landmarks for the chosen face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import TEMPLATE, resized, roll_and_misfit, similarity, warp
from siamgui.core.cv import cv2
from siamgui.core.errors import NoFaceFound
from siamgui.core.types import Detection, Face, Photo, Pixels

Maps = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

STRIDE = 4
MIN_SCORE = 0.5
MAX_OVERLAP = 0.3

# Long side in pixels of the passes. The first finds faces from a fortieth of the photo up to nearly all of it; the
# coarse one finds a face that fills the frame, the fine one the small faces of a group, and the last is for a photo in
# which nothing else found a face. A photo smaller than FIRST_PASS is shrunk by FIRST_SHARE: on lfw_dev no face is lost
# by it, the second look (refine) makes up for the landmarks, and most of the time is saved.
FIRST_PASS, COARSE_PASS, FINE_PASS, LAST_PASS = 384, 192, 1600, 2560
FIRST_SHARE = 0.64
SMALLEST_INPUT = 160
# The finer passes go in tiles: 12 megapixels in one piece would take, and keep, 3 GB. A face no wider than the overlap
# lies whole in some tile; a larger one was found by a pass before.
TILE, OVERLAP = 640, 96
# Of a moving picture: finds a face from a thirtieth of its width, several times in a second.
GLANCE_PASS = 320
# Where the largest face is smaller than this part of the photo, it is a group: look again, finer.
GROUP_FACE = 0.08

# score - 3 * misfit of an upright face of lfw_dev is 0.70 in the median and over 0.35 for 99 in 100; of one lying
# on its side 0.1. So below 0.35 the other orientations are tried, and one wins that is better by the margin.
MISFIT_WEIGHT = 3.0
PLAUSIBLE = 0.35
TURN_MARGIN = 0.15

# Small faces that lie on their side are mostly missed by the finer passes, but nearly all leave a trace in the heatmap.
# So where the faces found do not look upright, or there are more traces than faces, the strongest places are cut out,
# brought to one size and looked at in all four orientations, on a sheet that costs a twentieth of a finer pass.
TRACE = 0.03
CLEAR_TRACE = 0.1
MOST_PLACES, WEAKEST_PLACE, PLACE_SIZE, PLACE_REACH = 16, 0.25, 64, 2.2

# The second look at the chosen face: upright, at a size the detector knows best, whatever the photo's scale and tilt.
REFINE_SIZE = 128
_REFINE_TARGET = TEMPLATE - 56 + REFINE_SIZE / 2 - np.array([0, 6])


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """boxes (n, 4), landmarks (n, 5, 2), scores (n,), in photo pixels."""

    boxes: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.scores)

    def where(self, chosen: NDArray[np.bool_ | np.integer]) -> _Found:
        return _Found(self.boxes[chosen], self.landmarks[chosen], self.scores[chosen])


def decode(maps: Maps, threshold: float) -> _Found:
    """Peaks of the heatmap as faces in input pixels, overlapping ones suppressed (CenterFace, section 3)."""
    heat, scale, offset, marks = maps
    rows, columns = np.nonzero(heat[0, 0] > threshold)
    scores = heat[0, 0, rows, columns]
    height = np.exp(scale[0, 0, rows, columns]) * STRIDE
    width = np.exp(scale[0, 1, rows, columns]) * STRIDE
    top = (rows + offset[0, 0, rows, columns] + 0.5) * STRIDE - height / 2
    left = (columns + offset[0, 1, rows, columns] + 0.5) * STRIDE - width / 2
    points = marks[0][:, rows, columns].T.reshape(-1, 5, 2)
    landmarks = np.stack(
        [points[:, :, 1] * width[:, None] + left[:, None], points[:, :, 0] * height[:, None] + top[:, None]], axis=-1
    )
    boxes = np.stack([left, top, left + width, top + height], axis=-1)
    return _suppress(_Found(boxes.astype(np.float32), landmarks.astype(np.float32), scores.astype(np.float32)))


def _suppress(found: _Found) -> _Found:
    """Non-maximum suppression."""
    if len(found) < 2:
        return found
    sizes = found.boxes[:, 2:] - found.boxes[:, :2]
    rectangles = np.concatenate([found.boxes[:, :2], sizes], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxes(rectangles.tolist(), found.scores.tolist(), 0.0, MAX_OVERLAP)).reshape(-1)
    return found.where(kept)


def _join(*parts: _Found) -> _Found:
    return _suppress(
        _Found(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
            np.concatenate([part.scores for part in parts]),
        )
    )


def _turn_back(found: _Found, turns: int, width: int, height: int) -> _Found:
    """Coordinates in np.rot90(pixels, turns) back to those in pixels, whose size is width x height."""
    if not turns:
        return found
    points = np.concatenate([found.boxes.reshape(-1, 2, 2), found.landmarks], axis=1)
    x, y = points[..., 0], points[..., 1]
    if turns == 1:
        x, y = width - y, x
    elif turns == 2:
        x, y = width - x, height - y
    elif turns == 3:
        x, y = y, height - x
    points = np.stack([x, y], axis=-1)
    corners = points[:, :2]
    boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
    return _Found(boxes.astype(np.float32), points[:, 2:].astype(np.float32), found.scores)


def _plausibility(found: _Found, turns: int) -> NDArray[np.float64]:
    """(n,): how surely each face stands upright once the photo is turned by np.rot90(pixels, turns)."""
    value = np.zeros(len(found))
    for i, landmarks in enumerate(found.landmarks):
        roll, misfit = roll_and_misfit(landmarks)
        if abs((roll - 90 * turns + 180) % 360 - 180) < 60:
            value[i] = max(float(found.scores[i]) - MISFIT_WEIGHT * misfit, 0.0)
    return value


def _prominence(found: _Found, width: int, height: int) -> NDArray[np.float32]:
    """Large, sure and near the middle: what a photograph is of."""
    middle = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    away = np.linalg.norm(middle - np.array([width, height]) / 2, axis=1) / max(width, height)
    extent = np.sqrt(np.maximum(np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1), 0))
    value: NDArray[np.float32] = (extent * found.scores * np.exp(-4 * away**2)).astype(np.float32)
    return value


class Detector:
    """infer: (1, h, w, 3) uint8 RGB, h and w multiples of 32 -> the four maps of CenterFace."""

    def __init__(self, infer: Callable[[Pixels], Maps]) -> None:
        self._infer = infer

    def find(self, photo: Photo) -> Detection:
        """Every face of photo. Raises NoFaceFound."""
        pixels, long_side = photo.pixels, max(photo.width, photo.height)
        first = min(FIRST_PASS, round(FIRST_SHARE * long_side))
        found, turns = self._pass(pixels, first), 0
        if not len(found):
            found = self._pass(pixels, COARSE_PASS)
        if self._uprightness(found, photo, 0) < PLAUSIBLE:
            found, turns = self._best_turn(photo, found)
        largest = float((found.boxes[:, 2:] - found.boxes[:, :2]).min(1).max()) if len(found) else 0.0
        if long_side > first and largest < GROUP_FACE * long_side:
            found, turns = self._finer(photo, found, turns, FINE_PASS)
            if not len(found) and long_side > FINE_PASS:
                found, turns = self._finer(photo, found, turns, LAST_PASS)
        if not len(found):
            raise NoFaceFound(name=photo.name)
        prominence = _prominence(found, photo.width, photo.height)
        order = np.lexsort((found.boxes[:, 1], found.boxes[:, 0]))
        faces = tuple(Face(found.boxes[i], found.landmarks[i], float(found.scores[i])) for i in order)
        return Detection(faces, int(np.argmax(prominence[order])))

    def refine(self, photo: Photo, face: Face) -> Face:
        """The same face with landmarks measured again, upright and at a standard size.

        Where the second look does not see the same face, the first stands.
        """
        again = self.track(photo.pixels, face)
        return face if again is None else Face(face.box, again.landmarks, face.score)

    def glance(self, pixels: Pixels, size: int = GLANCE_PASS) -> tuple[Face, ...]:
        """Upright faces of a moving picture, (h, w, 3) uint8 RGB, in reading order: one quick pass, maybe none.

        size: of the long side at which they are looked for.
        """
        found = self._pass(pixels, size)
        order = np.lexsort((found.boxes[:, 1], found.boxes[:, 0]))
        return tuple(Face(found.boxes[i], found.landmarks[i], float(found.scores[i])) for i in order)

    def track(self, pixels: Pixels, face: Face) -> Face | None:
        """The face that is now where face was, looked at upright and at a standard size; None if there is none.

        pixels: (h, w, 3) uint8 RGB, the same picture or one soon after it.
        """
        matrix = similarity(face.landmarks, _REFINE_TARGET)
        if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:, :2])) < 1e-9:
            return None
        found = decode(self._infer(warp(pixels, matrix, REFINE_SIZE)[None]), MIN_SCORE / 2)
        if not len(found):
            return None
        away = np.linalg.norm(found.landmarks.mean(1) - _REFINE_TARGET.mean(0), axis=1)
        best = int(np.argmin(away - 20 * found.scores))
        if away[best] > 20:
            return None
        back = np.linalg.inv(matrix[:, :2]).T
        landmarks = ((found.landmarks[best] - matrix[:, 2]) @ back).astype(np.float32)
        corners = (found.boxes[best].reshape(2, 2) - matrix[:, 2]) @ back
        # A tilted face keeps the size of its box; only its middle is turned back.
        middle, half = corners.mean(0), np.diff(found.boxes[best].reshape(2, 2), axis=0)[0] / 2
        half = half / float(np.hypot(matrix[0, 0], matrix[1, 0]))
        box = np.concatenate([middle - half, middle + half]).astype(np.float32)
        return Face(box, landmarks, float(found.scores[best]))

    def _pass(self, pixels: Pixels, size: int, turns: int = 0, threshold: float = MIN_SCORE) -> _Found:
        """Faces at a long side of size pixels; a smaller photo is used as it is, a tiny one enlarged.

        turns: look at np.rot90(pixels, turns). What is found is in the coordinates of pixels.
        """
        height, width = pixels.shape[:2]
        long_side = max(height, width)
        size = max(min(size, long_side), SMALLEST_INPUT)
        if size != long_side:
            factor = size / long_side
            pixels = resized(pixels, max(round(width * factor), 1), max(round(height * factor), 1), jump=2)
        h, w = pixels.shape[:2]
        if turns:
            pixels = np.ascontiguousarray(np.rot90(pixels, turns))
        found = self._whole(pixels, threshold) if size <= TILE else self._tiles(pixels, threshold)
        found = _turn_back(found, turns, w, h)
        back = np.array([width / w, height / h], np.float32)
        return _Found(found.boxes * np.tile(back, 2), found.landmarks * back, found.scores)

    def _finer(self, photo: Photo, found: _Found, turns: int, size: int) -> tuple[_Found, int]:
        """found, joined with what a finer pass sees; and the orientation, another one if that shows more of them."""
        traces = self._pass(photo.pixels, size, turns, TRACE)
        joined = _join(found, traces.where(traces.scores > MIN_SCORE))
        sure = float(np.median(_plausibility(joined, turns))) if len(joined) else 0.0
        if sure < PLAUSIBLE + TURN_MARGIN or np.sum(traces.scores > CLEAR_TRACE) > 2 * len(joined):
            other = self._turn_of(photo.pixels, traces, turns)
            if other != turns:
                turned = _join(*(self._pass(photo.pixels, at, other) for at in (FIRST_PASS, size)))
                if _plausibility(turned, other).sum() >= _plausibility(joined, turns).sum():
                    return turned, other
        return joined, turns

    def _turn_of(self, pixels: Pixels, traces: _Found, turns: int) -> int:
        """The orientation in which the strongest places of traces look most like upright faces; turns if none does."""
        if not len(traces):
            return turns
        order = np.argsort(-traces.scores)[:MOST_PLACES]
        order = order[traces.scores[order] > WEAKEST_PLACE * traces.scores[order[0]]]
        across = int(np.ceil(np.sqrt(len(order))))
        sheet = np.zeros((across * PLACE_SIZE, across * PLACE_SIZE, 3), np.uint8)
        for place, box in enumerate(traces.boxes[order]):
            half = float((box[2:] - box[:2]).max()) * PLACE_REACH / 2
            scale = PLACE_SIZE / max(2 * half, 1.0)
            shift = PLACE_SIZE / 2 - scale * (box[:2] + box[2:]) / 2
            row, column = (PLACE_SIZE * part for part in divmod(place, across))
            matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
            sheet[row : row + PLACE_SIZE, column : column + PLACE_SIZE] = warp(pixels, matrix, PLACE_SIZE)
        seen = [float(_plausibility(self._whole(np.rot90(sheet, turn), MIN_SCORE), 0).sum()) for turn in range(4)]
        best = int(np.argmax(seen))
        return best if seen[best] > max(PLAUSIBLE, seen[turns] + TURN_MARGIN) else turns

    def _whole(self, pixels: Pixels, threshold: float) -> _Found:
        """Faces of a picture in one piece, in its own pixels."""
        h, w = pixels.shape[:2]
        canvas = np.zeros((-(-h // 32) * 32, -(-w // 32) * 32, 3), np.uint8)
        canvas[:h, :w] = pixels
        return decode(self._infer(canvas[None]), threshold)

    def _tiles(self, pixels: Pixels, threshold: float) -> _Found:
        """The same in overlapping tiles. What an inner edge cuts is left to the tile in which it lies whole."""
        h, w = pixels.shape[:2]
        parts = []
        for top in range(0, max(h - OVERLAP, 1), TILE - OVERLAP):
            for left in range(0, max(w - OVERLAP, 1), TILE - OVERLAP):
                part = self._whole(pixels[top : top + TILE, left : left + TILE], threshold)
                # Edges of the picture itself cut nothing that another tile could see.
                low = np.array([STRIDE if left else -np.inf, STRIDE if top else -np.inf])
                inner = np.array([left + TILE < w, top + TILE < h])
                high = np.where(inner, TILE - STRIDE, np.inf)
                whole = (part.boxes[:, :2] >= low).all(1) & (part.boxes[:, 2:] <= high).all(1)
                shift = np.array([left, top], np.float32)
                kept = part.where(np.asarray(whole))
                parts.append(_Found(kept.boxes + np.tile(shift, 2), kept.landmarks + shift, kept.scores))
        return _join(*parts)

    @staticmethod
    def _uprightness(found: _Found, photo: Photo, turns: int) -> float:
        """How surely the most prominent face stands upright."""
        if not len(found):
            return 0.0
        best = int(np.argmax(_prominence(found, photo.width, photo.height)))
        return float(_plausibility(found, turns)[best])

    def _best_turn(self, photo: Photo, upright: _Found) -> tuple[_Found, int]:
        """A photo may lie on its side without saying so: the orientation in which its faces look upright."""
        best, best_turns = upright, 0
        best_value = self._uprightness(upright, photo, 0) + (TURN_MARGIN if len(upright) else 0.0)
        for turns in (1, 3, 2):
            found = self._pass(photo.pixels, FIRST_PASS, turns)
            value = self._uprightness(found, photo, turns)
            if len(found) and value > best_value:
                best, best_turns, best_value = found, turns, value
        return best, best_turns

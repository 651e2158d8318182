"""What lowers trust in one face, measured on what the encoder sees.

eye_distance    pixels between the eyes in the photograph.
sharpness       root mean square of the Laplacian of the grey crop over its standard deviation: how much of the
                contrast is fine detail. Free of exposure and contrast; an enlarged small face is blurred by it too.
brightness      mean grey value of the inner face, 0 to 1.
contrast        standard deviation of the grey value of the inner face, 0 to 0.5.
yaw             degrees the face is turned sideways, positive towards the right edge of the photograph.
pitch           degrees it is raised (positive) or lowered.
detector_score  of the detector, 0 to 1.
embedding_norm  length of the embedding before it is normalised. An encoder trained with a softmax makes it short
                where it recognises little (Meng et al., MagFace, 2021): covered, blurred or unusual faces. Of a
                version that the user trained it is scaled to be that of the bundled encoder (Model.norm_scale).

The limits below come from tools/measure_quality.py (photographs spoilt step by step) and from the error rates of
lfw_dev sorted by each property. An issue is named where same-person pairs begin to be missed two to three times as
often (FNMR 5 to 10 % at "balanced", 2 % for good photographs), and is decisive where a fifth or more of them are.
Neither sharpness nor exposure alone tells how much the encoder still recognises; the length of the embedding does.

The nose tip stands out from the plane of eyes and mouth by about NOSE_DEPTH eye distances; how far it lies off the
middle of them in the picture therefore gives the angles.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from siamgui.core.alignment import TEMPLATE, similarity
from siamgui.core.cv import cv2
from siamgui.core.types import Face, Finding, Pixels, Quality, QualityIssue

NOSE_DEPTH = 0.6
_FRONTAL_NOSE = float((TEMPLATE[2, 1] - TEMPLATE[:2, 1].mean()) / (TEMPLATE[3:, 1].mean() - TEMPLATE[:2, 1].mean()))
# The inner face in the aligned crop: eyes to chin without hair and background.
_INNER = (slice(32, 104), slice(24, 88))


class Limit(NamedTuple):
    """Below these values an issue is named, and decides."""

    named: float
    decisive: float


LIMITS = {
    QualityIssue.SMALL: Limit(16.0, 9.0),
    QualityIssue.BLURRED: Limit(0.15, 0.115),
    QualityIssue.DARK: Limit(0.25, 0.07),
    QualityIssue.FLAT: Limit(0.045, 0.022),
    # Larger is worse for these two: they are compared with their sign turned.
    QualityIssue.BRIGHT: Limit(-0.80, -0.92),
    QualityIssue.TURNED: Limit(-40.0, -65.0),
    QualityIssue.UNCERTAIN: Limit(0.65, 0.60),
    QualityIssue.COVERED: Limit(56.0, 47.0),
}
# A piece of the inner face that is exactly one colour: a photograph has noise, and of good ones nobody has found more
# than 0.007 of it so. Decoders paint what is missing black or grey. White is left to BRIGHT: highlights have it too.
MISSING_SHARE = 0.04
_WHITE = 250
# Below this detector score a face that is large and sharp enough is usually covered in part.
COVERED_SCORE = 0.80


class _Doubted(NamedTuple):
    detector_score: float
    embedding_norm: float


# Below both, a quarter of the same-person pairs of lfw_dev are missed, and 3 to 5 in 10 of those spoilt by a cover.
DOUBTED = _Doubted(0.87, 55.0)


def pose(face: Face) -> tuple[float, float]:
    """(yaw, pitch) in degrees."""
    matrix = similarity(face.landmarks, TEMPLATE)
    points = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    down = mouth - eyes
    height = max(float(np.linalg.norm(down)), 1e-6)
    down = down / height
    right = np.array([down[1], -down[0]])
    wide = max(abs(float((points[1] - points[0]) @ right)), 1e-6)
    nose = points[2] - eyes
    yaw = math.atan2(float(nose @ right), NOSE_DEPTH * wide)
    depth = NOSE_DEPTH * wide / max(math.cos(yaw), 0.2)
    pitch = math.atan2(_FRONTAL_NOSE * height - float(nose @ down), depth)
    return math.degrees(yaw), math.degrees(pitch)


def measure(face: Face, crop: Pixels, embedding_norm: float | None) -> Quality:
    """crop: the aligned (112, 112, 3) RGB face; embedding_norm: before normalisation, None where it says nothing."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[_INNER].astype(np.float32)
    spread = float(grey.std())
    detail = float(np.sqrt(np.mean(cv2.Laplacian(grey, cv2.CV_32F) ** 2)))
    yaw, pitch = pose(face)
    quality = Quality(
        eye_distance=face.eye_distance,
        sharpness=detail / max(spread, 1.0),
        brightness=float(grey.mean()) / 255,
        contrast=spread / 255,
        yaw=yaw,
        pitch=pitch,
        detector_score=face.score,
        embedding_norm=embedding_norm,
        findings=(),
    )
    missing = (Finding(QualityIssue.DAMAGED, decisive=True),) if share_of_one_colour(crop) > MISSING_SHARE else ()
    return replace(quality, findings=(*missing, *find_issues(quality)))


def share_of_one_colour(crop: Pixels) -> float:
    """The largest piece of the inner face, 0 to 1, that is exactly one colour other than white."""
    inner = cv2.cvtColor(crop[_INNER], cv2.COLOR_RGB2RGBA)  # a pixel is one number
    colour = inner.view(np.int32)[..., 0]
    here = colour[:-1, :-1]
    flat = (here == colour[:-1, 1:]) & (here == colour[1:, :-1])
    if flat.any():
        flat &= cv2.min(cv2.min(inner[..., 0], inner[..., 1]), inner[..., 2])[:-1, :-1] < _WHITE
    count, _, pieces, _ = cv2.connectedComponentsWithStats(flat.astype(np.uint8), connectivity=4)
    return float(pieces[1:, cv2.CC_STAT_AREA].max()) / flat.size if count > 1 else 0.0


def find_issues(quality: Quality) -> tuple[Finding, ...]:
    """The issues of a face with these measured properties, decisive ones first."""
    measured = {
        QualityIssue.SMALL: quality.eye_distance,
        QualityIssue.BLURRED: quality.sharpness,
        QualityIssue.DARK: quality.brightness,
        QualityIssue.FLAT: quality.contrast,
        QualityIssue.BRIGHT: -quality.brightness,
        QualityIssue.TURNED: -abs(quality.yaw),
        QualityIssue.UNCERTAIN: quality.detector_score,
    }
    found = [
        Finding(issue, decisive=value < LIMITS[issue].decisive)
        for issue, value in measured.items()
        if value < LIMITS[issue].named
    ]
    norm = math.inf if quality.embedding_norm is None else quality.embedding_norm
    # A short embedding that nothing else explains: something hides the face.
    hidden = norm < LIMITS[QualityIssue.COVERED].named or quality.detector_score < COVERED_SCORE
    if hidden and not found:
        found.append(Finding(QualityIssue.COVERED, decisive=False))
    # Two issues together cost far more than each alone; and whatever the cause, an encoder that recognised too little,
    # or recognised little in what the detector doubts, is not to be believed.
    little = norm < LIMITS[QualityIssue.COVERED].decisive or (
        norm < DOUBTED.embedding_norm and quality.detector_score < DOUBTED.detector_score
    )
    if found and (little or len(found) > 1):
        found[0] = replace(found[0], decisive=True)
    return tuple(sorted(found, key=lambda finding: not finding.decisive))

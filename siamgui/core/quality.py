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
                where it recognises little (Meng et al., MagFace, 2021): covered, blurred or unusual faces.

The nose tip stands out from the plane of eyes and mouth by about NOSE_DEPTH eye distances; how far it lies off the
middle of them in the picture therefore gives the angles.
"""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.alignment import TEMPLATE, similarity
from siamgui.core.cv import cv2
from siamgui.core.types import Face, Finding, Pixels, Quality, QualityIssue

NOSE_DEPTH = 0.6
_FRONTAL_NOSE = float(
    (TEMPLATE[2, 1] - TEMPLATE[:2, 1].mean()) / (TEMPLATE[3:, 1].mean() - TEMPLATE[:2, 1].mean())
)
# The inner face in the aligned crop: eyes to chin without hair and background.
_INNER = (slice(32, 104), slice(24, 88))


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


def measure(face: Face, crop: Pixels, embedding_norm: float) -> Quality:
    """crop: the aligned (112, 112, 3) RGB face; embedding_norm: before normalisation."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[_INNER].astype(np.float32)
    spread = float(grey.std())
    detail = float(np.sqrt(np.mean(cv2.Laplacian(grey, cv2.CV_32F) ** 2)))
    yaw, pitch = pose(face)
    values = {
        "eye_distance": face.eye_distance,
        "sharpness": detail / max(spread, 1.0),
        "brightness": float(grey.mean()) / 255,
        "contrast": spread / 255,
        "yaw": yaw,
        "pitch": pitch,
        "detector_score": face.score,
        "embedding_norm": embedding_norm,
    }
    return Quality(**values, findings=())

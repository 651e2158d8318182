"""Taking pictures of somebody who is enrolled, in words."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr
from siamgui.live import wording
from siamgui.live.enrolling import Correction, EnrolState, Pose

_NAMES = {Pose.FRONT: mark("Front"), Pose.LEFT: mark("A little left"), Pose.RIGHT: mark("A little right")}
_WANTED = {
    Pose.FRONT: mark("Look straight into the camera"),
    Pose.LEFT: mark("← Turn your head a little to your left"),
    Pose.RIGHT: mark("Turn your head a little to your right →"),
}
_CORRECTIONS = {
    Correction.STRAIGHT: mark("Face the camera."),
    Correction.FURTHER: mark("A little further."),
    Correction.BACK: mark("That is too far; turn back a little."),
    Correction.LEVEL: mark("Keep the chin level."),
    Correction.ANOTHER: mark("This seems to be another person than in the photos before."),
}


def pose_name(pose: Pose) -> str:
    return tr(_NAMES[pose])


def enrolling_words(progress: EnrolState | None) -> tuple[str, str]:
    """What is asked for, and what would help with it. progress: None before the first frame."""
    asked = tr(_WANTED[Pose.FRONT if progress is None or progress.wanted is None else progress.wanted])
    if progress is None:
        return asked, ""
    if progress.hindrance is not None:
        return asked, wording.hindrance(progress.hindrance)
    if progress.correction is not None:
        return asked, tr(_CORRECTIONS[progress.correction])
    return asked, tr("Good. Hold still.")

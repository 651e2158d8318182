"""What an examiner sees, feature by feature, in the order of the FISWG guides (Facial Image Comparison Feature List).

A person fills it in beside two faces; nothing here is computed, and nothing of it changes what is. It flows as one
value: the view "Look closer" makes the next Checklist from the one before, the controller of the comparison holds it
(CloserController.checklist) for as long as that comparison is shown, and to_json() and read_checklist() take it to
wherever a comparison is kept or reported.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from siamgui.core.i18n import mark, tr
from siamgui.core.typed_json import WrongForm, check_plain, plain, read

LONGEST_NOTE = 500


class Feature(enum.StrEnum):
    """Component features, from the whole to the detail."""

    SHAPE = "shape"
    HAIR_LINE = "hair-line"
    FOREHEAD = "forehead"
    EYES = "eyes"
    NOSE = "nose"
    MOUTH = "mouth"
    CHIN = "chin"
    EARS = "ears"
    LINES = "lines"
    MARKS = "marks"


class Seen(enum.StrEnum):
    SIMILAR = "similar"
    DIFFERENT = "different"
    NOT_VISIBLE = "not-visible"


@dataclass(frozen=True, slots=True)
class Remark:
    """seen: None where that is left open. note: one line."""

    feature: Feature
    seen: Seen | None = None
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """remarks: of the features of which something is said, in the order of Feature."""

    remarks: tuple[Remark, ...] = ()

    def of(self, feature: Feature) -> Remark:
        return next((remark for remark in self.remarks if remark.feature is feature), Remark(feature))

    def saying(self, remark: Remark) -> Checklist:
        """With this in the place of what was said of the feature."""
        said = {one.feature: one for one in (*self.remarks, remark)}
        kept = (said[feature] for feature in Feature if feature in said)
        return Checklist(tuple(one for one in kept if one.seen is not None or one.note))

    def to_json(self) -> bytes:
        return json.dumps(plain(self), ensure_ascii=False, separators=(",", ":")).encode()


EMPTY = Checklist()
"""Nothing has been said."""


def read_checklist(data: bytes) -> Checklist:
    """What to_json() gave. Raises WrongForm."""
    checklist = read(Checklist, data)
    check_checklist(checklist)
    return checklist


def check_checklist(checklist: Checklist) -> None:
    """Raises WrongForm for what nobody can have filled in."""
    check_plain(plain(checklist))
    features = [remark.feature for remark in checklist.remarks]
    if features != [feature for feature in Feature if feature in features]:
        raise WrongForm("$.remarks: are not in the order of the list, or twice")


_NAMES = {
    Feature.SHAPE: mark("Shape of the face"),
    Feature.HAIR_LINE: mark("Hair line"),
    Feature.FOREHEAD: mark("Forehead"),
    Feature.EYES: mark("Eyes and brows"),
    Feature.NOSE: mark("Nose"),
    Feature.MOUTH: mark("Mouth"),
    Feature.CHIN: mark("Chin and jaw"),
    Feature.EARS: mark("Ears"),
    Feature.LINES: mark("Lines"),
    Feature.MARKS: mark("Scars and marks"),
}
_SEEN = {
    Seen.SIMILAR: mark("Similar"),
    Seen.DIFFERENT: mark("Different"),
    Seen.NOT_VISIBLE: mark("Not visible"),
}


def feature_name(feature: Feature) -> str:
    return tr(_NAMES[feature])


def seen_name(seen: Seen) -> str:
    return tr(_SEEN[seen])

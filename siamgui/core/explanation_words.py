"""What a map of a likeness supports, in words: no more than that."""

from __future__ import annotations

from siamgui.core.explanation import Explanation, Part
from siamgui.core.i18n import mark, tr

_CARRIES = {
    Part.FOREHEAD: mark("The forehead carries most of the likeness on both faces."),
    Part.EYES: mark("The eyes and brows carry most of the likeness on both faces."),
    Part.NOSE: mark("The nose carries most of the likeness on both faces."),
    Part.MOUTH: mark("The mouth carries most of the likeness on both faces."),
    Part.SIDES: mark("The sides of the face carry most of the likeness on both faces."),
}
_AGAINST = {
    Part.FOREHEAD: mark("The forehead speaks most against it on both faces."),
    Part.EYES: mark("The eyes and brows speak most against it on both faces."),
    Part.NOSE: mark("The nose speaks most against it on both faces."),
    Part.MOUTH: mark("The mouth speaks most against it on both faces."),
    Part.SIDES: mark("The sides of the face speak most against it on both faces."),
}


def in_words(found: Explanation) -> str:
    """One or two sentences."""
    carries = tr(_CARRIES[found.carries]) if found.carries else tr("No single part carries most of the likeness.")
    return " ".join(filter(None, (carries, tr(_AGAINST[found.against]) if found.against else "")))


def legend() -> str:
    return tr(
        "Blue: covered, the faces are less alike. Orange, dashed: covered, they are more alike. "
        "It shows what the encoder uses, not who it is."
    )

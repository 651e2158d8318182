"""How firm a verdict is, in words."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr
from siamgui.core.types import Change, Firmness, Outcome, Side, Verdict

_CHANGES = {
    Change.MOVED_LEFT: mark("moved a little"),
    Change.MOVED_RIGHT: mark("moved a little"),
    Change.MOVED_UP: mark("moved a little"),
    Change.MOVED_DOWN: mark("moved a little"),
    Change.TURNED_LEFT: mark("turned a little"),
    Change.TURNED_RIGHT: mark("turned a little"),
    Change.COMPRESSED: mark("saved as a JPEG once more"),
    Change.HALVED: mark("at half its size"),
    Change.MIRRORED: mark("in the mirror"),
}

_SUPPORTED = {
    Outcome.SAME: mark(
        "As they are, the photos support the same person, but that does not hold when they are changed a little: "
        "not in {fallen} of {count} cases. Try another photo."
    ),
    Outcome.DIFFERENT: mark(
        "As they are, the photos support different people, but that does not hold when they are changed a little: "
        "not in {fallen} of {count} cases. Try another photo."
    ),
}


def checking() -> str:
    return tr("Checking whether that holds when the photos are changed a little…")


def untried() -> str:
    return tr("Whether that holds when the photos are changed a little could not be tried.")


def unfirm_reason(found: Firmness) -> str:
    """Why a verdict that does not hold is inconclusive. found: of a decided one that fell."""
    return tr(_SUPPORTED[found.outcome], fallen=len(found.fallen), count=len(found.trials))


def standing(verdict: Verdict) -> str:
    """What small changes do, in one sentence; "" while nothing was tried, or where the reason says it already."""
    found = verdict.firmness
    if found is None or verdict.unfirm:
        return ""
    values = _reach(found)
    if verdict.outcome is Outcome.INCONCLUSIVE:
        return tr("Small changes of the photos move the distance between {low} and {high}.", **values)
    return tr("That holds when the photos are changed a little: the distance stays between {low} and {high}.", **values)


def details(found: Firmness) -> tuple[tuple[str, str], ...]:
    """Rows of (label, value) for the table of details."""
    rows = [(tr("Under small changes"), tr("distance {low} to {high}", **_reach(found)))]
    for side, name in ((Side.LEFT, tr("Falls with the left photo")), (Side.RIGHT, tr("Falls with the right photo"))):
        said = dict.fromkeys(tr(_CHANGES[trial.change]) for trial in found.fallen if trial.side is side)
        if said:
            rows.append((name, tr(", ").join(said)))
    return tuple(rows)


def _reach(found: Firmness) -> dict[str, str]:
    low, high = found.reach
    return {"low": f"{low:.2f}", "high": f"{high:.2f}"}

"""How the first two steps stand, and what more pairs would allow, in words."""

from __future__ import annotations

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.finetuning.methods import FEW, LEAST_OF_A_KIND, SOME, SOME_PEOPLE
from siamgui.gui.training.labelling.state import LabellingState, Progress, Shelf, StepStatus, pair_count


def lack_of(shelf: Shelf) -> str:
    same, different = shelf.count(Label.SAME), shelf.count(Label.DIFFERENT)
    if min(same, different) >= LEAST_OF_A_KIND:
        return ""
    return tr(
        "To judge a result it takes at least {least} pairs of the same person and {least} of different people. "
        "There are {same} and {different}.",
        least=LEAST_OF_A_KIND,
        same=same,
        different=different,
    )


def pairs_progress(state: LabellingState) -> Progress:
    if state.shelf is None:
        return Progress()
    pairs = state.shelf.count(Label.SAME) + state.shelf.count(Label.DIFFERENT)
    status = StepStatus.OPEN if state.lack else StepStatus.DONE
    return Progress(status, pair_count(pairs) if pairs else tr("start here"))


def check_progress(state: LabellingState) -> Progress:
    if state.shelf is not None and state.shelf.empty:
        return Progress(StepStatus.BLOCKED, "", tr("There is nothing to check yet. Bring in photos first."))
    if state.check is None:
        return Progress(StepStatus.OPEN, tr("not yet looked at"))
    return Progress(StepStatus.OPEN, tr("too few pairs")) if state.lack else Progress(StepStatus.DONE, tr("looked at"))


def outlook(shelf: Shelf) -> str:
    """What more pairs would allow."""
    same, different = shelf.count(Label.SAME), shelf.count(Label.DIFFERENT)
    pairs = same + different
    if not pairs:
        return ""
    if lack := lack_of(shelf):
        return lack
    if min(same, different) * 4 < max(same, different):
        scarce = tr("the same person") if same < different else tr("different people")
        return tr("Most pairs are of one kind. More pairs of {kind} would teach most.", kind=scarce)
    if pairs < FEW:
        return trn(
            "{n} more pair would allow training a head; with fewer, only the limits are checked on your photos.",
            "{n} more pairs would allow training a head; with fewer, only the limits are checked on your photos.",
            FEW - pairs,
        )
    if pairs < SOME:
        return trn(
            "Enough to train a head. {n} more pair would allow adapting the encoder itself.",
            "Enough to train a head. {n} more pairs would allow adapting the encoder itself.",
            SOME - pairs,
        )
    if shelf.people < SOME_PEOPLE:
        return trn(
            "Enough pairs, but of {n} person. More people would allow adapting the encoder itself.",
            "Enough pairs, but of only {n} people. More people would allow adapting the encoder itself.",
            shelf.people,
        )
    return tr("Enough for every method that is recommended. More people make the result surer.")

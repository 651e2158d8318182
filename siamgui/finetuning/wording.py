"""Methods, what labelled pairs allow, and how a run goes, in words."""

from __future__ import annotations

from collections.abc import Sequence

from siamgui.core.i18n import tr, trn
from siamgui.finetuning.methods import FEW, LEAST_OF_A_KIND, SOME, SOME_PEOPLE
from siamgui.versions.method import METHOD_NAMES, Method


def method_name(method: Method) -> str:
    return tr(METHOD_NAMES[method])


def lack_of_pairs(genuine: int, impostor: int) -> str:
    """What is missing before a result can be judged, in one sentence; "" if nothing is."""
    if min(genuine, impostor) >= LEAST_OF_A_KIND:
        return ""
    return tr(
        "To judge a result it takes at least {least} pairs of the same person and {least} of different people. "
        "There are {same} and {different}.",
        least=LEAST_OF_A_KIND,
        same=genuine,
        different=impostor,
    )


def outlook(genuine: int, impostor: int, people: int) -> str:
    """What more pairs would allow. genuine, impostor: labelled pairs of each kind; people: different ones in them."""
    pairs = genuine + impostor
    if not pairs:
        return ""
    if lack := lack_of_pairs(genuine, impostor):
        return lack
    if min(genuine, impostor) * 4 < max(genuine, impostor):
        scarce = tr("the same person") if genuine < impostor else tr("different people")
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
    if people < SOME_PEOPLE:
        return trn(
            "Enough pairs, but of {n} person. More people would allow adapting the encoder itself.",
            "Enough pairs, but of only {n} people. More people would allow adapting the encoder itself.",
            people,
        )
    return tr("Enough for every method that is recommended. More people make the result surer.")


def loss_words(points: Sequence[tuple[int, float | None, float | None]]) -> str:
    """points: (epoch, loss on the training pairs, loss on held-out people), as far as they are known."""
    trained = [loss for _, loss, _ in points if loss is not None]
    held = [loss for _, _, loss in points if loss is not None]
    words = []
    if trained and held:
        first, last = f"{trained[0]:.3f}", f"{trained[-1]:.3f}"
        words.append(tr("On the pairs it learns from, the loss went from {first} to {last}.", first=first, last=last))
    if held:
        first, last = f"{held[0]:.3f}", f"{held[-1]:.3f}"
        words.append(tr("On held-out people the loss went from {first} to {last}.", first=first, last=last))
    return " ".join(words)


def eer_words(points: Sequence[tuple[int, float]], best: int | None) -> str:
    """points: (epoch, EER in [0, 1]), the first before training. best: the epoch that would be kept now."""
    if not points:
        return ""
    words = tr(
        "Equal error rate on held-out people: {first} % before training, {last} % after pass {epoch}.",
        first=f"{100 * points[0][1]:.1f}",
        last=f"{100 * points[-1][1]:.1f}",
        epoch=points[-1][0],
    )
    for epoch, eer in points:
        if epoch == best:
            words += " " + tr("The best so far is {best} %, after pass {epoch}.", best=f"{100 * eer:.1f}", epoch=epoch)
    return words

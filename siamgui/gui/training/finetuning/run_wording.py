"""Words that steps 3 to 6 share: methods, settings, durations and rates."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr, trn
from siamgui.finetuning.settings import LossName, Settings
from siamgui.versions.method import METHOD_NAMES, Method

METHOD_WORDS = {
    Method.CALIBRATE: mark(
        "Leaves the encoder as it is and checks its limits against your pairs. It cannot make anything worse."
    ),
    Method.HEAD: mark(
        "Weighs anew what the encoder sees in a face, and leaves how it sees alone. Quick; little is forgotten."
    ),
    Method.ADAPT: mark(
        "Changes the layers of the encoder a little. Your good photos hold it where it was, so that it forgets little."
    ),
    Method.FULL: mark(
        "Changes every weight of the encoder. With fewer than several hundred pairs it learns faces by heart, and it "
        "forgets other people most easily."
    ),
    Method.SCRATCH: mark(
        "Trains the small network of Chopra, Hadsell and LeCun (2005) from nothing. For studying the method: it will "
        "be far weaker than the encoder that comes with siamgui."
    ),
}

LOSS_NAMES = {
    LossName.LOGISTIC: mark("Logistic, on the distance"),
    LossName.CHOPRA: mark("Chopra, Hadsell, LeCun 2005"),
    LossName.HADSELL: mark("Contrastive, Hadsell 2006"),
    LossName.ONLINE: mark("Contrastive, hard pairs only"),
    LossName.COSENT: mark("CoSENT, ranks the pairs"),
    LossName.TRIPLET: mark("Triplet, on people"),
    LossName.MULTI_SIMILARITY: mark("Multi-similarity, on people"),
}

# Seconds on two CPU cores: to read one face twice (and mirrored), and for one training pair in one pass.
_FACE = 0.006
_PAIR = {Method.CALIBRATE: 0.0, Method.HEAD: 0.0005, Method.ADAPT: 0.12, Method.FULL: 0.12, Method.SCRATCH: 0.02}
_JUDGING = 15.0


def method_name(method: Method) -> str:
    return tr(METHOD_NAMES[method])


def seconds_needed(settings: Settings, pairs: int, faces: int) -> float:
    """A rough guess for a run on a CPU, all of it. pairs: labelled, of which the split trains on a share."""
    from siamgui.finetuning.split import SHARES
    from siamgui.labelling.types import Part

    encoder_changes = settings.method not in (Method.CALIBRATE, Method.HEAD)
    reading = _FACE * faces * (2 if encoder_changes else 1)
    return _JUDGING + reading + settings.epochs * SHARES[Part.TRAIN] * pairs * _PAIR[settings.method]


def about(seconds: float) -> str:
    """A duration in words, rounded to what a guess is worth."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < 50:
        return tr("about {n} seconds", n=10 * max(1, round(seconds / 10)))
    if seconds < 45 * 60:
        return trn("about a minute", "about {n} minutes", max(1, round(seconds / 60)))
    return trn("about an hour", "about {n} hours", max(1, round(seconds / 3600)))


def percent(share: float, digits: int = 1) -> str:
    """share: in [0, 1]."""
    return tr("{n} %", n=f"{100 * share:.{digits}f}")

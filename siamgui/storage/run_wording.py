"""A training run in words."""

from __future__ import annotations

from siamgui.core.amounts import about, percent, time_left
from siamgui.core.i18n import mark, tr, trn
from siamgui.finetuning.duration import seconds_needed
from siamgui.finetuning.wording import method_name
from siamgui.storage.run_state import Phase, RunState

_HEADLINES = {
    Phase.NONE: mark("Ready to train"),
    Phase.PREPARING: mark("Getting ready…"),
    Phase.RUNNING: mark("Training “{name}”"),
    Phase.PAUSED: mark("“{name}” is paused"),
    Phase.ENDING: mark("“{name}” is coming to its end…"),
    Phase.BROKEN_OFF: mark("“{name}” was interrupted"),
    Phase.FINISHED: mark("“{name}” is trained and judged"),
}
_DOING = {
    "embedding": mark("Reading the faces: {done} of {total}"),
    "training": mark("Training: step {done} of {total}"),
    "judging": mark("Judging on held-out people: {done} of {total}"),
    "saving": mark("Writing the new version"),
}


def headline(state: RunState) -> str:
    """Where the run is."""
    n, total = state.current_pass
    if state.phase is Phase.RUNNING and total:
        return tr("Training “{name}”: pass {n} of {total}", name=state.name, n=n, total=total)
    return tr(_HEADLINES[state.phase], name=state.name)


def summary(state: RunState) -> str:
    """What will be trained, or what was and how far it has come."""
    counts, settings = state.counts, state.wanted
    if state.phase is Phase.NONE:
        if counts is None or settings is None:
            return tr("Counting your pairs…")
        time = about(seconds_needed(settings, counts.pairs, counts.faces))
        return tr(
            "{method} on {pairs} pairs of {people} people. Some of the people are held out and never trained on. It "
            "takes {time} on the processor of this computer; comparing goes on working meanwhile.",
            method=method_name(settings.method),
            pairs=counts.pairs,
            people=counts.people,
            time=time,
        )
    parts = []
    if state.settings is not None:
        parts.append(method_name(state.settings.method))
    if state.started is not None:
        held = state.started.pairs.validation + state.started.pairs.judge
        learned = trn("learns from {n} pair", "learns from {n} pairs", state.started.pairs.train)
        parts += [learned, trn("{n} pair is held out", "{n} pairs are held out", held)]
    if state.phase is Phase.BROKEN_OFF and state.epochs:
        parts.append(tr("pass {n} is saved", n=state.epochs[-1].number))
    if len(state.epochs) > 1 and state.best is not None:
        parts.append(
            tr(
                "errors on held-out people {before} → {best}",
                before=percent(state.epochs[0].eer),
                best=percent(state.best.eer),
            )
        )
    return " · ".join(parts)


def doing(state: RunState) -> str:
    """What its process is at; "" while there is none."""
    if state.phase is not Phase.PREPARING and not state.phase.alive:
        return ""
    progress = state.progress
    if progress is None or state.phase is Phase.PREPARING or not progress.total:
        return tr("Getting ready…")
    words = tr(_DOING.get(progress.phase, mark("Working")), done=progress.done, total=progress.total)
    if progress.seconds_left is not None and state.phase is Phase.RUNNING:
        words += f" · {time_left(progress.seconds_left)}"
    return words if state.started is None else f"{words} · {state.started.device}"

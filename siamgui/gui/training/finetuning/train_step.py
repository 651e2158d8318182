"""Step 4: training in its own process, and what can be seen of it and said to it."""

from __future__ import annotations

from PySide6.QtCore import Slot

from siamgui.core.amounts import about, percent, time_left
from siamgui.core.i18n import mark, tr, trn
from siamgui.finetuning.duration import seconds_needed
from siamgui.finetuning.events import Epoch
from siamgui.finetuning.wording import method_name
from siamgui.gui.training.finetuning.plots import DistanceChart, EerChart, LossChart
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.finetuning.run_state import Phase, RunState
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import announce, box, button, card, column, grow, label, row, stretch
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.versions.method import Method

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


class TrainStep(StepView[None]):
    """The view of the run."""

    def __init__(self, runs: RunController) -> None:
        super().__init__()
        self._runs = runs
        self._drawn: Epoch | None = None
        self._phase = runs.state.phase
        self.headline, self.summary = label(role="title", wrap=True), label(wrap=True)
        self.progress = Progress(tr("Progress of the training"), upright=True)
        self.error = Banner(closable=False)
        self.begin_button = button(tr("Start training"), runs.begin, "primary")
        self.continue_button = button(tr("Continue"), runs.go_on, "primary")
        self.pause_button = button("", self._pause)
        self.keep_button = button(tr("Stop and keep the best"), runs.finish_now)
        self.keep_button.setToolTip(tr("End training now; the best pass so far becomes the new version."))
        self.cancel_button = button(tr("Cancel"), runs.cancel)
        self.cancel_button.setToolTip(tr("Leave now. Finished passes are kept, and you can continue later."))
        self.again_button = button(tr("Train anew"), runs.begin)
        self.again_button.setToolTip(tr("Start from the pairs as they are labelled now."))
        self.discard_button = button(tr("Forget this run"), runs.discard, "quiet")
        self._buttons = (
            self.begin_button,
            self.continue_button,
            self.pause_button,
            self.keep_button,
            self.cancel_button,
            self.again_button,
            self.discard_button,
        )
        self.loss, self.eer = LossChart(), EerChart()
        self.distances = DistanceChart(tr("Distances of held-out people"))
        self._charts = box(row(grow(self.eer), grow(self.distances), grow(self.loss), spacing=4))
        run = (self.headline, self.summary, self.progress, row(*self._buttons, stretch()))
        sheet = card(column(*run, margins=(16, 12, 16, 12)))
        body = column(sheet, self.error, grow(self._charts), stretch(0), spacing=12)
        self.setLayout(column(scrolling(box(body))))

    def show_state(self) -> None:
        state = self._runs.state
        phase = state.phase
        self.headline.setText(_headline(state))
        if phase is not self._phase:
            self._phase = phase
            announce(self, self.headline.text())
        self.summary.setText(_summary(state))
        self.error.say(state.error)
        self._show_progress(state)
        shown = {
            self.begin_button: phase is Phase.NONE,
            self.continue_button: phase is Phase.BROKEN_OFF,
            self.pause_button: phase in (Phase.RUNNING, Phase.PAUSED),
            self.keep_button: phase in (Phase.RUNNING, Phase.PAUSED) and bool(state.epochs),
            self.cancel_button: phase in (Phase.RUNNING, Phase.PAUSED),
            self.again_button: phase in (Phase.FINISHED, Phase.BROKEN_OFF),
            self.discard_button: phase is Phase.BROKEN_OFF,
        }
        focus = self.focusWidget()
        for one, visible in shown.items():
            one.setVisible(visible)
        if focus in shown and not shown[focus]:  # the keyboard stays where the next choice is
            self._focus_first()
        self.begin_button.setEnabled(state.wanted is not None)
        self.pause_button.setText(tr("Go on") if phase is Phase.PAUSED else tr("Pause"))
        self._show_charts(state)

    def _focus_first(self) -> None:
        for one in self._buttons:
            if not one.isHidden():
                one.setFocus()
                return

    def _show_progress(self, state: RunState) -> None:
        progress = state.progress
        if state.phase not in (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.ENDING):
            self.progress.hide()
        elif progress is None or state.phase is Phase.PREPARING or not progress.total:
            self.progress.show_share(tr("Getting ready…"), 0, 0)
        else:
            words = tr(_DOING.get(progress.phase, mark("Working")), done=progress.done, total=progress.total)
            if progress.seconds_left is not None and state.phase is Phase.RUNNING:
                words += f" · {time_left(progress.seconds_left)}"
            if state.started is not None:
                words += f" · {state.started.device}"
            self.progress.show_share(words, progress.done, progress.total)

    def _show_charts(self, state: RunState) -> None:
        settings = state.settings
        trains = settings is not None and settings.method is not Method.CALIBRATE
        self._charts.setVisible(bool(state.epochs) or (state.phase.alive and trains))
        if not state.epochs:
            return
        last = state.epochs[-1]
        over = state.phase is Phase.FINISHED  # it may have ended early
        total = last.number if over or state.started is None else state.started.epochs
        best = state.best
        self.loss.show_epochs([(e.number, e.loss, e.validation_loss) for e in state.epochs], total)
        self.eer.show_epochs([(e.number, e.eer) for e in state.epochs], best.number if best else None, total)
        if last is not self._drawn:
            self.distances.show_distances(last.edges, last.genuine, last.impostor)
            self._drawn = last

    @Slot()
    def _pause(self) -> None:
        if self._runs.state.phase is Phase.PAUSED:
            self._runs.resume()
        else:
            self._runs.pause()


def _headline(state: RunState) -> str:
    n, total = state.current_pass
    if state.phase is Phase.RUNNING and total:
        return tr("Training “{name}”: pass {n} of {total}", name=state.name, n=n, total=total)
    return tr(_HEADLINES[state.phase], name=state.name)


def _summary(state: RunState) -> str:
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

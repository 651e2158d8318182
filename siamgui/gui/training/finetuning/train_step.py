"""Step 4: training in its own process, and what can be seen of it and said to it."""

from __future__ import annotations

from PySide6.QtCore import Slot

from siamgui.core.i18n import tr
from siamgui.finetuning.events import Epoch
from siamgui.gui.training.finetuning.plots import DistanceChart, EerChart, LossChart
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import announce, box, button, card, column, grow, label, row, stretch
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage.run_state import Phase, RunState
from siamgui.storage.run_wording import doing, headline, summary
from siamgui.versions.method import Method


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
        on_the_way = (Phase.RUNNING, Phase.PAUSED)
        self._phases = {
            self.begin_button: (Phase.NONE,),
            self.continue_button: (Phase.BROKEN_OFF,),
            self.pause_button: on_the_way,
            self.keep_button: on_the_way,
            self.cancel_button: on_the_way,
            self.again_button: (Phase.FINISHED, Phase.BROKEN_OFF),
            self.discard_button: (Phase.BROKEN_OFF,),
        }
        self.loss, self.eer = LossChart(), EerChart()
        self.distances = DistanceChart(tr("Distances of held-out people"))
        self._charts = box(row(grow(self.eer), grow(self.distances), grow(self.loss), spacing=4))
        run = (self.headline, self.summary, self.progress, row(*self._phases, stretch()))
        sheet = card(column(*run, margins=(16, 12, 16, 12)))
        body = column(sheet, self.error, grow(self._charts), stretch(0), spacing=12)
        self.setLayout(column(scrolling(box(body))))

    def show_state(self) -> None:
        state = self._runs.state
        phase = state.phase
        self.headline.setText(headline(state))
        if phase is not self._phase:
            self._phase = phase
            announce(self, self.headline.text())
        self.summary.setText(summary(state))
        self.error.say(state.error)
        known = state.progress if state.phase is not Phase.PREPARING else None
        self.progress.show_share(doing(state), *((known.done, known.total) if known is not None else (0, 0)))
        shown = [one for one, phases in self._phases.items() if phase in phases]
        if not state.epochs and self.keep_button in shown:
            shown.remove(self.keep_button)
        focus = self.focusWidget()
        for one in self._phases:
            one.setVisible(one in shown)
        if focus in self._phases and focus not in shown and shown:  # the keyboard stays where the next choice is
            shown[0].setFocus()
        self.begin_button.setEnabled(state.wanted is not None)
        self.pause_button.setText(tr("Go on") if phase is Phase.PAUSED else tr("Pause"))
        self._show_charts(state)

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

"""Step 4: training in its own process, and what can be seen of it and said to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import mark, tr, trn
from siamgui.gui.training.finetuning.plots import DistanceChart, EerChart, LossChart
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.finetuning.run_events import Epoch
from siamgui.gui.training.finetuning.run_state import Phase, RunState
from siamgui.gui.training.finetuning.run_wording import about, method_name, percent, seconds_needed
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.versions.method import Method

_DOING = {
    "embedding": mark("Reading the faces: {done} of {total}"),
    "training": mark("Training: step {done} of {total}"),
    "judging": mark("Judging on held-out people: {done} of {total}"),
    "saving": mark("Writing the new version"),
}


class TrainStep(QWidget):
    """The view of the run."""

    def __init__(self, controller: LabellingController, runs: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._drawn: Epoch | None = None
        self._phase = runs.state.phase
        self.headline, self.summary, self.doing = QLabel(), QLabel(), QLabel()
        self.bar = QProgressBar()
        self.error = Banner(closable=False)
        self.begin_button, self.continue_button = QPushButton(), QPushButton()
        self.pause_button, self.keep_button, self.cancel_button = QPushButton(), QPushButton(), QPushButton()
        self.again_button, self.discard_button = QPushButton(), QPushButton()
        self.loss, self.eer, self.distances = LossChart(), EerChart(), DistanceChart()
        self._charts = QWidget()
        self._build()
        runs.changed.connect(self._render)
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.headline.setProperty("role", "title")
        for label in (self.headline, self.summary, self.doing):
            label.setWordWrap(True)
        self.doing.setProperty("role", "muted")
        self.bar.setTextVisible(False)
        actions = (
            (self.begin_button, "primary", self._runs.begin),
            (self.continue_button, "primary", self._runs.go_on),
            (self.pause_button, "", self._pause),
            (self.keep_button, "", self._runs.finish_now),
            (self.cancel_button, "", self._runs.cancel),
            (self.again_button, "", self._runs.begin),
            (self.discard_button, "quiet", self._runs.discard),
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button, kind, slot in actions:
            if kind:
                button.setProperty("kind", kind)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch(1)
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(8)
        for part in (self.headline, self.summary, self.bar, self.doing):
            inner.addWidget(part)
        inner.addLayout(buttons)
        grid = QGridLayout(self._charts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for column, chart in enumerate((self.eer, self.distances, self.loss)):
            grid.addWidget(chart, 0, column)
            grid.setColumnStretch(column, 1)
        body = QWidget()
        column_of_all = QVBoxLayout(body)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(12)
        column_of_all.addWidget(card)
        column_of_all.addWidget(self.error)
        column_of_all.addWidget(self._charts, 1)
        column_of_all.addStretch(0)
        area = scrolling(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def render_state(self, state: LabellingState) -> None:
        """Everything here comes from the run controller."""

    @Slot()
    def _render(self) -> None:
        state = self._runs.state
        phase = state.phase
        self.headline.setText(_headline(state))
        if phase is not self._phase:
            self._phase = phase
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.headline.text()))
        self.summary.setText(_summary(state))
        self.error.say(str(state.error) if state.error is not None else "")
        self._render_progress(state)
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
        for button, visible in shown.items():
            button.setVisible(visible)
        if focus in shown and not shown[focus]:  # the keyboard stays where the next choice is
            self._focus_first(shown)
        self.begin_button.setEnabled(state.wanted is not None)
        self.pause_button.setText(tr("Go on") if phase is Phase.PAUSED else tr("Pause"))
        self._render_charts(state)

    def _focus_first(self, shown: dict[QPushButton, bool]) -> None:
        for button, visible in shown.items():
            if visible:
                button.setFocus()
                return

    def _render_progress(self, state: RunState) -> None:
        working = state.phase in (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.ENDING)
        progress = state.progress
        self.bar.setVisible(working)
        self.doing.setVisible(working)
        if not working:
            return
        if progress is None or state.phase is Phase.PREPARING or not progress.total:
            self.bar.setRange(0, 0)
            self.doing.setText(tr("Getting ready…"))
            return
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        text = tr(_DOING.get(progress.phase, mark("Working")), done=progress.done, total=progress.total)
        if progress.seconds_left is not None and state.phase is Phase.RUNNING:
            text += " · " + tr("{time} left", time=about(progress.seconds_left))
        if state.started is not None:
            text += f" · {state.started.device}"
        self.doing.setText(text)

    def _render_charts(self, state: RunState) -> None:
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

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        self.begin_button.setText(tr("Start training"))
        self.continue_button.setText(tr("Continue"))
        self.keep_button.setText(tr("Stop and keep the best"))
        self.keep_button.setToolTip(tr("End training now; the best pass so far becomes the new version."))
        self.cancel_button.setText(tr("Cancel"))
        self.cancel_button.setToolTip(tr("Leave now. Finished passes are kept, and you can continue later."))
        self.again_button.setText(tr("Train anew"))
        self.again_button.setToolTip(tr("Start from the pairs as they are labelled now."))
        self.discard_button.setText(tr("Forget this run"))
        self.bar.setAccessibleName(tr("Progress of the training"))


def _headline(state: RunState) -> str:
    if state.phase is Phase.NONE:
        return tr("Ready to train")
    if state.phase is Phase.PREPARING:
        return tr("Getting ready…")
    if state.phase is Phase.PAUSED:
        return tr("“{name}” is paused", name=state.name)
    if state.phase is Phase.ENDING:
        return tr("“{name}” is coming to its end…", name=state.name)
    if state.phase is Phase.BROKEN_OFF:
        return tr("“{name}” was interrupted", name=state.name)
    if state.phase is Phase.FINISHED:
        return tr("“{name}” is trained and judged", name=state.name)
    n, total = state.current_pass
    if total:
        return tr("Training “{name}”: pass {n} of {total}", name=state.name, n=n, total=total)
    return tr("Training “{name}”", name=state.name)


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
        held = state.started.validation + state.started.judge
        learned = trn("learns from {n} pair", "learns from {n} pairs", state.started.train)
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

"""Step 3: how to train. One recommendation with its reason, the other ways beside it, expert settings folded away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QRadioButton, QWidget

from siamgui.core.amounts import about
from siamgui.core.i18n import tr, trn
from siamgui.finetuning.duration import seconds_needed
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import Settings
from siamgui.finetuning.wording import method_name
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.finetuning.settings_form import SettingsForm
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import (
    Card,
    FoldButton,
    box,
    button,
    card,
    column,
    gap,
    grow,
    label,
    line,
    row,
    stretch,
)
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage.training_runs import Counts
from siamgui.versions.method import Method

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class MethodViewState:
    """unfolded: the expert settings. name: as it is being typed."""

    unfolded: bool
    name: str


class MethodStep(StepView[MethodViewState]):
    """The view of a RunPlan."""

    def __init__(self, runs: RunController) -> None:
        super().__init__()
        self._runs = runs
        self.files = FileDialog(self)
        self.headline, self.reason = label(tr("Counting your pairs…"), "title", wrap=True), label(wrap=True)
        self.cards = {method: _MethodCard(method) for method in Method}
        self._group = QButtonGroup(self)
        for one in self.cards.values():
            self._group.addButton(one.radio)
            one.chosen.connect(self._chosen)
        self.expert_button = FoldButton(tr("Expert settings"))
        self.default_button = button(tr("Back to the defaults"), self._back_to_defaults, "quiet")
        self.form = SettingsForm()
        self._expert = card(column(self.form, margins=16))
        self._expert.hide()
        self.name = line(tr("Name of the new version"))
        self.name.setMaxLength(LONGEST_NAME)
        self.reference = ElidedLabel()
        self.choose_button = button(tr("Choose a folder…"), self._choose_reference)
        self.choose_button.setAccessibleName(tr("Choose a folder of photos of other people"))
        self.drop_button = button(tr("Do without"), self._drop_reference, "quiet")
        expert = column(row(self.expert_button, stretch(), self.default_button), self._expert, spacing=4)
        body = column(
            self.headline,
            self.reason,
            column(*self.cards.values()),
            expert,
            self._make_rest(),
            stretch(),
            spacing=12,
            margins=(0, 0, 8, 0),
        )
        self.scroll_area = scrolling(box(body))
        self.setLayout(column(self.scroll_area))
        self.expert_button.toggled.connect(self._show_expert)
        self.form.changed.connect(runs.choose)
        self.name.editingFinished.connect(self._named)
        self.files.chosen.connect(self._reference_chosen)

    def _make_rest(self) -> QWidget:
        named = label(tr("Name of the new version"), of=self.name)
        optional = tr("Photos of other people, to measure what is forgotten (optional)")
        reference = label(optional, of=self.choose_button)
        note = tr(
            "One folder per person, of people who are not in your pairs. Without it, a head is measured on the "
            "general reference set that comes with siamgui, and a changed encoder on a few bundled photos only."
        )
        folder = row(self.choose_button, grow(self.reference), self.drop_button)
        parts = (named, self.name, gap(8), reference, folder, label(note, "small", wrap=True))
        return card(column(*parts, spacing=4, margins=(16, 12, 16, 16)))

    def show_state(self) -> None:
        state = self._runs.state
        recommended, settings, counts = state.recommended, state.wanted, state.counts
        if recommended is None or settings is None or counts is None:
            return
        self.headline.setText(tr("Recommended: {method}", method=method_name(recommended.method)))
        self.reason.setText(recommended.reason)
        for method, one in self.cards.items():
            own = settings if settings.method is method else METHODS[method].defaults
            one.show_method(own, counts, chosen=own is settings, recommended=method is recommended.method)
        self.form.show_settings(settings)
        self._show_expert()
        self.default_button.setVisible(settings != METHODS[settings.method].defaults)
        if not self.name.hasFocus():
            self.name.setText(state.plan.name)
        self.name.setPlaceholderText(self._runs.default_name())
        reference = state.plan.reference
        self.reference.set_whole_text(reference.name if reference is not None else "")
        self.drop_button.setVisible(reference is not None)

    @Slot()
    def _show_expert(self) -> None:
        settings = self._runs.state.wanted
        trains = settings is not None and settings.method is not Method.CALIBRATE
        self.expert_button.setEnabled(trains)
        self._expert.setVisible(trains and self.expert_button.isChecked())

    @Slot(object)
    def _chosen(self, method: Method) -> None:
        self._runs.choose(METHODS[method].defaults)

    @Slot()
    def _back_to_defaults(self) -> None:
        settings = self._runs.state.wanted
        if settings is not None:
            self._runs.choose(METHODS[settings.method].defaults)
            self.expert_button.setFocus()

    @Slot()
    def _named(self) -> None:
        self._runs.name_plan(self.name.text())

    @Slot()
    def _choose_reference(self) -> None:
        self.files.ask(tr("Choose a folder with one folder of photos per person"), QFileDialog.FileMode.Directory)

    @Slot(object)
    def _reference_chosen(self, folders: tuple[Path, ...]) -> None:
        self._runs.set_reference(folders[0])

    @Slot()
    def _drop_reference(self) -> None:
        self._runs.set_reference(None)
        self.choose_button.setFocus()

    def keep(self) -> MethodViewState:
        return MethodViewState(self.expert_button.isChecked(), self.name.text())

    def restore(self, kept: MethodViewState) -> None:
        self.expert_button.setChecked(kept.unfolded)
        self.name.setText(kept.name)


class _MethodCard(Card):
    """One method: what it does and how long it takes. chosen(Method) is emitted when the user picks it."""

    chosen = Signal(object)

    def __init__(self, method: Method) -> None:
        super().__init__()
        self._method = method
        self.radio = QRadioButton(method_name(method))
        self.radio.clicked.connect(self._clicked)
        self.badge, self.time = label(tr("recommended"), "badge"), label(role="small")
        words = label(tr(METHODS[method].words), "muted", wrap=True)
        head = row(self.radio, self.badge, stretch(), self.time)
        self.setLayout(column(head, row(gap(24), grow(words)), spacing=2, margins=(12, 6, 12, 8)))

    def show_method(self, settings: Settings, counts: Counts, *, chosen: bool, recommended: bool) -> None:
        """settings: with which it would be run."""
        n = settings.epochs
        passes = trn("at most one pass", "at most {n} passes", n) if n else tr("no training")
        self.time.setText(f"{passes} · {about(seconds_needed(settings, counts.pairs, counts.faces))}")
        self.badge.setVisible(recommended)
        spoken = (tr("recommended"),) * recommended + (tr(METHODS[self._method].words), self.time.text())
        self.radio.setAccessibleDescription(". ".join(spoken))
        with QSignalBlocker(self.radio):
            self.radio.setChecked(chosen)
        self.set_target(chosen)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card is the button."""
        self.radio.setFocus()
        self.radio.click()

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._method)

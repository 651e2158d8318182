"""Step 3: how to train. One recommendation with its reason, the other ways beside it, expert settings folded away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr, trn
from siamgui.finetuning.settings import Settings
from siamgui.gui import theme
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.finetuning.run_state import RunState
from siamgui.gui.training.finetuning.run_wording import METHOD_WORDS, about, method_name, seconds_needed
from siamgui.gui.training.finetuning.settings_form import SettingsForm
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.versions.method import Method

LONGEST_NAME = 60


class MethodStep(QWidget):
    """The view of a Plan."""

    def __init__(self, controller: LabellingController, runs: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._dialog: QFileDialog | None = None
        self.headline, self.reason = QLabel(), QLabel()
        self.cards = {method: _MethodCard(method) for method in Method}
        self._group = QButtonGroup(self)
        self.expert_button, self.default_button = QPushButton(), QPushButton()
        self.form = SettingsForm()
        self._name_label, self.name = QLabel(), QLineEdit()
        self._reference_label, self._reference_note = QLabel(), QLabel()
        self.reference = ElidedLabel()
        self.choose_button, self.drop_button = QPushButton(), QPushButton()
        self._expert = QFrame()
        self._build()
        runs.changed.connect(self._render)
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.headline.setProperty("role", "title")
        for label in (self.headline, self.reason, self._reference_note):
            label.setWordWrap(True)
        self._reference_note.setProperty("role", "small")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.reason)
        cards = QVBoxLayout()
        cards.setSpacing(8)
        column.addLayout(cards)
        for card in self.cards.values():
            self._group.addButton(card.radio)
            card.chosen.connect(self._chosen)
            cards.addWidget(card)
        column.addWidget(self._make_expert())
        column.addWidget(self._make_rest())
        column.addStretch(1)
        self.scroll_area = scrolling(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scroll_area)

    def _make_expert(self) -> QWidget:
        self.expert_button.setProperty("kind", "quiet")
        self.expert_button.setCheckable(True)
        self.expert_button.toggled.connect(self._unfold)
        self.default_button.setProperty("kind", "quiet")
        self.default_button.clicked.connect(self._back_to_defaults)
        self.form.changed.connect(self._runs.choose)
        head = QHBoxLayout()
        head.addWidget(self.expert_button)
        head.addStretch(1)
        head.addWidget(self.default_button)
        self._expert.setProperty("role", "card")
        inner = QVBoxLayout(self._expert)
        inner.setContentsMargins(16, 16, 16, 16)
        inner.addWidget(self.form)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._expert)
        self._unfold(False)
        return whole

    def _make_rest(self) -> QWidget:
        self.name.setProperty("role", "input")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.editingFinished.connect(self._named)
        self._name_label.setBuddy(self.name)
        self._reference_label.setBuddy(self.choose_button)
        self.choose_button.clicked.connect(self._choose_reference)
        self.drop_button.setProperty("kind", "quiet")
        self.drop_button.clicked.connect(self._drop_reference)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self.choose_button)
        folder.addWidget(self.reference, 1)
        folder.addWidget(self.drop_button)
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(4)
        column.addWidget(self._name_label)
        column.addWidget(self.name)
        column.addSpacing(8)
        column.addWidget(self._reference_label)
        column.addLayout(folder)
        column.addWidget(self._reference_note)
        return card

    def render_state(self, state: LabellingState) -> None:
        """Everything here comes from the run controller."""

    @Slot()
    def _render(self) -> None:
        state = self._runs.state
        recommended, settings = state.recommended, state.wanted
        if recommended is None or settings is None or state.counts is None:
            self.headline.setText(tr("Counting your pairs…"))
            return
        self.headline.setText(tr("Recommended: {method}", method=method_name(recommended.method)))
        self.reason.setText(recommended.reason)
        for method, card in self.cards.items():
            card.render_method(state, settings, recommended=method is recommended.method)
        self.form.show_settings(settings)
        self.expert_button.setEnabled(settings.method is not Method.CALIBRATE)
        self._expert.setVisible(self.expert_button.isChecked() and settings.method is not Method.CALIBRATE)
        self.default_button.setVisible(settings != self._runs.defaults(settings.method))
        if not self.name.hasFocus():
            self.name.setText(state.plan.name)
        self.name.setPlaceholderText(self._runs.default_name())
        reference = state.plan.reference
        self.reference.set_whole_text(reference.name if reference is not None else "")
        self.drop_button.setVisible(reference is not None)

    @Slot(object)
    def _chosen(self, method: Method) -> None:
        self._runs.choose(self._runs.defaults(method))

    @Slot()
    def _back_to_defaults(self) -> None:
        settings = self._runs.state.wanted
        if settings is not None:
            self._runs.choose(self._runs.defaults(settings.method))
            self.expert_button.setFocus()

    @Slot(bool)
    def _unfold(self, on: bool) -> None:
        theme.set_icon(self.expert_button, "fold" if on else "unfold")
        self._expert.setVisible(on)

    @Slot()
    def _named(self) -> None:
        self._runs.name_plan(self.name.text())

    @Slot()
    def _choose_reference(self) -> None:
        self._dialog = QFileDialog(self, tr("Choose a folder with one folder of photos per person"))
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.fileSelected.connect(self._reference_chosen)
        self._dialog.open()

    @Slot(str)
    def _reference_chosen(self, path: str) -> None:
        self._runs.set_reference(Path(path))

    @Slot()
    def _drop_reference(self) -> None:
        self._runs.set_reference(None)
        self.choose_button.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        self.expert_button.setText(tr("Expert settings"))
        self.default_button.setText(tr("Back to the defaults"))
        self._name_label.setText(tr("Name of the new version"))
        self.name.setAccessibleName(tr("Name of the new version"))
        self._reference_label.setText(tr("Photos of other people, to measure what is forgotten (optional)"))
        self.choose_button.setText(tr("Choose a folder…"))
        self.choose_button.setAccessibleName(tr("Choose a folder of photos of other people"))
        self.drop_button.setText(tr("Do without"))
        self._reference_note.setText(
            tr(
                "One folder per person, of people who are not in your pairs. Without it, a head is measured on the "
                "general reference set that comes with siamgui, and a changed encoder on a few bundled photos only."
            )
        )


class _MethodCard(QFrame):
    """One method: what it does and how long it takes. chosen(Method) is emitted when the user picks it."""

    chosen = Signal(object)

    def __init__(self, method: Method) -> None:
        super().__init__()
        self._method = method
        self.setProperty("role", "card")
        self.radio = QRadioButton()
        self.radio.clicked.connect(self._clicked)
        self.badge, self.time = QLabel(), QLabel()
        self.badge.setProperty("role", "badge")
        self.time.setProperty("role", "small")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.radio)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(2)
        layout.addLayout(head)
        indent = QHBoxLayout()
        indent.addSpacing(24)
        indent.addWidget(self.words, 1)
        layout.addLayout(indent)

    def render_method(self, state: RunState, settings: Settings, *, recommended: bool) -> None:
        counts = state.counts
        assert counts is not None
        own = settings if settings.method is self._method else _defaults(self._method, counts.pairs)
        time = about(seconds_needed(own, counts.pairs, counts.faces))
        passes = trn("at most one pass", "at most {n} passes", own.epochs) if own.epochs else tr("no training")
        self.radio.setText(method_name(self._method))
        self.badge.setText(tr("recommended"))
        self.badge.setVisible(recommended)
        self.words.setText(tr(METHOD_WORDS[self._method]))
        self.time.setText(f"{passes} · {time}")
        spoken = (tr("recommended"),) * recommended + (self.words.text(), self.time.text())
        self.radio.setAccessibleDescription(". ".join(spoken))
        with QSignalBlocker(self.radio):
            self.radio.setChecked(settings.method is self._method)
        if bool(self.property("target")) != self.radio.isChecked():
            self.setProperty("target", self.radio.isChecked())
            theme.restyle(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card is the button."""
        self.radio.setFocus()
        self.radio.click()

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._method)


def _defaults(method: Method, pairs: int) -> Settings:
    from siamgui.finetuning.methods import defaults

    return defaults(method, pairs)

"""Step 5: before against after, on held-out people and on others; what the gate says; and the choice to use it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.finetuning.run_state import Judged
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState, Step
from siamgui.gui.training.versions.judge_parts import Comparison, WorstPairs
from siamgui.gui.training.versions.judge_wording import change_words, holdout_words, verdict_words
from siamgui.gui.widgets.scrolling import scrolling


class JudgeStep(QWidget):
    """The view of a Judgement."""

    step_wanted = Signal(object)

    def __init__(self, controller: LabellingController, runs: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._shown: Judged | None = None
        self._in_use: bool | None = None
        self.symbol, self.headline, self.reasons = QLabel(), QLabel(), QLabel()
        self.use_button, self.override_button, self.keep_button = QPushButton(), QPushButton(), QPushButton()
        self.reason, self.reason_button = QLineEdit(), QPushButton()
        self._override = QWidget()
        self._titles = [QLabel() for _ in range(3)]
        self.holdout_words, self.reference_words, self.worst_words = QLabel(), QLabel(), QLabel()
        self.holdout, self.reference = Comparison(), Comparison()
        self.worst = WorstPairs()
        self._build()
        self.step_wanted.connect(controller.go)
        runs.changed.connect(self._render)
        theme.theme.changed.connect(self._paint_symbol)
        self._retranslate()
        self._render()

    def _build(self) -> None:
        for title in self._titles:
            title.setProperty("role", "title")
        for label in (self.headline, self.reasons, self.holdout_words, self.reference_words, self.worst_words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setProperty("role", "headline")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self._make_verdict())
        parts = (
            (self.holdout_words, self.holdout),
            (self.reference_words, self.reference),
            (self.worst_words, self.worst),
        )
        for title, (words, part) in zip(self._titles, parts, strict=True):
            column.addSpacing(8)
            column.addWidget(title)
            column.addWidget(words)
            column.addWidget(part)
        column.addStretch(1)
        self.scroll_area = scrolling(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scroll_area)

    def _make_verdict(self) -> QWidget:
        self.use_button.setProperty("kind", "primary")
        self.use_button.clicked.connect(self._use)
        self.override_button.setCheckable(True)
        self.override_button.toggled.connect(self._ask_reason)
        self.keep_button.setProperty("kind", "quiet")
        self.keep_button.clicked.connect(self._go_to_keep)
        self.reason.setProperty("role", "input")
        self.reason.textChanged.connect(self._reason_changed)
        self.reason.returnPressed.connect(self._use_all_the_same)
        self.reason_button.setEnabled(False)
        self.reason_button.clicked.connect(self._use_all_the_same)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.symbol, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.headline, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.use_button, self.override_button, self.keep_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        asked = QHBoxLayout(self._override)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(8)
        asked.addWidget(self.reason, 1)
        asked.addWidget(self.reason_button)
        self._override.hide()
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(8)
        inner.addLayout(head)
        inner.addWidget(self.reasons)
        inner.addLayout(buttons)
        inner.addWidget(self._override)
        return card

    def render_state(self, state: LabellingState) -> None:
        """Everything here comes from the run controller."""

    @Slot()
    def _render(self) -> None:
        judged = self._runs.state.judged
        if judged is None:
            return
        in_use = any(version.active and version.id == judged.version for version in self._runs.state.versions or ())
        if judged is not self._shown or in_use is not self._in_use:
            self._shown, self._in_use = judged, in_use
            self._show_verdict(judged, in_use)
            self._show_measures(judged)

    def _show_verdict(self, judged: Judged, in_use: bool) -> None:
        judgement = judged.judgement
        allowed = judgement.gate.allowed
        self.headline.setText(verdict_words(judgement, self._runs.state.name))
        self.reasons.setText("\n".join(reason.sentence for reason in judgement.gate.reasons) or change_words(judgement))
        self.setAccessibleDescription(f"{self.headline.text()} {self.reasons.text()}")
        self.use_button.setVisible(allowed or in_use)
        self.use_button.setEnabled(not in_use)
        self.use_button.setText(tr("In use") if in_use else tr("Use this version"))
        self.override_button.setVisible(not allowed and not in_use)
        if in_use:
            self.override_button.setChecked(False)
        self._paint_symbol()

    def _show_measures(self, judged: Judged) -> None:
        judgement = judged.judgement
        holdout, reference = judgement.holdout, judgement.reference
        self.holdout_words.setText(holdout_words(holdout))
        self.holdout.setVisible(holdout is not None)
        for widget in (self._titles[2], self.worst_words, self.worst):
            widget.setVisible(holdout is not None and bool(holdout.worst))
        if holdout is not None:
            self.holdout.show_measures(holdout.before, holdout.after)
            self.worst.show_pairs(holdout.worst, judged.pairs)
        self.reference_words.setText(reference.words if reference is not None else tr("They were not looked at."))
        measured = reference is not None and reference.before is not None and reference.after is not None
        self.reference.setVisible(measured)
        if reference is not None and reference.before is not None and reference.after is not None:
            self.reference.show_measures(reference.before, reference.after)

    @Slot()
    def _paint_symbol(self) -> None:
        if self._shown is None:
            return
        allowed = self._shown.judgement.gate.allowed
        name, colour = ("same", theme.colours().same) if allowed else ("warning", theme.colours().warning)
        self.symbol.setPixmap(theme.pixmap(name, colour, 28, self.devicePixelRatioF()))

    @Slot()
    def _use(self) -> None:
        if self._shown is not None:
            self._runs.activate(self._shown.version)

    @Slot(bool)
    def _ask_reason(self, on: bool) -> None:
        self._override.setVisible(on)
        if on:
            self.reason.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the question away before it leaves the page."""
        if event.key() == Qt.Key.Key_Escape and self.override_button.isChecked():
            self.override_button.setChecked(False)
            self.override_button.setFocus()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _reason_changed(self, text: str) -> None:
        self.reason_button.setEnabled(bool(text.strip()))

    @Slot()
    def _use_all_the_same(self) -> None:
        reason = self.reason.text().strip()
        if self._shown is not None and reason:
            self._runs.activate(self._shown.version, reason)
            self.reason.clear()

    @Slot()
    def _go_to_keep(self) -> None:
        self.step_wanted.emit(Step.ACTIVATE)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._shown = None
            self._render()

    def _retranslate(self) -> None:
        texts = (tr("People of yours who were held out"), tr("Other people"), tr("The pairs that came out worst"))
        for title, text in zip(self._titles, texts, strict=True):
            title.setText(text)
        self.worst_words.setText(
            tr("Held-out pairs that are decided wrongly now, or that moved the wrong way. Look for a wrong label.")
        )
        self.override_button.setText(tr("Use it all the same…"))
        self.keep_button.setText(tr("All versions"))
        self.reason.setPlaceholderText(tr("Your reason; it stays on the version’s card"))
        self.reason.setAccessibleName(tr("Your reason for using it all the same"))
        self.reason_button.setText(tr("Use it"))

"""The left side of step 1: ways in, progress of an import, what there is, and ways back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
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

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.gui import theme
from siamgui.gui.training.finetuning.run_wording import about
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import UNDO_NAMES, Importing, LabellingState, Shelf, photo_count
from siamgui.gui.training.step_status import outlook
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.labelling.import_plan import ImportKind

WIDTH = 268
WAYS = {ImportKind.CSV: "copy", ImportKind.PEOPLE: "people", ImportKind.LOOSE: "photo"}


class ImportPanel(QFrame):
    """wanted(ImportKind) is emitted when the person wants to choose files; problems_wanted to see the list of them."""

    wanted = Signal(object)
    problems_wanted = Signal()

    def __init__(self, controller: LabellingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        self._controller = controller
        self._state = controller.state
        self._title = QLabel()
        self.ways = {kind: QPushButton() for kind in WAYS}
        self.progress = _Progress()
        self._counts = _Counts()
        self.summary, self.outlook = QLabel(), QLabel()
        self.problems_button, self.undo_button, self.clear_button = (QPushButton() for _ in range(3))
        self.question = QLabel()
        self.yes_button, self.no_button = QPushButton(), QPushButton()
        self._sure = QWidget()
        self._build()
        self._retranslate()

    def _build(self) -> None:
        self._title.setProperty("role", "title")
        self.outlook.setProperty("role", "muted")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(15, 11, 15, 11)
        column.setSpacing(8)
        column.addWidget(self._title)
        for kind, button in self.ways.items():
            button.setObjectName(kind.value)
            theme.set_icon(button, WAYS[kind])
            button.setStyleSheet("text-align: left")
            button.clicked.connect(self._way_chosen)
            column.addWidget(button)
        column.addWidget(self.progress)
        column.addWidget(self.summary)
        column.addSpacing(4)
        column.addWidget(self._counts)
        for label in (self.summary, self.outlook, self.question):
            label.setWordWrap(True)
        column.addWidget(self.outlook)
        theme.set_icon(self.problems_button, "warning")
        theme.set_icon(self.undo_button, "undo")
        theme.set_icon(self.clear_button, "clear")
        for button in (self.problems_button, self.undo_button, self.clear_button):
            button.setProperty("kind", "quiet")
            button.setStyleSheet("text-align: left")
            column.addWidget(button)
        answers = QHBoxLayout()
        answers.addWidget(self.yes_button)
        answers.addWidget(self.no_button)
        answers.addStretch(1)
        sure = QVBoxLayout(self._sure)
        sure.setContentsMargins(0, 0, 0, 0)
        sure.addWidget(self.question)
        sure.addLayout(answers)
        self._sure.hide()
        column.addWidget(self._sure)
        column.addStretch(1)
        self.scroll_area = scrolling(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroll_area)
        self.progress.stop_button.clicked.connect(self._controller.stop_import)
        self.problems_button.clicked.connect(self.problems_wanted)
        self.undo_button.clicked.connect(self._controller.undo)
        self.clear_button.clicked.connect(self._ask)
        self.no_button.clicked.connect(self.go_back)
        self.yes_button.clicked.connect(self._clear)

    @Slot()
    def _way_chosen(self) -> None:
        self.wanted.emit(ImportKind(self.sender().objectName()))

    @Slot()
    def _ask(self) -> None:
        """Nothing brings cleared labels back, so one question stands between, on the page."""
        self._sure.show()
        self.clear_button.hide()
        self.no_button.setFocus()
        QTimer.singleShot(0, self._scroll_to_question)  # once it has a place

    @Slot()
    def _scroll_to_question(self) -> None:
        self.scroll_area.ensureWidgetVisible(self.no_button)

    @Slot()
    def _clear(self) -> None:
        self.go_back()
        self._controller.clear()

    @Slot()
    def go_back(self) -> bool:
        """Leave the question unanswered. False if none was asked."""
        asked = self._sure.isVisible()
        self._sure.hide()
        self.render_state(self._state)
        return asked

    def render_state(self, state: LabellingState) -> None:
        self._state = state
        shelf = state.shelf or Shelf()
        for button in self.ways.values():
            button.setVisible(state.importing is None)
        self.progress.setVisible(state.importing is not None)
        if state.importing is not None:
            self.progress.show_import(state.importing)
        self.summary.setText(str(state.imported) if state.imported is not None else "")
        self.summary.setVisible(state.imported is not None)
        self._counts.show_shelf(shelf)
        self._counts.setVisible(not shelf.empty)
        self.outlook.setText(outlook(shelf))
        self.outlook.setVisible(bool(self.outlook.text()))
        problems = len(shelf.problems)
        self.problems_button.setText(trn("{n} photo not used", "{n} photos not used", problems))
        self.problems_button.setVisible(problems > 0)
        self.undo_button.setText(tr(UNDO_NAMES[shelf.undo]) if shelf.undo else "")
        self.undo_button.setVisible(bool(shelf.undo) and state.importing is None)
        if shelf.empty or state.importing is not None:
            self._sure.hide()
        self.clear_button.setVisible(not shelf.empty and state.importing is None and not self._sure.isVisible())
        self.question.setText(
            tr(
                "Forget {photos} and {n} answers for good?",
                photos=photo_count(len(shelf.faces)),
                n=len(shelf.labels),
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.render_state(self._state)

    def _retranslate(self) -> None:
        self._title.setText(tr("Bring in"))
        self.ways[ImportKind.CSV].setText(tr("A list of pairs (CSV)…"))
        self.ways[ImportKind.PEOPLE].setText(tr("A folder per person…"))
        self.ways[ImportKind.LOOSE].setText(tr("Unsorted photos…"))
        self.clear_button.setText(tr("Clear everything…"))
        self.yes_button.setText(tr("Forget"))
        self.no_button.setText(tr("Keep"))
        self.progress.retranslate()


class _Progress(QWidget):
    """An import under way."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.stop_button = QPushButton()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self._name, self.bar, self.words):
            layout.addWidget(part)
        layout.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_import(self, importing: Importing) -> None:
        self._name.set_whole_text(importing.name or tr("Photos"))
        self.bar.setRange(0, importing.total)  # (0, 0) moves without end
        self.bar.setValue(importing.done)
        words = tr("Looking at what is there…")
        if importing.stopping:
            words = tr("Stopping…")
        elif importing.total:
            words = tr("{done} of {total} photos read", done=importing.done, total=importing.total)
            if importing.seconds is not None:
                words += ", " + tr("{duration} left", duration=about(importing.seconds))
        self.words.setText(words)
        self.stop_button.setEnabled(importing.total > 0 and not importing.stopping)

    def retranslate(self) -> None:
        self.bar.setAccessibleName(tr("Reading photos"))
        self.stop_button.setText(tr("Stop"))


class _Counts(QWidget):
    """What there is, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []
        self._shelf = Shelf()
        for row in range(6):
            sign, name, number = QLabel(), QLabel(), QLabel()
            sign.setFixedWidth(20)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, label in enumerate((sign, name, number)):
                self._grid.addWidget(label, row, column)
            self._rows.append((sign, name, number))
        self._paint()
        theme.theme.changed.connect(self._paint)

    @Slot()
    def _paint(self) -> None:
        colours = theme.colours()
        for (sign, _, _), icon, colour in zip(
            self._rows,
            ("photo", "people", "same", "different", "inconclusive", "compare"),
            (colours.muted, colours.muted, colours.same, colours.different, colours.inconclusive, colours.muted),
            strict=True,
        ):
            sign.setPixmap(theme.pixmap(icon, colour, 16, self.devicePixelRatioF()))

    def show_shelf(self, shelf: Shelf) -> None:
        rows = (
            (tr("Photos"), len(shelf.faces)),
            (tr("People in the pairs"), shelf.people),
            (tr("Pairs of the same person"), shelf.count(Label.SAME)),
            (tr("Pairs of different people"), shelf.count(Label.DIFFERENT)),
            (tr("Unsure"), shelf.count(Label.UNSURE)),
            (tr("Answered by the others"), shelf.implied),
        )
        for (_, name, number), (text, count) in zip(self._rows, rows, strict=True):
            name.setText(text)
            number.setText(f"{count:,}")
            number.setAccessibleName(f"{text}: {count}")

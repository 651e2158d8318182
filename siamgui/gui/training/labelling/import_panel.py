"""The side of the first step: ways to bring in photographs, what there is, and ways back."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from siamgui.core.amounts import photo_count
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Label
from siamgui.finetuning.wording import outlook
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.kit import Align, Card, Icon, box, button, column, gap, grow, label, row, say, stretch
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.labelling.import_plan import ImportKind
from siamgui.labelling.wording import imported_words, importing_words
from siamgui.storage.labelling_view import LabelSummary

WIDTH = 268
_UNDO = {
    "answer": mark("Undo the last answer"),
    "import": mark("Undo the import"),
    "compare": mark("Undo the pair from Compare"),
}


class ImportPanel(Card):
    """wanted(ImportKind) is emitted when the person wants to choose files; problems_wanted to see the list of them."""

    wanted = Signal(object)
    problems_wanted = Signal()

    def __init__(self, controller: LabellingController) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._controller = controller
        self.ways = {
            ImportKind.CSV: _wide(button(tr("A list of pairs (CSV)…"), self._way_chosen, icon="copy")),
            ImportKind.PEOPLE: _wide(button(tr("A folder per person…"), self._way_chosen, icon="people")),
            ImportKind.LOOSE: _wide(button(tr("Unsorted photos…"), self._way_chosen, icon="photo")),
        }
        for kind, way in self.ways.items():
            way.setObjectName(kind.value)
        self._name = ElidedLabel()
        self.stop_button = button(tr("Stop"), controller.stop_import)
        self.progress = Progress(tr("Reading photos"), self.stop_button, upright=True)
        self.summary, self.outlook = label(wrap=True), label(role="muted", wrap=True)
        self._counts = _Counts()
        self.problems_button = _wide(button("", self.problems_wanted, "quiet", icon="warning"))
        self.undo_button = _wide(button("", controller.undo, "quiet", icon="undo"))
        self.clear_button = _wide(button(tr("Clear everything…"), self.ask, "quiet", icon="clear"))
        self.question = Question(tr("Forget"), tr("Keep"), narrow=True)
        self.question.confirmed.connect(controller.clear)
        body = column(
            label(tr("Bring in"), "title"),
            *self.ways.values(),
            self._name,
            self.progress,
            self.summary,
            gap(4),
            self._counts,
            self.outlook,
            self.problems_button,
            self.undo_button,
            self.clear_button,
            self.question,
            stretch(),
            margins=(15, 11, 15, 11),
        )
        self.scroll_area = scrolling(box(body))
        self.setLayout(column(self.scroll_area))

    @Slot()
    def _way_chosen(self) -> None:
        self.wanted.emit(ImportKind(self.sender().objectName()))

    @Slot()
    def ask(self) -> None:
        """Nothing brings cleared labels back, so one question stands between, on the page."""
        self.question.ask(self.clear_button)
        QTimer.singleShot(0, self, self._scroll_to_question)  # once it has a place

    @Slot()
    def _scroll_to_question(self) -> None:
        self.scroll_area.ensureWidgetVisible(self.question.no_button)

    def show_state(self, state: LabellingState) -> None:
        summary, importing = state.summary or LabelSummary(), state.importing
        for way in self.ways.values():
            way.setVisible(importing is None)
        self._name.setVisible(importing is not None)
        self.progress.setVisible(importing is not None)
        if importing is not None:
            self._name.set_whole_text(importing.name or tr("Photos"))
            self.progress.show_share(importing_words(importing), importing.done, importing.total)
            self.stop_button.setEnabled(importing.total > 0 and not importing.stopping)
        say(self.summary, imported_words(state.imported) if state.imported is not None else "")
        self._counts.show_summary(summary)
        self._counts.setVisible(not summary.empty)
        say(self.outlook, outlook(summary.count(Label.SAME), summary.count(Label.DIFFERENT), summary.people))
        problems = len(summary.problems)
        self.problems_button.setText(trn("{n} photo not used", "{n} photos not used", problems))
        self.problems_button.setVisible(problems > 0)
        self.undo_button.setText(tr(_UNDO[summary.undo]) if summary.undo else "")
        self.undo_button.setVisible(bool(summary.undo) and importing is None)
        self.clear_button.setVisible(not summary.empty and importing is None)
        if summary.empty or importing is not None:
            self.question.hide()
        photos = photo_count(len(summary.faces))
        self.question.words.setText(
            tr("Forget {photos} and {n} answers for good?", photos=photos, n=len(summary.labels))
        )


def _wide(made: QPushButton) -> QPushButton:
    made.setStyleSheet("text-align: left")
    return made


class _Counts(QWidget):
    """What there is, line by line."""

    def __init__(self) -> None:
        super().__init__()
        lines = (
            ("photo", "muted", tr("Photos")),
            ("people", "muted", tr("People in the pairs")),
            ("same", "same", tr("Pairs of the same person")),
            ("different", "different", tr("Pairs of different people")),
            ("inconclusive", "inconclusive", tr("Unsure")),
            ("compare", "muted", tr("Answered by the others")),
        )
        self._numbers = {name: label(align=Align.AlignRight) for _, _, name in lines}
        rows = [
            row(Icon(icon, colour, 16), grow(label(name)), self._numbers[name], spacing=12)
            for icon, colour, name in lines
        ]
        self.setLayout(column(*rows, spacing=4))

    def show_summary(self, summary: LabelSummary) -> None:
        said = (summary.count(kind) for kind in (Label.SAME, Label.DIFFERENT, Label.UNSURE))
        counts = (len(summary.faces), summary.people, *said, summary.implied)
        for (name, number), count in zip(self._numbers.items(), counts, strict=True):
            number.setText(f"{count:,}")
            number.setAccessibleName(f"{name}: {count}")

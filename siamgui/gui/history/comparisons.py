"""The comparisons of the history page: the list of them, and one that is opened in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from siamgui.core.i18n import tr
from siamgui.core.types import Side
from siamgui.gui.history.comparisons_controller import ComparisonsController
from siamgui.gui.history.entry_view import EntryView
from siamgui.gui.history.log_list import ListWords, LogList, forget_words
from siamgui.gui.preferences import Keeping
from siamgui.gui.widgets.kit import Choice, label
from siamgui.storage import comparison_wording


class ComparisonsView(LogList):
    """The view of a ComparisonsController."""

    controller: ComparisonsController

    keeping_chosen = Signal(object)
    compare_wanted = Signal(object, object)
    report_wanted = Signal(object)

    def __init__(self, controller: ComparisonsController, keeping: Keeping) -> None:
        kinds = {
            Keeping.NOTHING: tr("nothing"),
            Keeping.FIGURES: tr("the figures"),
            Keeping.PICTURES: tr("figures and faces"),
        }
        self.keeping = Choice[Keeping](tr("Write down of each comparison"), kinds, keeping)
        self.keeping.setToolTip(tr("Of two photos that are compared in this window, from now on"))
        super().__init__(controller, _words(), foot=(label(tr("Write down"), of=self.keeping), self.keeping))
        self.entry = EntryView(controller)
        self._views.addWidget(self.entry)
        self.keeping.picked.connect(self.keeping_chosen)
        self.table.opened.connect(self._open)
        self.entry.compare_wanted.connect(self._compare)
        self.entry.report_wanted.connect(self._report)
        self._render_entry()
        controller.changed.connect(self._render_entry)

    @Slot()
    def _open(self) -> None:
        chosen = self.table.current
        if chosen is not None:
            self.controller.open(chosen.id)

    @Slot()
    def _compare(self) -> None:
        opened = self.controller.state.opened
        if opened is not None and all(path is not None for path in opened.photos):
            record = opened.entry.record
            left, right = ((path, record.side(side).face - 1) for side, path in zip(Side, opened.photos, strict=True))
            self.compare_wanted.emit(left, right)

    @Slot()
    def _report(self) -> None:
        from siamgui.gui.report.subjects import subject_of_entry

        opened = self.controller.state.opened
        if opened is not None:
            self.report_wanted.emit(subject_of_entry(opened.found))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del removes the chosen one, once that is confirmed where it is opened."""
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus() and self.table.current is not None:
            self._open()
        else:
            super().keyPressEvent(event)

    def go_back(self) -> bool:
        return self.entry.go_back() or super().go_back()

    @Slot()
    def _render_entry(self) -> None:
        opened = self.controller.state.opened
        wanted = self._list if opened is None else self.entry
        if self._views.currentWidget() is not wanted:
            self._views.setCurrentWidget(wanted)
            if self.isVisible():
                self.take_focus()

    def take_focus(self) -> None:
        if self.controller.state.opened is not None:
            self.entry.take_focus()
        elif self.table.current is not None:
            self.table.setFocus()
        else:
            super().take_focus()


def _words() -> ListWords:
    return ListWords(
        name=tr("Comparisons"),
        columns=comparison_wording.COLUMNS,
        empty=(
            tr("No comparison is written down"),
            tr(
                "siamgui keeps no trace of a comparison unless you want it to: choose below what is written down from "
                "now on. Then each comparison of two photos stands here with its figures, files and model, encrypted, "
                "can be opened and judged again, and goes when you say so."
            ),
        ),
        export=tr("Export the history"),
        file="comparisons.csv",
        filters=(tr("Tables ({patterns})", patterns="*.csv"), tr("JSON ({patterns})", patterns="*.json")),
        forget=forget_words,
    )

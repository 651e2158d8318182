"""The history page: the comparisons that were written down, and every live verification."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy

from siamgui.core.i18n import tr
from siamgui.gui.history.comparisons import ComparisonsView
from siamgui.gui.history.comparisons_controller import ComparisonsController
from siamgui.gui.history.controller import HistoryController
from siamgui.gui.history.log_list import ListState, ListWords, LogList, forget_words
from siamgui.gui.page import Page
from siamgui.gui.preferences import Keeping
from siamgui.gui.widgets.kit import column, grow, page_head, row, stack, step_button, stretch
from siamgui.storage import log_wording


@dataclass(frozen=True, slots=True)
class HistoryViewState:
    """live: whether the live verifications are shown. lists: of both."""

    live: bool
    lists: tuple[ListState, ListState]


class HistoryPage(Page[HistoryViewState]):
    """The view of a HistoryController and a ComparisonsController."""

    keeping_chosen = Signal(object)
    """Keeping: what is written down of each comparison from now on."""
    compare_wanted = Signal(object, object)
    """FaceIn, FaceIn: to be compared on the compare page."""
    report_wanted = Signal(object)
    """Subject: of which a report is to be made."""

    def __init__(self, verifications: HistoryController, comparisons: ComparisonsController, keeping: Keeping) -> None:
        super().__init__()
        self.comparisons = ComparisonsView(comparisons, keeping)
        self.verifications = LogList(verifications, verification_words())
        self.tabs = (
            step_button(tr("Comparisons"), self._show_comparisons),
            step_button(tr("Live verifications"), self._show_verifications),
        )
        for tab in self.tabs:
            tab.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._lists = stack(self.comparisons, self.verifications)
        head = page_head(tr("History"), tr("What was compared and verified here, encrypted, on this machine alone."))
        tabs = row(*self.tabs, stretch(), spacing=0)
        self.setLayout(column(head, tabs, grow(self._lists), margins=(16, 12, 16, 12)))
        self.comparisons.keeping_chosen.connect(self.keeping_chosen)
        self.comparisons.compare_wanted.connect(self.compare_wanted)
        self.comparisons.report_wanted.connect(self.report_wanted)
        self._show(live=False)

    @property
    def current(self) -> LogList:
        """The list that is shown."""
        return self.verifications if self._lists.currentWidget() is self.verifications else self.comparisons

    @Slot()
    def _show_comparisons(self) -> None:
        self._show(live=False)
        self.current.take_focus()

    @Slot()
    def _show_verifications(self) -> None:
        self._show(live=True)
        self.current.take_focus()

    def _show(self, *, live: bool) -> None:
        for tab, its in zip(self.tabs, (False, True), strict=True):
            tab.setChecked(its is live)
        self._lists.setCurrentWidget(self.verifications if live else self.comparisons)

    def go_back(self) -> bool:
        return self.current.go_back()

    def enter(self) -> None:
        for one in (self.comparisons, self.verifications):
            one.controller.refresh()
        self.current.take_focus()

    def keep(self) -> HistoryViewState:
        return HistoryViewState(
            self.current is self.verifications, (self.comparisons.keep(), self.verifications.keep())
        )

    def restore(self, kept: HistoryViewState) -> None:
        self._show(live=kept.live)
        for one, state in zip((self.comparisons, self.verifications), kept.lists, strict=True):
            one.restore(state)


def verification_words() -> ListWords:
    return ListWords(
        name=tr("Verifications"),
        columns=log_wording.COLUMNS,
        empty=(
            tr("Nothing was verified yet"),
            tr(
                "Each verification of the Live page is written down here: when, with whom, how it ended, how rare such "
                "a likeness is, and which model said so. No picture and no embedding is kept."
            ),
        ),
        export=tr("Export the log"),
        file="verifications.csv",
        filters=(tr("Tables ({patterns})", patterns="*.csv"),),
        forget=forget_words,
    )

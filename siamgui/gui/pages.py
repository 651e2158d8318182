"""The pages of the window, one table: how each is made, and what one of them wants of another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QBoxLayout

from siamgui.core.types import Side
from siamgui.gui.compare.view import ComparePage
from siamgui.gui.page import Entry, Page

if TYPE_CHECKING:
    from siamgui.gui.main_window import MainWindow


def make_compare(window: MainWindow) -> Page[Any]:
    controllers = window.controllers
    page = ComparePage(
        controllers.pair, lambda: controllers.matrix, lambda: controllers.closer, begun=controllers.has_matrix
    )
    page.strictness_chosen.connect(window.controllers.set_strictness)
    page.card.truth.told.connect(window.controllers.tell)
    page.card.report_wanted.connect(window.report_pair)
    page.card.truth.taken_back.connect(window.controllers.untell)
    if controllers.steps_begun:
        show_first_steps(window, page)
    return page


def show_first_steps(window: MainWindow, page: ComparePage) -> None:
    """Above the photographs."""
    from siamgui.gui.compare.first_steps import FirstStepsStrip

    layout = page.layout()
    assert isinstance(layout, QBoxLayout)
    if not page.findChildren(FirstStepsStrip):
        open_photos = partial(page.open_dialog, Side.LEFT)
        layout.insertWidget(1, FirstStepsStrip(window.controllers.first_steps, page.try_sample, open_photos))


def make_live(window: MainWindow) -> Page[Any]:
    from siamgui.gui.live.page import LivePage

    controllers = window.controllers
    page = LivePage(controllers.live, controllers.decoders, lambda: controllers.pair.state, controllers.timeline)
    page.strictness_chosen.connect(controllers.set_strictness)
    page.people_wanted.connect(window.show_people)
    return page


def make_search(window: MainWindow) -> Page[Any]:
    from siamgui.gui.search.page import SearchPage

    controllers = window.controllers
    page = SearchPage(controllers.search, lambda: controllers.pair.state)
    page.strictness_chosen.connect(controllers.set_strictness)
    page.compare_wanted.connect(window.compare_pair)
    page.people_wanted.connect(window.show_people)
    return page


def make_people(window: MainWindow) -> Page[Any]:
    from siamgui.gui.people.page import PeoplePage

    page = PeoplePage(window.controllers.people)
    page.verify_wanted.connect(window.verify)
    page.who_wanted.connect(window.ask_who)
    return page


def make_training(window: MainWindow) -> Page[Any]:
    from siamgui.gui.training.page import TrainingPage

    controllers = window.controllers
    return TrainingPage(controllers.labelling, controllers.runs, lambda: controllers.audit)


def make_history(window: MainWindow) -> Page[Any]:
    from siamgui.gui.history.page import HistoryPage

    controllers = window.controllers
    page = HistoryPage(controllers.history, controllers.comparisons, controllers.preferences.comparisons)
    page.keeping_chosen.connect(window.write_down)
    page.compare_wanted.connect(window.compare_pair)
    page.report_wanted.connect(window.report)
    return page


def make_report(window: MainWindow) -> Page[Any]:
    from siamgui.gui.report.page import ReportPage

    page = ReportPage(window.controllers.report)
    page.left.connect(window.go_back)
    return page


def make_settings(window: MainWindow) -> Page[Any]:
    from siamgui.gui.settings_page import SettingsPage

    page = SettingsPage(window.controllers)
    page.changed.connect(window.apply)
    page.vault.lock_wanted.connect(window.lock)
    return page


def make_lock(window: MainWindow) -> Page[Any]:
    from siamgui.gui.vault.lock_page import LockPage

    page = LockPage(window.controllers.vault)
    page.compare_wanted.connect(window.show_compare)
    return page


def make_help(window: MainWindow) -> Page[Any]:
    from siamgui.gui.help_page import HelpPage

    page = HelpPage()
    page.around_wanted.connect(window.show_around)
    return page


PAGES = (
    Entry("compare", make_compare, drops=True),
    Entry("live", make_live, drops=True),
    Entry("search", make_search, drops=True, kept=True),
    Entry("people", make_people, drops=True, kept=True),
    Entry("training", make_training, drops=True, kept=True),
    Entry("history", make_history, kept=True),
    Entry("report", make_report, behind=True),
    Entry("lock", make_lock, foot=True),
    Entry("settings", make_settings, foot=True),
    Entry("help", make_help, foot=True),
)
ENTRIES = {entry.name: entry for entry in PAGES}

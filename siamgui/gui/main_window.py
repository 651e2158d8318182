"""The window: a rail of pages, a place for messages, the page, the status line; and the threads behind them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from siamgui.core.types import Label, Strictness
from siamgui.gui import language, preferences, theme
from siamgui.gui.actions import add_action, name_action
from siamgui.gui.compare.controller import PairController
from siamgui.gui.compare.view import ComparePage
from siamgui.gui.inference import Inference
from siamgui.gui.preferences import Preferences
from siamgui.gui.rail import Rail
from siamgui.gui.status_line import StatusLine
from siamgui.gui.tasks import Workers
from siamgui.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from siamgui.gui.help_page import HelpPage
    from siamgui.gui.history.controller import HistoryController
    from siamgui.gui.history.page import HistoryPage
    from siamgui.gui.live.controller import LiveController
    from siamgui.gui.live.page import LivePage
    from siamgui.gui.people.controller import PeopleController
    from siamgui.gui.people.page import PeoplePage
    from siamgui.gui.settings_page import SettingsPage
    from siamgui.gui.store import WindowStore
    from siamgui.gui.training.finetuning.run_controller import RunController
    from siamgui.gui.training.labelling.controller import TrainingController
    from siamgui.gui.training.page import TrainingPage

DECODERS = 2
ABOVE, BELOW = ("compare", "live", "people", "training", "history"), ("settings", "help")
PAGES = (*ABOVE, *BELOW)

DROPS = ("compare", "live", "people", "training")
"""Those that take what is dropped; over the others it goes to the first."""


class MainWindow(QMainWindow):
    """Owns all threads; close() ends them. start() loads the engine, for after the first paint."""

    painted = Signal()
    """The window has been painted for the first time."""

    def __init__(self, chosen: Preferences, device: str = "auto") -> None:
        """chosen: what the user has set. device: for this run instead of the one chosen, unless "auto"."""
        super().__init__()
        self._preferences = chosen
        self._device = chosen.device if device == "auto" else device
        self._was_painted = False
        self._closed = False
        self._behind: list[str] = []  # the pages that Escape goes back to
        self.decoders = Workers(DECODERS, "decoder", self)
        self.inference = Inference(self)
        self.controller = PairController(self.decoders, self.inference, chosen.strictness, self)
        self.compare = ComparePage(self.controller)
        self.status = StatusLine()
        self.trouble = Banner(closable=False)
        self.notice = Banner()
        self._build()
        self.controller.changed.connect(self._render)
        self.inference.ready.connect(self._look_after_people)
        self.compare.strictness_chosen.connect(self._strictness_chosen)
        self.notice.dismissed.connect(self.controller.dismiss_notice)
        self.compare.card.truth.told.connect(self._tell)
        self.compare.card.truth.taken_back.connect(self._untell)
        self._retranslate()
        self._render()
        self.go("compare")

    def _build(self) -> None:
        self.setWindowTitle("siamgui")
        self.setWindowIcon(theme.icon("siamgui", theme.colours().accent))
        self.setMinimumSize(960, 640)
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.restoreGeometry(preferences.load_geometry())
        self._actions = {name: add_action(self, name) for name in (*PAGES, "quit")}
        self._actions["quit"].triggered.connect(self.close)
        for name in PAGES:
            self._actions[name].triggered.connect(self._go_to_sender)
        self.rail = Rail(ABOVE, BELOW, self._actions)
        self._stack = QStackedWidget()
        self.compare.setObjectName("compare")
        self._stack.addWidget(self.compare)
        self._messages = QWidget()
        banners = QVBoxLayout(self._messages)
        banners.setContentsMargins(16, 12, 16, 0)
        banners.addWidget(self.trouble)
        banners.addWidget(self.notice)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._messages)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        middle = QWidget()
        layout = QHBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(column, 1)
        self.setCentralWidget(middle)

    def start(self) -> None:
        """Load the engine behind the window."""
        self.controller.load_engine(self._device)

    def open_files(self, files: Sequence[Path]) -> None:
        self.go("compare")
        self.compare.open_files(list(files))

    def go(self, name: str) -> None:
        """Show one of PAGES; Escape goes back from it, page by page."""
        if self.page not in ("", name):
            self._behind.append(self.page)
        self._show(name)

    def _show(self, name: str) -> None:
        if name == "compare":
            self._behind.clear()
        page: QWidget = getattr(self, name)
        if self._stack.indexOf(page) < 0:
            page.setObjectName(name)
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.rail.mark(name)

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        page = self._stack.currentWidget()
        return page.objectName() if page is not None else ""

    # Made when they are first wanted: the start belongs to the compare page.

    @cached_property
    def store(self) -> WindowStore:
        from siamgui.gui.store import WindowStore

        return WindowStore(self)

    @cached_property
    def labelling(self) -> TrainingController:
        from siamgui.gui.training.labelling.controller import TrainingController

        controller = TrainingController(self.decoders, self.inference, self)
        controller.told.connect(self.compare.card.truth.confirm)
        controller.not_told.connect(self.compare.card.truth.refuse)
        return controller

    @cached_property
    def runs(self) -> RunController:
        from siamgui.gui.training.finetuning.run_controller import RunController

        runs = RunController(self.labelling, self)
        runs.active_changed.connect(self.start)
        return runs

    @cached_property
    def training(self) -> TrainingPage:
        from siamgui.gui.training.page import TrainingPage

        return TrainingPage(self.labelling, self.runs)

    @cached_property
    def watching(self) -> LiveController:
        from siamgui.gui.live.controller import LiveController

        return LiveController(self.decoders, self.inference, self.controller.state.strictness, self)

    @cached_property
    def live(self) -> LivePage:
        from siamgui.gui.live.page import LivePage

        page = LivePage(self.watching, self.decoders, lambda: self.controller.state)
        page.strictness_chosen.connect(self._strictness_chosen)
        page.people_wanted.connect(self._actions["people"].trigger)
        return page

    @cached_property
    def enrolment(self) -> PeopleController:
        from siamgui.gui.people.controller import PeopleController

        return PeopleController(self.decoders, self.inference, self)

    @cached_property
    def people(self) -> PeoplePage:
        from siamgui.gui.people.page import PeoplePage

        page = PeoplePage(self.enrolment)
        page.verify_wanted.connect(self._verify)
        page.who_wanted.connect(self._who)
        return page

    @cached_property
    def log(self) -> HistoryController:
        from siamgui.gui.history.controller import HistoryController

        return HistoryController(self)

    @cached_property
    def history(self) -> HistoryPage:
        from siamgui.gui.history.page import HistoryPage

        return HistoryPage(self.log)

    @cached_property
    def settings(self) -> SettingsPage:
        from siamgui.gui.settings_page import SettingsPage

        page = SettingsPage(self._preferences)
        page.changed.connect(self._apply)
        self.decoders.start(_gpu).succeeded.connect(self._gpu_found)
        return page

    @cached_property
    def help(self) -> HelpPage:
        from siamgui.gui.help_page import HelpPage

        return HelpPage()

    @Slot()
    def _go_to_sender(self) -> None:
        self.go(self.sender().objectName())

    @Slot()
    def _look_after_people(self) -> None:
        """Whose time is over goes, and another model reads everybody anew; before there is a file, there is nobody."""
        from siamgui.core.paths import data_folder
        from siamgui.storage.database import FILE_NAME

        if (data_folder() / FILE_NAME).exists():
            self.enrolment.look_after()

    # From the people to the camera.

    @Slot(int)
    def _verify(self, person: int) -> None:
        self.go("live")
        self.live.verify(person)

    @Slot()
    def _who(self) -> None:
        self.go("live")
        self.live.ask_who()

    # What the user knows of the pair that is compared.

    @Slot(object)
    def _tell(self, label: Label) -> None:
        self.labelling.tell(self.controller.state, label)

    @Slot()
    def _untell(self) -> None:
        self.labelling.untell()

    # What the user has set.

    @Slot(object)
    def _strictness_chosen(self, strictness: Strictness) -> None:
        """There is one, for photographs and before the camera."""
        self.controller.set_strictness(strictness)
        if "watching" in self.__dict__:
            self.watching.set_strictness(strictness)

    @Slot(object)
    def _gpu_found(self, device: str | None) -> None:
        if device is not None:
            self.settings.set_devices((device,))

    @Slot(object)
    def _apply(self, chosen: Preferences) -> None:
        """Take changed preferences into use at once, and keep them."""
        before, self._preferences = self._preferences, chosen
        preferences.save(chosen)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if chosen.language != before.language:
            language.apply(app, chosen.language)
        if chosen.appearance != before.appearance:
            theme.apply(app, chosen.appearance)
        if chosen.device != before.device:
            self._device = chosen.device
            self.start()
        if chosen.strictness != before.strictness:
            self._strictness_chosen(chosen.strictness)

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.status.render_state(state)
        self.trouble.say(str(state.blocked) if state.blocked is not None else "")
        self.notice.say(" ".join(map(str, state.notices)))
        self._messages.setVisible(state.blocked is not None or bool(state.notices))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        for action in self._actions.values():
            name_action(action)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    # Drops land anywhere on the window.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _drop_page(self) -> ComparePage | LivePage | PeoplePage | TrainingPage:
        page: ComparePage | LivePage | PeoplePage | TrainingPage
        page = getattr(self, self.page if self.page in DROPS else "compare")
        return page

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_page().drag_over(event.mimeData(), self.mapToGlobal(event.position().toPoint()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_page().drag_end()

    def dropEvent(self, event: QDropEvent) -> None:
        page = self._drop_page()
        self.go(page.objectName())
        page.drop(event.mimeData(), self.mapToGlobal(event.position().toPoint()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.activateWindow()

    # Leaving.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.page in ("live", "people", "training", "history") and getattr(self, self.page).go_back():
            pass
        elif self.page != "compare":
            self._show(self._behind.pop())
        else:
            self.compare.go_back()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    @Slot()
    def shut_down(self) -> None:
        """Stop asking, forget what is under way, and wait for the threads. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        preferences.save_geometry(self.saveGeometry())
        self.hide()
        self.compare.stop()
        self.controller.stop()
        for name in ("live", "people", "enrolment", "history", "log", "training", "runs", "labelling"):
            if name in self.__dict__:  # it was wanted
                getattr(self, name).stop()
        if "watching" in self.__dict__:
            self.watching.close()
        if "store" in self.__dict__:
            self.store.stop()
        self.decoders.stop()
        self.inference.stop()


def _gpu() -> str | None:
    """For a worker thread: where there is a driver this loads torch."""
    from siamgui.core.runtime import gpu_device

    return gpu_device()

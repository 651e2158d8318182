"""The window: a rail of pages, a place for messages, the page, the status line; and the threads behind them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Label, Strictness
from siamgui.gui import language, preferences, theme
from siamgui.gui.actions import add_action, dress, name_action
from siamgui.gui.compare.controller import PairController
from siamgui.gui.compare.view import ComparePage
from siamgui.gui.inference import Inference
from siamgui.gui.preferences import Preferences
from siamgui.gui.status_line import StatusLine
from siamgui.gui.tasks import Workers
from siamgui.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from siamgui.gui.help_page import HelpPage
    from siamgui.gui.live.controller import LiveController
    from siamgui.gui.live.page import LivePage
    from siamgui.gui.settings_page import SettingsPage
    from siamgui.gui.training.controller import TrainingController
    from siamgui.gui.training.page import TrainingPage
    from siamgui.gui.training.run_controller import RunController

DECODERS = 2
PAGES = ("compare", "live", "training", "settings", "help")

DROPS = ("compare", "live", "training")
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
        self.rail = QWidget()
        self.rail.setObjectName("rail")
        self.rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rail = QVBoxLayout(self.rail)
        rail.setContentsMargins(8, 12, 8, 12)
        rail.setSpacing(4)
        self.tabs: dict[str, QToolButton] = {}
        self._stack = QStackedWidget()
        for name in PAGES:
            tab = self.tabs[name] = QToolButton()
            tab.setCheckable(True)
            tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            tab.setFixedWidth(72)
            tab.clicked.connect(self._actions[name].trigger)
            self._actions[name].triggered.connect(self._go_to_sender)
            if name == "settings":
                rail.addStretch(1)
            rail.addWidget(tab)
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
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        page = self._stack.currentWidget()
        return page.objectName() if page is not None else ""

    # Made when they are first wanted: the start belongs to the compare page.

    @cached_property
    def labelling(self) -> TrainingController:
        from siamgui.gui.training.controller import TrainingController

        controller = TrainingController(self.decoders, self.inference, self)
        controller.told.connect(self.compare.card.truth.confirm)
        controller.not_told.connect(self.compare.card.truth.refuse)
        return controller

    @cached_property
    def runs(self) -> RunController:
        from siamgui.gui.training.run_controller import RunController

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
        return page

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
        self.rail.setAccessibleName(tr("Pages"))
        for action in self._actions.values():
            name_action(action)
        for name, tab in self.tabs.items():
            dress(tab, name)
            tab.setIconSize(QSize(24, 24))

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

    def _drop_page(self) -> ComparePage | LivePage | TrainingPage:
        page: ComparePage | LivePage | TrainingPage = getattr(self, self.page if self.page in DROPS else "compare")
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
        elif self.page in ("live", "training") and getattr(self, self.page).go_back():
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
        if "live" in self.__dict__:
            self.live.stop()
        if "watching" in self.__dict__:
            self.watching.close()
        if "training" in self.__dict__:
            self.training.stop()
        if "runs" in self.__dict__:
            self.runs.stop()
        if "labelling" in self.__dict__:
            self.labelling.stop()
        self.decoders.stop()
        self.inference.stop()


def _gpu() -> str | None:
    """For a worker thread: where there is a driver this loads torch."""
    from siamgui.core.runtime import gpu_device

    return gpu_device()

"""The window: a rail of pages, a place for messages, the page, the status line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from siamgui.core import i18n
from siamgui.gui import language, pages, preferences, theme
from siamgui.gui.compare.controller import FaceIn
from siamgui.gui.compare.view import ComparePage
from siamgui.gui.controllers import Controllers
from siamgui.gui.page import Kept, Page
from siamgui.gui.pages import ENTRIES, PAGES
from siamgui.gui.preferences import Keeping, Preferences
from siamgui.gui.rail import Rail
from siamgui.gui.status_line import StatusLine
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import box, column, grow, row, shortcuts, stack

if TYPE_CHECKING:
    from siamgui.gui.live.page import LivePage
    from siamgui.gui.report.state import Subject


class MainWindow(QMainWindow):
    """Shows the pages of PAGES; close() ends everything. start() loads the engine, for after the first paint."""

    painted = Signal()
    """The window has been painted for the first time."""

    def __init__(self, chosen: Preferences, device: str = "auto") -> None:
        """chosen: what the user has set. device: for this run instead of the one chosen, unless "auto"."""
        super().__init__()
        self.controllers = Controllers(chosen, device, self)
        self._was_painted = False
        self._closed = self._handed = self._sees_to_the_vault = False
        self._behind: list[str] = []  # the pages that Escape goes back to
        self._pages: dict[str, Page[Any]] = {}
        self._kept: dict[str, Kept] = {}  # of pages that have not been shown since they were to be built anew
        self.setWindowTitle("siamgui")
        self.setWindowIcon(theme.icon("siamgui", theme.colours().accent))
        self.setMinimumSize(960, 640)
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.restoreGeometry(preferences.load_geometry())
        self.controllers.pair.changed.connect(self._render)
        self.controllers.condition_changed.connect(self._render)
        self._build()
        self.go("compare")

    def _build(self) -> None:
        """Everything with words on it, in the language of the moment, without a page so far."""
        self._language = i18n.language()
        self.kept, self.trouble, self.notice = Banner(closable=False), Banner(closable=False), Banner()
        self.notice.dismissed.connect(self.controllers.pair.dismiss_notice)
        self._said: list[QWidget] = [self.kept, self.trouble, self.notice]
        self._messages = box(column(*self._said, margins=(16, 12, 16, 0)))
        self.status = StatusLine()
        self._stack = stack()
        content = QWidget()  # the commands go with it when it is replaced
        targets = {entry.name: self._go_to_sender for entry in PAGES if not entry.behind}
        actions = shortcuts(content, targets | {"lock": self.lock, "quit": self.close})
        shown = [entry for entry in PAGES if not entry.behind]
        above, foot = ([entry.name for entry in shown if entry.foot is at_foot] for at_foot in (False, True))
        self.rail = Rail(above, foot, actions)
        page = column(self._messages, grow(self._stack), self.status, spacing=0)
        content.setLayout(row(self.rail, grow(page), spacing=0))
        self.setCentralWidget(content)
        content.show()  # Qt would do so a little later
        self._render()
        if self._sees_to_the_vault:
            self._build_for_the_vault()

    def _build_anew(self) -> None:
        """In another language: all of it in place of what was there, before anything is painted."""
        self._kept |= {name: page.retire() for name, page in self._pages.items()}
        name, self._pages = self.page, {}
        self._build()  # Qt lets what was there go
        self.controllers.collect_everything()
        self._show(name)

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        page = self._stack.currentWidget()
        return page.objectName() if page is not None else ""

    def view(self, name: str) -> Page[Any]:
        """A page by its name, built when it is first wanted."""
        if name not in self._pages:
            page = self._pages[name] = pages.make_lock(self) if self._locked(name) else ENTRIES[name].make(self)
            page.setObjectName(name)
            self._stack.addWidget(page)
        return self._pages[name]

    def _locked(self, name: str) -> bool:
        """Whether nothing of a page is to be seen. Of Live, which can do without what is kept, while that is closed."""
        return (ENTRIES[name].kept and self.controllers.shut) or (name == "live" and self.controllers.putting_away)

    def start(self) -> None:
        """Load the engine behind the window, and see what opens the vault."""
        self.controllers.start()
        self.see_to_the_vault()

    def see_to_the_vault(self) -> None:
        """From now on; where it is locked, this is where the window begins, unless photographs are to be compared."""
        from siamgui.gui.vault.input_watch import InputWatch

        vault = self.controllers.vault
        vault.turned.connect(self._vault_turned)
        vault.locked.connect(self._vault_locked)
        vault.changed.connect(self._render_vault)
        InputWatch(vault)
        self._sees_to_the_vault = True
        self._build_for_the_vault()
        vault.look()

    def open_files(self, files: Sequence[Path]) -> None:
        self._handed = not self._sees_to_the_vault or self.controllers.vault.looking
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
        page = self.view(name)
        self._stack.setCurrentWidget(page)
        self.rail.mark(name)
        if name in self._kept:
            page.succeed(self._kept.pop(name))

    @Slot()
    def _go_to_sender(self) -> None:
        self.go(self.sender().objectName())

    # The pages. What one of them wants of another goes through here.

    @property
    def compare(self) -> ComparePage:
        return cast("ComparePage", self.view("compare"))

    @property
    def live(self) -> LivePage:
        return cast("LivePage", self.view("live"))

    @Slot()
    def show_compare(self) -> None:
        self.go("compare")

    @Slot(object, object)
    def compare_pair(self, left: FaceIn, right: FaceIn) -> None:
        self.go("compare")
        self.compare.compare(left, right)

    @Slot()
    def show_people(self) -> None:
        self.go("people")

    @Slot()
    def show_around(self) -> None:
        """The first steps, on the page Compare; where a lock is shown, they wait there."""
        pages.show_first_steps(self, self.compare)
        self.controllers.first_steps.begin()
        if self.page == "help":
            self.go("compare")

    @Slot(int)
    def verify(self, person: int) -> None:
        self.go("live")
        self.live.verify(person)

    @Slot()
    def ask_who(self) -> None:
        self.go("live")
        self.live.ask_who()

    @Slot(object)
    def report(self, subject: Subject | None) -> None:
        """Make a report of a comparison, if there is one."""
        if subject is not None:
            self.controllers.report.begin(subject)
            self.go("report")

    @Slot()
    def report_pair(self) -> None:
        """The same of the one that is shown on the compare page."""
        from siamgui.gui.report.subjects import subject_of_pair

        made = self.controllers.__dict__  # nobody may have looked closer so far
        ready = self.controllers.inference.current
        self.report(subject_of_pair(self.controllers.pair.state, ready, made.get("closer")))

    @Slot()
    def go_back(self) -> None:
        """To the page before."""
        self._show(self._behind.pop() if self._behind else "compare")

    @Slot(object)
    def write_down(self, keeping: Keeping) -> None:
        """What is written down of each comparison from now on."""
        self.apply(replace(self.controllers.preferences, comparisons=keeping))

    @Slot(object)
    def apply(self, chosen: Preferences) -> None:
        """Take changed preferences into use at once, and keep them."""
        before = self.controllers.preferences
        self.controllers.set_preferences(chosen)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if chosen.language != before.language:
            language.apply(app, chosen.language)
        if chosen.appearance != before.appearance:
            theme.apply(app, chosen.appearance)

    # The vault.

    @Slot()
    def lock(self) -> None:
        """Now; where it is locked already, to where it is unlocked; where nothing locks it, to where that is set."""
        vault = self.controllers.vault
        if vault.state.shut:
            self.go("lock")
            return
        if not vault.state.has_passphrase:
            self.go("settings")
        vault.lock()
        self.rail.mark(self.page)

    def _build_for_the_vault(self) -> None:
        from siamgui.gui.vault.lock_question import LockQuestion

        self.question = LockQuestion(self.controllers.vault)
        self._said.append(self.question)
        layout = self._messages.layout()
        assert layout is not None
        layout.addWidget(self.question)
        self._render_vault()

    @Slot()
    def _vault_turned(self) -> None:
        """Pages of what is kept go, or come back, and what was to be shown of them is shown."""
        shut, shown = self.controllers.shut, self.page
        going = {entry.name for entry in PAGES if entry.kept or (shut and entry.name == "live")}
        gone = [self._pages.pop(name) for name in going if name in self._pages]
        for name in going:
            self._kept.pop(name, None)
        if ENTRIES[shown].kept:
            self._show(shown)
        elif shut and not self._handed:
            self.go("lock")
        elif shown == "lock":
            self._show(self._behind.pop() if self._behind else "compare")
        self._handed = False
        self._let_go(gone)

    @Slot()
    def _vault_locked(self) -> None:
        """Live is there again."""
        if (live := self._pages.pop("live", None)) is not None:
            if self.page == "live":
                self._show("live")
            self._let_go([live])

    def _let_go(self, pages: Sequence[Page[Any]]) -> None:
        for page in pages:
            page.stop()
            self._stack.removeWidget(page)
            page.deleteLater()

    @Slot()
    def _render_vault(self) -> None:
        state = self.controllers.vault.state
        self.rail.show_lock(shown=state.has_passphrase or state.shut, shut=state.shut)
        self.question.render_state(state)
        self._render()

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controllers.pair.state
        self.status.render_state(state, self.controllers.recorded)
        self.trouble.say(state.blocked)
        self.notice.say(" ".join(map(str, state.notices)))
        self.kept.say(self.controllers.condition)
        self._messages.setVisible(any(not one.isHidden() for one in self._said))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        another = event.type() == QEvent.Type.LanguageChange and i18n.language() != self._language
        if another and not self._closed:
            self._build_anew()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    # Drops land anywhere on the window.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText() or mime.hasHtml():
            _take(event)

    def _drop_page(self) -> Page[Any]:
        """The page that is shown, or else the first."""
        entry = ENTRIES[self.page]
        takes = entry.drops and not self._locked(entry.name)
        return self.view(entry.name if takes else "compare")

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_page().drag_over(event.mimeData(), self.mapToGlobal(event.position().toPoint()))
        _take(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_page().drag_end()

    def dropEvent(self, event: QDropEvent) -> None:
        page = self._drop_page()
        self.go(page.objectName())
        page.drop(event.mimeData(), self.mapToGlobal(event.position().toPoint()))
        _take(event)
        self.activateWindow()

    # Leaving.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self.view(self.page).go_back() and self._behind:
            self.go_back()

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
        for page in self._pages.values():
            page.stop()
        self.controllers.stop()


def _take(event: QDropEvent) -> None:
    """What is dropped is copied, and never moved from where it was."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()

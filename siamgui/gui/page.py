"""A page of the window, and the pattern that every page follows.

A page is three things. Its *state* is a frozen value; its *controller*, a QObject without a widget, makes the next one
and emits `changed`; its *view*, a Page, shows what the controller holds and says what the user does. pages.PAGES
lists the pages; controllers live as long as the window, in Controllers.

A view is built for one language. Every text is set once, where its widget is made; no widget listens for
LanguageChange. When the language changes the window builds the view anew from the controller's state, and the old one
goes. So:

- What is worth keeping is in the controller: an open camera, a question that was answered, an error. Errors and counts
  are kept as values; the view words them.
- What only the view knows, such as a search or the selected row, is a small frozen ...ViewState: keep() hands it out,
  restore() takes it in. Page keeps the focus, the places that are scrolled to and open file dialogs by itself.
- enter() is called when the page comes to be shown, leave() when it is left for another one or the window closes; not
  when the view is only replaced, except that the new view enters as well.
- A view is put together from widgets.kit: `self.setLayout(column(page_head(tr("History")), self.table, row(...)))`,
  in an order that reads like the page. Parts that the user acts on are attributes, for tests and for render code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from siamgui.gui.widgets.file_dialog import FileDialog, Handover

if TYPE_CHECKING:
    from siamgui.gui.main_window import MainWindow

ViewState = TypeVar("ViewState")
Way: TypeAlias = tuple[tuple[int, type], ...]


class Page(QWidget, Generic[ViewState]):
    """What the window asks of a page. A page without something to say to one of them leaves it out."""

    def __init__(self) -> None:
        super().__init__()
        self._replaced = False

    def enter(self) -> None:
        """The page is shown from now on."""

    def leave(self) -> None:
        """Another page is shown, or none any more; a window that is only minimised keeps its page."""

    def go_back(self) -> bool:
        """Escape: out of a place within the page. False if there was nothing to go back from."""
        return False

    def stop(self) -> None:
        """The window closes: close open dialogs and let go of devices."""
        for files in self.findChildren(FileDialog):
            files.close()

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show where a drop would go. where: global position. Asked of pages that take drops, as are the next two."""

    def drag_end(self) -> None:
        """A drag has left the window."""

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Take what was dropped at a global position."""

    def keep(self) -> ViewState | None:
        """What only this view knows."""
        return None

    def restore(self, kept: ViewState) -> None:
        """Take in what the view before knew; this one is shown by then."""

    # Building anew.

    def retire(self) -> Kept:
        """Everything the next view needs. From now on this one only waits for its end."""
        self._replaced = True
        focus = self.window().focusWidget()  # which a window keeps while another one is in front
        return Kept(
            self.keep(),
            tuple(files.hand_over() for files in self.findChildren(FileDialog)),
            _way(self, focus) if focus is not None and self.isAncestorOf(focus) else None,
            tuple(
                (_way(self, area), area.horizontalScrollBar().value(), area.verticalScrollBar().value())
                for area in self.findChildren(QAbstractScrollArea)
            ),
        )

    def succeed(self, kept: Kept) -> None:
        """Go on where the view before was, once this one is shown."""
        for files, handed in zip(self.findChildren(FileDialog), kept.dialogs, strict=False):
            files.take_over(handed)
        if kept.own is not None:
            self.restore(kept.own)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # what is scrolled has its size after that
        for way, across, down in kept.scrolled:
            area = _at_the_end_of(self, way)
            if isinstance(area, QAbstractScrollArea):
                area.horizontalScrollBar().setValue(across)
                area.verticalScrollBar().setValue(down)
        focus = _at_the_end_of(self, kept.focus) if kept.focus is not None else None
        if focus is not None:
            focus.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.enter()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and not self._replaced:
            self.leave()


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Of a view that is replaced: what keep() gave, its file dialogs, the way to the focus, and what is scrolled to."""

    own: Any
    dialogs: tuple[Handover, ...]
    focus: Way | None
    scrolled: tuple[tuple[Way, int, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the window. name: that of its command, with word, icon and key, as well. make: its view.

    drops: takes what is dropped; over the others it goes to the first. foot: stands at the lower end of the rail.
    kept: shows what is kept, and nothing while that is locked. behind: another page leads to it, and not the rail.
    """

    name: str
    make: Callable[[MainWindow], Page[Any]]
    drops: bool = False
    foot: bool = False
    kept: bool = False
    behind: bool = False


def _way(page: QWidget, widget: QWidget) -> Way:
    """Which child of which child, and of what kind, from the page down: the next view is built in the same order."""
    parent = widget.parentWidget()
    if widget is page or parent is None:
        return ()
    return (*_way(page, parent), (_children(parent).index(widget), type(widget)))


def _at_the_end_of(page: QWidget, way: Way) -> QWidget | None:
    widget = page
    for step, kind in way:
        children = _children(widget)
        if step >= len(children) or type(children[step]) is not kind:
            return None
        widget = children[step]
    return widget


def _children(widget: QWidget) -> list[QWidget]:
    return [child for child in widget.children() if isinstance(child, QWidget)]

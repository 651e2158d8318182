"""What pages are put together from, each in one expression: rows and columns, labels, icons, buttons, choices.

Texts are given once, in the language of the moment: when it changes, the window builds its pages anew. Icons follow
the scheme by themselves. Lengths are in device-independent pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.actions import add_action, dress

Align = Qt.AlignmentFlag
FILL = Align(0)
Target = Callable[..., object] | SignalInstance
Value = TypeVar("Value")
Margins = int | tuple[int, int, int, int]
"""On every side, or left, top, right, bottom."""

# Rows and columns.


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a row or column with more to say about its place; without a part, room."""

    part: QWidget | QLayout | None = None
    grow: int = 0
    align: Align = FILL
    gap: int = 0


Part = QWidget | QLayout | Placed


def grow(part: QWidget | QLayout, share: int = 1) -> Placed:
    """The part takes its share of the room that is left."""
    return Placed(part, grow=share)


def stretch(share: int = 1) -> Placed:
    """Room that takes its share of what is left."""
    return Placed(grow=share)


def gap(pixels: int) -> Placed:
    """So much room, beside the spacing."""
    return Placed(gap=pixels)


def at(part: QWidget, align: Align) -> Placed:
    """The part as large as it wants to be, at one side of its room."""
    return Placed(part, align=align)


def row(*parts: Part, spacing: int = 8, margins: Margins = 0) -> QHBoxLayout:
    """Parts from left to right."""
    return _fill(QHBoxLayout(), parts, spacing, margins)


def column(*parts: Part, spacing: int = 8, margins: Margins = 0) -> QVBoxLayout:
    """Parts from top to bottom."""
    return _fill(QVBoxLayout(), parts, spacing, margins)


Layout = TypeVar("Layout", bound=QBoxLayout)


def _fill(layout: Layout, parts: Iterable[Part], spacing: int, margins: Margins) -> Layout:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*((margins,) * 4 if isinstance(margins, int) else margins))
    for one in parts:
        placed = one if isinstance(one, Placed) else Placed(one)
        if isinstance(placed.part, QWidget):
            layout.addWidget(placed.part, placed.grow, placed.align)
        elif placed.part is not None:
            layout.addLayout(placed.part, placed.grow)
        elif placed.gap:
            layout.addSpacing(placed.gap)
        else:
            layout.addStretch(placed.grow)
    return layout


def box(layout: QLayout) -> QWidget:
    """A layout as one widget, to be shown and hidden or put into a stack."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


class Card(QFrame):
    """A frame that the sheet draws a border around. role: "card", "well"..."""

    def __init__(self, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)

    def set_target(self, on: bool) -> None:
        """Show whether a drop would land here, or that this one is chosen."""
        theme.set_style(self, "target", on)


def card(layout: QLayout, role: str = "card") -> Card:
    """A layout with a border around it."""
    made = Card(role)
    made.setLayout(layout)
    return made


def stack(*views: QWidget) -> QStackedWidget:
    """Views of which one is shown, the first to begin with."""
    widget = QStackedWidget()
    for view in views:
        widget.addWidget(view)
    return widget


# What stands in them.


def label(
    text: str = "", role: str = "", *, wrap: bool = False, align: Align | None = None, of: QWidget | None = None
) -> QLabel:
    """Plain text. role: as the sheet knows it, "title", "headline", "muted", "small"... of: the field that it names."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if align is not None:
        made.setAlignment(align)
    if of is not None:
        made.setBuddy(of)
    return made


def say(shown: QLabel, text: str) -> None:
    """Show a sentence, or with an empty one nothing."""
    shown.setText(text)
    shown.setVisible(bool(text))


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def page_head(title: str, hint: str = "", *right: Part) -> QHBoxLayout:
    """The upper end of a page: what it is, a word about it, and what is set for all of it."""
    head = label(title, "title")
    head.setMinimumHeight(32)
    return row(head, grow(label(hint, "muted")), *right, spacing=12)


class Icon(QWidget):
    """A file of resources/icons in a colour of the scheme."""

    def __init__(self, name: str = "", colour: str = "muted", side: int = theme.ICON) -> None:
        """name: "" for none. colour: a field of theme.Colours."""
        super().__init__()
        self.setFixedSize(side, side)
        self.show_icon(name, colour)

    def show_icon(self, name: str, colour: str) -> None:
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            colour = getattr(theme.colours(), self._colour)
            picture = theme.pixmap(self._name, colour, self.width(), self.devicePixelRatioF())
            QPainter(self).drawPixmap(0, 0, picture)


def button(
    text: str, clicked: Target | None = None, kind: str = "", *, icon: str = "", hint: str = "", checkable: bool = False
) -> QPushButton:
    """kind: "primary", "quiet" or "". icon: a file of resources/icons. hint: its tooltip, and what a reader says."""
    made = QPushButton(text)
    made.setToolTip(hint)
    made.setAccessibleName(hint)
    made.setCheckable(checkable)
    _finish(made, clicked, kind)
    if icon:
        theme.set_icon(made, icon)
    return made


def command(
    name: str, clicked: Target | None = None, kind: str = "", *, purpose: str = "", words: bool = True
) -> QPushButton:
    """The button of a command, as actions.dress() dresses it."""
    made = QPushButton()
    _finish(made, clicked, kind)
    dress(made, name, purpose, words=words)
    return made


def tool(
    name: str, clicked: Target | None = None, kind: str = "quiet", *, purpose: str = "", words: bool = False
) -> QToolButton:
    """The small button of a command: its icon alone, or with words beside it."""
    made = QToolButton()
    if words:
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    _finish(made, clicked, kind)
    dress(made, name, purpose, words=words)
    return made


def step_button(text: str, clicked: Target) -> QToolButton:
    """One of several side by side, of which one is checked: where somebody is, or what is chosen."""
    made = QToolButton()
    made.setText(text)
    made.setCheckable(True)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    _finish(made, clicked, "step")
    return made


def _finish(made: QAbstractButton, clicked: Target | None, kind: str) -> None:
    if kind:
        made.setProperty("kind", kind)
    if clicked is not None:
        made.clicked.connect(clicked)


def line(name: str, *, hint: str = "") -> QLineEdit:
    """Where one line is typed. name: what a reader says. hint: stands there while it is empty."""
    made = QLineEdit()
    made.setProperty("role", "input")
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def bar(name: str) -> QProgressBar:
    """A thin line that fills. name: what a reader says."""
    made = QProgressBar()
    made.setTextVisible(False)
    made.setAccessibleName(name)
    return made


def shortcuts(owner: QWidget, targets: Mapping[str, Target]) -> dict[str, QAction]:
    """Commands by name, live while owner is visible, each with what it does."""
    actions = {name: add_action(owner, name) for name in targets}
    for name, target in targets.items():
        actions[name].triggered.connect(target)
    return actions


class FoldButton(QPushButton):
    """Unfolds something below it, and folds it away. toggled tells which."""

    def __init__(self, text: str = "", *, name: str = "") -> None:
        """name: of a command, instead of a text."""
        super().__init__(text)
        self.setCheckable(True)
        self.setProperty("kind", "quiet")
        self.toggled.connect(self._show_way)
        self._show_way(False)
        if name:
            dress(self, name)

    @Slot(bool)
    def _show_way(self, unfolded: bool) -> None:
        theme.set_icon(self, "fold" if unfolded else "unfold")


class CopyButton(QPushButton):
    """Puts something on the clipboard, and says so for a moment."""

    def __init__(self, clicked: Target, *, words: bool = True) -> None:
        super().__init__()
        self._words = words
        self._said = QTimer(self, singleShot=True, interval=1500)
        self._said.timeout.connect(self._rest)
        _finish(self, clicked, "quiet")
        self._rest()

    def confirm(self) -> None:
        """It is on the clipboard."""
        self.setText(tr("Copied"))
        self._said.start()

    @Slot()
    def _rest(self) -> None:
        dress(self, "copy", words=self._words)


class Choice(QComboBox, Generic[Value]):
    """One of several values. picked carries the one that the user takes."""

    picked = Signal(object)

    def __init__(self, name: str = "", items: Mapping[Value, str] | None = None, chosen: Value | None = None) -> None:
        """name: what a reader says, unless a form_row() gives it. items: values and their words."""
        super().__init__()
        self.setAccessibleName(name)
        self._values: tuple[Value, ...] = ()
        self.activated.connect(self._activated)
        if items is not None:
            self.show_items(items, chosen)

    @property
    def value(self) -> Value:
        """The one that is shown, as it was given: Qt's own copy of an enum with text is a plain str."""
        return self._values[self.currentIndex()]

    def show_items(self, items: Mapping[Value, str], chosen: Value | None) -> None:
        """Offer other values; nothing is picked by it."""
        with QSignalBlocker(self):
            self.clear()
            self._values = tuple(items)
            for value, text in items.items():
                self.addItem(text, value)
        self.show_value(chosen)

    def shrink_to(self, characters: int) -> None:
        """Where there is little room, let it be only so wide, however long its texts are."""
        self.setMinimumContentsLength(characters)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def show_value(self, value: Value | None) -> None:
        """value: one that is not offered shows the first."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._values.index(value) if value in self._values else 0)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.picked.emit(self._values[index])

"""Colours, type, one style sheet and the icons, light and dark.

Widgets that paint themselves read colours() while they paint; another scheme paints all anew. Everything else is styled
by the sheet through a few dynamic properties:
    QPushButton / QToolButton   kind = "primary" | "quiet" | "step"
    QLabel                      role = "title" | "headline" | "muted" | "small"
    QFrame                      role = "card" | "well" | "panel"
    QToolButton                 menu = "true" keeps room for the arrow of a menu
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QStyleFactory, QWidget

from siamgui.core.resources import resource

ICON = 20
"""Side of an icon in device-independent pixels."""
SCHEMES = ("system", "light", "dark")


@dataclass(frozen=True)
class Colours:
    """One scheme. Text colours keep a contrast of 4.5:1 or better on window, surface and raised."""

    window: QColor
    surface: QColor
    raised: QColor
    text: QColor
    muted: QColor
    outline: QColor
    accent: QColor
    on_accent: QColor
    same: QColor
    different: QColor
    inconclusive: QColor
    warning: QColor
    focus: QColor


def _scheme(values: str) -> Colours:
    return Colours(*(QColor(value) for value in values.split()))


#              window  surface raised  text    muted   outline accent  on_acc  same    differ  inconcl warning focus
LIGHT = _scheme(
    "#f3f4f6 #ffffff #eaecef #1b1f24 #56606b #c9ced5 #0b6b7a #ffffff #1459b8 #a84300 #545d67 #745300 #0b6b7a"
)
DARK = _scheme(
    "#16181b #1e2125 #2a2e33 #e7e9ec #a3abb4 #41474f #5cc4d1 #06262b #74b4ff #ffa45c #b1b8c0 #e5bd55 #5cc4d1"
)


class _Theme(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self.wanted = "system"
        self.watching = False

    @Slot()
    def follow(self) -> None:
        """Take over the scheme that apply(), or else the system, has chosen."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        system_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = system_dark if self.wanted == "system" else self.wanted == "dark"
        self.colours = DARK if dark else LIGHT
        app.setPalette(_palette(self.colours))
        app.setStyleSheet(_sheet(self.colours, app.font()))
        for widget in app.allWidgets():
            if isinstance(widget, QAbstractButton) and widget.property("icon_name"):
                _refresh(widget)
        self.changed.emit()


theme = _Theme()
"""theme.changed is emitted after every change of the scheme."""


def colours() -> Colours:
    """The colours of the scheme in use."""
    return theme.colours


def apply(app: QApplication, scheme: str = "system") -> None:
    """Dress the application. scheme: one of SCHEMES."""
    hints = app.styleHints()
    if not theme.watching:
        app.setStyle(QStyleFactory.create("Fusion"))
        hints.colorSchemeChanged.connect(theme.follow)
        app.screenAdded.connect(theme.follow)  # it may need icons of another resolution
        theme.watching = True
    theme.wanted = scheme
    native = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(scheme, Qt.ColorScheme.Unknown)
    hints.setColorScheme(native)  # window frames and native dialogs, where the platform can
    theme.follow()


def font(scale: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system font, scaled. The type scale is 0.92 small, 1 body, 1.25 title, 1.6 headline."""
    chosen = QFont(QApplication.font())
    chosen.setPointSizeF(chosen.pointSizeF() * scale)
    chosen.setWeight(weight)
    return chosen


def pixmap(name: str, colour: QColor, side: int = ICON, ratio: float = 1.0) -> QPixmap:
    """The icon resources/icons/<name>.svg drawn in one colour, side x side device-independent pixels."""
    return _pixmap(name, colour.rgba(), side, ratio)


@lru_cache(maxsize=512)
def _pixmap(name: str, rgba: int, side: int, ratio: float) -> QPixmap:
    colour = QColor.fromRgba(rgba)
    source = resource(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour.name())
    image = QPixmap(round(side * ratio), round(side * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """The icon in the text colour (or another), with a paler form for disabled controls."""
    normal = colour or colours().text
    pale = QColor(normal)
    pale.setAlphaF(0.4)
    result = QIcon()
    for ratio in {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}:
        side = round(ICON * ratio)
        result.addPixmap(pixmap(name, normal, side), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, pale, side), QIcon.Mode.Disabled)
    return result


def set_icon(button: QAbstractButton, name: str) -> None:
    """Give a button an icon that follows the scheme."""
    button.setProperty("icon_name", name)
    button.setIconSize(QSize(ICON, ICON))
    _refresh(button)


def _refresh(button: QAbstractButton) -> None:
    tint = colours().on_accent if button.property("kind") == "primary" else None
    button.setIcon(icon(str(button.property("icon_name")), tint))


def _palette(c: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for name, colour in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.surface),
        (role.AlternateBase, c.raised),
        (role.Text, c.text),
        (role.PlaceholderText, c.muted),
        (role.Button, c.surface),
        (role.ButtonText, c.text),
        (role.BrightText, c.text),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Link, c.accent),
        (role.LinkVisited, c.accent),
        (role.Accent, c.accent),
        (role.Light, c.raised),
        (role.Mid, c.outline),
        (role.Dark, c.outline),
    ):
        palette.setColor(name, colour)
    pale = QColor(c.muted)
    pale.setAlphaF(0.55)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, pale)
    return palette


_SHEET = """
QToolTip { background: @raised; color: @text; border: 1px solid @outline; padding: 4px 8px; }
QLabel[role="title"] { font-size: @title; font-weight: 600; }
QLabel[role="headline"] { font-size: @headline; font-weight: 600; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="small"] { color: @muted; font-size: @small; }
QFrame[role="card"] { background: @surface; border: 1px solid @outline; border-radius: 8px; }
QFrame[role="card"][target="true"] { border: 2px solid @accent; background: @raised; }
QFrame[role="well"] { border: 2px dashed @outline; border-radius: 8px; }
QFrame[role="well"][target="true"] { border-color: @accent; background: @raised; }
QFrame[role="chart"] { border: 2px solid transparent; border-radius: 6px; }
QFrame[role="chart"]:focus { border-color: @focus; }
QLabel[role="badge"] {
    background: @accent; color: @on_accent; border-radius: 8px; padding: 1px 8px; font-size: @small;
}
QLabel[role="chart-title"] { font-weight: 600; }
QLabel[outcome="same"] { color: @same; }
QLabel[outcome="different"] { color: @different; }
QLabel[outcome="inconclusive"] { color: @inconclusive; }
QFrame[role="panel"] { background: @surface; border: none; }

QPushButton, QToolButton {
    background: @surface; color: @text; border: 1px solid @outline; border-radius: 6px;
    padding: 5px 12px; min-height: 20px;
}
QToolButton { padding: 5px; }
QPushButton:hover, QToolButton:hover { background: @raised; }
QPushButton:pressed, QToolButton:pressed { background: @outline; }
QPushButton:disabled, QToolButton:disabled { color: @pale; border-color: @raised; }
QPushButton:focus, QToolButton:focus { border: 2px solid @focus; padding: 4px 11px; }
QToolButton:focus { padding: 4px; }
QToolButton[menu="true"] { padding-right: 20px; }
QToolButton::menu-indicator {
    image: url("@arrow"); width: 10px; height: 10px; subcontrol-origin: padding; subcontrol-position: right center;
    right: 4px;
}
QPushButton[kind="primary"] { background: @accent; color: @on_accent; border-color: @accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid @text; }
QPushButton[kind="primary"]:disabled { background: @raised; color: @pale; border-color: @raised; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: @raised; }
QPushButton[kind="quiet"]:pressed, QToolButton[kind="quiet"]:pressed { background: @outline; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border-color: @focus; }
QToolButton[kind="step"] { background: transparent; border: 1px solid @outline; padding: 5px 4px; color: @muted; }
QToolButton[kind="step"]:hover { background: @raised; }
QToolButton[kind="step"]:checked { background: @surface; border: 2px solid @accent; padding: 4px 3px; color: @text; }
QToolButton[kind="step"]:focus { border: 2px solid @focus; padding: 4px 3px; }

QComboBox, QDateEdit {
    background: @surface; color: @text; border: 1px solid @outline; border-radius: 6px;
    padding: 5px 8px 5px 10px; min-height: 20px;
}
QComboBox:hover, QDateEdit:hover { background: @raised; }
QComboBox:focus, QDateEdit:focus { border: 2px solid @focus; padding: 4px 7px 4px 9px; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url("@arrow"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: @surface; color: @text; border: 1px solid @outline; padding: 4px; outline: none;
    selection-background-color: @accent; selection-color: @on_accent;
}

QLineEdit[role="input"] {
    background: @surface; border: 1px solid @outline; border-radius: 6px; padding: 5px 8px; min-height: 20px;
}
QLineEdit[role="input"]:focus { border: 2px solid @focus; padding: 4px 7px; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QRadioButton, QCheckBox { border: 2px solid transparent; border-radius: 6px; padding: 2px 4px; spacing: 8px; }
QRadioButton:focus, QCheckBox:focus { border-color: @focus; }
QRadioButton::indicator, QCheckBox::indicator {
    width: 12px; height: 12px; border: 2px solid @muted; border-radius: 8px; background: @surface;
}
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid @accent; background: @on_accent; }
QCheckBox::indicator { border-radius: 3px; }
QCheckBox::indicator:checked { image: url("@tick"); border-color: @accent; background: @accent; }
QListView[role="list"] {
    background: @surface; border: 1px solid @outline; border-radius: 8px; padding: 4px; outline: none;
}
QListView[role="list"]:focus { border: 2px solid @focus; padding: 3px; }
QListView[role="list"]::item { border-radius: 4px; padding: 6px 8px; color: @text; }
QListView[role="list"]::item:selected { background: @accent; color: @on_accent; }

QCalendarWidget QWidget#qt_calendar_navigationbar { background: @raised; }
QCalendarWidget QToolButton { background: transparent; border-color: transparent; }
QTableView[role="list"] {
    background: @surface; border: 1px solid @outline; border-radius: 8px; padding: 4px; outline: none;
    selection-background-color: @accent; selection-color: @on_accent;
}
QTableView[role="list"]:focus { border: 2px solid @focus; padding: 3px; }
QTableView[role="list"]::item { padding: 4px 8px; border: none; }
QTableView[role="list"] QHeaderView { background: transparent; border: none; }
QTableView[role="list"] QHeaderView::section {
    background: @surface; color: @muted; border: none; border-bottom: 1px solid @outline; padding: 6px 11px;
}

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollArea#verdict { border: 2px solid transparent; border-radius: 7px; }
QScrollArea#verdict:focus { border-color: @focus; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: @outline; border-radius: 4px; min-height: 32px; margin: 2px; }
QScrollBar::handle:vertical:hover { background: @muted; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: @outline; border-radius: 4px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }

QProgressBar { background: @raised; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }

QWidget#rail { background: @surface; border-right: 1px solid @outline; }
QWidget#rail QToolButton {
    background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 6px 2px; color: @muted;
    font-size: @small;
}
QWidget#rail QToolButton:hover { background: @raised; color: @text; }
QWidget#rail QToolButton:checked { background: @raised; color: @text; font-weight: 600; }
QWidget#rail QToolButton:focus { border-color: @focus; padding: 6px 2px; }
QFrame#status { border: none; border-top: 1px solid @outline; }
QFrame#banner { background: @raised; border: 1px solid @warning; border-radius: 6px; }
QTextBrowser, QPlainTextEdit {
    background: @surface; color: @text; border: 1px solid @outline; border-radius: 6px; padding: 8px;
}
QTextBrowser:focus, QPlainTextEdit:focus { border: 2px solid @focus; padding: 7px; }
"""


def _sheet(c: Colours, base: QFont) -> str:
    pale = QColor(c.muted)
    pale.setAlphaF(0.6)
    size = base.pointSizeF()
    values = {field.name: getattr(c, field.name).name() for field in fields(c)} | {
        "pale": pale.name(QColor.NameFormat.HexArgb),
        "accent_hover": c.accent.darker(108).name(),
        "small": f"{size * 0.92:.1f}pt",
        "title": f"{size * 1.25:.1f}pt",
        "headline": f"{size * 1.6:.1f}pt",
        "tick": resource("icons/tick-dark.svg" if c is DARK else "icons/tick-light.svg").as_posix(),
        "arrow": resource("icons/down-dark.svg" if c is DARK else "icons/down-light.svg").as_posix(),
    }
    sheet = _SHEET
    for name in sorted(values, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", values[name])
    return sheet


def set_style(widget: QWidget, name: str, value: object) -> None:
    """Give a widget another value of a property that the sheet selects by."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

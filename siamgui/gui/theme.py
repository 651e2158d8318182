"""Colours, type, the style sheet and the icons, light and dark.

Widgets that paint themselves read colours() while they paint; another scheme paints all anew. Everything else is styled
by the sheet, resources/theme.qss, through a few dynamic properties:
    QPushButton / QToolButton   kind = "primary" | "quiet" | "step"
    QLabel                      role = "title" | "headline" | "muted" | "small"
    QFrame                      role = "card" | "well" | "chart"
    QToolButton                 menu = "true" keeps room for the arrow of a menu
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QStyleFactory, QWidget

from siamgui.core.resources import resource
from siamgui.core.types import Outcome

ICON = 20
"""Side of an icon in device-independent pixels."""
_NAMED = re.compile(r"@(\w+)")  # what is filled into the sheet
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

    def of(self, outcome: Outcome) -> QColor:
        """In which a verdict is written and drawn."""
        return {
            Outcome.SAME: self.same,
            Outcome.DIFFERENT: self.different,
            Outcome.INCONCLUSIVE: self.inconclusive,
        }[outcome]


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
    return _NAMED.sub(lambda found: values[found[1]], resource("theme.qss").read_text(encoding="utf-8"))


def set_style(widget: QWidget, name: str, value: object) -> None:
    """Give a widget another value of a property that the sheet selects by."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

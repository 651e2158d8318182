"""Switching the language while the window is open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from siamgui.core import i18n

_OURS = "qtbase"


def apply(app: QApplication, code: str) -> None:
    """Speak the language from now on. Every window gets a LanguageChange event, upon which it builds its pages anew.

    code: "system" or a key of LANGUAGES. Standard dialogs follow with Qt's own translation.
    """
    i18n.set_language(code)
    for old in app.findChildren(QTranslator, _OURS):
        app.removeTranslator(old)
        old.deleteLater()
    locale = QLocale(i18n.language())
    QLocale.setDefault(locale)
    translator = QTranslator(app)
    translator.setObjectName(_OURS)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if i18n.language() != "en" and translator.load(locale, "qtbase", "_", folder):
        app.installTranslator(translator)
    for window in app.topLevelWidgets():
        app.postEvent(window, QEvent(QEvent.Type.LanguageChange))

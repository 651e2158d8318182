"""A bug must not pass in silence: one dialog on the GUI thread, with a text that is safe to send to the developers."""

from __future__ import annotations

import logging
import platform
import re
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout

import siamgui
from siamgui.core.i18n import tr

log = logging.getLogger(__name__)

_PATH = re.compile(r"""(?:[A-Za-z]:[\\/]|file://|~?/)[^'"“”<>|:*?\n]+""")


def report_text(error: BaseException) -> str:
    """Versions, the kind of error and where it happened: no folders, no source lines, no values of variables."""
    frames = [
        f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    message = _PATH.sub("…", str(error)).splitlines()
    head = f"siamgui {siamgui.__version__}, Python {platform.python_version()}, PySide {PySide6.__version__}"
    return "\n".join([f"{head}, {platform.system()}", f"{type(error).__name__}: {' '.join(message)[:300]}", *frames])


class CrashReporter(QObject):
    """Takes over sys.excepthook and threading.excepthook until restore()."""

    _reported = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dialog: QDialog | None = None
        self._before = (sys.excepthook, threading.excepthook)
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._main_thread
        threading.excepthook = self._other_thread

    def restore(self) -> None:
        sys.excepthook, threading.excepthook = self._before

    def _main_thread(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        text = report_text(error)
        log.error("unexpected error\n%s", text)
        self._reported.emit(text)

    def _other_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._main_thread(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot(str)
    def _show(self, text: str) -> None:
        if self.dialog is not None:  # the first error is the telling one
            return
        self.dialog = _CrashDialog(text)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


class _CrashDialog(QDialog):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.setWindowTitle(tr("siamgui has a problem"))
        self.setMinimumWidth(520)
        words = QLabel(
            tr(
                "Something went wrong inside siamgui. Your photos are untouched, and you can go on. "
                "The text below contains no photos and no folder names; please send it to the developers."
            )
        )
        words.setWordWrap(True)
        box = QPlainTextEdit(text)
        box.setReadOnly(True)
        box.setAccessibleName(tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        for part in (words, box, buttons):
            layout.addWidget(part)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)

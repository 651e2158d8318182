"""The training process: started, spoken to, listened to, and always seen to its end."""

from __future__ import annotations

import contextlib
import enum
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot

from siamgui.core import i18n, training_part
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.own_process import environment, running
from siamgui.core.training_part import TrainingMissing
from siamgui.finetuning.events import Failed, event_of
from siamgui.vault.key import Key

log = logging.getLogger(__name__)

LONGEST_LINE = 1_000_000
"""Bytes without a line end after which what was written is not a report."""
PATIENCE = 5_000
"""Milliseconds the process has to leave when the window closes."""
NICE = 10
"""How far training stands back behind everything else."""
FINISHED, CANCELLED, STOPPED = 0, 3, 2
"""Exit codes: done; left to go on later; ended by an error that it has reported."""


class TrainingCrashed(SiamguiError):
    text = mark(
        "Training stopped unexpectedly. What was learned up to the last finished pass is kept: continue from it."
    )


class TrainingWontStart(SiamguiError):
    text = mark("Training could not be started. Install siamgui again.")


class TrainingFailed(SiamguiError):
    """values: reason: the sentence of the training process"""

    text = "{reason}"  # already in the language of the person


class Ending(enum.Enum):
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    CRASHED = "crashed"


def command(folder: Path) -> tuple[str, ...]:
    """What runs the job in folder; it waits for the key of its files."""
    return running("siamgui.finetuning", str(folder), "--key")


class TrainingProcess(QObject):
    """One run of one job. heard(Event) comes for each line that is a report, then ended once."""

    heard = Signal(object)
    ended = Signal(object, object)
    """An Ending, and the SiamguiError that says why, or None."""

    def __init__(self, arguments: Sequence[str], parent: QObject | None = None, key: Key | None = None) -> None:
        """arguments: see command(). key: the first that it is told, where nobody else can read it."""
        super().__init__(parent)
        self._arguments = tuple(arguments)
        self._key = key
        self._rest = b""
        self._failure: SiamguiError | None = None
        self._over = False
        self._process = QProcess(self)
        variables = QProcessEnvironment()
        for name, value in environment(PYTHONUTF8="1", SIAMGUI_LANGUAGE=i18n.language()).items():
            variables.insert(name, value)
        self._process.setProcessEnvironment(variables)
        self._process.started.connect(self._stand_back)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._drop)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._error)

    def start(self) -> None:
        if not training_part.is_there():  # the run stays, and goes on once it is
            self._end(Ending.FAILED, TrainingMissing())
            return
        self._process.start(self._arguments[0], list(self._arguments[1:]))
        if self._key is not None:
            self._process.write(f"{self._key.secret.hex()}\n".encode())

    @property
    def pid(self) -> int:
        return self._process.processId()

    def tell(self, word: str) -> None:
        """word: "pause", "resume", "stop" (end and keep the best) or "cancel" (leave, to go on later)."""
        if self._process.state() is not QProcess.ProcessState.NotRunning:  # what is starting reads it once it runs
            self._process.write(f"{word}\n".encode())

    def leave(self) -> None:
        """End it now and wait: it writes its checkpoint; one that does not is killed, its last checkpoint is whole."""
        self._over = True
        self._process.closeWriteChannel()
        if self._process.state() is not QProcess.ProcessState.NotRunning and not self._process.waitForFinished(
            PATIENCE
        ):
            self._process.kill()
            self._process.waitForFinished(-1)

    @Slot()
    def _stand_back(self) -> None:
        """Comparing goes first where there are too few cores; the threads that it starts later inherit this."""
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.processId(), NICE)

    @Slot()
    def _read(self) -> None:
        self._rest += self._process.readAllStandardOutput().data()
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        for line in lines:
            report = event_of(line)
            if isinstance(report, Failed):
                self._failure = TrainingFailed(reason=report.text)
            if report is not None and not self._over:
                self.heard.emit(report)

    @Slot()
    def _drop(self) -> None:
        """Warnings of libraries: read so that the pipe never fills, and kept nowhere, as they may name folders."""
        self._process.readAllStandardError()

    @Slot(QProcess.ProcessError)
    def _error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(Ending.FAILED, TrainingWontStart())

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if status is QProcess.ExitStatus.CrashExit or code not in (FINISHED, CANCELLED, STOPPED):
            log.error("the training process ended with %s, code %d", status.name, code)
            self._end(Ending.CRASHED, TrainingCrashed())
        elif code == STOPPED:
            self._end(Ending.FAILED, self._failure or TrainingCrashed())
        else:
            self._end(Ending.FINISHED if code == FINISHED else Ending.CANCELLED, None)

    def _end(self, ending: Ending, error: SiamguiError | None) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(ending, error)

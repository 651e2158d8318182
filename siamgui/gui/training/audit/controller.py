"""An audit by group without its looks: the folder and the tables, the reading of it, and what was found."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.types import Strictness
from siamgui.gui.controller import Controller, known
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.tasks import Workers

if TYPE_CHECKING:
    from siamgui.evaluation.audit_types import AuditReport

_DECODERS = 1


@dataclass(frozen=True, slots=True)
class AuditState:
    """folder: None until one is chosen. tables: of groups. running, stopping: an audit is under way, or ends.

    done, total: photographs. saved: the page, once it is written. engine: whether one stands by.
    """

    strictness: Strictness
    folder: Path | None = None
    tables: tuple[Path, ...] = ()
    running: bool = False
    stopping: bool = False
    done: int = 0
    total: int = 0
    report: AuditReport | None = None
    saved: Path | None = None
    error: SiamguiError | None = None
    engine: bool = False


class AuditController(Controller[AuditState]):
    """Photographs are read by the active model version, a face at a time, so that a comparison never waits for long."""

    _stepped = Signal(int, int)

    def __init__(self, inference: Inference, strictness: Strictness, parent: QObject | None = None) -> None:
        super().__init__(AuditState(strictness), parent)
        self._inference = inference
        self._ready: Ready | None = None
        self._worker = Workers(1, "audit", self)
        self._stop = threading.Event()
        self._stepped.connect(self._took_a_step)
        inference.loading.connect(self._engine_gone)
        inference.when_ready(self._engine_there)

    def set_strictness(self, strictness: Strictness) -> None:
        self._set(strictness=strictness)

    def choose_folder(self, folder: Path) -> None:
        self._set(folder=folder, error=None)

    def choose_tables(self, tables: tuple[Path, ...]) -> None:
        self._set(tables=tables, error=None)

    @Slot()
    def start(self) -> None:
        ready, folder, tables = self._ready, self.state.folder, self.state.tables
        if ready is None or folder is None or self.state.running:
            return
        self._stop = stop = threading.Event()
        self._set(running=True, stopping=False, done=0, total=0, report=None, saved=None, error=None)

        def progress(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self._stepped.emit(done, total)

        def work() -> AuditReport:
            from siamgui.evaluation.audit import AuditSource
            from siamgui.gui.search.lent_engine import LentEngine

            lent = LentEngine(self._inference, ready, stop)
            return AuditSource(folder, tables).audit(lent, ready.info, ready.calibration, _DECODERS, progress)

        self._worker.start(work).on(self._audited, self._failed)

    @Slot()
    def end(self) -> None:
        """Give the audit up."""
        self._stop.set()
        self._set(stopping=self.state.running)

    def save(self, page: Path) -> None:
        """The page, and beside it the same as JSON."""
        report, strictness = self.state.report, self.state.strictness
        if report is None:
            return

        def work() -> Path:
            from siamgui.evaluation.audit import write_audit

            return write_audit(page, report, strictness)[0]

        self._worker.start(work).on(self._saved, self._failed)

    def stop(self) -> None:
        """The window closes, or what is kept is locked."""
        self._stop.set()
        self._worker.stop()

    @Slot(int, int)
    def _took_a_step(self, done: int, total: int) -> None:
        if self.state.running:
            self._set(done=done, total=total)

    @Slot(object)
    def _audited(self, report: AuditReport) -> None:
        self._set(running=False, stopping=False, report=report)

    @Slot(object)
    def _saved(self, page: Path) -> None:
        self._set(saved=page, error=None)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._set(running=False, stopping=False, error=None if isinstance(error, Cancelled) else known(error))

    @Slot()
    def _engine_gone(self) -> None:
        """Half of the faces read by one encoder and half by another mean nothing."""
        self._ready = None
        self._stop.set()
        self._set(engine=False)

    @Slot(object)
    def _engine_there(self, ready: Ready) -> None:
        self._ready = ready
        self._set(engine=True)

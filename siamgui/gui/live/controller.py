"""The live page without its looks: the camera, one verification after the other, and the log."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from siamgui.core.cameras import CameraInfo
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.source import Source, source_kind
from siamgui.core.types import Outcome, Pixels, Strictness
from siamgui.gui.camera.capture import Capture, speaks
from siamgui.gui.camera.watch import Answer, Watch
from siamgui.gui.controller import Controller, known
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.live.reference_controller import ReferenceController
from siamgui.gui.live.state import LivePageState, Phase, ReferenceState
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.live.target import Target
from siamgui.storage.log_operations import AddLogEntry
from siamgui.storage.people_operations import FirstCrop
from siamgui.storage.verification_log import Asked
from siamgui.vault.errors import Locked

if TYPE_CHECKING:
    from siamgui.live.everybody import Everybody
    from siamgui.live.session import Session
    from siamgui.live.types import LiveState, LiveVerdict, Reason

AFTERWARDS = 20_000
"""Milliseconds for which the camera stays on after a verdict, to see whether the face is exchanged."""


class EngineGone(SiamguiError):
    text = mark("The verification could not go on. Start again.")


class NotLogged(SiamguiError):
    text = mark("This answer is not kept in the history, which is locked.")


class LiveController(Controller[LivePageState]):
    """The camera is in use only while a verification runs, and for a moment afterwards."""

    pictured = Signal(object)
    """QImage: the newest picture, to be shown as it is."""
    looked = Signal(object)
    """Answer of a LiveState: what was seen in a frame."""

    def __init__(
        self,
        store: WindowStore,
        decoders: Workers,
        inference: Inference,
        strictness: Strictness,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(LivePageState(ReferenceState(), strictness), parent)
        self._inference = inference
        self._store = store
        self._capture: Capture | None = None
        self._watch: Watch | None = None
        self._session: Session | Everybody | None = None  # the verification that runs; of the inference thread
        self._anew: Callable[[], Session | Everybody]  # begins it
        self._crowd = False  # whether it is about everybody in view
        self._asked: Task | None = None  # for what the verification starts with
        self._ending: Task | None = None  # for what it ends with; that is wanted whatever comes next
        self._subject: object = None  # of the verification that runs
        self._encoder_name = ""  # of the verification that runs or was the last one, whatever engine stands by now
        self._afterwards = QTimer(self, singleShot=True, interval=AFTERWARDS)
        self._afterwards.timeout.connect(self.rest)
        self.reference = ReferenceController(store, decoders, inference, self)
        self.reference.changed.connect(self._referred)
        self.reference.expired.connect(self.report)
        self._referred()
        inference.loading.connect(self._engine_gone)
        inference.ready.connect(self._engine_ready)
        if inference.current is not None:
            self._engine_ready(inference.current)

    # What the user does.

    @Slot()
    def start(self) -> None:
        """Begin a verification; one that runs is given up for it."""
        ready = self._inference.current
        if ready is None or not self.state.can_start or self._ending is not None:
            return
        self._give_up()
        if self.state.is_film:  # from its beginning: the rest of it may be over before the reference is looked up
            self._let_go()
        phase = Phase.OPENING if self._capture is None else self.state.phase
        self._set(verdict=None, target=None, error=None, running=True, phase=phase)
        self._subject = self.state.reference.subject
        target = self.reference.target(ready.info.encoder)
        if isinstance(target, Target):
            self._begin(target)
        else:
            self._asked = target.on(self._begin, self._not_done)

    @Slot()
    def stop(self) -> None:
        """End the verification that runs, with a verdict, and let go of the camera; or the film after a verdict."""
        from siamgui.live.types import Reason

        self._end(Reason.STOPPED)

    @Slot()
    def rest(self) -> None:
        """Let go of the camera, at the latest after the frame that is being read. A verdict stays. Does not wait."""
        self._give_up()
        self._let_go()

    def pick(self, x: float, y: float) -> None:
        """Follow the face nearest to a point of the frame, in its pixels, not mirrored."""
        if self._watch is not None:
            self._watch.pick(x, y)

    def set_source(self, source: Source | None, size: tuple[int, int] | None = None) -> None:
        """Where the pictures come from; a source that is open is left for it, and a verification starts anew."""
        if (source, size) == (self.state.source, self.state.size):
            return
        again = self.state.running and self.state.phase is not Phase.OFF
        self.rest()
        self._set(source=source, size=size, error=None)
        if again:
            self.start()

    def set_cameras(self, cameras: tuple[CameraInfo, ...]) -> None:
        if cameras != self.state.cameras:
            self._set(cameras=cameras)

    @Slot(bool)
    def set_mirrored(self, mirrored: bool) -> None:
        """At once, whatever runs: only what is painted is mirrored."""
        self._set(mirrored=mirrored)
        if self._capture is not None:
            self._capture.mirrored = self.state.flipped

    def set_presence(self, presence: bool) -> None:
        """From the next verification on."""
        self._set(presence=presence)

    def set_strictness(self, strictness: Strictness) -> None:
        """From the next verification on."""
        self._set(strictness=strictness)

    @Slot(object)
    def report(self, error: SiamguiError) -> None:
        """Say what could not be done."""
        self._set(error=error)

    @Slot()
    def dismiss(self) -> None:
        """The message has been read."""
        self._set(error=None)

    def close(self) -> None:
        """Let go of the camera, and forget what is under way."""
        self.rest()
        self.reference.stop()

    # The verification.

    @Slot(object)
    def _begin(self, target: Target) -> None:
        from siamgui.live.session import TIME_OUT

        self._asked = None
        ready = self._inference.current
        if ready is None:
            return
        presence = self.state.presence and not self.state.is_film
        # A film is watched to its end, however long its face is no use.
        patience = math.inf if self.state.is_film else TIME_OUT
        self._encoder_name = ready.info.encoder_name
        self._anew = partial(target.session, ready.calibration, self.state.strictness, presence, patience)
        self._crowd = target.who and not presence
        if self._crowd:  # what is asked for, one person must do
            self._anew = partial(target.everybody, ready.calibration, self.state.strictness, patience)
        self._session = self._anew()
        self._set(target=target)
        if self._capture is None:
            self._open()
        elif self.state.phase is Phase.LIVE:
            self._look()

    def _look(self) -> None:
        """Have the engine see what the camera sees."""
        capture, session = self._capture, self._session
        if capture is None or session is None:
            return
        self._watch = Watch(self._inference, capture, session.add, self, crowd=self._crowd)
        self._watch.answered.connect(self._answered)
        self._watch.failed.connect(self._watch_failed)
        self._watch.look()

    def _blind(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _give_up(self) -> None:
        """Without a verdict, unless there is one already."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self._blind()
        self._session = None
        self._afterwards.stop()
        self._set(running=False)

    def _end(self, reason: Reason) -> None:
        """What is known so far becomes the verdict, and the camera is let go."""
        from siamgui.live.types import Reason

        session, self._session = self._session, None
        if session is None or not (self.state.running or self.state.is_film):
            self.rest()
            return
        self._afterwards.stop()
        if not self.state.running and reason is Reason.STOPPED:
            reason = Reason.TIME_OUT  # the answer stands, as far as the film was watched
        self._blind()
        self._set(ending=True)
        self._let_go()
        self._ending = self._inference.ask(lambda engine: session.end(reason)).on(self._decided, self._not_done)
        self._ending.cancelled.connect(self._not_ended)

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        self._asked = self._ending = None
        self.rest()
        self._set(error=known(error, EngineGone), ending=False)

    @Slot()
    def _not_ended(self) -> None:
        self._ending = None
        self._set(ending=False)

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        live: LiveState = answer.value  # type: ignore[assignment]
        self.looked.emit(answer)
        if live.verdict is not None and live.verdict is not self.state.verdict:
            self._decided(live.verdict)
            if not self.state.is_film:  # that is watched to its end
                self._afterwards.start()

    @Slot(object)
    def _decided(self, verdict: LiveVerdict) -> None:
        from siamgui.live.types import Reason

        self._asked = self._ending = None
        target, before = self.state.target, self.state.verdict
        if target is None or (verdict.reason is Reason.STOPPED and not verdict.frames):
            self._set(running=False, ending=False)  # nothing was seen, so there is nothing to say
            return
        self._set(verdict=verdict, running=False, ending=False)
        if before is not None and (before.outcome, before.reason) == (verdict.outcome, verdict.reason):
            return  # it only says more of the same answer
        asked = Asked.IDENTIFY if target.who else Asked.VERIFY
        entry = AddLogEntry(verdict, asked, source_kind(self.state.source), self._encoder_name)
        self._store.ask(entry).on(failed=self._not_kept)
        if target.who and verdict.outcome is Outcome.SAME and verdict.person is not None:
            self._store.ask(FirstCrop(verdict.person)).on(self._recognised)

    @Slot(object)
    def _recognised(self, picture: Pixels) -> None:
        """The face of the person whom the verdict names."""
        if self.state.target is not None and self.state.target.who:
            self._set(target=replace(self.state.target, picture=picture))

    @Slot(object)
    def _not_kept(self, error: Exception) -> None:
        if isinstance(error, Locked):
            error = NotLogged()
        if isinstance(error, SiamguiError):
            self._set(error=error)

    @Slot(object)
    def _watch_failed(self, error: Exception) -> None:
        self.rest()
        self._set(error=known(error, EngineGone))

    # The camera.

    def _open(self) -> None:
        source = self.state.source
        capture = Capture(source, size=self.state.size, mirrored=self.state.flipped)
        capture.found.connect(self._found)
        capture.opened.connect(self._opened)
        capture.picture_ready.connect(self._picture)
        capture.lost.connect(self._lost)
        capture.ended.connect(self._source_ended)
        capture.finished.connect(self._gave_up)
        self._capture = capture
        self._set(phase=Phase.OPENING)
        capture.start()

    def _let_go(self) -> None:
        if self._capture is not None:
            self._capture.stop()
            self._capture = None
        self._set(phase=Phase.OFF, lost=None)

    @Slot(object)
    def _found(self, cameras: tuple[CameraInfo, ...]) -> None:
        if speaks(self._capture, self):
            self._set(cameras=cameras)

    @Slot(object)
    def _opened(self, source: Source) -> None:
        """For the first time, or again after it was lost: then a verification that had begun begins anew."""
        if not speaks(self._capture, self):
            return
        self._set(phase=Phase.LIVE, lost=None)
        if self._session is not None and self.state.running:
            self._session = self._anew()
            self._look()

    @Slot()
    def _picture(self) -> None:
        capture = self._capture
        picture: QImage | None = capture.take_picture() if capture is not None else None
        if picture is not None:
            self.pictured.emit(picture)

    @Slot(object)
    def _lost(self, error: SiamguiError) -> None:
        if not speaks(self._capture, self):
            return
        if not self.state.running:  # a verdict stands, and whoever comes back with the source is not watched
            self.rest()
            return
        self._blind()
        self._set(phase=Phase.LOST, lost=error)

    @Slot(object)
    def _source_ended(self, _: SiamguiError) -> None:
        from siamgui.live.types import Reason

        if speaks(self._capture, self):
            self._end(Reason.ENDED)

    @Slot()
    def _gave_up(self) -> None:
        """The source is nothing that could come back."""
        if speaks(self._capture, self):
            error = self.state.lost
            self.rest()
            self._set(error=error)

    # The engine and the reference.

    @Slot()
    def _engine_gone(self) -> None:
        self.rest()
        self._set(engine=False)

    @Slot(object)
    def _engine_ready(self, ready: Ready) -> None:
        self._set(engine=True)

    @Slot()
    def _referred(self) -> None:
        """Another reference ends a verification that runs against the one before."""
        self._set(reference=self.reference.state)
        if self.state.running and self.state.reference.subject != self._subject:
            self.rest()

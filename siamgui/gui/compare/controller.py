"""The compare page without its looks: two slots, one verdict, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import CpuInstead, SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import Comparison, EngineInfo, FaceChoice, FaceReading, Label, Photo, Side, Strictness
from siamgui.gui.compare.firm_check import FirmCheck
from siamgui.gui.compare.state import PairState, Told
from siamgui.gui.controller import known
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.photos.slot import Loaded, SlotController, SlotState
from siamgui.gui.photos.sources import Decoded, Source
from siamgui.gui.tasks import Workers

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration
    from siamgui.gui.camera.controller import CameraController

FaceIn = tuple[Source, FaceChoice | None]
"""A photograph, and the index of one of its faces; None for the most prominent one."""
UNDO_STEPS = 20
UNDO_PIXELS = 16_000_000
"""Photographs kept for undo hold at most so many pixels in all (the last step is always kept)."""


class EngineBroken(SiamguiError):
    text = mark("The face engine could not start. Install siamgui again.")


class GpuFailed(SiamguiError):
    text = mark("The graphics card failed.")


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The photographs as they were before a gesture."""

    gesture: int
    left: Loaded | None
    right: Loaded | None

    def pixels(self, shown: set[int]) -> int:
        """Pixels that only this step keeps alive; shown collects the ids of those already counted."""
        total = 0
        for loaded in (self.left, self.right):
            if loaded is not None and id(loaded.decoded) not in shown:
                shown.add(id(loaded.decoded))
                total += loaded.decoded.photo.width * loaded.decoded.photo.height
        return total


class PairController(QObject):
    """Turns what the user does into a PairState; `changed` says that `state` is another one."""

    changed = Signal()

    def __init__(
        self, decoders: Workers, inference: Inference, strictness: Strictness, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decoders = decoders
        self._inference = inference
        self._alive: list[Decoded] = []
        self._calibration: Calibration | None = None
        self._engine: EngineInfo | None = None
        self._blocked: SiamguiError | None = None
        self._notices: tuple[SiamguiError, ...] = ()
        self._strictness = strictness
        self._answered: tuple[tuple[object, ...], Comparison] | None = None
        self._told: tuple[tuple[FaceReading | None, ...], Told] | None = None
        self.cameras: dict[Side, CameraController] = {}  # those that stand in the place of a photograph
        self._steps: list[_Step] = []
        self._gesture = 0
        self._slots = {side: SlotController(decoders, inference, self) for side in Side}
        for slot in self._slots.values():
            slot.changed.connect(self._judge)
            slot.replacing.connect(self._remember)
            slot.answered_by.connect(self._answered_by)
        self._firm_check = FirmCheck(inference, self)
        self._firm_check.done.connect(self._judge)
        inference.ready.connect(self._ready)
        inference.failed.connect(self._engine_failed)
        self.state = self._make_state()

    @property
    def calibration(self) -> Calibration | None:
        """Of the engine, once it is loaded."""
        return self._calibration

    def slot(self, side: Side) -> SlotState:
        return self._slots[side].state

    # What the user does.

    def load(self, sources: Sequence[Source], side: Side | None = None) -> None:
        """Two sources fill both slots; one goes to side, or else to the first empty slot, or else to the left one.

        They take the place of an open camera as well.
        """
        sides = tuple(Side) if len(sources) == 2 else (side or self.first_empty(),)
        self.close_camera(*sides)
        self._gesture += 1
        for where, source in zip(sides, sources, strict=True):
            self._slots[where].load(source, self._gesture)

    def load_faces(self, left: FaceIn, right: FaceIn) -> None:
        """Two faces; what was there before does not stay meanwhile."""
        self.close_camera(*Side)
        self._gesture += 1
        if not self.state.empty:
            self._remember(self._gesture)
        for slot, (source, face) in zip(self._slots.values(), (left, right), strict=True):
            slot.adopt(SlotState(source=source, gesture=self._gesture, wanted=face))

    def refuse(self, error: SiamguiError, side: Side | None = None) -> None:
        self._slots[side or self.first_empty()].refuse(error)

    def first_empty(self) -> Side:
        for side, slot in self._slots.items():
            if slot.state.shown is None and slot.state.source is None:
                return side
        return Side.LEFT

    @Slot(object, int)
    def choose(self, side: Side, index: int) -> None:
        self._slots[side].choose(index)

    @Slot(object)
    def dismiss(self, side: Side) -> None:
        """The error has been read."""
        self._slots[side].refuse(None)

    @Slot()
    def dismiss_notice(self) -> None:
        self._notices = ()
        self._judge()

    @Slot(object)
    def clear(self, *sides: Side) -> None:
        if self.state.empty:
            return
        self._gesture += 1
        self._remember(self._gesture)
        for side in sides:
            self._slots[side].adopt(SlotState())

    @Slot()
    def swap(self) -> None:
        if self.state.empty:
            return
        self._gesture += 1
        self._remember(self._gesture)
        left, right = (self._slots[side].state for side in Side)
        self._slots[Side.LEFT].adopt(right)
        self._slots[Side.RIGHT].adopt(left)

    @Slot()
    def undo(self) -> None:
        if not self._steps:
            return
        step = self._steps.pop()
        self._slots[Side.LEFT].adopt(SlotState(step.left))
        self._slots[Side.RIGHT].adopt(SlotState(step.right))

    # A camera in the place of a photograph.

    def open_camera(self, side: Side, source: int | Path | None = None) -> None:
        """source: as CameraController.open() takes it."""
        if side not in self.cameras:
            from siamgui.gui.camera.controller import CameraController

            camera = self.cameras[side] = CameraController(self)
            camera.captured.connect(self._captured)
            camera.cancelled.connect(self._camera_left)
            camera.open(source)
            self.changed.emit()

    def close_camera(self, *sides: Side) -> None:
        """Let go of it, where one is open."""
        for side in sides:
            if side in self.cameras:
                camera = self.cameras.pop(side)
                camera.stop()
                camera.deleteLater()
                self.changed.emit()

    @Slot(object)
    def _captured(self, photo: Photo) -> None:
        self.load([photo], self._side_of(self.sender()))

    @Slot()
    def _camera_left(self) -> None:
        self.close_camera(self._side_of(self.sender()))

    def _side_of(self, camera: QObject) -> Side:
        return next(side for side, known in self.cameras.items() if known is camera)

    # What the user knows of the pair.

    @Slot(object)
    def confirm_told(self, answer: tuple[PairState, Label]) -> None:
        """It is kept. answer: what was compared then, and what was said."""
        state, label = answer
        self._told = (state.left.reading, state.right.reading), Told(label)
        self._judge()

    @Slot(object)
    def refuse_told(self, error: Exception) -> None:
        """It could not be kept."""
        self._told = (self.state.left.reading, self.state.right.reading), Told(error=known(error))
        self._judge()

    @Slot()
    def forget_told(self) -> None:
        """It was a slip."""
        self._told = None
        self._judge()

    # What the user has set.

    def set_strictness(self, strictness: Strictness) -> None:
        self._strictness = strictness
        self._judge()

    def load_engine(self, device: str) -> None:
        """Load the engine for a device; the photographs stay and are read again."""
        self._engine = None
        self._blocked, self._notices = None, ()
        self._inference.load(device)
        self._judge()

    def stop(self) -> None:
        self.close_camera(*Side)
        self._firm_check.stop()
        for slot in self._slots.values():
            slot.stop()

    # What comes back.

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        self._engine = ready.info
        self._calibration = ready.calibration
        self._notices = ready.notices
        self._judge()

    @Slot(object)
    def _engine_failed(self, error: Exception) -> None:
        self._blocked = known(error, EngineBroken)
        self._judge()

    @Slot(object)
    def _answered_by(self, info: EngineInfo) -> None:
        if info == self._engine:
            return
        if info.fallback:
            self._notices = (CpuInstead(why=GpuFailed()),)
        self._engine = info

    @Slot(int)
    def _remember(self, gesture: int) -> None:
        """Keep the photographs for undo; the parts of one gesture make one step."""
        if self._steps and self._steps[-1].gesture == gesture:
            return
        left, right = (self._slots[side].state.loaded for side in Side)
        self._steps.append(_Step(gesture, left, right))
        del self._steps[:-UNDO_STEPS]
        kept: set[int] = set()
        room = UNDO_PIXELS
        for n, step in enumerate(reversed(self._steps)):
            room -= step.pixels(kept)
            if n and room < 0:
                del self._steps[: len(self._steps) - n]
                break

    @Slot()
    def _judge(self) -> None:
        self.state = self._make_state()
        self._check()
        self.changed.emit()
        self._let_go()

    def _check(self) -> None:
        """What is compared is tried under small changes as well; what is not any more, is not."""
        if self.state.comparison is not None:
            self._firm_check.check(*self.state.reads)
        else:
            self._firm_check.stop()

    def _let_go(self) -> None:
        """Free photographs that nothing shows or remembers, on a worker: it can take longer than a frame."""
        slots = [slot.state for slot in self._slots.values()]
        loaded = [*(slot.loaded for slot in slots), *(part for step in self._steps for part in (step.left, step.right))]
        used = [slot.candidate for slot in slots] + [part.decoded for part in loaded if part is not None]
        held = {id(decoded): decoded for decoded in used if decoded is not None}
        dead = [decoded for decoded in self._alive if id(decoded) not in held]
        self._alive = list(held.values())
        if dead:
            self._decoders.start(dead.clear)

    def _make_state(self) -> PairState:
        left, right = (self._slots[side].state for side in Side)
        comparison = self._compare(left, right)
        return PairState(
            left,
            right,
            self._strictness,
            comparison,
            self._engine,
            self._blocked,
            self._notices,
            bool(self._steps),
            self._told[1] if self._told is not None and self._told[0] == (left.reading, right.reading) else None,
            comparison is not None
            and comparison.verdict.firmness is None
            and not self._firm_check.failed(comparison.left, comparison.right),
        )

    def _compare(self, left: SlotState, right: SlotState) -> Comparison | None:
        if self._calibration is None or self._engine is None or left.reading is None or right.reading is None:
            return None
        found = self._firm_check.found(left.reading, right.reading)
        firmness = None if found is None else found[self._strictness]
        asked = (left.reading, right.reading, self._strictness, self._engine, firmness)
        if self._answered is not None and all(a is b for a, b in zip(self._answered[0], asked, strict=True)):
            return self._answered[1]
        from siamgui.core.calibration import judge
        from siamgui.core.firmness import firm

        verdict = judge(self._calibration, left.reading, right.reading, self._strictness)
        if firmness is not None:
            verdict = firm(verdict, firmness)
        comparison = Comparison(left.reading, right.reading, verdict, self._engine)
        self._answered = asked, comparison
        return comparison

"""Photographs of a person with the camera, without their looks: from the front and a little from either side."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from siamgui.core.cameras import CameraInfo
from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.source import Source
from siamgui.gui.camera.capture import Capture, speaks
from siamgui.gui.camera.watch import Answer, Watch
from siamgui.gui.controller import Controller, known
from siamgui.gui.display import image_of
from siamgui.gui.inference import Inference
from siamgui.gui.photos.sources import Picture
from siamgui.live.enrolling import Enrolling, EnrolState, Kept


@dataclass(frozen=True, slots=True, eq=False)
class GuidedState:
    """open: photographs are being taken, or have been and wait to be used. filming: the camera is in use.

    source: None for the first camera. progress: after the newest frame, None before the first one. error: why no
    pictures come.
    """

    open: bool = False
    filming: bool = False
    source: Source | None = None
    cameras: tuple[CameraInfo, ...] = ()
    progress: EnrolState | None = None
    error: SiamguiError | None = None

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The photographs so far."""
        return self.progress.kept if self.progress is not None else ()

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.wanted is None


class GuidedController(Controller[GuidedState]):
    """The camera is in use only between open() and the last photograph, or close()."""

    pictured = Signal(QImage)
    """A picture to paint, mirrored."""
    taken = Signal(object)
    """tuple[Picture, ...]: the photographs that the person wants to use. The camera is closed."""

    def __init__(self, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(GuidedState(), parent)
        self._inference = inference
        self._limits: EncoderLimits | None = None
        self._capture: Capture | None = None
        self._watch: Watch | None = None
        self.picture: QImage | None = None
        """The one that was pictured last."""
        inference.loading.connect(self._engine_gone)

    # What the person does.

    def open(self, limits: EncoderLimits, source: Source | None = None) -> None:
        """Begin. limits: of the encoder that looks. source: None for the camera used last."""
        self._limits = limits
        self.switch(source if source is not None else self.state.source)

    @Slot(object)
    def switch(self, source: Source | None) -> None:
        """Begin anew with another camera."""
        self._set(source=source)
        self.again()

    @Slot()
    def again(self) -> None:
        """Begin anew; the photographs so far are forgotten."""
        assert self._limits is not None
        self._release()
        self.picture = None
        capture = Capture(self.state.source)
        capture.found.connect(self._found)
        capture.opened.connect(self._opened)
        capture.picture_ready.connect(self._picture_ready)
        capture.lost.connect(self._lost)
        capture.ended.connect(self._ended)
        self._capture = capture
        enrolling = Enrolling(self._limits.apart, self._limits.energy)
        self._watch = Watch(self._inference, capture, enrolling.add, self)
        self._watch.answered.connect(self._answered)
        self._watch.failed.connect(self._watch_failed)
        self._set(open=True, filming=True, progress=None, error=None)
        capture.start()

    @Slot()
    def use(self) -> None:
        """Hand over what was taken so far."""
        kept = self.state.kept
        if kept:
            pictures = tuple(
                Picture(image_of(one.frame.pixels), tr("camera picture {n}", n=n)) for n, one in enumerate(kept, 1)
            )
            self.close()
            self.taken.emit(pictures)

    @Slot()
    def close(self) -> None:
        """Let go of the camera, at the latest after the frame being read, and forget the photographs. Does not wait."""
        self._release()
        self.picture = None
        self._set(open=False, filming=False, progress=None, error=None)

    def _release(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if self._capture is not None:
            self._capture.stop()
            self._capture = None

    # What the camera and the engine say.

    @Slot(object)
    def _found(self, cameras: tuple[CameraInfo, ...]) -> None:
        if speaks(self._capture, self):
            self._set(cameras=cameras)

    @Slot(object)
    def _opened(self, source: Source) -> None:
        if speaks(self._capture, self):
            self._set(source=source, error=None)

    @Slot()
    def _picture_ready(self) -> None:
        picture = self._capture.take_picture() if self._capture is not None else None
        if picture is not None:
            self.picture = picture
            self.pictured.emit(picture)

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        progress = answer.value
        assert isinstance(progress, EnrolState)
        if progress.wanted is None:
            self._release()
        self._set(progress=progress, filming=self._capture is not None)

    @Slot(object)
    def _lost(self, error: SiamguiError) -> None:
        if speaks(self._capture, self):
            self._set(error=error)

    @Slot(object)
    def _watch_failed(self, error: Exception) -> None:
        if self.sender() is self._watch:
            self._release()
            self._set(filming=False, error=known(error))

    @Slot()
    def _engine_gone(self) -> None:
        """What one model saw is not to be compared with what another one will."""
        if self.state.filming:
            self.close()

    @Slot()
    def _ended(self) -> None:
        """Of a file: what was taken can be used."""
        if speaks(self._capture, self):
            self._release()
            self._set(filming=False)

"""Photographs of a person with the camera: from the front and a little from either side, taken when they are good."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from siamgui.core.camera import CameraInfo
from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.source import Source
from siamgui.gui.camera.capture import Capture
from siamgui.gui.camera.preview import CameraPreview
from siamgui.gui.camera.watch import Answer, Watch
from siamgui.gui.display import wrap
from siamgui.gui.inference import Inference
from siamgui.gui.people.errors import NotDone
from siamgui.gui.photos.sources import Picture
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.live import wording
from siamgui.live.enrolling import Correction, Enrolling, EnrolState, Kept, Pose

FACE = 72
_NAMES = {Pose.FRONT: mark("Front"), Pose.LEFT: mark("A little left"), Pose.RIGHT: mark("A little right")}
_WANTED = {
    Pose.FRONT: mark("Look straight into the camera"),
    Pose.LEFT: mark("← Turn your head a little to your left"),
    Pose.RIGHT: mark("Turn your head a little to your right →"),
}
_CORRECTIONS = {
    Correction.STRAIGHT: mark("Face the camera."),
    Correction.FURTHER: mark("A little further."),
    Correction.BACK: mark("That is too far; turn back a little."),
    Correction.LEVEL: mark("Keep the chin level."),
    Correction.ANOTHER: mark("This seems to be another person than in the photos before."),
}


class GuidedCamera(QFrame):
    """The camera is in use only between open() and the last photograph, close() or being hidden."""

    taken = Signal(object)
    """tuple[Picture, ...]: the photographs that the person wants to use."""
    cancelled = Signal()

    def __init__(self, inference: Inference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._inference = inference
        self._source: Source | None = None
        self._limits: EncoderLimits | None = None
        self._capture: Capture | None = None
        self._watch: Watch | None = None
        self._state: EnrolState | None = None
        self._kept: tuple[Kept, ...] = ()
        self._error: SiamguiError | None = None
        self.preview = CameraPreview()
        self.asked, self.advice = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.faces = {pose: FacePicture(FACE) for pose in Pose}
        self._names = {pose: QLabel() for pose in Pose}
        self.cameras = QComboBox()
        self.cancel_button, self.again_button, self.use_button = (QPushButton() for _ in range(3))
        self._build()
        inference.loading.connect(self._engine_gone)
        self._retranslate()

    def _build(self) -> None:
        self.asked.setProperty("role", "headline")
        self.advice.setProperty("role", "muted")
        for label in (self.asked, self.advice):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self.advice.setMinimumHeight(2 * self.advice.fontMetrics().lineSpacing())
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        side = QVBoxLayout()
        side.setSpacing(4)
        for pose in Pose:
            self._names[pose].setProperty("role", "small")
            self._names[pose].setAlignment(Qt.AlignmentFlag.AlignHCenter)
            side.addWidget(self.faces[pose], 0, Qt.AlignmentFlag.AlignHCenter)
            side.addWidget(self._names[pose])
            side.addSpacing(8)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.preview, 1)
        middle.addLayout(side)
        self.cameras.setMinimumContentsLength(8)
        self.cameras.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.cameras.activated.connect(self._switch)
        self.cameras.hide()
        self.use_button.setProperty("kind", "primary")
        self.cancel_button.clicked.connect(self.cancel)
        self.again_button.clicked.connect(self.again)
        self.use_button.clicked.connect(self.use)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.cameras)
        row.addStretch(1)
        for button in (self.cancel_button, self.again_button, self.use_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.asked)
        layout.addWidget(self.bar)
        layout.addLayout(middle, 1)
        layout.addWidget(self.advice)
        layout.addLayout(row)

    # What the person does.

    def open(self, limits: EncoderLimits, source: Source | None = None) -> None:
        """Begin. limits: of the encoder that looks. source: None for the camera used last."""
        self._limits = limits
        self._source = source if source is not None else self._source
        self.again()
        self.preview.setFocus()

    @Slot()
    def again(self) -> None:
        """Begin anew; the photographs so far are forgotten."""
        self._release()
        self._kept, self._state, self._error = (), None, None
        self._show_kept()
        capture = Capture(self._source)
        capture.found.connect(self._found)
        capture.opened.connect(self._opened)
        capture.picture_ready.connect(self._picture)
        capture.lost.connect(self._lost)
        capture.ended.connect(self._ended)
        self._capture = capture
        assert self._limits is not None
        enrolling = Enrolling(self._limits.apart, self._limits.energy)
        self._watch = Watch(self._inference, capture, enrolling.add, self)
        self._watch.answered.connect(self._answered)
        self._watch.failed.connect(self._watch_failed)
        capture.frame_ready.connect(self._watch.look)
        capture.start()
        self._say()

    @Slot()
    def use(self) -> None:
        """Hand over what was taken so far."""
        if self._kept:
            pictures = tuple(
                Picture(wrap(kept.frame.pixels).copy(), tr("camera picture {n}", n=n))
                for n, kept in enumerate(self._kept, 1)
            )
            self.close_camera()
            self.taken.emit(pictures)

    @Slot()
    def cancel(self) -> None:
        """Go back without any photograph."""
        self.close_camera()
        self.cancelled.emit()

    def close_camera(self) -> None:
        """Let go of the camera, at the latest after the frame being read. Does not wait."""
        self._release()
        self._kept, self._state = (), None

    @Slot(int)
    def _switch(self, at: int) -> None:
        self._source = self.cameras.itemData(at)
        self.again()

    def _release(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        if self._capture is not None:
            self._capture.stop()
            self._capture = None

    # What the camera and the engine say.

    @Slot(object)
    def _found(self, cameras: tuple[CameraInfo, ...]) -> None:
        if self.sender() is self._capture:
            self.cameras.clear()
            for camera in cameras:
                self.cameras.addItem(camera.name, camera.index)
            self.cameras.setVisible(len(cameras) > 1)

    @Slot(object)
    def _opened(self, source: Source) -> None:
        if self.sender() is self._capture:
            self._source, self._error = source, None
            self.cameras.setCurrentIndex(self.cameras.findData(source))
            self._say()

    @Slot()
    def _picture(self) -> None:
        picture: QImage | None = self._capture.take_picture() if self._capture is not None else None
        if picture is not None:
            self.preview.show_picture(picture)

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        state = answer.value
        assert isinstance(state, EnrolState)
        self._state = state
        if state.kept is not self._kept:
            self._kept = state.kept
            self._show_kept()
        if state.wanted is None:
            self._release()
            self.use_button.setFocus()
        self._say()

    @Slot(object)
    def _lost(self, error: SiamguiError) -> None:
        if self.sender() is self._capture:
            self._error = error
            self._say()

    @Slot(object)
    def _watch_failed(self, error: Exception) -> None:
        if self.sender() is self._watch:
            self._release()
            self._error = error if isinstance(error, SiamguiError) else NotDone()
            self._say()

    @Slot()
    def _engine_gone(self) -> None:
        """What one model saw is not to be compared with what another one will."""
        if self._capture is not None:
            self.cancel()

    @Slot()
    def _ended(self) -> None:
        """Of a file: what was taken can be used."""
        if self.sender() is self._capture:
            self._release()
            self._say()

    # Showing.

    def _show_kept(self) -> None:
        kept = {one.pose: one for one in self._kept}
        for pose, face in self.faces.items():
            one, name = kept.get(pose), tr(_NAMES[pose])
            said = tr("{pose}: taken", pose=name) if one is not None else tr("{pose}: still to come", pose=name)
            face.set_image(wrap(one.reading.crop).copy() if one is not None else None, said)

    def _say(self) -> None:
        state, kept = self._state, self._kept
        wanted = state.wanted if state is not None else Pose.FRONT
        advice = ""
        if self._error is not None:
            asked, advice = tr("No pictures come"), str(self._error)
            self.preview.show_message(str(self._error))
        elif wanted is None:
            asked, advice = tr("Done: all photos are taken"), tr("Use them, or take them again.")
        elif self._capture is None:
            asked = tr("The video has ended") if kept else tr("No photo could be taken from the video")
        else:
            asked = tr(_WANTED[wanted])
            if state is None:
                self.preview.show_message(tr("Starting the camera…"))
            elif state.hindrance is not None:
                advice = wording.hindrance(state.hindrance)
            elif state.correction is not None:
                advice = tr(_CORRECTIONS[state.correction])
            else:
                advice = tr("Good. Hold still.")
        if asked != self.asked.text():
            self.asked.setText(asked)
            self.preview.say(asked)
        self.advice.setText(advice)
        self.bar.setValue(round(100 * state.share) if state is not None else 0)
        self.use_button.setEnabled(bool(kept))
        self.again_button.setEnabled(bool(kept) or self._capture is None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._kept and self.preview.hasFocus():
            self.use()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing films while nobody sees it; a window that is only minimised goes on."""
        super().hideEvent(event)
        if not event.spontaneous() and self._capture is not None:
            self.cancel()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.cameras.setAccessibleName(tr("Camera"))
        self.bar.setAccessibleName(tr("How long to hold still"))
        self.cancel_button.setText(tr("Cancel"))
        self.again_button.setText(tr("Again"))
        self.use_button.setText(tr("Use these photos"))
        for pose, label in self._names.items():
            label.setText(tr(_NAMES[pose]))
        self._show_kept()
        self._say()

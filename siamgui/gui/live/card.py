"""The answer of the live page: how far the evidence has come, then the verdict with the frames that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome, Pixels
from siamgui.gui import theme
from siamgui.gui.actions import dress
from siamgui.gui.display import wrap
from siamgui.gui.live.ring import EvidenceRing
from siamgui.gui.live.state import LivePageState, Phase, ReferenceKind
from siamgui.gui.widgets.details import DetailsTable
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.live import wording

if TYPE_CHECKING:
    from siamgui.live.types import LiveState, LiveVerdict

FRAMES = 3
CROP, LARGE_CROP = 66, 80
ROOM = 360
"""Width from which the pictures are large."""


class AnswerCard(QFrame):
    """Shows a LivePageState, and each LiveState of a verification that runs. Scrolls where there is no room."""

    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LivePageState | None = None
        self._spoken = ""
        self.setProperty("role", "card")
        self.ring = EvidenceRing()
        self.headline = QLabel()
        self.headline.setProperty("role", "headline")
        self.note = QLabel()
        self.note.setProperty("role", "small")
        self.rarity, self.reason, self.presence, self.advice, self.promise = (QLabel() for _ in range(5))
        self.promise.setProperty("role", "muted")
        for label in (self.headline, self.note, self.rarity, self.reason, self.presence, self.advice, self.promise):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.pictures = [FacePicture(CROP) for _ in range(1 + FRAMES)]
        self.captions = [QLabel() for _ in self.pictures]
        self._faces = QWidget()
        self.again_button, self.details_button, self.copy_button = (QPushButton() for _ in range(3))
        self.details = DetailsTable()
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(1500)
        self._copied.timeout.connect(self._retranslate)
        self._build()
        self._retranslate()

    def _build(self) -> None:
        self.details.hide()
        self.details.arrange(1)
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self._unfold)
        self.again_button.clicked.connect(self.again_wanted)
        self.copy_button.clicked.connect(self.copy)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.headline)
        words.addWidget(self.note)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.ring, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        faces = QGridLayout(self._faces)
        faces.setContentsMargins(0, 0, 0, 0)
        faces.setSpacing(4)
        for n, (picture, caption) in enumerate(zip(self.pictures, self.captions, strict=True)):
            caption.setProperty("role", "small")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            faces.addWidget(picture, 0, n)
            faces.addWidget(caption, 1, n)
        faces.setColumnStretch(len(self.pictures), 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4, 0, 4, 4)
        buttons.setSpacing(0)
        for button in (self.again_button, self.details_button, self.copy_button):
            button.setProperty("kind", "quiet")
            buttons.addWidget(button)
        buttons.addStretch(1)
        body = QWidget()
        content = QVBoxLayout(body)
        content.setContentsMargins(11, 11, 11, 11)
        content.setSpacing(10)
        content.addLayout(head)
        for part in (self.reason, self.rarity, self.presence, self._faces, self.advice, self.promise):
            content.addWidget(part)
        content.addWidget(self.details)
        content.addStretch(1)
        self.scroll_area = scrolling(body, by_keyboard=True)
        self.scroll_area.setObjectName("verdict")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.scroll_area, 1)
        outer.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = LARGE_CROP if self.width() >= ROOM else CROP
        for picture in self.pictures:
            picture.setFixedSize(side, side)

    def render_state(self, state: LivePageState) -> None:
        before, self._state = self._state, state
        if not state.running or before is None or _wait(before) != _wait(state):  # else show_live() knows more
            self._show()

    def show_live(self, live: LiveState) -> None:
        """While there is no verdict: how far the evidence has come, and what is in the way."""
        if live.verdict is not None or self._state is None or self._state.verdict is not None:
            return
        leans = live.leaning if live.leaning is not Outcome.INCONCLUSIVE else None
        self.ring.show_evidence(live.evidence, leans)
        hindrance = wording.hindrance(live.hindrance) if live.hindrance is not None else ""
        asked = live.presence is not None and live.presence.passed is None
        moving = live.presence is not None and asked and live.presence.prompt is not None
        self.reason.setText("" if moving else hindrance)
        self.reason.setVisible(bool(self.reason.text()))
        if live.presence is not None and not asked:
            self.note.setText(tr("Presence check passed"))
        elif asked:
            self.note.setText(tr("Do what the picture asks for"))
        else:
            self.note.setText(wording.leaning(live.leaning))
        self.note.setVisible(bool(self.note.text()))

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        verdict = state.verdict
        self._paint_headline("" if verdict is None else verdict.outcome.value)
        for part in (self._faces, self.again_button, self.details_button, self.copy_button):
            part.setVisible(verdict is not None)
        if verdict is not None:
            self._show_verdict(state, verdict)
        else:
            self._show_wait(state)
        self._show_details()

    def _show_wait(self, state: LivePageState) -> None:
        self.ring.show_evidence(0.0, None)
        self.ring.setVisible(state.running)
        for label in (self.rarity, self.presence, self.advice, self.reason, self.note):
            self._say(label, "")
        if not state.running:
            self.headline.setText(tr("Look into the camera"))
            self._say(self.rarity, _teaching(state))
        elif state.phase is Phase.LOST:
            self.headline.setText(tr("Waiting for the video…") if state.is_film else tr("Waiting for the camera…"))
        elif state.phase is Phase.OPENING:
            self.headline.setText(tr("Opening the video…") if state.is_film else tr("Starting the camera…"))
        else:
            self.headline.setText(tr("Looking…"))
        promise = tr("Nothing of what the camera sees is kept: only the outcome, in the log.")
        self._say(self.promise, promise)

    def _show_verdict(self, state: LivePageState, verdict: LiveVerdict) -> None:
        target = state.target
        who = target is not None and target.kind is ReferenceKind.WHO
        headline = wording.headline(verdict, who=who)
        reason, rarity = wording.reason(verdict), wording.rarity(verdict, who=who)
        presence = wording.presence(verdict)
        self.ring.show()
        self.ring.show_evidence(1.0, verdict.outcome)
        self.headline.setText(headline)
        seconds = f"{verdict.seconds:.1f}"
        self._say(self.note, trn("from {n} frame in {s} s", "from {n} frames in {s} s", verdict.frames, s=seconds))
        self._say(self.reason, reason)
        self._say(self.rarity, rarity)
        self._say(self.presence, presence)
        advice = target.advice if target is not None and (who or verdict.outcome is Outcome.INCONCLUSIVE) else ()
        self._say(self.advice, "\n".join(f"⚠ {line}" for line in advice))
        watched = tr("The camera stays on for a moment, to see whether the face is exchanged.")
        if state.is_film:
            watched = tr("The video goes on, to see whether the face is exchanged.")
        self._say(self.promise, watched if state.phase is Phase.LIVE else "")
        self._show_faces(target.picture if target is not None else None, verdict)
        spoken = " ".join(part for part in (headline, reason, rarity, presence, *advice) if part)
        self.scroll_area.setAccessibleDescription(spoken)
        if spoken != self._spoken:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))
        self._spoken = spoken

    def _show_faces(self, reference: Pixels | None, verdict: LiveVerdict) -> None:
        """The reference, and beside it the frames that decided."""
        best = verdict.best[:FRAMES]
        pictures = [reference, *(frame.picture for frame in best)]
        names = [tr("Reference"), *(f"{frame.distance:.2f}" for frame in best)]
        for n, (picture, caption) in enumerate(zip(self.pictures, self.captions, strict=True)):
            shown = pictures[n] if n < len(pictures) else None
            picture.setVisible(shown is not None)
            caption.setVisible(shown is not None)
            if shown is not None:
                spoken = names[n] if n == 0 else tr("Frame at distance {distance}", distance=names[n])
                picture.set_image(wrap(shown).copy(), spoken)
                caption.setText(names[n])
        self._faces.setVisible(any(picture is not None for picture in pictures))

    def _show_details(self) -> None:
        verdict = self._state.verdict if self._state is not None else None
        shown = verdict is not None and self.details_button.isChecked()
        if verdict is not None and shown:
            self.details.set_rows(wording.details(verdict))
        self.details.setVisible(shown)

    @Slot()
    def copy(self) -> None:
        """The whole answer as text, on the clipboard."""
        state = self._state
        if state is None or state.verdict is None or state.target is None:
            return
        text = wording.as_text(state.verdict, state.target.name, who=state.target.kind is ReferenceKind.WHO)
        QGuiApplication.clipboard().setText(text)
        self.copy_button.setText(tr("Copied"))  # for a moment
        self._copied.start()

    @Slot(bool)
    def _unfold(self, on: bool) -> None:
        theme.set_icon(self.details_button, "fold" if on else "unfold")
        self._show_details()

    @staticmethod
    def _say(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _paint_headline(self, outcome: str) -> None:
        if self.headline.property("outcome") != outcome:
            self.headline.setProperty("outcome", outcome)
            theme.restyle(self.headline)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._show()

    @Slot()
    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Verdict"))
        self.scroll_area.setAccessibleName(tr("Verdict"))
        self.again_button.setText(tr("Start again"))
        dress(self.details_button, "details")
        dress(self.copy_button, "copy", words=False)


def _wait(state: LivePageState) -> tuple[bool, Phase]:
    return state.running, state.phase


def _teaching(state: LivePageState) -> str:
    """What to do, and what will happen."""
    if not state.reference.complete:
        return tr("Choose above who the face before the camera is compared with. Then press Space.")
    if not state.engine:
        return tr("Getting the face engine ready…")
    return tr("Press Space. After a few seconds the answer stands here, with the frames that decided it.")

"""The answer of the live page: how far the evidence has come, then the verdict with the frames that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome, Pixels
from siamgui.core.wording import reference_advice
from siamgui.gui.display import image_of
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.ring import EvidenceRing
from siamgui.gui.live.state import LivePageState, Phase
from siamgui.gui.widgets.answer_card import AnswerCard
from siamgui.gui.widgets.face_picture import FaceTile
from siamgui.gui.widgets.kit import (
    Align,
    at,
    box,
    button,
    column,
    grow,
    label,
    row,
    say,
    stretch,
)
from siamgui.live import wording

if TYPE_CHECKING:
    from siamgui.live.target import Target
    from siamgui.live.types import LiveState, LiveVerdict

FRAMES = 3
CROP, LARGE_CROP = 66, 80
ROOM = 360
"""Width from which the pictures are large."""


class LiveCard(AnswerCard):
    """Shows a LivePageState, and each LiveState of a verification that runs."""

    def __init__(self, controller: LiveController) -> None:
        super().__init__(words=False)
        self._state: LivePageState | None = None
        self.ring = EvidenceRing()
        self.note, self.presence = label(role="small", wrap=True), label(wrap=True)
        self.promise = label(role="muted", wrap=True)
        self.pictures = [FaceTile(CROP) for _ in range(1 + FRAMES)]
        self.again_button = button(tr("Start again"), controller.start, "quiet")
        self.details.arrange(1)
        self._build()

    def _build(self) -> None:
        self._faces = box(row(*self.pictures, stretch(), spacing=4))
        about = column(stretch(), self.headline, self.note, stretch(), spacing=2)
        head = row(at(self.ring, Align.AlignTop), grow(about), spacing=12)
        parts = (self.reason, self.rarity, self.presence, self._faces, self.advice, self.promise, self.details)
        self.place(column(head, *parts, stretch(), spacing=10, margins=11))
        buttons = (self.again_button, self.details_button, self.copy_button)
        below = row(*buttons, stretch(), spacing=0, margins=(4, 0, 4, 4))
        self.setLayout(column(grow(self.scroll_area), below, spacing=0))
        self._of_a_verdict = (self._faces, *buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = LARGE_CROP if self.width() >= ROOM else CROP
        for picture in self.pictures:
            picture.face.setFixedSize(side, side)

    def render_state(self, state: LivePageState) -> None:
        before, self._state = self._state, state
        if not state.running or before is None or _wait(before) != _wait(state):  # else show_live() knows more
            self._show(state)

    def show_live(self, live: LiveState) -> None:
        """While there is no verdict: how far the evidence has come, and what is in the way."""
        if live.verdict is not None or self._state is None or self._state.verdict is not None:
            return
        leans = live.leaning if live.leaning is not Outcome.INCONCLUSIVE else None
        self.ring.show_evidence(live.evidence, leans)
        hindrance = wording.hindrance(live.hindrance) if live.hindrance is not None else ""
        asked = live.presence is not None and live.presence.passed is None
        moving = live.presence is not None and asked and live.presence.prompt is not None
        say(self.reason, "" if moving else hindrance)
        if asked:
            say(self.note, tr("Do what the picture asks for"))
        else:
            passed = live.presence is not None
            say(self.note, tr("Presence check passed") if passed else wording.leaning(live.leaning))

    def _show(self, state: LivePageState) -> None:
        verdict = state.verdict
        for part in self._of_a_verdict:
            part.setVisible(verdict is not None)
        if verdict is not None:
            self._show_verdict(state, verdict)
        else:
            self._show_wait(state)
        self.show_details()

    def _show_wait(self, state: LivePageState) -> None:
        self.ring.show_evidence(0.0, None)
        self.ring.setVisible(state.running)
        for part in (self.rarity, self.presence, self.advice, self.reason, self.note):
            say(part, "")
        if not state.running:
            headline = tr("Look into the camera")
            say(self.rarity, _teaching(state))
        elif state.phase is Phase.LOST:
            headline = tr("Waiting for the video…") if state.is_film else tr("Waiting for the camera…")
        elif state.phase is Phase.OPENING:
            headline = tr("Opening the video…") if state.is_film else tr("Starting the camera…")
        else:
            headline = tr("Looking…")
        self.show_headline(None, headline)
        say(self.promise, tr("Nothing of what the camera sees is kept: only the outcome, in the log."))

    def _show_verdict(self, state: LivePageState, verdict: LiveVerdict) -> None:
        target = state.target
        who = target is not None and target.who
        headline = wording.headline(verdict, who=who)
        reason, rarity = wording.reason(verdict), wording.rarity(verdict, who=who)
        presence = wording.presence(verdict)
        seen = wording.watched(verdict)
        if state.is_film and state.phase is Phase.OFF and verdict.until is None and not state.ending:
            seen = " ".join(filter(None, (seen, tr("The video was not watched to its end."))))
        self.ring.show()
        self.ring.show_evidence(1.0, verdict.outcome)
        self.show_headline(verdict.outcome, headline)
        seconds = f"{verdict.seconds:.1f}"
        say(self.note, trn("from {n} frame in {s} s", "from {n} frames in {s} s", verdict.frames, s=seconds))
        say(self.reason, reason)
        say(self.rarity, rarity)
        say(self.presence, presence)
        advice = _advice(target, verdict.outcome) if target is not None else ()
        notes = tuple(note for note in (*advice, seen) if note)
        self.warn(notes)
        watched = tr("The camera stays on for a moment, to see whether the face is exchanged.")
        if state.is_film:
            watched = tr("The video goes on, to see whether the face is exchanged.")
        say(self.promise, watched if state.phase is Phase.LIVE else "")
        self._show_faces(target.picture if target is not None else None, verdict)
        self.describe(headline, reason, rarity, presence, *notes, aloud=True)

    def _show_faces(self, reference: Pixels | None, verdict: LiveVerdict) -> None:
        """The reference, and beside it the frames that decided."""
        best = verdict.best[:FRAMES]
        shown = [reference, *(frame.picture for frame in best)]
        names = [tr("Reference"), *(f"{frame.distance:.2f}" for frame in best)]
        for n, picture in enumerate(self.pictures):
            pixels = shown[n] if n < len(shown) else None
            picture.setVisible(pixels is not None)
            if pixels is not None:
                spoken = names[n] if n == 0 else tr("Frame at distance {distance}", distance=names[n])
                picture.face.set_image(image_of(pixels), spoken)
                picture.caption.setText(names[n])
        self._faces.setVisible(any(pixels is not None for pixels in shown))

    def details_rows(self) -> tuple[tuple[str, str], ...]:
        verdict = self._state.verdict if self._state is not None else None
        return wording.details(verdict) if verdict is not None else ()

    def as_text(self) -> str:
        state = self._state
        if state is None or state.verdict is None or state.target is None:
            return ""
        return wording.as_text(state.verdict, state.target.name, who=state.target.who)


def _wait(state: LivePageState) -> tuple[bool, Phase]:
    return state.running, state.phase


def _advice(target: Target, outcome: Outcome) -> tuple[str, ...]:
    """What keeps the answer from being a better one, a sentence each."""
    if target.left_out:
        left_out = trn(
            "{n} person is left out: the model has not read all of the photos yet.",
            "{n} people are left out: the model has not read all of their photos yet.",
            target.left_out,
        )
        return (left_out,)
    return reference_advice(target.reading) if target.reading and outcome is Outcome.INCONCLUSIVE else ()


def _teaching(state: LivePageState) -> str:
    """What to do, and what will happen."""
    if not state.reference.complete:
        return tr("Choose above who the face before the camera is compared with. Then press Space.")
    if not state.engine:
        return tr("Getting the face engine ready…")
    return tr("Press Space. After a few seconds the answer stands here, with the frames that decided it.")

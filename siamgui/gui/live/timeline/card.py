"""What is known of one face of a video: its likeness to the reference, how rare that is, and when it is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siamgui.core import wording
from siamgui.core.amounts import clock
from siamgui.core.i18n import tr
from siamgui.gui.widgets.answer_card import AnswerCard
from siamgui.gui.widgets.kit import column, grow, label, row, say, stretch

if TYPE_CHECKING:
    from siamgui.search.timeline_values import FilmFace, Timeline


MOST = 40
"""Stretches that are told in words."""


class FaceCard(AnswerCard):
    """Copies the whole timeline."""

    def __init__(self) -> None:
        super().__init__(words=False)
        self._timeline: Timeline | None = None
        self._face: FilmFace | None = None
        self.times = label(wrap=True)
        self.details.arrange(1)
        parts = (self.headline, self.reason, self.rarity, self.times, self.advice, self.details)
        self.place(column(*parts, stretch(), spacing=10, margins=11))
        below = row(self.details_button, self.copy_button, stretch(), spacing=0, margins=(4, 0, 4, 4))
        self.setLayout(column(grow(self.scroll_area), below, spacing=0))

    def show_face(self, number: int, face: FilmFace | None, timeline: Timeline | None) -> None:
        """number: from 1. face: None while none is chosen."""
        self._face, self._timeline = face, timeline
        for each in (self.details_button, self.copy_button):
            each.setVisible(face is not None)
        if face is None or timeline is None:
            self.show_headline(None, tr("Who is in the video, and when"))
            for line in (self.reason, self.rarity):
                say(line, "")
            say(self.times, tr("Each face that is followed becomes a row. Choose one, or click into the bars."))
            self.warn(())
        else:
            self._show(number, face, timeline)
        self.show_details()

    def _show(self, number: int, face: FilmFace, timeline: Timeline) -> None:
        from siamgui.search.timeline_wording import stretches_words, when_words
        from siamgui.search.wording import likeness_words, outcome_words

        found, name = face.likeness, tr("Face {number}", number=number)
        head = name if found is None else outcome_words(found)
        self.show_headline(None if found is None else found.outcome, head)
        reason = tr("{face}, compared with “{name}”.", face=name, name=timeline.reference) if found is not None else ""
        rarity = "" if found is None else likeness_words(found, timeline.sights)
        times = f"{when_words(face)}\n{stretches_words(face, MOST)}"
        say(self.reason, reason)
        say(self.rarity, rarity)
        say(self.times, times)
        advice = [
            tr("“{name}”: {what}", name=clock(face.best.at), what=wording.issue_words(one, face.best.quality)["what"])
            for one in face.best.quality.findings
        ]
        if face.unsure:
            advice.append(tr("Some of its stretches were joined by a weak likeness: look whether it is one person."))
        self.warn(advice)
        self.describe(head, reason, rarity, times)

    def details_rows(self) -> tuple[tuple[str, str], ...]:
        face, timeline = self._face, self._timeline
        if face is None or timeline is None:
            return ()
        rows = [(tr("Followed"), f"{len(face.sights)}"), (tr("Faces followed in all"), f"{timeline.sights}")]
        if face.likeness is not None:
            found = face.likeness
            rows += [
                (tr("Distance"), f"{found.distance:.3f}"),
                (tr("FMR"), f"{found.fmr:.2g}"),
                (tr("Nearest at"), clock(face.nearest.at)),
            ]
        return (*rows, (tr("Best view at"), clock(face.best.at)), (tr("Encoder"), timeline.encoder))

    def as_text(self) -> str:
        from siamgui.search.timeline_wording import timeline_lines

        return "" if self._timeline is None else "\n".join(timeline_lines(self._timeline))

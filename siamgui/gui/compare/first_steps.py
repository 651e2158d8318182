"""Three gentle steps on the page Compare itself, when siamgui is first opened, or when they are wanted again.

A sample pair, its answer, and a first comparison of the user's own. Nothing waits for them: whoever compares photos of
their own at any time has done what they lead to.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from siamgui.core.i18n import tr
from siamgui.core.resources import resource
from siamgui.gui import preferences
from siamgui.gui.compare.controller import PairController
from siamgui.gui.compare.state import PairState
from siamgui.gui.widgets.kit import Card, announce, button, grow, label, row


class Step(enum.Enum):
    """OVER: skipped, or done and closed."""

    SAMPLE = 1
    ANSWER = 2
    OWN = 3
    DONE = 4
    OVER = 5


class FirstSteps(QObject):
    """Follows what is compared."""

    changed = Signal()

    def __init__(self, pair: PairController, parent: QObject) -> None:
        super().__init__(parent)
        self._pair = pair
        self.step = Step.OVER
        pair.changed.connect(self.follow)

    def begin(self) -> None:
        self._go(Step.SAMPLE)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Whatever is compared takes it further, and never back."""
        state = self._pair.state
        if state.comparison is None or self.step in (Step.DONE, Step.OVER):
            return
        if not _of_samples(state):
            self._go(Step.DONE)
        elif self.step is Step.SAMPLE:
            self._go(Step.ANSWER)

    @Slot()
    def go_on(self) -> None:
        """From the answer to photos of one's own."""
        self._go(Step.OWN)

    @Slot()
    def end(self) -> None:
        """They do not come again by themselves."""
        self._go(Step.OVER)
        preferences.note_shown_around()

    def _go(self, step: Step) -> None:
        if step is not self.step:
            self.step = step
            self.changed.emit()


def _of_samples(state: PairState) -> bool:
    bundled = resource("samples")
    files = [slot.loaded.decoded.file for slot in (state.left, state.right) if slot.loaded is not None]
    return all(file is not None and file.parent == bundled for file in files)


class FirstStepsStrip(Card):
    """The step, what to do in it, and a way out."""

    def __init__(self, steps: FirstSteps, try_sample: Callable[[], object], open_photos: Callable[[], object]) -> None:
        super().__init__()
        self._steps = steps
        self.setAccessibleName(tr("First steps"))
        self.head, self.words = label(role="muted"), label(wrap=True)
        self.sample_button = button(tr("Try a sample pair"), try_sample, "primary")
        self.next_button = button(tr("Next"), steps.go_on, "primary")
        self.open_button = button(tr("Open photos"), open_photos, "primary")
        self.end_button = button(tr("Skip"), steps.end, "quiet")
        self._own = {
            Step.SAMPLE: self.sample_button,
            Step.ANSWER: self.next_button,
            Step.OWN: self.open_button,
            Step.DONE: None,
        }
        buttons = (self.sample_button, self.next_button, self.open_button, self.end_button)
        self.setLayout(row(self.head, grow(self.words), *buttons, spacing=12, margins=(16, 8, 12, 8)))
        steps.changed.connect(self.show_step)
        self.show_step()

    @Slot()
    def show_step(self) -> None:
        step = self._steps.step
        self.setVisible(step is not Step.OVER)
        if step is Step.OVER:
            return
        had_focus = any(one is not None and one.hasFocus() for one in self._own.values())
        for other, one in self._own.items():
            if one is not None:
                one.setVisible(other is step)
        words = {
            Step.SAMPLE: tr("Two faces, one question: are they the same person? See how it looks with a sample pair."),
            Step.ANSWER: tr(
                "Read the words first: which side the photos support, and how rare such a likeness is among strangers. "
                "The curves show where this pair lies."
            ),
            Step.OWN: tr("Now two photos of your own: drop them anywhere on the window, paste them, or open them."),
            Step.DONE: tr("That was a comparison of your own. F1 has all the rest."),
        }[step]
        done = step is Step.DONE
        self.head.setText("" if done else tr("Step {n} of {all}", n=step.value, all=3))
        self.words.setText(words)
        self.end_button.setText(tr("Done") if done else tr("Skip"))
        announce(self, words)
        shown = self._own[step] or self.end_button
        if had_focus:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

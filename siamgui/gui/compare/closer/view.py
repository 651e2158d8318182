"""Looking closer: the two faces, the tools to look at them with, and the checklist beside them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QSlider, QWidget

from siamgui.core.explanation_words import in_words, legend
from siamgui.core.i18n import mark, tr
from siamgui.gui.compare.closer.canvas import FaceCanvas
from siamgui.gui.compare.closer.controller import CloserController
from siamgui.gui.compare.closer.feature_list import FeatureList
from siamgui.gui.compare.closer.state import Looking, Mode, Tones
from siamgui.gui.widgets.kit import (
    announce,
    box,
    button,
    column,
    grow,
    label,
    row,
    say,
    shortcuts,
    step_button,
)

MODES = {
    Mode.SIDE: mark("Side by side"),
    Mode.OVERLAY: mark("Overlay"),
    Mode.WIPE: mark("Wipe"),
    Mode.BLINK: mark("Blink"),
}
KEYS = {Mode.SIDE: "closer_side", Mode.OVERLAY: "closer_overlay", Mode.WIPE: "closer_wipe", Mode.BLINK: "closer_blink"}


class CloserView(QWidget):
    """The view of a CloserController."""

    left = Signal()

    def __init__(self, controller: CloserController) -> None:
        super().__init__()
        self.controller = controller
        self.canvas, self.features = FaceCanvas(), FeatureList()
        self.modes = {mode: step_button(tr(text), partial(self._change, mode=mode)) for mode, text in MODES.items()}
        self.mirror = step_button(tr("Mirror the right face"), lambda on: self._change(mirrored=on))
        self.rulers = step_button(tr("Rulers"), lambda on: self._change(rulers=on))
        self.map = step_button(tr("What carries the likeness"), lambda on: self._change(map=on))
        self.back = button(tr("Back to the photos"), self.left, "quiet")
        self.mix, self.brightness, self.contrast = (
            _slider(tr("How much of either face"), 0, 100),
            _slider(tr("Brightness, for viewing only"), -100, 100),
            _slider(tr("Contrast, for viewing only"), -100, 100),
        )
        self.plain = button(tr("As it is"), self._as_it_is, "quiet", hint=tr("Take brightness and contrast back"))
        self.words, self.legend = label(wrap=True), label(role="small", wrap=True)
        self._spoken = ""
        self._build()
        self._connect()
        self.render_state()

    def _build(self) -> None:
        self._mixing = box(row(label(tr("Left")), grow(self.mix), label(tr("Right"))))
        modes = row(*self.modes.values(), self.back, spacing=4)
        switches = row(self.mirror, self.rulers, self.map, spacing=4)
        tones = row(
            label(tr("Brightness"), of=self.brightness),
            grow(self.brightness),
            label(tr("Contrast"), of=self.contrast),
            grow(self.contrast),
            self.plain,
        )
        faces = column(modes, grow(self.canvas), self._mixing, switches, tones, self.words, self.legend, spacing=8)
        self.setLayout(row(grow(box(faces)), self.features, spacing=12))

    def _connect(self) -> None:
        self.mix.valueChanged.connect(lambda value: self._change(mix=value))
        self.canvas.mix_moved.connect(self.mix.setValue)
        for slider in (self.brightness, self.contrast):
            slider.valueChanged.connect(self._toned)
        self.features.said.connect(self.controller.say)
        self.controller.changed.connect(self.render_state)
        shortcuts(
            self,
            {KEYS[mode]: partial(self._change, mode=mode) for mode in Mode}
            | {"closer_mirror": self.mirror.click, "closer_rulers": self.rulers.click, "closer_map": self.map.click},
        )

    def take_focus(self) -> None:
        self.canvas.setFocus()

    def _change(self, *_: object, **values: object) -> None:
        self.controller.look(replace(self.controller.state.looking, **values))  # type: ignore[arg-type]

    @Slot()
    def _toned(self) -> None:
        self._change(tones=Tones(self.brightness.value(), self.contrast.value()))

    @Slot()
    def _as_it_is(self) -> None:
        self._change(tones=Tones())

    @Slot()
    def render_state(self) -> None:
        state = self.controller.state
        looking = state.looking
        self.canvas.show_state(state)
        self.features.show_checklist(state.checklist)
        for mode, made in self.modes.items():
            made.setChecked(mode is looking.mode)
        self._show_values(looking)
        self._mixing.setVisible(looking.mode in (Mode.OVERLAY, Mode.WIPE))
        self._show_words()

    def _show_values(self, looking: Looking) -> None:
        switches = ((self.mirror, looking.mirrored), (self.rulers, looking.rulers), (self.map, looking.map))
        for switch, on in switches:
            with QSignalBlocker(switch):
                switch.setChecked(on)
        tones = looking.tones
        values = ((self.mix, looking.mix), (self.brightness, tones.brightness), (self.contrast, tones.contrast))
        for slider, value in values:
            with QSignalBlocker(slider):
                slider.setValue(value)
        self.plain.setEnabled(tones != Tones())

    def _show_words(self) -> None:
        state = self.controller.state
        text = ""
        if state.looking.map:
            if state.explanation is not None:
                text = in_words(state.explanation)
            elif state.unexplained:
                text = tr("It could not be found out. Try it again.")
            else:
                text = tr("Finding out what carries the likeness…")
        say(self.words, text)
        say(self.legend, legend() if state.looking.map and state.explanation is not None else "")
        if text and text != self._spoken and state.explanation is not None:
            announce(self, text)
        self._spoken = text


def _slider(name: str, least: int, most: int) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setRange(least, most)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setMinimumWidth(80)
    return made

"""Whose face is looked for: a photo, or somebody enrolled."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup

from siamgui.core.i18n import mark, tr
from siamgui.core.types import Side
from siamgui.gui.camera.panel import CameraPanel
from siamgui.gui.live.reference_panel import PersonPart, PhotoPart
from siamgui.gui.live.state import ReferenceKind
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.state import SearchState
from siamgui.gui.widgets.kit import Card, column, grow, label, row, stack, step_button, tool

KINDS = {ReferenceKind.PHOTO: mark("Photo"), ReferenceKind.PERSON: mark("Person")}


class QuestionPanel(Card):
    """The view of SearchController.question, and of its camera."""

    open_wanted = Signal()
    paste_wanted = Signal()
    compare_wanted = Signal(object)
    """Side of the compare page to take the photograph from."""
    people_wanted = Signal()

    def __init__(self, controller: SearchController) -> None:
        super().__init__()
        self._controller = controller
        question = controller.question
        self.setAccessibleName(tr("Look for"))
        self.kinds = {kind: step_button(tr(text), partial(question.choose_kind, kind)) for kind, text in KINDS.items()}
        self._group = QButtonGroup(self)
        for choice in self.kinds.values():
            self._group.addButton(choice)
        invitation = tr("Drop a photo of the face you look for here")
        self.photo, self.person = PhotoPart(question, invitation), PersonPart()
        self.camera: CameraPanel | None = None
        self.camera_button = tool("camera", self._open_camera, purpose=tr("Take a photo of the face you look for"))
        self._stack = stack(self.photo, self.person)
        self.photo.open_button.clicked.connect(self.open_wanted)
        self.photo.paste_button.clicked.connect(self.paste_wanted)
        self.photo.side_chosen.connect(self.compare_wanted)
        self.person.chosen.connect(question.choose_person)
        self.person.empty.button.clicked.connect(self.people_wanted)
        controller.camera_changed.connect(self._show_camera)
        head = row(grow(label(tr("Look for"), "small")), self.camera_button)
        choices = row(*(grow(choice) for choice in self.kinds.values()), spacing=4)
        self.setLayout(column(head, choices, grow(self._stack), spacing=6, margins=(12, 8, 12, 10)))
        self._show_camera()

    def render_state(self, state: SearchState) -> None:
        question = state.question
        kind = ReferenceKind.PERSON if question.kind is ReferenceKind.PERSON else ReferenceKind.PHOTO
        self.kinds[kind].setChecked(True)
        self.photo.render_state(question.photo)
        self.person.render_state(question)
        if self.camera is None:
            self._stack.setCurrentWidget(self.person if kind is ReferenceKind.PERSON else self.photo)

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        """Which photographs the compare page has to offer."""
        self.photo.set_sides(sides)

    @Slot()
    def _open_camera(self) -> None:
        self._controller.open_camera()

    @Slot()
    def _show_camera(self) -> None:
        camera = self._controller.camera
        if self.camera is not None and self.camera.controller is not camera:
            panel, self.camera = self.camera, None
            self._stack.removeWidget(panel)
            panel.deleteLater()
            self.camera_button.setFocus()
        if self.camera is None and camera is not None:
            self.camera = CameraPanel(camera)
            self._stack.addWidget(self.camera)
            self._stack.setCurrentWidget(self.camera)
            self.camera.setFocus()
        self.camera_button.setEnabled(camera is None)
        self.render_state(self._controller.state)

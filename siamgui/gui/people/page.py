"""The people page: the list on the left, one person on the right, and what happened above both."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr, trn
from siamgui.core.source import Source as CameraSource
from siamgui.gui import theme
from siamgui.gui.actions import add_action, name_action
from siamgui.gui.page import Page
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.guided import GuidedCamera
from siamgui.gui.people.list_pane import PeopleList
from siamgui.gui.people.person_pane import PersonPane
from siamgui.gui.photos.sources import Source, photo_filter, sources_of
from siamgui.gui.widgets.banner import ActionBanner, Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import command


class PeoplePage(Page[None]):
    """The view of a PeopleController."""

    verify_wanted = Signal(int)
    """Compare this person, by id, with the face before the camera."""
    who_wanted = Signal()
    """Say who of all enrolled people is before the camera."""

    def __init__(self, controller: PeopleController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self)
        self.title, self.hint = QLabel(), QLabel()
        self.trouble, self.notice, self.expired = Banner(closable=False), Banner(), Banner()
        self.undo_bar = ActionBanner(command("undo", controller.undo))
        self._embedding = QWidget()
        self.embedding_words, self.embedding_bar = QLabel(), QProgressBar()
        self.list = PeopleList()
        self.person = PersonPane(controller)
        self.invite_button = command("new_person", self.begin, "primary")
        self.invitation = EmptyPlace(
            "people",
            tr("Nobody is enrolled yet"),
            tr(
                "Enrol somebody from a few photos or with the camera. Then the Live page can say whether the face "
                "before the camera supports that person, or who of the enrolled people it is.\n\n"
                "Photos, names and notes stay on this computer, and go when you remove the person."
            ),
            self.invite_button,
        )
        self.camera = GuidedCamera(controller.inference)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        self.title.setMinimumHeight(32)
        self.hint.setProperty("role", "muted")
        self.embedding_words.setProperty("role", "muted")
        self.embedding_bar.setTextVisible(False)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.hint, 1)
        embedding = QHBoxLayout(self._embedding)
        embedding.setContentsMargins(0, 0, 0, 0)
        embedding.setSpacing(12)
        embedding.addWidget(self.embedding_words)
        embedding.addWidget(self.embedding_bar, 1)
        for view in (self.invitation, self.person, self.camera):
            self._stack.addWidget(view)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.list)
        columns.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(head)
        for banner in (self.trouble, self.notice, self.expired, self.undo_bar, self._embedding):
            layout.addWidget(banner)
        layout.addLayout(columns, 1)

    def _connect(self) -> None:
        names = ("new_person", "find", "who", "open", "camera", "paste", "undo")
        self._actions = {name: add_action(self, name) for name in names}
        for name, slot in (
            ("new_person", self.begin),
            ("find", self._find),
            ("who", self._who),
            ("open", self.open_dialog),
            ("camera", self.use_camera),
            ("paste", self._paste),
            ("undo", self.controller.undo),
        ):
            self._actions[name].triggered.connect(slot)
        self.list.chosen.connect(self._choose)
        self.list.new_wanted.connect(self.begin)
        self.list.who_wanted.connect(self._who)
        self.list.remove_wanted.connect(self.person.remove)
        self.person.files_wanted.connect(self.open_dialog)
        self.files.chosen.connect(self._files_chosen)
        self.person.camera_wanted.connect(self.use_camera)
        self.person.verify_wanted.connect(self.verify_wanted)
        self.camera.taken.connect(self._taken)
        self.camera.cancelled.connect(self._show_person)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.expired.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)

    # What the user does.

    @Slot()
    def begin(self) -> None:
        """Somebody new."""
        self.person.save()
        self.camera.close_camera()
        self.controller.begin()
        self._show_person()
        self.person.form.name.setFocus()

    @Slot(int)
    def _choose(self, person: int) -> None:
        self.person.save()
        self.camera.close_camera()
        self.controller.choose(person)
        self._show_person()

    @Slot()
    def _who(self) -> None:
        if self.controller.state.people:
            self.who_wanted.emit()

    @Slot()
    def _find(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    @Slot()
    def use_camera(self, source: CameraSource | None = None) -> None:
        """Take photographs with the camera. source: as GuidedCamera.open() takes it."""
        limits = self.controller.limits
        if limits is None:
            return
        if self._stack.currentWidget() is self.invitation:
            self.controller.begin()
        self._stack.setCurrentWidget(self.camera)
        self.camera.open(limits, source)

    @Slot(object)
    def _taken(self, pictures: tuple[Source, ...]) -> None:
        self._show_person()
        self.controller.add(pictures)

    @Slot()
    def open_dialog(self) -> None:
        """Let the user choose photographs of the person who is shown."""
        self.files.ask(tr("Open photos of one person"), QFileDialog.FileMode.ExistingFiles, [photo_filter()])

    @Slot(object)
    def _files_chosen(self, files: tuple[Path, ...]) -> None:
        self.add(list(files))

    @Slot()
    def _paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"))

    def add(self, sources: list[Source]) -> None:
        """Photographs of the person who is shown, or of somebody new."""
        self.camera.close_camera()
        self._show_person()
        self.controller.add(sources)

    def _take(self, mime: QMimeData, name: str) -> None:
        files: list[Source] = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        try:
            self.add(files or list(sources_of(mime, name)))
        except SiamguiError as error:
            self.controller.report(error)

    def go_back(self) -> bool:
        """Escape: out of the camera, the draft or the search. False if there was nothing to go back from."""
        if self._stack.currentWidget() is self.camera:
            self.camera.cancel()
            return True
        if self.controller.state.drafting:
            self.controller.give_up()
            return True
        return self.list.go_back()

    def stop(self) -> None:
        """Let go of the camera, keep what was typed, and close an open dialog."""
        self.camera.close_camera()
        self.person.save()
        self.files.close()

    # Drops, which the window hands on while this page is shown.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show that a drop would be taken. where: global position."""
        self._mark_target(True)

    def drag_end(self) -> None:
        self._mark_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Photographs of the person who is shown, or of somebody new."""
        self._mark_target(False)
        self._take(mime, tr("dropped picture"))

    def _mark_target(self, on: bool) -> None:
        self.person.set_target(on)
        if self.invitation.property("target") is not on:
            self.invitation.setProperty("target", on)
            theme.restyle(self.invitation)

    # Showing.

    @Slot()
    def _show_person(self) -> None:
        state = self.controller.state
        nobody = state.opened is None and not state.drafting
        self._stack.setCurrentWidget(self.invitation if nobody else self.person)

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.trouble.say(str(state.blocked) if state.blocked is not None else "")
        self.notice.say(str(state.notice) if state.notice is not None else "")
        self.expired.say(_expired(state.expired))
        self.undo_bar.say(state.removal.words if state.removal is not None else "")
        share = state.embedding
        self._embedding.setVisible(share is not None)
        if share is not None:
            self.embedding_words.setText(
                tr("The model has changed: reading photo {n} of {total} anew…", n=share.done + 1, total=share.total)
            )
            self.embedding_bar.setRange(0, share.total)
            self.embedding_bar.setValue(share.done)
        self.list.render_state(state)
        self.list.setVisible(bool(state.people) or state.drafting)
        if state.opened is not None or state.drafting:
            self.person.render_state(state)
        self.invitation.setEnabled(state.blocked is None)
        if self._stack.currentWidget() is not self.camera:
            self._show_person()

    def enter(self) -> None:
        self.controller.refresh()
        self.setFocus()  # and not, as the next in the order, a button that removes somebody

    def leave(self) -> None:
        """What was removed is gone, and what was typed is kept."""
        self.person.save()
        self.controller.settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        for action in self._actions.values():
            name_action(action)
        self.title.setText(tr("People"))
        self.hint.setText(tr("Enrolled on this computer. Nothing leaves it."))
        self.embedding_bar.setAccessibleName(tr("Reading the photos anew"))


def _expired(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    listed = tr(", ").join(tr("“{name}”", name=name) for name in names[:5])
    return trn(
        "Removed because the retention date has passed: {names}.",
        "{n} people were removed because the retention date has passed, among them {names}.",
        len(names),
        names=listed,
    )

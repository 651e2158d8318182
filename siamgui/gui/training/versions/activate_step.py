"""Step 6: the versions there are, their cards, and which one is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.training.versions.card_view import CardView
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.scrolling import scrolling

if TYPE_CHECKING:
    from siamgui.versions.version_store import Version

SUFFIX = ".siamgui"
ASKS = ("rename", "reason", "delete")


class ActivateStep(QWidget):
    """The view of the model versions."""

    def __init__(self, controller: LabellingController, runs: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._dialog: QFileDialog | None = None
        self._chosen = ""
        self._asked = ""
        self._shown: tuple[Version, ...] = ()
        self.list = QListWidget()
        self.name, self.status = ElidedLabel(), QLabel()
        self.use_button, self.rename_button, self.export_button, self.delete_button = (QPushButton() for _ in range(4))
        self.back_button, self.import_button = QPushButton(), QPushButton()
        self.ask = QFrame()
        self.ask_words, self.answer = QLabel(), QLineEdit()
        self.yes_button, self.no_button = QPushButton(), QPushButton()
        self._other_label, self.other = QLabel(), QComboBox()
        self.card = CardView()
        self._build()
        runs.changed.connect(self._render)
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.list.currentItemChanged.connect(self._picked)
        self.list.setProperty("role", "list")
        self.list.setFixedWidth(264)
        self.name.setProperty("role", "title")
        self.status.setProperty("role", "muted")
        self.status.setWordWrap(True)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.use_button.setProperty("kind", "primary")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        for button, slot in ((self.import_button, self._import), (self.back_button, self._roll_back)):
            button.clicked.connect(slot)
            left.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(left)
        layout.addWidget(self._make_right(), 1)

    def _make_right(self) -> QFrame:
        """What is picked in the list."""
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button, slot in (
            (self.use_button, self._use),
            (self.rename_button, self._rename),
            (self.export_button, self._export),
            (self.delete_button, self._delete),
        ):
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.other.activated.connect(self._show_card)
        self._other_label.setBuddy(self.other)
        against = QHBoxLayout()
        against.setSpacing(8)
        against.addWidget(self._other_label)
        against.addWidget(self.other)
        against.addStretch(1)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.card)
        inside.addStretch(1)
        area = scrolling(body)
        frame = QFrame()
        frame.setProperty("role", "card")
        right = QVBoxLayout(frame)
        right.setContentsMargins(16, 12, 12, 12)
        right.setSpacing(8)
        right.addWidget(self.name)
        right.addWidget(self.status)
        right.addLayout(buttons)
        right.addWidget(self._make_ask())
        right.addLayout(against)
        right.addWidget(area, 1)
        return frame

    def _make_ask(self) -> QFrame:
        """The question on the page: a new name, a reason, or whether to delete."""
        self.ask.setObjectName("banner")
        self.ask_words.setWordWrap(True)
        self.ask_words.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setProperty("role", "input")
        self.answer.returnPressed.connect(self._yes)
        self.answer.textChanged.connect(self._answered)
        self.yes_button.clicked.connect(self._yes)
        self.no_button.setProperty("kind", "quiet")
        self.no_button.clicked.connect(self._no)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.answer, 1)
        row.addWidget(self.yes_button)
        row.addWidget(self.no_button)
        row.addStretch(0)
        column = QVBoxLayout(self.ask)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.ask_words)
        column.addLayout(row)
        self.ask.hide()
        return self.ask

    def render_state(self, state: LabellingState) -> None:
        """Everything here comes from the run controller."""

    @property
    def version(self) -> Version | None:
        """The one that is picked in the list."""
        return next((version for version in self._shown if version.id == self._chosen), None)

    @Slot()
    def _render(self) -> None:
        versions = self._runs.state.versions
        if versions is None or versions == self._shown:
            return
        new = [version.id for version in versions if version.id not in {old.id for old in self._shown}]
        if self._shown and len(new) == 1:
            self._chosen = new[0]  # what was just imported or trained
        self._shown = versions
        if self.version is None:
            judged = self._runs.state.judged  # who comes from there comes for that version
            last = judged.version if judged is not None else ""
            active = next(version.id for version in versions if version.active)
            self._chosen = last if any(version.id == last for version in versions) else active
        with QSignalBlocker(self.list):
            self.list.clear()
            for version in versions:
                item = QListWidgetItem(_line(version))
                words = self.list.fontMetrics().boundingRect(QRect(0, 0, 9999, 9999), 0, _line(version))
                item.setSizeHint(QSize(0, words.height() + 20))  # Chinese lines are higher
                item.setData(Qt.ItemDataRole.UserRole, version.id)
                self.list.addItem(item)
                if version.id == self._chosen:
                    self.list.setCurrentItem(item)
        self._show_version()

    def _show_version(self) -> None:
        version = self.version
        if version is None:
            return
        self._put_question("")
        self.name.set_whole_text(version.name)
        self.status.setText(_status_words(version))
        self.use_button.setEnabled(not version.active and not version.damaged)
        self.use_button.setText(tr("In use") if version.active else tr("Use this version"))
        self.rename_button.setEnabled(not version.bundled and not version.damaged)
        self.export_button.setEnabled(not version.bundled and not version.damaged)
        self.delete_button.setEnabled(not version.bundled and not version.active)
        with QSignalBlocker(self.other):
            kept = self.other.currentData()
            self.other.clear()
            self.other.addItem(tr("no other"), "")
            for other in self._shown:
                if other.id != version.id:
                    self.other.addItem(other.name, other.id)
            self.other.setCurrentIndex(max(0, self.other.findData(kept)))
        self._show_card()

    @Slot()
    def _show_card(self) -> None:
        version = self.version
        other = next((item for item in self._shown if item.id == self.other.currentData()), None)
        if version is not None:
            self.card.show_versions((version,) if other is None else (version, other))

    @Slot(QListWidgetItem, QListWidgetItem)
    def _picked(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if item is not None:
            self._chosen = item.data(Qt.ItemDataRole.UserRole)
            self._show_version()

    # Questions on the page.

    def _put_question(self, asked: str) -> None:
        """asked: one of ASKS, or "" for none."""
        version = self.version
        self._asked = asked
        if asked and version is not None:
            words, button, placeholder = {
                "rename": (tr("What is this version to be called?"), tr("Rename"), ""),
                "reason": (_status_words(version), tr("Use it"), tr("Your reason; it stays on the version’s card")),
                "delete": (
                    tr("Delete “{name}” for good? It cannot be undone.", name=version.name),
                    tr("Delete"),
                    "",
                ),
            }[asked]
            self.ask_words.setText(words)
            self.yes_button.setText(button)
            self.answer.setVisible(asked != "delete")
            self.answer.setPlaceholderText(placeholder)
            self.answer.setAccessibleName(words)
            self.answer.setText(version.name if asked == "rename" else "")
            self._answered()
        self.ask.setVisible(bool(asked))
        if asked:
            self.answer.selectAll()
            (self.no_button if asked == "delete" else self.answer).setFocus()

    @Slot()
    def _answered(self) -> None:
        self.yes_button.setEnabled(self._asked == "delete" or bool(self.answer.text().strip()))

    @Slot()
    def _yes(self) -> None:
        version, asked, text = self.version, self._asked, self.answer.text().strip()
        if version is None or not asked or (asked != "delete" and not text):
            return
        self._put_question("")
        self.list.setFocus()
        if asked == "rename":
            self._change(lambda versions: versions.rename(version.id, text))
        elif asked == "delete":
            self._change(lambda versions: versions.delete(version.id))
        else:
            self._runs.activate(version.id, text)

    @Slot()
    def _no(self) -> None:
        asked, self._asked = self._asked, ""
        self._put_question("")
        button = {"rename": self.rename_button, "delete": self.delete_button, "reason": self.use_button}[asked]
        button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the question away before it leaves the page."""
        if event.key() == Qt.Key.Key_Escape and self._asked:
            self._no()
        else:
            super().keyPressEvent(event)

    # What the buttons do.

    def _change(self, change: Callable[..., object], *, active: bool = False) -> None:
        self._runs.change_versions(change, active=active)

    @Slot()
    def _use(self) -> None:
        version = self.version
        if version is not None and version.refused:
            self._put_question("reason")
        elif version is not None:
            self._runs.activate(version.id)

    @Slot()
    def _rename(self) -> None:
        self._put_question("rename")

    @Slot()
    def _delete(self) -> None:
        self._put_question("delete")

    @Slot()
    def _roll_back(self) -> None:
        self._change(lambda versions: versions.roll_back(), active=True)

    @Slot()
    def _export(self) -> None:
        version = self.version
        if version is not None:
            dialog = self._open_dialog(tr("Export “{name}”", name=version.name))
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(SUFFIX[1:])
            dialog.selectFile(f"{version.id}{SUFFIX}")
            dialog.fileSelected.connect(self._export_to)
            dialog.open()

    @Slot(str)
    def _export_to(self, path: str) -> None:
        version = self.version
        if version is not None:
            self._change(lambda versions: versions.export(version.id, Path(path)))

    @Slot()
    def _import(self) -> None:
        dialog = self._open_dialog(tr("Import a model version"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._import_from)
        dialog.open()

    @Slot(str)
    def _import_from(self, path: str) -> None:
        self._change(lambda versions: versions.import_(Path(path)))

    def _open_dialog(self, title: str) -> QFileDialog:
        self._dialog = QFileDialog(self, title)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.setNameFilters([tr("Model versions (*{suffix})", suffix=SUFFIX), tr("All files (*)")])
        return self._dialog

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._shown = ()
            self._render()

    def _retranslate(self) -> None:
        self.list.setAccessibleName(tr("Model versions"))
        self.rename_button.setText(tr("Rename…"))
        self.export_button.setText(tr("Export…"))
        self.delete_button.setText(tr("Delete…"))
        self.import_button.setText(tr("Import…"))
        self.back_button.setText(tr("Back to the version before"))
        self.no_button.setText(tr("Leave it"))
        self._other_label.setText(tr("Compare with"))
        self.other.setAccessibleName(tr("Compare with"))


def _line(version: Version) -> str:
    from siamgui.versions.cards import when

    notes = [when(str(version.card["created"]))] if version.card.get("created") else []
    if version.active:
        notes.insert(0, tr("in use"))
    if version.damaged:
        notes.append(tr("damaged"))
    elif version.refused:
        notes.append(tr("not recommended"))
    below = " · ".join(notes) or tr("comes with siamgui")
    return f"{version.name}\n{below}"


def _status_words(version: Version) -> str:
    if version.damaged:
        return version.damaged
    if version.bundled:
        return tr("The encoder that comes with siamgui. It stays, whatever happens to the others.")
    if version.refused:
        return " ".join(reason.sentence for reason in version.refused)
    return tr("Nothing was seen to get worse when it was judged.")

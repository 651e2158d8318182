"""Step 6: the versions there are, their cards, and which one is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem

from siamgui.core.amounts import when
from siamgui.core.encoders.registry import is_foreign
from siamgui.core.i18n import tr
from siamgui.core.shown_text import one_line
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.step_view import StepView
from siamgui.gui.training.versions.encoder_form import EncoderForm, EncoderFormState
from siamgui.gui.training.versions.table import Table
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import (
    Card,
    Choice,
    announce,
    box,
    button,
    card,
    column,
    grow,
    label,
    line,
    row,
    stack,
    stretch,
)
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.versions.cards import cards_beside
from siamgui.versions.wording import imported_words, version_notes, version_words

if TYPE_CHECKING:
    from siamgui.versions.version_store import Version

SUFFIX = ".siamgui"


@dataclass(frozen=True, slots=True)
class VersionsViewState:
    """chosen, other: ids of the version that is shown and of the one it is compared with, "" for none.

    asked: which question, "" for none; text: what is typed in it. exporting: what the file dialog is open for.
    bringing: whether the form of an encoder from elsewhere is shown; encoder: what is said there.
    """

    chosen: str
    other: str
    asked: str
    text: str
    exporting: bool
    bringing: bool
    encoder: EncoderFormState


class ActivateStep(StepView[VersionsViewState]):
    """The view of the model versions."""

    def __init__(self, runs: RunController) -> None:
        super().__init__()
        self._runs = runs
        self._chosen = ""
        self._exporting = False
        self._shown: tuple[Version, ...] = ()
        self.files = FileDialog(self, Place.DocumentsLocation)
        self.files.chosen.connect(self._file_chosen)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setFixedWidth(264)
        self.list.setAccessibleName(tr("Model versions"))
        self.list.currentItemChanged.connect(self._picked)
        self.import_button = button(tr("Import…"), self._import)
        self.bring_button = button(tr("Bring an encoder…"), self._bring)
        self.encoder = EncoderForm()
        self.encoder.offered.connect(runs.add_encoder)
        self.encoder.offered.connect(self._show_versions)
        self.encoder.left.connect(self._show_versions)
        self.back_button = button(tr("Back to the version before"), self._roll_back)
        self.stop_button = button(tr("Stop"), runs.stop_taking)
        self.progress = Progress(tr("Progress of the import"), self.stop_button, upright=True)
        self.name, self.status = ElidedLabel("title"), label(role="muted", wrap=True)
        self.arrival = label(wrap=True)
        self.use_button = button(tr("Use this version"), self._use, "primary")
        self.rename_button = button(tr("Rename…"), self._ask_name)
        self.export_button = button(tr("Export…"), self._export)
        self.delete_button = button(tr("Delete…"), self._ask_delete)
        words = tr("What is this version to be called?")
        reason = tr("Your reason; it stays on the version’s card")
        self.questions = {
            "rename": Question(tr("Rename"), answer=line(words)),
            "reason": Question(tr("Use it"), answer=line(reason, hint=reason)),
            "delete": Question(tr("Delete")),
        }
        self.questions["rename"].words.setText(words)
        for question, confirmed in zip(
            self.questions.values(), (self._name_given, self._reason_given, self._delete), strict=True
        ):
            question.confirmed.connect(confirmed)
        self.other = Choice[str](tr("Compare with"))
        self.other.picked.connect(self._show_card)
        self.card = Table(names=168, spacing=(16, 6))
        left = column(grow(self.list), self.progress, self.import_button, self.bring_button, self.back_button)
        self._bringing = scrolling(self.encoder)
        self._right = stack(self._make_right(), self._bringing)
        self.setLayout(row(left, grow(self._right), spacing=12))

    def _make_right(self) -> Card:
        """What is picked in the list."""
        against = label(tr("Compare with"), of=self.other)
        buttons = (self.use_button, self.rename_button, self.export_button, self.delete_button)
        return card(
            column(
                self.name,
                self.arrival,
                self.status,
                row(*buttons, stretch()),
                *self.questions.values(),
                row(against, self.other, stretch()),
                grow(scrolling(box(column(self.card, stretch())))),
                margins=(16, 12, 12, 12),
            )
        )

    @property
    def version(self) -> Version | None:
        """The one that is picked in the list."""
        return self._find(self._chosen)

    def _find(self, version_id: str) -> Version | None:
        return next((version for version in self._shown if version.id == version_id), None)

    def show_state(self) -> None:
        self._show_taking()
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
            self._chosen = last if self._find(last) is not None else active
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

    def _show_taking(self) -> None:
        """What is being taken in, and what was."""
        taking, taken = self._runs.state.taking, self._runs.state.taken
        if taking is None:
            self.progress.show_share("", 0, 0)
        else:
            self.progress.show_share(tr("Examining “{name}”…", name=one_line(taking.name)), taking.done, taking.total)
        for one in (self.import_button, self.bring_button):
            one.setEnabled(taking is None)
        words = imported_words(taken) if taken is not None and taken.version.id == self._chosen else ""
        if words != self.arrival.text():
            self.arrival.setText(words)
            announce(self, words)
        self.arrival.setVisible(bool(words))

    def _show_version(self) -> None:
        version = self.version
        if version is None:
            return
        for question in self.questions.values():
            question.hide()
        self._show_taking()
        self.name.set_whole_text(version.name)
        self.status.setText(version_words(version))
        whole = not version.damaged and not version.unexamined
        self.status.setVisible(not self.arrival.text())
        self.use_button.setEnabled(not version.active and whole)
        self.use_button.setText(tr("In use") if version.active else tr("Use this version"))
        self.rename_button.setEnabled(not version.bundled and whole)
        foreign = version.model is not None and is_foreign(version.model.architecture)
        self.export_button.setEnabled(not version.bundled and whole and not foreign)
        self.delete_button.setEnabled(not version.bundled and not version.active)
        self.questions["reason"].words.setText(version_words(version))
        self.questions["delete"].words.setText(tr("Delete “{name}” for good? It cannot be undone.", name=version.name))
        others = {other.id: other.name for other in self._shown if other is not version}
        kept = self.other.value if self.other.count() else ""
        self.other.show_items({"": tr("no other")} | others, kept)
        self._show_card()

    @Slot()
    def _show_card(self) -> None:
        version = self.version
        if version is not None:
            other = self._find(self.other.value)
            versions = (version,) if other is None else (version, other)
            rows = cards_beside(versions)
            names = ", ".join(version.name for version in versions)
            spoken = [f"{name}: {', '.join(values)}." for name, *values in rows]
            self.card.show_rows(tr("Card of {names}", names=names), rows, spoken)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _picked(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if item is not None:
            self._chosen = item.data(Qt.ItemDataRole.UserRole)
            self._show_version()

    # Questions on the page.

    @Slot()
    def _ask_name(self) -> None:
        if self.version is not None:
            self._ask("rename", self.version.name)

    @Slot()
    def _ask_delete(self) -> None:
        self._ask("delete")

    def _ask(self, name: str, text: str = "") -> None:
        asked_from = {"rename": self.rename_button, "reason": self.use_button, "delete": self.delete_button}[name]
        for question in self.questions.values():
            question.hide()
        self.questions[name].ask(asked_from, text)

    @Slot()
    def _name_given(self) -> None:
        chosen, name = self._chosen, self.questions["rename"].text
        self._answered(lambda versions: versions.rename(chosen, name))

    @Slot()
    def _delete(self) -> None:
        chosen = self._chosen
        self._answered(lambda versions: versions.delete(chosen))

    @Slot()
    def _reason_given(self) -> None:
        self.list.setFocus()
        self._runs.activate(self._chosen, self.questions["reason"].text)

    def _answered(self, change: Callable[..., object]) -> None:
        self.list.setFocus()
        self._runs.change_versions(change)

    def go_back(self) -> bool:
        """Out of a question."""
        if self.bringing:
            self._show_versions()
            return True
        return any(question.take_back() for question in self.questions.values())

    @property
    def bringing(self) -> bool:
        """Whether an encoder from elsewhere is asked for."""
        return self._right.currentWidget() is self._bringing

    # What the buttons do.

    @Slot()
    def _use(self) -> None:
        version = self.version
        if version is not None and version.refused:
            self._ask("reason")
        elif version is not None:
            self._runs.activate(version.id)

    @Slot()
    def _roll_back(self) -> None:
        self._runs.change_versions(lambda versions: versions.roll_back(), active=True)

    @Slot()
    def _export(self) -> None:
        version = self.version
        if version is not None:
            title, name = tr("Export “{name}”, not encrypted", name=version.name), f"{version.id}{SUFFIX}"
            self._exporting |= self.files.ask(title, QFileDialog.FileMode.AnyFile, _filters(), save_as=name)

    @Slot()
    def _bring(self) -> None:
        self._right.setCurrentWidget(self._bringing)
        self.encoder.file_button.setFocus()

    @Slot()
    def _show_versions(self) -> None:
        self._right.setCurrentIndex(0)
        self.bring_button.setFocus()

    @Slot()
    def _import(self) -> None:
        if self.files.ask(tr("Import a model version"), QFileDialog.FileMode.ExistingFile, _filters()):
            self._exporting = False

    @Slot(object)
    def _file_chosen(self, files: tuple[Path, ...]) -> None:
        chosen, file = self._chosen, files[0]
        if self._exporting:
            self._runs.change_versions(lambda versions: versions.export(chosen, file))
        else:
            self._runs.import_version(file)

    # In another language.

    def keep(self) -> VersionsViewState:
        asked = next((name for name, question in self.questions.items() if question.asked), "")
        text = self.questions[asked].text if asked else ""
        other = self.other.value if self.other.count() else ""
        return VersionsViewState(self._chosen, other, asked, text, self._exporting, self.bringing, self.encoder.keep())

    def restore(self, kept: VersionsViewState) -> None:
        self._exporting = kept.exporting
        self.encoder.restore(kept.encoder)
        if kept.bringing:
            self._right.setCurrentWidget(self._bringing)
        for row_number in range(self.list.count()):
            if self.list.item(row_number).data(Qt.ItemDataRole.UserRole) == kept.chosen:
                self.list.setCurrentRow(row_number)
        self.other.show_value(kept.other)
        self._show_card()
        if kept.asked:
            self._ask(kept.asked, kept.text)


def _line(version: Version) -> str:
    notes = version_notes(version)
    if version.card.created:
        notes.insert(int(version.active), when(version.card.created))
    below = " · ".join(notes) or tr("comes with siamgui")
    return f"{version.name}\n{below}"


def _filters() -> list[str]:
    return [tr("Model versions ({patterns})", patterns=f"*{SUFFIX}")]

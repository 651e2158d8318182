"""The folders that are searched: what is in them, how far they are read, and what can be done about one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy

from siamgui.core.i18n import tr
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.state import SearchState
from siamgui.gui.search.words import folder_lines, notes_words, reading_words, unfinished_words
from siamgui.gui.widgets.kit import Card, button, column, command, grow, label, row, say, tool
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.question import Question
from siamgui.storage.collection_values import Collection

_STEPS = 1000


class FoldersPanel(Card):
    """Shows SearchState.folders and what is read."""

    add_wanted = Signal()
    videos_wanted = Signal()

    def __init__(self, controller: SearchController) -> None:
        super().__init__()
        self._controller = controller
        self._folders: tuple[Collection, ...] = ()
        self.setAccessibleName(tr("Folders"))
        self.add_button = command("add_folder", self.add_wanted, "quiet")
        self.videos_button = tool("add_videos", self.videos_wanted)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setAccessibleName(tr("Folders that are searched"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(84)
        self.list.itemChanged.connect(self._ticked)
        self.list.currentRowChanged.connect(self._render_buttons)
        self.read_button = button(tr("Read again"), self._read, "quiet")
        self.remove_button = button(tr("Remove"), self.ask_removal, "quiet")
        self.problems_button = button(tr("Problems"), self._show_problems, "quiet")
        self.pause_button = button(tr("Pause"), controller.pause)
        self.progress = Progress(tr("Reading folders"), self.pause_button, upright=True)
        self.rest = label(role="small", wrap=True)
        self.go_on_button = button(tr("Go on reading"), controller.go_on, "primary")
        self.removal = Question(tr("Forget it"), narrow=True)
        self.removal.confirmed.connect(self._remove)
        self._asked: Collection | None = None
        head = row(grow(label(tr("In these folders"), "small")), self.videos_button, self.add_button, spacing=2)
        buttons = row(self.read_button, self.remove_button, self.problems_button, spacing=2)
        parts = (head, grow(self.list), buttons, self.removal, self.progress, self.rest, self.go_on_button)
        self.setLayout(column(*parts, spacing=6, margins=(12, 8, 12, 10)))

    def render_state(self, state: SearchState) -> None:
        folders = state.folders or ()
        if folders != self._folders or len(folders) != self.list.count():
            self._fill(folders, state)
        words = reading_words(state)
        reading = state.reading
        if reading is None or not reading.total:
            self.progress.show_share(words, 0, 0)
        else:
            self.progress.show_share(words, round(_STEPS * reading.share), _STEPS)
        self.pause_button.setEnabled(not state.pausing)
        rest = unfinished_words(state)
        say(self.rest, rest or notes_words(state))
        self.go_on_button.setVisible(bool(rest))
        self.go_on_button.setText(tr("Read anew") if state.unread else tr("Go on reading"))
        self.go_on_button.setEnabled(state.engine)
        for each in (self.add_button, self.videos_button):
            each.setEnabled(state.blocked is None)
        self._render_buttons()

    def _fill(self, folders: tuple[Collection, ...], state: SearchState) -> None:
        before = self.chosen
        self._folders = folders
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in folders:
                item = QListWidgetItem(f"{one.folder.name or one.folder}\n{folder_lines(one)}")
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked if one.id in state.left_out else Qt.CheckState.Checked)
                item.setToolTip(str(one.folder))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, item.text().replace("\n", ". "))
                self.list.addItem(item)
            ids = [one.id for one in folders]
            self.list.setCurrentRow(ids.index(before.id) if before is not None and before.id in ids else 0)

    @property
    def chosen(self) -> Collection | None:
        row = self.list.currentRow()
        return self._folders[row] if 0 <= row < len(self._folders) else None

    def choose(self, folder: Path) -> None:
        """The one of a folder, where there is one."""
        for row_of, one in enumerate(self._folders):
            if one.folder == folder:
                self.list.setCurrentRow(row_of)

    def give_way(self, on: bool) -> None:
        """Let what stands above have the room."""
        policy = QSizePolicy.Policy.Ignored if on else QSizePolicy.Policy.Expanding
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, policy)

    def go_back(self) -> bool:
        return self.removal.take_back()

    @Slot()
    def _render_buttons(self) -> None:
        chosen, engine = self.chosen, self._controller.state.engine
        self.read_button.setEnabled(chosen is not None and engine)
        self.remove_button.setEnabled(chosen is not None)
        self.problems_button.setVisible(chosen is not None and chosen.problems > 0)

    @Slot(QListWidgetItem)
    def _ticked(self, item: QListWidgetItem) -> None:
        one = self._folders[self.list.row(item)]
        self._controller.leave_out(one.id, item.checkState() is not Qt.CheckState.Checked)

    @Slot()
    def _read(self) -> None:
        if self.chosen is not None:
            self._controller.read_again(self.chosen)

    @Slot()
    def _show_problems(self) -> None:
        self._controller.show_problems(self.chosen)

    @Slot()
    def ask_removal(self) -> None:
        self._asked = self.chosen
        if self._asked is not None:
            words = tr(
                "Forget all faces that were read in “{name}”? Its photos stay where they are.",
                name=self._asked.folder.name or str(self._asked.folder),
            )
            self.removal.words.setText(words)
            self.removal.ask(self.list)

    @Slot()
    def _remove(self) -> None:
        if self._asked is not None:
            self._controller.remove(self._asked)
            self.list.setFocus()

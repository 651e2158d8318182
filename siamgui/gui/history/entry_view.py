"""One comparison of the history as it stood: words, figures and pictures, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core import wording
from siamgui.core.amounts import when
from siamgui.core.firmness_words import standing
from siamgui.core.i18n import tr
from siamgui.core.types import Side
from siamgui.gui import theme
from siamgui.gui.display import image_of
from siamgui.gui.history.comparisons_controller import ComparisonsController
from siamgui.gui.history.state import OpenedEntry
from siamgui.gui.widgets.details import DetailsTable
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FaceTile
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    Choice,
    Icon,
    at,
    box,
    button,
    column,
    command,
    grow,
    label,
    line,
    row,
    say,
    shortcuts,
    stretch,
)
from siamgui.gui.widgets.note_field import NoteField
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.report.record import ComparedFace, Record
from siamgui.storage.comparison_log import NOTE_LIMIT, TAG_LIMIT
from siamgui.storage.comparison_wording import distance_words, file_words
from siamgui.versions.active_pointer import ORIGINAL

PICTURE = 132


class EntryView(QWidget):
    """Shows the state.opened of a ComparisonsController."""

    compare_wanted = Signal()
    """Its two photographs are to be compared on the compare page."""
    report_wanted = Signal()

    def __init__(self, controller: ComparisonsController) -> None:
        super().__init__()
        self.controller = controller
        self._shown: OpenedEntry | None = None
        self.back_button = button(tr("Back to the list"), controller.close)
        self.name = ElidedLabel()
        self.compare_button = button(tr("Open in Compare"), self.compare_wanted, icon="compare")
        self.report_button = command("report", self.report_wanted)
        self.remove_button = button(tr("Remove…"), self._ask, "quiet", icon="clear")
        self.question = Question(tr("Remove it"))
        self.question.words.setText(tr("Remove this comparison for good? It cannot be undone."))
        self.question.confirmed.connect(self._remove)
        self.faces = {Side.LEFT: FaceTile(PICTURE, tr("Left")), Side.RIGHT: FaceTile(PICTURE, tr("Right"))}
        self.symbol = Icon(side=28)
        self.headline = label(role="headline", wrap=True)
        self.rarity, self.reason, self.advice = (label(wrap=True) for _ in range(3))
        self.before, self.found = label(role="muted", wrap=True), label(role="muted", wrap=True)
        self.tags, self.note = line(tr("Tags"), hint=tr("Words to find it by")), NoteField()
        self.tags.setMaxLength(TAG_LIMIT)
        self.models = Choice[str](tr("Model"))
        self.models.shrink_to(22)
        self.again_button = button(tr("Judge again"), self._judge_again)
        self.details, self.files = DetailsTable(), label(role="small", wrap=True)
        self.files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._build()
        shortcuts(self, {"report": self.report_wanted})
        self.tags.editingFinished.connect(self._say)
        self.note.left.connect(self._say)
        controller.changed.connect(self._render)

    def _build(self) -> None:
        head = row(self.back_button, grow(self.name), self.report_button, self.compare_button, self.remove_button)
        pictures = row(*self.faces.values(), stretch(), spacing=8)
        self._pictures = box(pictures)
        answer = row(at(self.symbol, Align.AlignTop), grow(self.headline))
        words = column(answer, self.reason, self.rarity, self.advice, self.before, self.found, stretch())
        note = form_row(tr("Note"), self.note)
        fields = form((form_row(tr("Tags"), self.tags), note), spacing=(12, 8))
        fields.setColumnStretch(1, 1)
        fields.setColumnStretch(2, 0)
        fields.setAlignment(note.label, Align.AlignTop)
        model = label(tr("Under another model"), of=self.models)
        again = row(model, self.models, self.again_button, stretch())
        self.details.arrange(2)
        body = column(
            row(at(self._pictures, Align.AlignTop), grow(words), spacing=16),
            fields,
            again,
            self.details,
            self.files,
            stretch(),
            spacing=12,
            margins=12,
        )
        card = Card()
        self.scroll_area = scrolling(box(body), by_keyboard=True)
        self.scroll_area.setAccessibleName(tr("Comparison"))
        card.setLayout(column(self.scroll_area))
        self.setLayout(column(head, self.question, grow(card), spacing=8))

    # What the user does.

    @Slot()
    def _ask(self) -> None:
        self.question.ask(self.remove_button)

    @Slot()
    def _remove(self) -> None:
        opened = self.controller.state.opened
        if opened is not None:
            self.controller.remove(opened.entry.id)

    @Slot()
    def _say(self) -> None:
        shown, opened = self._shown, self.controller.state.opened
        if shown is not None and opened is not None and shown.entry.id == opened.entry.id:
            self.controller.say(self.tags.text(), self.note.toPlainText()[:NOTE_LIMIT])

    @Slot()
    def _judge_again(self) -> None:
        self._say()
        self.controller.judge_again(self.models.value)

    def go_back(self) -> bool:
        """Out of the question, or to the list; False where nothing is open."""
        if self.question.take_back():
            return True
        if self.controller.state.opened is None:
            return False
        self._say()
        self.controller.close()
        return True

    def take_focus(self) -> None:
        self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # Showing.

    @Slot()
    def _render(self) -> None:
        opened = self.controller.state.opened
        if opened is None:
            self._shown = None
            self.question.hide()
            return
        before, self._shown = self._shown, opened
        if before is None or (before.entry.id, before.photos) != (opened.entry.id, opened.photos):
            self._show_entry(opened)
        self._show_models(opened)

    def _show_entry(self, opened: OpenedEntry) -> None:
        record, verdict = opened.entry.record, opened.entry.record.verdict
        files = tr("{left} and {right}", left=file_words(record.left), right=file_words(record.right))
        self.name.set_whole_text(f"{files} · {when(record.at)}")
        headline = wording.headline(verdict.outcome)
        self.headline.setText(headline)
        theme.set_style(self.headline, "outcome", verdict.outcome.value)
        self.symbol.show_icon(verdict.outcome.value, verdict.outcome.value)
        say(self.reason, wording.reason(verdict))
        say(self.rarity, " ".join(filter(None, (wording.rarity(verdict), standing(verdict)))))
        say(self.advice, "\n".join(f"⚠ {text}" for text in wording.all_advice(record)))
        say(self.before, "" if opened.before is None else _before_words(opened))
        say(self.found, _found_words(opened))
        self._pictures.setVisible(bool(opened.shown))
        for n, (side, tile) in enumerate(self.faces.items()):
            picture = image_of(opened.shown[n]) if opened.shown else None
            tile.face.set_image(picture, record.side(side).file)
        self.details.set_rows(wording.details(record))
        self.files.setText("\n".join((*(_file_words(record.side(side)) for side in Side), _program_words(record))))
        self.tags.setText(opened.entry.tags)
        self.note.setPlainText(opened.entry.note)
        self.scroll_area.setAccessibleDescription(f"{headline}. {self.reason.text()} {self.rarity.text()}")
        self.scroll_area.verticalScrollBar().setValue(0)

    def _show_models(self, opened: OpenedEntry) -> None:
        engine = opened.entry.record.engine.encoder_id
        others = {model: name for model, name in opened.models if _key(model) != engine}
        chosen = self.models.value if self.models.count() else None
        offered = others | {model: name for model, name in opened.models if _key(model) == engine}
        self.models.show_items(offered, chosen if chosen in offered else None)
        self.again_button.setEnabled(opened.judgeable and not opened.judging and bool(offered))
        self.again_button.setText(tr("Judging…") if opened.judging else tr("Judge again"))
        self.models.setEnabled(opened.judgeable)
        self.compare_button.setEnabled(all(path is not None for path in opened.photos))


def _key(model: str) -> str:
    from siamgui.core.encoders.registry import default_encoder

    return default_encoder().key if model == ORIGINAL else model


def _before_words(opened: OpenedEntry) -> str:
    """What another model had said."""
    assert opened.before is not None
    record = opened.before.record
    return tr(
        "Before, with {model} ({version}): {headline}. Distance {distance}.",
        model=record.engine.encoder_name,
        version=record.engine.encoder,
        headline=wording.headline(record.verdict.outcome),
        distance=distance_words(record),
    )


def _found_words(opened: OpenedEntry) -> str:
    """Whether the photographs are still there, and what that means."""
    missing = [side for side, path in zip(Side, opened.photos, strict=True) if path is None]
    record = opened.entry.record
    if not missing:
        return tr("Both photos are still where they lay, unchanged.")
    names = tr("“{name}”", name=record.side(missing[0]).file)
    if len(missing) == 2:
        names = tr("“{left}” and “{right}”", left=record.left.file, right=record.right.file)
    if opened.judgeable:
        return tr(
            "Not found any more: {names}. What is kept of the faces can still be judged by another model.", names=names
        )
    return tr("Not found any more: {names}. Without pictures, only the figures are left.", names=names)


def _file_words(side: ComparedFace) -> str:
    return tr("“{name}”: SHA-256 {digest}", name=side.file, digest=side.sha256)


def _program_words(record: Record) -> str:
    return tr("Compared by siamgui {version}.", version=record.program)

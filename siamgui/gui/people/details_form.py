"""Name, consent note and retention date: what is kept of a person beside the photographs."""

from __future__ import annotations

from PySide6.QtCore import QDate, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QTextCharFormat
from PySide6.QtWidgets import QCheckBox, QDateEdit, QLineEdit, QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.people.state import Details
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import Align, box, row, stretch
from siamgui.gui.widgets.note_field import NoteField

USUAL_DAYS = 365
"""What the retention date is set to when one is first asked for."""


class DetailsForm(QWidget):
    """edited: a field was left, or Enter pressed in it. entered: Enter was pressed in the name. typed: any change.

    name_left: the keyboard is no longer in the name; after edited, if that comes at all.
    """

    edited = Signal()
    entered = Signal()
    name_left = Signal()
    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = _Name()
        self.consent = NoteField(tr("What the person agreed to, when, and where it is written down"))
        self.limited, self.until = QCheckBox(tr("Keep until")), _Day()
        self.limited.setToolTip(tr("The day after, the person is removed with everything derived from the photos."))
        name, note = form_row(tr("Person’s name"), self.name), form_row(tr("Consent note"), self.consent)
        retention = form_row(tr("Retention"), box(row(self.limited, self.until, stretch())))
        grid = form((name, note, retention), spacing=(12, 8))
        grid.setAlignment(note.label, Align.AlignTop)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 0)
        self.setLayout(grid)
        self.name.editingFinished.connect(self.edited)
        self.name.returnPressed.connect(self.entered)
        self.name.textChanged.connect(self.typed)
        self.name.left.connect(self.name_left)
        self.consent.textChanged.connect(self.typed)
        self.consent.left.connect(self.edited)
        self.limited.toggled.connect(self._limit)
        self.until.dateChanged.connect(self.typed)
        self.until.dateChanged.connect(self.edited)

    def details(self) -> Details:
        """What stands in the form."""
        until = self.until.date().toPython() if self.limited.isChecked() else None
        return Details(self.name.text().strip(), self.consent.toPlainText().strip(), until)  # type: ignore[arg-type]

    def show_details(self, details: Details, before: Details | None = None) -> None:
        """before: what was shown, to change only where that was different: the rest may just be being corrected."""
        there = self.details()
        with QSignalBlocker(self):
            if details.name != (before or there).name:
                self.name.setText(details.name)
            if details.consent != (before or there).consent:
                self.consent.setPlainText(details.consent)
            if details.until != (before or there).until:
                self._show_until(details)
        self.until.setEnabled(self.limited.isChecked())

    def _show_until(self, details: Details) -> None:
        until = details.until
        self.limited.setChecked(until is not None)
        usual = QDate.currentDate().addDays(USUAL_DAYS)
        self.until.setDate(QDate(until.year, until.month, until.day) if until is not None else usual)

    @Slot(bool)
    def _limit(self, on: bool) -> None:
        self.until.setEnabled(on)
        self.typed.emit()
        self.edited.emit()


class _Name(QLineEdit):
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "input")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class _Day(QDateEdit):
    """From today on."""

    def __init__(self) -> None:
        super().__init__(QDate.currentDate().addDays(USUAL_DAYS))
        self.setAccessibleName(tr("Last day on which the person is kept"))
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setMinimumDate(QDate.currentDate())
        self.setEnabled(False)
        calendar = self.calendarWidget()
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):  # red means something else
            calendar.setWeekdayTextFormat(day, QTextCharFormat())
        for button in calendar.findChildren(QToolButton):  # its arrows would be black in the dark
            arrow = {"qt_calendar_prevmonth": "‹", "qt_calendar_nextmonth": "›"}.get(button.objectName())
            if arrow is not None:
                button.setIcon(QIcon())
                button.setText(arrow)

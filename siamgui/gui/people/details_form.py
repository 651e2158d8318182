"""Name, consent note and retention date: what is kept of a person beside the photographs."""

from __future__ import annotations

from PySide6.QtCore import QDate, QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QTextCharFormat
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

from siamgui.core.i18n import tr
from siamgui.gui.people.state import Details

LINES = 2
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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = [QLabel() for _ in range(3)]
        self._stored = Details()
        self.name = _Name()
        self.name.setProperty("role", "input")
        self.consent = _Note()
        self.limited = QCheckBox()
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("yyyy-MM-dd")
        self.until.setMinimumDate(QDate.currentDate())
        calendar = self.until.calendarWidget()
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):  # red means something else
            calendar.setWeekdayTextFormat(day, QTextCharFormat())
        for button in calendar.findChildren(QToolButton):  # its arrows would be black in the dark
            arrow = {"qt_calendar_prevmonth": "‹", "qt_calendar_nextmonth": "›"}.get(button.objectName())
            if arrow is not None:
                button.setIcon(QIcon())
                button.setText(arrow)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.limited)
        row.addWidget(self.until)
        row.addStretch(1)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(12)
        layout.setVerticalSpacing(8)
        layout.setColumnStretch(1, 1)
        for n, label in enumerate(self._names):
            layout.addWidget(label, n, 0, Qt.AlignmentFlag.AlignTop if n == 1 else Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.name, 0, 1)
        layout.addWidget(self.consent, 1, 1)
        layout.addLayout(row, 2, 1)
        self._names[0].setBuddy(self.name)
        self._names[1].setBuddy(self.consent)
        self.name.editingFinished.connect(self.edited)
        self.name.returnPressed.connect(self.entered)
        self.name.textChanged.connect(self.typed)
        self.name.left.connect(self.name_left)
        self.consent.left.connect(self.edited)
        self.limited.toggled.connect(self._limit)
        self.until.dateChanged.connect(self.edited)
        self._retranslate()

    def details(self) -> Details:
        """What stands in the form."""
        until = self.until.date().toPython() if self.limited.isChecked() else None
        return Details(self.name.text().strip(), self.consent.toPlainText().strip(), until)  # type: ignore[arg-type]

    def show_details(self, details: Details, *, all_of_it: bool) -> None:
        """What is stored. all_of_it: also where that is as before; else what was refused can still be corrected."""
        before, self._stored = self._stored, details
        if all_of_it or details.name != before.name:
            with QSignalBlocker(self.name):
                self.name.setText(details.name)
        if all_of_it or details.consent != before.consent:
            self.consent.setPlainText(details.consent)
        if all_of_it or details.until != before.until:
            with QSignalBlocker(self.until), QSignalBlocker(self.limited):
                self.limited.setChecked(details.until is not None)
                until = details.until
                self.until.setDate(
                    QDate(until.year, until.month, until.day)
                    if until is not None
                    else QDate.currentDate().addDays(USUAL_DAYS)
                )
        self.until.setEnabled(self.limited.isChecked())
        self.typed.emit()

    @Slot(bool)
    def _limit(self, on: bool) -> None:
        self.until.setEnabled(on)
        self.edited.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        words = (tr("Person’s name"), tr("Consent note"), tr("Retention"))
        for label, text in zip(self._names, words, strict=True):
            label.setText(text)
        self.name.setAccessibleName(words[0])
        self.consent.setAccessibleName(words[1])
        self.consent.setPlaceholderText(tr("What the person agreed to, when, and where it is written down"))
        self.limited.setText(tr("Keep until"))
        self.limited.setToolTip(tr("The day after, the person is removed with everything derived from the photos."))
        self.until.setAccessibleName(tr("Last day on which the person is kept"))


class _Name(QLineEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class _Note(QPlainTextEdit):
    """A few lines; Tab goes on to the next field."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(LINES * self.fontMetrics().lineSpacing() + 28)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

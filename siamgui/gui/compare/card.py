"""The verdict card: what the two faces say, in words, colour and shape, and what is behind it on demand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.core.types import Comparison, FaceReading
from siamgui.gui import theme
from siamgui.gui.actions import dress
from siamgui.gui.compare.state import PairState
from siamgui.gui.compare.truth_row import TruthRow
from siamgui.gui.widgets.details import DetailsTable
from siamgui.gui.widgets.gauge import DistanceGauge
from siamgui.gui.widgets.scrolling import scrolling

UNDER_HEIGHT = 196
CROP_UNDER = 96
CROP_BESIDE = 160
BESIDE_WIDTH = 372


class VerdictCard(QFrame):
    """Shows a PairState. Its content scrolls where there is no room."""

    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: PairState | None = None
        self._beside = False
        self.setProperty("role", "card")
        self.crops = [_Crop() for _ in range(2)]
        self.captions = [QLabel() for _ in range(2)]
        self.symbol = QLabel()
        self.headline = QLabel()
        self.rarity = QLabel()
        self.reason = QLabel()
        self.advice = QLabel()
        self.truth = TruthRow()
        self.bar = QProgressBar()
        self.gauge = DistanceGauge()
        self.details_button = QPushButton()
        self.copy_button = QPushButton()
        self._buttons = QWidget()
        self.details = DetailsTable()
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(1500)
        self._copied.timeout.connect(self._retranslate)
        self._build()
        theme.theme.changed.connect(self._refresh)

    def _build(self) -> None:
        self.headline.setProperty("role", "headline")
        for label in (self.headline, self.rarity, self.reason, self.advice):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.details.hide()
        self.details_button.setProperty("kind", "quiet")
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self._unfold)
        self.copy_button.setProperty("kind", "quiet")
        self.copy_button.clicked.connect(self.copy_wanted)

        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(0)
        buttons.addWidget(self.details_button)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(16)
        self._face_column, self._measure_column = self._make_face_column(), self._make_measure_column()
        self._columns.addLayout(self._face_column)
        self._word_column = self._make_word_column()
        self._columns.addLayout(self._word_column, 1)
        self._columns.addLayout(self._measure_column, 1)
        body = QWidget()
        content = self._content = QVBoxLayout(body)
        content.setContentsMargins(11, 11, 11, 11)
        content.setSpacing(12)
        content.addLayout(self._columns)
        content.addWidget(self.details)
        content.addStretch(1)
        self.scroll_area = scrolling(body, by_keyboard=True)
        self.scroll_area.setObjectName("verdict")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroll_area)
        self._retranslate()
        self.set_beside(False)

    def _make_face_column(self) -> QVBoxLayout:
        faces = QGridLayout()
        faces.setSpacing(4)
        faces.setHorizontalSpacing(8)
        for n, (crop, caption) in enumerate(zip(self.crops, self.captions, strict=True)):
            caption.setProperty("role", "small")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            faces.addWidget(crop, 0, n)
            faces.addWidget(caption, 1, n)
        faces.setColumnStretch(2, 1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(faces)
        column.addWidget(self._buttons)
        column.addStretch(1)
        return column

    def _make_word_column(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.symbol, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.headline, 1)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addLayout(head)
        for part in (self.bar, self.reason, self.rarity, self.advice, self.truth):
            words.addWidget(part)
        words.addStretch(1)
        return words

    def _make_measure_column(self) -> QVBoxLayout:
        measure = QVBoxLayout()
        measure.setSpacing(8)
        measure.addWidget(self.gauge)
        measure.addStretch(1)
        return measure

    def set_beside(self, beside: bool) -> None:
        """True: a tall card beside the photographs; False: a flat one under them."""
        self._beside = beside
        self._columns.setDirection(QHBoxLayout.Direction.TopToBottom if beside else QHBoxLayout.Direction.LeftToRight)
        # Under the faces the buttons cost no height; beside the photographs they come after what they are about.
        for crop in self.crops:
            crop.set_side(CROP_BESIDE if beside else CROP_UNDER)
        (self._measure_column if beside else self._face_column).insertWidget(1, self._buttons)
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if beside else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Preferred if beside else QSizePolicy.Policy.Fixed,
        )
        self.details.arrange(1 if beside else 2)
        self._refresh()

    def sizeHint(self) -> QSize:
        if self._beside:
            return QSize(BESIDE_WIDTH, 480)
        # As high as its content, but the photographs keep the larger part of the window.
        needed = self._content.totalHeightForWidth(max(self.width(), 480) - 24)  # as if a scroll bar took its part
        share = 0.5 if self.details.isVisibleTo(self) else 0.4
        return QSize(800, min(max(needed + 8, UNDER_HEIGHT), round(share * self.window().height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(BESIDE_WIDTH if self._beside else 480, 160)

    def render_state(self, state: PairState) -> None:
        same = state.comparison is not None and self._state is not None and state.comparison is self._state.comparison
        self._state = state
        if not same:
            self._show()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        comparison = state.comparison
        self.truth.show_comparison(comparison)
        if comparison is not None:
            self._show_verdict(comparison)
        else:
            self._show_wait(state)
        for side, crop in zip((state.left, state.right), self.crops, strict=True):
            crop.show_reading(side.reading)
        self.copy_button.setEnabled(comparison is not None)
        self.details_button.setEnabled(comparison is not None)
        self._show_details()
        self.updateGeometry()

    def _show_details(self) -> None:
        state = self._state
        if state is not None and state.comparison is not None and self.details_button.isChecked():
            self.details.set_rows((*wording.details(state.comparison), *_timings(state)))
            self.details.show()
        else:
            self.details.hide()

    def confirm_copy(self) -> None:
        """Say for a moment that the text is on the clipboard."""
        self.copy_button.setText(tr("Copied"))
        self._copied.start()

    def _show_verdict(self, comparison: Comparison) -> None:
        verdict = comparison.verdict
        advice = wording.all_advice(comparison)
        headline, rarity, reason = wording.headline(verdict.outcome), wording.rarity(verdict), wording.reason(verdict)
        self._paint_headline(verdict.outcome.value, headline)
        self._say(self.rarity, rarity)
        self._say(self.reason, reason)
        # A decided verdict is followed by its rarity, an open one by what would help.
        self._word_column.removeWidget(self.rarity)
        self._word_column.insertWidget(4 if reason else 3, self.rarity)
        self._say(self.advice, "\n".join(f"⚠ {line}" for line in advice))
        self.bar.hide()
        self.gauge.set_verdict(verdict)
        spoken = " ".join(part for part in (headline, rarity, reason, *advice) if part)
        if spoken != self.accessibleDescription():
            self._describe(spoken)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def _show_wait(self, state: PairState) -> None:
        working = (state.left.busy or state.right.busy) and state.blocked is None
        if state.blocked is not None:
            headline, text = tr("Cannot compare yet"), str(state.blocked)
        elif working and state.left.shown is not None and state.right.shown is not None:
            headline, text = tr("Comparing…"), ""
        elif working:
            headline, text = tr("Looking for faces…"), ""
        else:
            headline, text = tr("One more photo"), tr("Drop or open the second photo to compare the two faces.")
        self._paint_headline("", headline)
        self._say(self.rarity, text)
        self._say(self.reason, "")
        self._say(self.advice, "")
        self.bar.setVisible(working)
        self.gauge.set_verdict(None)
        self._describe(f"{headline}. {text}".strip())

    def _describe(self, text: str) -> None:
        self.setAccessibleDescription(text)
        self.scroll_area.setAccessibleDescription(text)

    @staticmethod
    def _say(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _paint_headline(self, outcome: str, text: str) -> None:
        self.headline.setText(text)
        if self.headline.property("outcome") != outcome:
            self.headline.setProperty("outcome", outcome)
            theme.restyle(self.headline)
        self.symbol.setVisible(bool(outcome))
        if outcome:
            colour = getattr(theme.colours(), outcome)
            self.symbol.setPixmap(theme.pixmap(outcome, colour, 28, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        theme.set_icon(self.details_button, "fold" if self.details_button.isChecked() else "unfold")
        self._show()

    @Slot()
    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Verdict"))
        self.scroll_area.setAccessibleName(tr("Verdict"))
        self.bar.setAccessibleName(tr("Working"))
        for caption, crop, text, name in zip(
            self.captions,
            self.crops,
            (tr("Left"), tr("Right")),
            (tr("Left face as it is compared"), tr("Right face as it is compared")),
            strict=True,
        ):
            caption.setText(text)
            crop.setAccessibleName(name)
        dress(self.details_button, "details")
        dress(self.copy_button, "copy")

    @Slot(bool)
    def _unfold(self, on: bool) -> None:
        theme.set_icon(self.details_button, "fold" if on else "unfold")
        self._show_details()
        self.updateGeometry()


def _timings(state: PairState) -> tuple[tuple[str, str], ...]:
    left, right = state.left.loaded, state.right.loaded
    if left is None or right is None or left.read is None or right.read is None:
        return ()
    rows = (
        (tr("Time to decode"), left.decoded.milliseconds, right.decoded.milliseconds),
        (tr("Time to find and read the face"), left.read.milliseconds, right.read.milliseconds),
    )
    return tuple(
        (name, tr("left {left}, right {right}", left=f"{a:.0f} ms", right=f"{b:.0f} ms")) for name, a, b in rows
    )


class _Crop(QLabel):
    """One aligned face."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "crop")
        self._painted: tuple[FaceReading | None, int, float] | None = None
        self._reading: FaceReading | None = None

    def set_side(self, side: int) -> None:
        """Width and height in device-independent pixels."""
        self.setFixedSize(side, side)
        self.show_reading(self._reading)

    def show_reading(self, reading: FaceReading | None) -> None:
        self._reading = reading
        wanted = (reading, self.width(), self.devicePixelRatioF())
        if wanted == self._painted:
            return
        self._painted = wanted
        if reading is None:
            self.clear()
            return
        height, width = reading.crop.shape[:2]
        image = QImage(reading.crop.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        side = round(self.width() * self.devicePixelRatioF())
        smooth = Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(pixmap)

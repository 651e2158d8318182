"""An encoder from elsewhere: its file, what it takes, and the people it is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QSpinBox

from siamgui.core.i18n import tr
from siamgui.core.manifest import NAME_LIMIT
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import Card, Choice, button, column, label, line, row, stretch
from siamgui.versions.onnx_offer import Offer, Wanted


@dataclass(frozen=True, slots=True)
class EncoderFormState:
    """What is said so far."""

    file: Path | None
    people: Path | None
    name: str
    size: int
    layout: str
    colour: str
    mean: float
    scale: float


class EncoderForm(Card):
    """offered(Offer) is emitted when all is said, left when somebody thinks better of it."""

    offered = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._file: Path | None = None
        self._people: Path | None = None
        self.files, self.folders = FileDialog(self, Place.DocumentsLocation), FileDialog(self)
        self.files.chosen.connect(self._file_chosen)
        self.folders.chosen.connect(self._people_chosen)
        self.file_button = button(tr("Choose an ONNX file…"), self._ask_file)
        self.people_button = button(tr("Choose a folder…"), self._ask_people)
        self.name = line(tr("What it is called"))
        self.name.setMaxLength(NAME_LIMIT)
        self.name.textChanged.connect(self._render)
        usual = Wanted()
        self.side = QSpinBox()
        self.side.setRange(32, 512)
        self.side.setValue(usual.size)
        self.side.setMinimumSize(200, 28)
        self.layout_of = Choice[str](tr("Order of the dimensions"), {"nchw": "N C H W", "nhwc": "N H W C"})
        self.colour = Choice[str](tr("Order of the colours"), {"rgb": "R G B", "bgr": "B G R"})
        self.mean, self.scale = _number(-1000, 1000, 3, usual.mean), _number(1e-6, 1000, 7, usual.scale)
        rows = (
            (
                tr("Network"),
                self.file_button,
                tr("As published. Nothing of it is run before it is checked."),
            ),
            (
                tr("People"),
                self.people_button,
                tr("One folder per person. All its claims will rest on them."),
            ),
            (tr("Name"), self.name, ""),
            (tr("Side of the picture"), self.side, tr("In pixels.")),
            (tr("Dimensions"), self.layout_of, ""),
            (tr("Colours"), self.colour, ""),
            (tr("Mean"), self.mean, tr("Is taken from values of 0 to 255.")),
            (tr("Scale"), self.scale, tr("Then multiplies them.")),
        )
        self.start_button = button(tr("Check and measure"), self._start, "primary")
        self.leave_button = button(tr("Cancel"), self.left)
        self.setLayout(
            column(
                label(tr("Bring an encoder"), "title"),
                form([form_row(*each) for each in rows]),
                row(self.start_button, self.leave_button, stretch()),
                stretch(),
                spacing=12,
                margins=(16, 12, 16, 12),
            )
        )
        self._render()

    def keep(self) -> EncoderFormState:
        said = self.name.text(), self.side.value(), self.layout_of.value, self.colour.value
        return EncoderFormState(self._file, self._people, *said, self.mean.value(), self.scale.value())

    def restore(self, kept: EncoderFormState) -> None:
        self._file, self._people = kept.file, kept.people
        self.name.setText(kept.name)
        self.side.setValue(kept.size)
        self.layout_of.show_value(kept.layout)
        self.colour.show_value(kept.colour)
        self.mean.setValue(kept.mean)
        self.scale.setValue(kept.scale)
        self._render()

    @Slot()
    def _ask_file(self) -> None:
        networks = tr("ONNX networks ({patterns})", patterns="*.onnx")
        self.files.ask(tr("Choose an ONNX file"), QFileDialog.FileMode.ExistingFile, [networks])

    @Slot()
    def _ask_people(self) -> None:
        self.folders.ask(tr("Choose a folder with one folder of photos per person"), QFileDialog.FileMode.Directory)

    @Slot(object)
    def _file_chosen(self, files: tuple[Path, ...]) -> None:
        self._file = files[0]
        if not self.name.text():
            self.name.setText(self._file.stem[:NAME_LIMIT])
        self._render()

    @Slot(object)
    def _people_chosen(self, folders: tuple[Path, ...]) -> None:
        self._people = folders[0]
        self._render()

    @Slot()
    def _render(self) -> None:
        for shown, chosen, text in (
            (self.file_button, self._file, tr("Choose an ONNX file…")),
            (self.people_button, self._people, tr("Choose a folder…")),
        ):
            shown.setText(text if chosen is None else chosen.name)
        self.start_button.setEnabled(
            self._file is not None and self._people is not None and bool(self.name.text().strip())
        )

    @Slot()
    def _start(self) -> None:
        if self._file is not None and self._people is not None:
            size, mean, scale = self.side.value(), self.mean.value(), self.scale.value()
            wanted = Wanted(size, self.layout_of.value, self.colour.value, mean, scale)  # type: ignore[arg-type]
            self.offered.emit(Offer(self._file, self.name.text().strip(), wanted, self._people))


def _number(least: float, most: float, digits: int, usual: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(digits)
    box.setRange(least, most)
    box.setValue(usual)
    box.setMinimumSize(200, 28)
    return box

"""A report on pages: the same in a PDF file, in the preview and from a printer. Qt draws and packs all of them."""

from __future__ import annotations

import sys

from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QGuiApplication,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from siamgui.core.i18n import speaking, tr
from siamgui.report.blocks import Title
from siamgui.report.files import ATTACHED
from siamgui.report.html import body
from siamgui.report.pages import document
from siamgui.report.report import Report

MARGINS = QMarginsF(18, 15, 18, 15)
"""Millimetres."""
DPI = 96
"""Of the layout: what stands in the HTML as pixels is so large on paper."""
_FOOT = 22.0  # pixels of the layout for the line at the foot
_FINE = 4  # how much finer drawings are than the layout
_STYLE = """
h1, h2 { color: #000000; }
h1 { font-size: 22px; margin-top: 0px; margin-bottom: 4px; }
h2 { font-size: 15px; margin-top: 14px; margin-bottom: 4px; }
p { margin-top: 3px; margin-bottom: 3px; }
ul { margin-top: 4px; margin-bottom: 6px; }
.muted { color: #5c5f66; font-size: 11px; }
.strong { font-weight: bold; }
.code { font-family: monospace; background-color: #f1f2f4; font-size: 11px; }
table { margin-top: 4px; margin-bottom: 4px; }
table.small { font-size: 10px; }
td.sign { color: #5c5f66; border-top: 1px solid #5c5f66; border-top-style: solid; }
.newpage { page-break-before: always; }
"""


def pdf_of(report: Report) -> bytes:
    """The pages as PDF, with the whole report attached; without a seal."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    blocks = document(report)
    writer.setTitle(next(block.text for block in blocks if isinstance(block, Title)))
    writer.setCreator(f"siamgui {report.record.program}")
    writer.addFileAttachment(ATTACHED, report.to_json(), "application/json")
    put_on(report, writer)
    buffer.close()
    return bytes(data.data())


def put_on(report: Report, device: QPagedPaintDevice) -> int:
    """Draw every page on A4, or on what the printer is set to -> how many there are."""
    if isinstance(device, QPdfWriter):
        device.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, MARGINS))
    painter = QPainter(device)
    scale = device.logicalDpiX() / DPI
    room = QSizeF(device.width() / scale, device.height() / scale)
    pages = Pages(report, room)
    for number in range(pages.count):
        if number:
            device.newPage()
        painter.save()
        painter.scale(scale, scale)
        pages.draw(painter, number)
        painter.restore()
    painter.end()
    return pages.count


class Pages:
    """A report laid out on pages of one size. room: of a page without its margins, in pixels of 1/96 inch."""

    def __init__(self, report: Report, room: QSizeF) -> None:
        self._room = room
        self._loop = QEventLoop()  # with it a thread of Python's has what Qt lays documents out by
        self._text = QTextDocument()
        self._text.setDocumentMargin(0)
        self._text.setUseDesignMetrics(True)  # letters stand as they will on paper, not as on a screen
        self._text.setDefaultFont(_font(9.5))
        self._text.setDefaultStyleSheet(_STYLE)
        self._pictures = 0
        self._text.setHtml(body(document(report), self._picture))
        self._text.setPageSize(QSizeF(room.width(), room.height() - _FOOT))
        with speaking(report.language):
            self._foot = tr("Made by siamgui {version}, offline.", version=report.record.program)
            self._names = " · ".join((report.record.left.file, report.record.right.file))
            self._of = tr("Page {page} of {pages}", page="{page}", pages=self.count)

    @property
    def count(self) -> int:
        return self._text.pageCount()

    def draw(self, painter: QPainter, number: int) -> None:
        """number: counted from 0."""
        height = self._room.height() - _FOOT
        painter.save()
        painter.translate(0, -number * height)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)  # paper is no window in the dark
        context.clip = QRectF(0, number * height, self._room.width(), height)
        painter.setClipRect(context.clip)
        painter.setPen(Qt.GlobalColor.black)
        self._text.documentLayout().draw(painter, context)
        painter.restore()
        painter.setFont(_font(7.5))
        painter.setPen(Qt.GlobalColor.darkGray)
        foot = QRectF(0, height + 4, self._room.width(), _FOOT - 4)
        metrics = painter.fontMetrics()
        line = metrics.elidedText(f"{self._foot} {self._names}", Qt.TextElideMode.ElideMiddle, int(foot.width() * 0.8))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignLeft, line)
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignRight, self._of.format(page=number + 1))

    def _picture(self, data: bytes, mime: str) -> str:
        """Its name in the document."""
        image = _drawn(data) if mime == "image/svg+xml" else QImage.fromData(data)
        self._pictures += 1
        name = f"picture-{self._pictures}"
        self._text.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
        return name


def _drawn(svg: bytes) -> QImage:
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(svg))
    image = QImage(renderer.defaultSize() * _FINE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def _font(points: float) -> QFont:
    """Its size is one of the layout, whatever the resolution of the device."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(points * DPI / 72))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def application() -> QGuiApplication:
    """What Qt draws letters with; for a command, made where there is none. It opens no window and needs no screen."""
    there = QGuiApplication.instance()
    if isinstance(there, QGuiApplication):
        return there
    platform = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
    return QGuiApplication(["siamgui", *platform])

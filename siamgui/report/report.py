"""A report: one comparison, its pictures, and who wants it for what. All that is printed and computed again is in it.

A part that was not made is None or empty, and left out of what is printed.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from siamgui.core.alignment import CROP_SIZE, resized
from siamgui.core.checklist import EMPTY, Checklist, check_checklist
from siamgui.core.i18n import language
from siamgui.core.shown_text import one_line
from siamgui.core.typed_json import Moment, WrongForm, check_plain, plain, read
from siamgui.core.types import Photo, Pixels
from siamgui.report.record import ComparedFace, Record, check

if TYPE_CHECKING:
    from numpy.typing import NDArray

Form = Literal["clerk", "examiner"]
"""The clerk's page, or all that an examiner writes down."""
LINE, WORDS = 200, 4000
"""Characters that are typed into a line, and into the remarks, at most."""
_SIDE = 900  # pixels of the photograph as it is shown
_LONGEST = 4096
"""Pixels of a side of a picture that is read."""
_QUALITY = 85
_FRAME = np.array([0, 200, 255], np.uint8)
_LARGEST = 2**28  # bytes of an original that is embedded

_Line = Annotated[str, Meta(max_length=LINE)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person adds. case: the file it belongs to. author: who makes it."""

    form: Form = "clerk"
    case: str = ""
    author: str = ""
    remarks: str = ""


class ReportSide(Struct, frozen=True, forbid_unknown_fields=True):
    """picture: JPEG, the photograph with its face framed, or head and shoulders. face: the aligned face as PNG.

    original: the bytes of the file, where they are to be handed on. Each may be empty.
    """

    picture: bytes = b""
    face: Annotated[bytes, Meta(max_length=2**18)] = b""
    original: bytes = b""


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """language: of its words, a key of LANGUAGES. made: ISO 8601 in UTC. checklist: what an examiner has seen."""

    schema: Literal["siamgui.report/1"]
    form: Form
    language: Literal["en", "zh_CN"]
    made: Moment
    case: _Line
    author: _Line
    remarks: Annotated[str, Meta(max_length=WORDS)]
    record: Record
    left: ReportSide
    right: ReportSide
    checklist: Checklist = EMPTY

    @property
    def sides(self) -> tuple[tuple[ComparedFace, ReportSide], tuple[ComparedFace, ReportSide]]:
        return (self.record.left, self.left), (self.record.right, self.right)

    def to_json(self) -> bytes:
        return json.dumps(plain(self), ensure_ascii=False, indent=1).encode()


def make_report(
    record: Record, left: ReportSide, right: ReportSide, wanted: Wanted, checklist: Checklist = EMPTY
) -> Report:
    """In the language of the moment."""
    return Report(
        schema="siamgui.report/1",
        form=wanted.form,
        language="zh_CN" if language() == "zh_CN" else "en",
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        case=one_line(wanted.case)[:LINE],
        author=one_line(wanted.author)[:LINE],
        remarks=wanted.remarks.strip()[:WORDS],
        record=record,
        left=left,
        right=right,
        checklist=checklist,
    )


def read_report(data: bytes) -> Report:
    """Raises WrongForm."""
    report = read(Report, data)
    check(report.record)
    check_plain([report.case, report.author])
    check_checklist(report.checklist)
    for side in (report.left, report.right):
        if side.face:
            crop_of(side)
        if side.picture:
            picture_pixels(side.picture)
    return report


def picture_pixels(data: bytes) -> Pixels:
    """(h, w, 3) uint8 RGB of a picture of a report. Raises WrongForm for what no page can show."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as image:
            if not 0 < min(image.size) <= max(image.size) <= _LONGEST:
                raise WrongForm("$: a picture is of another size")
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise WrongForm(f"$: a picture cannot be read ({type(error).__name__})") from None


def side_of(photo: Photo, crop: Pixels, face: ComparedFace, original: bytes = b"") -> ReportSide:
    """Of a photograph that is there. crop: the aligned face, (112, 112, 3) uint8 RGB."""
    return ReportSide(framed_picture(photo.pixels, face), png_of(crop), original if len(original) <= _LARGEST else b"")


def png_of(crop: Pixels) -> bytes:
    """Nothing is lost, so that it can be read again as it was."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(crop).save(file, "PNG")
    return file.getvalue()


def crop_of(side: ReportSide) -> Pixels:
    """The aligned face. Raises WrongForm for what is none."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(side.face), formats=["PNG"]) as image:
            if image.size != (CROP_SIZE, CROP_SIZE) or image.mode != "RGB":
                raise WrongForm("$: an aligned face is of another size")
            pixels = np.array(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise WrongForm(f"$: an aligned face cannot be read ({type(error).__name__})") from None
    pixels.flags.writeable = False
    return pixels


def framed_picture(pixels: Pixels, face: ComparedFace) -> bytes:
    """The photograph, smaller, with a frame around the face that was compared, as JPEG."""
    from PIL import Image

    scale = min(1.0, _SIDE / max(pixels.shape[:2]))
    height, width = (max(round(scale * side), 1) for side in pixels.shape[:2])
    shown: NDArray[np.uint8] = np.array(resized(pixels, width, height) if scale < 1 else pixels)
    x0, y0, x1, y1 = (round(scale * value) for value in face.box)
    across = slice(max(x0, 0), max(min(x1, width), 1))
    down = slice(max(y0, 0), max(min(y1, height), 1))
    thick = max(2, round(max(width, height) / 250))
    for at in range(thick):
        for y in (y0 + at, y1 - at):
            if 0 <= y < height:
                shown[y, across] = _FRAME
        for x in (x0 + at, x1 - at):
            if 0 <= x < width:
                shown[down, x] = _FRAME
    file = io.BytesIO()
    Image.fromarray(shown).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()

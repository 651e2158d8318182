"""A report computed anew: are its figures those that the same model finds today in the same photographs?

A report is taken at its word in nothing. Its photographs are found by their content: in the report, beside it, or where
somebody says they lie. One that is not found is stood in for by the aligned face of the report, from which all figures
follow but not that it was found and cut out so.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from siamgui.core.alignment import align
from siamgui.core.cv import cv2
from siamgui.core.errors import SiamguiError, UnreadableImage
from siamgui.core.i18n import mark
from siamgui.core.types import Photo, Pixels, Side, Verdict
from siamgui.report.again import Given, computed_again
from siamgui.report.record import ComparedFace, Record
from siamgui.report.report import Report, ReportSide, crop_of, framed_picture, picture_pixels, png_of

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

APART = 0.005
"""How far two distances may lie apart that are printed as the same: processors round differently."""
TIMES = 0.02
"""The same for the log10 of rates and likelihood ratios."""
_STRANGERS = 0.15
"""The same for the log10 of a few more than the strangers that come as near."""
PATCH, UNLIKE = 16, 32
"""Pixels of the side of a patch of a picture, and by how much of 255 it may differ on the whole."""
_MOST_FILES = 20_000


class PhotosNotFound(SiamguiError):
    """values: names"""

    text = mark(
        "The report holds no picture of a face, and its photos were not found: {names}. "
        "Put them beside the report, or say with --photos where they lie."
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure. what: its field; told and found: in the report, and today."""

    what: str
    told: str
    found: str


@dataclass(frozen=True, slots=True)
class Verified:
    """again: what is found today. differences: from the report, none where it is equal.

    from_photos: by side, whether the photograph itself was read, and not the aligned face of the report.
    """

    again: Record
    differences: tuple[Difference, ...]
    from_photos: tuple[bool, bool]

    @property
    def equal(self) -> bool:
        return not self.differences


def verify(engine: FaceEngine, report: Report, places: Iterable[Path]) -> Verified:
    """engine: with the model of the report. places: files, and folders that are looked through.

    Raises PhotosNotFound, UnreadableImage, NoFaceFound, FaceNumberUnknown.
    """
    record = report.record
    photos = photographs(report, places)
    missing = [
        compared.file
        for photo, (compared, side) in zip(photos, report.sides, strict=True)
        if photo is None and not side.face
    ]
    if missing:
        raise PhotosNotFound(names=", ".join(missing))
    left, right = (_given(photo, side) for photo, (_, side) in zip(photos, report.sides, strict=True))
    again = computed_again(engine, record, left, right)
    one, other = (photo is not None for photo in photos)
    shown = [
        difference
        for side, photo, pictures in zip(Side, photos, (report.left, report.right), strict=True)
        if photo is not None
        for difference in _pictures(side, photo, again.side(side), pictures)
    ]
    return Verified(again, (*differences(record, again), *shown), (one, other))


def _pictures(side: Side, photo: Photo, face: ComparedFace, shown: ReportSide) -> Iterator[Difference]:
    """What the report shows that is not cut out of the photograph."""
    from siamgui.core.pictures import picture_of

    taken = face.as_face()
    if shown.face:
        crop = align(photo.pixels, taken.landmarks)
        if not _alike(crop_of(shown), crop):
            yield Difference(f"{side.value} face picture", _named(shown.face), _named(png_of(crop)))
    if shown.picture:
        framed, close = framed_picture(photo.pixels, face), picture_of(photo.pixels, taken)
        given = picture_pixels(shown.picture)
        if not any(_alike(given, picture_pixels(one)) for one in (framed, close)):  # the history keeps the close one
            yield Difference(f"{side.value} picture", _named(shown.picture), _named(framed))


def _alike(one: Pixels, other: Pixels) -> bool:
    """Whether they are the same picture, saved or cut out by others: nowhere does a patch of it differ much."""
    if one.shape != other.shape:
        return False
    return float(cv2.blur(cv2.absdiff(one, other), (PATCH, PATCH)).max()) <= UNLIKE


def _named(data: bytes) -> str:
    return f"SHA-256 {hashlib.sha256(data).hexdigest()[:16]}"


def photographs(report: Report, places: Iterable[Path]) -> tuple[Photo | None, Photo | None]:
    """Of both sides, where they are found. Raises UnreadableImage for one that is, and cannot be decoded."""
    from siamgui.core.imaging import photo_from_bytes

    wanted = {compared.sha256: compared.file for compared, _ in report.sides}
    found = {
        compared.sha256: side.original
        for compared, side in report.sides
        if side.original and hashlib.sha256(side.original).hexdigest() == compared.sha256
    }
    for file in _files(places, set(wanted.values())):
        if wanted.keys() <= found.keys():
            break
        data = _read(file)
        digest = hashlib.sha256(data).hexdigest()
        if digest in wanted:
            found[digest] = data
    left, right = (
        photo_from_bytes(found[compared.sha256], compared.file) if compared.sha256 in found else None
        for compared, _ in report.sides
    )
    return left, right


def _files(places: Iterable[Path], names: set[str]) -> list[Path]:
    """Those in the places, at most so many; first those of the right name."""
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            for path in place.rglob("*"):
                if len(found) >= _MOST_FILES:
                    break
                if path.is_file():
                    found.append(path)
        else:
            found.append(place)
    return sorted(found, key=lambda path: path.name not in names)


def _read(file: Path) -> bytes:
    from siamgui.core.imaging import picture_bytes

    try:
        return picture_bytes(file)
    except UnreadableImage:
        return b""


def _given(photo: Photo | None, side: ReportSide) -> Given:
    return photo if photo is not None else crop_of(side)


def differences(told: Record, found: Record) -> tuple[Difference, ...]:
    """Of all that a report says; where processors round differently, nothing is different."""
    one, other = told.verdict, found.verdict
    tried = one.firmness is not None and other.firmness is not None
    said, says = (_firm(verdict, tried=tried) for verdict in (one, other))
    exact = {
        "model": (told.engine.encoder, found.engine.encoder),
        "outcome": (said.outcome.value, says.outcome.value),
        "firmness": (_fallen(said), _fallen(says)),
        "strictness": (one.strictness.value, other.strictness.value),
        "forced": (one.forced, other.forced),
        "disagree": (one.disagree, other.disagree),
        "stated": (one.stated, other.stated),
        "rates are bounds": (_bounds(one), _bounds(other)),
        "quality": (_findings(one), _findings(other)),
        "strangers": (_strangers(one), _strangers(other)),
        "parts": (_part_names(one), _part_names(other)),
        "calibration": (told.calibration, found.calibration),
        **{f"{side.value} face": (_place(told, side), _place(found, side)) for side in Side},
    }
    wrong = [Difference(what, str(a), str(b)) for what, (a, b) in exact.items() if a != b]
    for figure in _FIGURES:
        a, b = figure.of(said), figure.of(says)
        if abs(a - b) > figure.apart:
            wrong.append(Difference(figure.name, f"{a:.6g}", f"{b:.6g}"))
    for part, again in zip(one.parts, other.parts, strict=False):
        for name, a, b, apart in (
            (f"distance of {part.name}", part.distance, again.distance, APART),
            (f"log10 FMR of {part.name}", math.log10(part.fmr), math.log10(again.fmr), TIMES),
        ):
            if abs(a - b) > apart:
                wrong.append(Difference(name, f"{a:.6g}", f"{b:.6g}"))
    files = {file.name: file.sha256 for file in found.models}
    for file in told.models:
        # The serving form is made where it is used; it computes what the weights say.
        if not file.name.rpartition("/")[2].startswith("serving") and files.get(file.name) != file.sha256:
            wrong.append(Difference(file.name, file.sha256, files.get(file.name, "")))
    return tuple(wrong)


def _firm(verdict: Verdict, *, tried: bool) -> Verdict:
    """As it is without the changes that were not tried on both: aligned faces alone cannot be changed a little."""
    if tried or verdict.firmness is None:
        return verdict
    return replace(verdict, outcome=verdict.firmness.outcome, firmness=None, unfirm=False)


def _fallen(verdict: Verdict) -> tuple[str, ...]:
    found = () if verdict.firmness is None else verdict.firmness.fallen
    return tuple(f"{trial.side.value} {trial.change.value}" for trial in found)


def _reach(verdict: Verdict, end: int) -> float:
    return verdict.distance if verdict.firmness is None else verdict.firmness.reach[end]


def _bounds(verdict: Verdict) -> tuple[bool, ...]:
    general = () if verdict.claim is None else (verdict.claim.general_fmr_is_bound,)
    return (verdict.fmr_is_bound, verdict.fnmr_is_bound, *general, *(part.fmr_is_bound for part in verdict.parts))


def _findings(verdict: Verdict) -> tuple[str, ...]:
    found = (
        f"{one.side.value} {one.finding.issue.value}{' (decisive)' if one.finding.decisive else ''}"
        for one in verdict.findings
    )
    return tuple(sorted(found))


def _strangers(verdict: Verdict) -> tuple[object, ...]:
    claim = verdict.claim
    return () if claim is None else (claim.strangers, claim.shared, claim.kind)


def _part_names(verdict: Verdict) -> tuple[str, ...]:
    return tuple(part.name for part in verdict.parts)


def _place(record: Record, side: Side) -> tuple[int, ...]:
    """Which face, to the pixel, of how many."""
    face = record.side(side)
    return (face.faces, face.face, *(round(value / 2) for value in face.box))


class _Figure(NamedTuple):
    """apart: how far two of them may lie apart."""

    name: str
    apart: float
    of: Callable[[Verdict], float]


def _general(verdict: Verdict) -> float:
    return math.log10(verdict.fmr if verdict.claim is None else verdict.claim.general_fmr)


def _nearer(verdict: Verdict, side: Side) -> float:
    """From 0, by the log10 of three more."""
    claim = verdict.claim
    if claim is None:
        return 0.0
    return math.log10(3 + max(0, claim.nearer_left if side is Side.LEFT else claim.nearer_right))


def _adjusted(verdict: Verdict) -> float:
    return verdict.distance if verdict.claim is None else verdict.claim.adjusted


_FIGURES = (
    _Figure("distance", APART, lambda verdict: verdict.distance),
    _Figure("adjusted distance", APART, _adjusted),
    _Figure("nearest", APART, lambda verdict: _reach(verdict, 0)),
    _Figure("farthest", APART, lambda verdict: _reach(verdict, 1)),
    _Figure("same below", APART, lambda verdict: verdict.same_below),
    _Figure("different above", APART, lambda verdict: verdict.different_above),
    _Figure("log10 FMR", TIMES, lambda verdict: math.log10(verdict.fmr)),
    _Figure("log10 FNMR", TIMES, lambda verdict: math.log10(verdict.fnmr)),
    _Figure("log10 FMR of clear photographs", TIMES, _general),
    _Figure("log10 strangers near the left face", _STRANGERS, lambda verdict: _nearer(verdict, Side.LEFT)),
    _Figure("log10 strangers near the right face", _STRANGERS, lambda verdict: _nearer(verdict, Side.RIGHT)),
    _Figure("log10 likelihood ratio", TIMES, lambda verdict: verdict.log10_lr),
)

"""A report as a file, and back: JSON, HTML and PDF each hold the whole report, and a seal over every byte beside it."""

from __future__ import annotations

import base64
import binascii
import enum
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import Raw, Struct

from siamgui.core.errors import SiamguiError
from siamgui.core.files import read_file, write_whole
from siamgui.core.i18n import mark
from siamgui.core.manifest import Signer
from siamgui.core.typed_json import WrongForm, plain, read
from siamgui.report.html import web_page
from siamgui.report.pages import document
from siamgui.report.report import Report, read_report
from siamgui.report.sealing import Broken, Seal, packed, sealed, signer, unpacked

LIMIT = 2**30
"""Bytes of a report at most."""
_PAYLOAD = 2**30
ATTACHED = "report.json"
"""The name of what is attached to a PDF."""


class Kind(enum.StrEnum):
    PDF = ".pdf"
    HTML = ".html"
    JSON = ".json"


class ReportUnreadable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}).")


class NoReport(SiamguiError):
    """values: name"""

    text = mark("“{name}” is no report of siamgui.")


class ReportChanged(SiamguiError):
    """values: name"""

    text = mark("“{name}” is not as it was made: it was changed or damaged. Nothing in it is to be relied on.")


class ReportWordsChanged(SiamguiError):
    """values: name"""

    text = mark("The words of “{name}” are not what its figures say. Nothing in it is to be relied on.")


class EndingUnknown(SiamguiError):
    """values: name"""

    text = mark("A report is written as .pdf, .html or .json, so “{name}” does not say which.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A report file whose seal fits. signer: None where nobody has signed it.

    words: whether what is printed on its pages, if it has any, was found to be what its figures say.
    """

    report: Report
    kind: Kind
    signer: Signer | None
    words: bool


class _Json(Struct, frozen=True, forbid_unknown_fields=True):
    report: Raw
    seal: Seal


class ReportUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be written ({reason}). Choose another place.")


def write_report(report: Report, path: Path, root: Path, pdf: Callable[[Report], bytes]) -> Opened:
    """Whole or not at all, sealed, and signed where the data folder root has a key and somebody's name.

    pdf: draws the pages, for a PDF. What was written is read back. Raises EndingUnknown, ReportUnwritable,
    VersionsUnreadable, and what open_report() raises.
    """
    kind = kind_of(path)
    try:
        if kind is Kind.JSON:
            data = json_file(report, root)
        elif kind is Kind.HTML:
            data = html_file(report, root)
        else:
            data = pdf_file(pdf(report), root)
        write_whole(path, data, exported=True)
    except OSError as error:
        raise ReportUnwritable(name=path.name, reason=error.strerror or str(error)) from None
    return open_report(path)


def kind_of(path: Path) -> Kind:
    """Raises EndingUnknown."""
    try:
        return Kind(path.suffix.lower())
    except ValueError:
        raise EndingUnknown(name=path.name) from None


def json_file(report: Report, root: Path) -> bytes:
    """root: the data folder whose key signs. Raises OSError, VersionsUnreadable."""
    payload = report.to_json()
    return _json(payload, sealed(payload, root))


def html_file(report: Report, root: Path) -> bytes:
    """The same."""
    page = web_page(document(report), report.language, report.to_json())
    return page + _html_seal(sealed(page, root))


def pdf_file(pdf: bytes, root: Path) -> bytes:
    """The same. pdf: as Qt has written it, with the report attached."""
    place = pdf.rindex(b"startxref")
    return pdf[:place] + _pdf_seal(sealed(pdf, root)) + pdf[place:]


def open_report(path: Path) -> Opened:
    """Raises ReportUnreadable, NoReport, ReportChanged, ReportWordsChanged."""
    name = path.name
    try:
        data = read_file(path, LIMIT)
    except OSError as error:
        raise ReportUnreadable(name=name, reason=error.strerror or str(error)) from None
    if len(data) > LIMIT:
        raise NoReport(name=name)
    try:
        if data.startswith(b"%PDF-"):
            return _from_pdf(data, name)
        if data.startswith(b"<!DOCTYPE html>"):
            return _from_html(data, name)
        return _from_json(data, name)
    except (Broken, WrongForm, ZeroDivisionError, OverflowError):
        raise ReportChanged(name=name) from None


def _json(payload: bytes, seal: Seal) -> bytes:
    return b'{"report": ' + payload + b',\n"seal": ' + json.dumps(plain(seal)).encode() + b"}\n"


def _from_json(data: bytes, name: str) -> Opened:
    try:
        file = read(_Json, data)
    except WrongForm:
        # A report with a comma too few is one that was changed; anything else is none.
        raise (ReportChanged if data.startswith(b'{"report"') else NoReport)(name=name) from None
    payload = bytes(file.report)
    if _json(payload, file.seal) != data:
        raise Broken
    return Opened(read_report(payload), Kind.JSON, signer(file.seal, payload), words=True)


_HTML_SEAL = re.compile(rb"<!--siamgui-seal ([A-Za-z0-9+/=]+)-->\n\Z")
_HTML_PAYLOAD = re.compile(rb'href="data:application/json;base64,([A-Za-z0-9+/=]*)"')


def _html_seal(seal: Seal) -> bytes:
    return f"<!--siamgui-seal {packed(seal)}-->\n".encode()


def _from_html(data: bytes, name: str) -> Opened:
    found = _HTML_SEAL.search(data)
    payloads = _HTML_PAYLOAD.findall(data)
    if found is None or len(payloads) != 1:
        raise (Broken if b"siamgui-seal" in data else NoReport(name=name))
    page = data[: found.start()]
    who = signer(unpacked(found[1]), page)
    try:
        payload = base64.b64decode(payloads[0], validate=True)
    except binascii.Error:
        raise Broken from None
    report = read_report(payload)
    from siamgui import __version__

    same = web_page(document(report), report.language, payload) == page
    # Another version may say the same in other words.
    if report.record.program == __version__ and not same:
        raise ReportWordsChanged(name=name)
    return Opened(report, Kind.HTML, who, words=same)


_PDF_SEAL = re.compile(rb"%siamgui-seal ([A-Za-z0-9+/=]+)\n(?=startxref)")


def _pdf_seal(seal: Seal) -> bytes:
    return f"%siamgui-seal {packed(seal)}\n".encode()


def _from_pdf(data: bytes, name: str) -> Opened:
    found = list(_PDF_SEAL.finditer(data))
    if len(found) != 1:
        raise (Broken if b"%siamgui-seal" in data else NoReport(name=name))
    pdf = data[: found[0].start()] + data[found[0].end() :]
    who = signer(unpacked(found[0][1]), pdf)
    payload = next((one for one in _streams(pdf) if one.startswith(_BEGINS)), None)
    if payload is None:
        raise Broken
    return Opened(read_report(payload), Kind.PDF, who, words=False)


_BEGINS = b'{\n "schema": "siamgui.report/'


def _streams(pdf: bytes) -> Iterator[bytes]:
    """What the streams of a PDF hold that begin as a report does, packed (FlateDecode) or not."""
    for found in re.finditer(rb"stream\r?\n", pdf):
        at = found.end()
        if pdf[at : at + len(_BEGINS)] == _BEGINS:
            yield pdf[at : pdf.find(b"\nendstream", at)]
            continue
        unpacking = zlib.decompressobj()
        try:
            if unpacking.decompress(pdf[at : at + 4096], len(_BEGINS)) != _BEGINS:
                continue
            unpacking = zlib.decompressobj()
            yield unpacking.decompress(memoryview(pdf)[at:], _PAYLOAD)
        except zlib.error:
            continue

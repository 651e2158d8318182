"""siamgui report: a comparison as PDF, HTML or JSON, and “report verify”, which computes one anew."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siamgui.core import wording
from siamgui.core.encoders.registry import default_encoder
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.paths import data_folder
from siamgui.core.types import Side
from siamgui.report import files
from siamgui.report.report import LINE, Report, Wanted, make_report, side_of
from siamgui.report.verifying import Verified, verify
from siamgui.versions.errors import VersionUnknown
from siamgui.versions.signature import met

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

VERIFY = Path("verify")
NOT_EQUAL = 1


class TwoPhotosWanted(SiamguiError):
    text = mark("A report is about two photos. Name two, or “verify” and a report.")


class OutWanted(SiamguiError):
    text = mark("Say with --out where the report is to be written, as report.pdf.")


class ModelNotHere(SiamguiError):
    """values: name, model"""

    text = mark("“{name}” was made with the model “{model}”, which is not here. Import it, then verify again.")


def run(args: argparse.Namespace) -> int:
    """args: photos, out, form, case, author, remarks, embed_photos, from_history, places, left_face, right_face, face,
    strictness, device, model, json."""
    if args.photos[:1] == [VERIFY]:
        return _verify(args.photos[1:], args)
    if args.out is None:
        raise OutWanted
    files.kind_of(args.out)  # before anything is computed
    if args.from_history is not None:
        report = _of_history(args)
    elif len(args.photos) == 2:
        report = _of_photos(args)
    else:
        raise TwoPhotosWanted
    written = files.write_report(report, args.out, data_folder(), _pdf)
    if args.json:
        signed = None if written.signer is None else written.signer.fingerprint
        print(json.dumps({"written": args.out.name, "outcome": report.record.verdict.outcome, "signed": signed}))
    else:
        print(wording.headline(report.record.verdict.outcome))
        print(tr("“{name}” is written.", name=args.out.name), met(written.signer, data_folder()).words)
    return 0


def _pdf(report: Report) -> bytes:
    from siamgui.gui.report.paper import application, pdf_of

    painter = application()  # has to live for as long as something is drawn
    pages = pdf_of(report)
    del painter
    return pages


def _wanted(args: argparse.Namespace) -> Wanted:
    return Wanted(args.form, args.case[:LINE], args.author[:LINE], args.remarks)


def _of_photos(args: argparse.Namespace) -> Report:
    from siamgui.commands.compare import compare
    from siamgui.report.record import record_of

    args.left, args.right = args.photos
    answer = compare(args)
    sides = (answer.left, answer.right)
    record = record_of(*sides, answer.comparison, answer.calibration, answer.models)
    originals = [_bytes(path) if args.embed_photos else b"" for path in args.photos]
    left, right = (
        side_of(read.photo, read.reading.crop, compared, original)
        for read, compared, original in zip(sides, (record.left, record.right), originals, strict=True)
    )
    return make_report(record, left, right, _wanted(args))


def _of_history(args: argparse.Namespace) -> Report:
    """As it stood; with its photographs where they are found again."""
    from siamgui.commands.history import ComparisonUnknown
    from siamgui.commands.kept import open_kept
    from siamgui.storage.comparison_operations import OpenComparison
    from siamgui.storage.comparison_report import sides_of

    with open_kept() as store:
        opened = store.do(OpenComparison(args.from_history))
    if opened is None:
        raise ComparisonUnknown(number=args.from_history)
    left, right = sides_of(opened, embed=args.embed_photos)
    return make_report(opened.entry.record, left, right, _wanted(args))


def _bytes(path: Path) -> bytes:
    from siamgui.core.imaging import picture_bytes

    return picture_bytes(path)


# -- verify ----------------------------------------------------------------------------------------------------------


def _verify(paths: Sequence[Path], args: argparse.Namespace) -> int:
    """Every report, one after the other."""
    if not paths:
        raise TwoPhotosWanted
    code, answers, engines = 0, [], dict[str, "FaceEngine"]()
    for path in paths:
        opened = files.open_report(path)
        key = opened.report.record.engine.encoder
        if key not in engines:
            engines[key] = _engine(args.device, opened.report, path)
        found = verify(engines[key], opened.report, [*args.places, *_beside(path)])
        code = code if found.equal else NOT_EQUAL
        signed = met(opened.signer, data_folder()).words
        if args.json:
            answers.append(_as_json(path, opened.report, found, signed))
        else:
            print("\n".join(_lines(path, opened, found, signed)))
    if args.json:
        print(json.dumps(answers if len(answers) > 1 else answers[0], ensure_ascii=False, indent=2))
    return code


def _beside(path: Path) -> list[Path]:
    """The files in the folder of a report; below it, where all of a home may lie, nobody said to look."""
    try:
        return [file for file in path.absolute().parent.iterdir() if file.is_file()]
    except OSError:
        return []


def _engine(device: str, report: Report, path: Path) -> FaceEngine:
    """With the very model of the report. Raises ModelNotHere."""
    from siamgui.versions.active_engine import open_engine
    from siamgui.versions.active_pointer import ORIGINAL

    engine = report.record.engine
    choice = ORIGINAL if engine.encoder_id == default_encoder().key else engine.encoder_id
    try:
        return open_engine(device, choice).engine
    except VersionUnknown:
        raise ModelNotHere(name=path.name, model=engine.encoder_name) from None


def _lines(path: Path, opened: files.Opened, found: Verified, signed: str) -> list[str]:
    record = opened.report.record
    lines = [
        tr("“{name}” is as it was made. {signed}", name=path.name, signed=signed),
        tr("It says of “{left}” and “{right}”:", left=record.left.file, right=record.right.file),
        f"  {wording.headline(record.verdict.outcome)}. {wording.rarity(record.verdict)}",
    ]
    if found.equal:
        lines.append(tr("Computed again: equal."))
    else:
        lines.append(tr("Computed again: not equal."))
        lines += [f"  {one.what}: {one.told} -> {one.found}" for one in found.differences]
    for side, read in zip((record.left, record.right), found.from_photos, strict=True):
        if not read:
            lines.append(
                tr(
                    "“{name}” was not found: its aligned face in the report was compared. Say with --photos where it "
                    "lies, to check that it was cut out of that photo.",
                    name=side.file,
                )
            )
    if record.verdict.firmness is None:
        lines.append(tr("Whether its verdict holds when the photos are changed a little is not in it."))
    elif found.again.verdict.firmness is None:
        lines.append(tr("Whether its verdict holds when the photos are changed a little was not computed again."))
    if not opened.words:
        lines.append(tr("What is printed on its pages was not compared with its figures: rely on what stands here."))
    return lines


def _as_json(path: Path, report: Report, found: Verified, signed: str) -> dict[str, Any]:
    return {
        "report": path.name,
        "equal": found.equal,
        "outcome": report.record.verdict.outcome.value,
        "differences": [{"what": one.what, "told": one.told, "found": one.found} for one in found.differences],
        "from_photos": {side.value: read for side, read in zip(Side, found.from_photos, strict=True)},
        "signed": signed,
    }

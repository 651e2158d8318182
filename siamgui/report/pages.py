"""A report in words: the clerk's page, and the examiner's pages (ENFSI BPM-DI-01, FISWG facial comparison guides).

All of it follows from the values of the report and its language, so whoever has the report can say it again.
"""

from __future__ import annotations

import shlex

from siamgui.core import wording
from siamgui.core.checklist import feature_name, seen_name
from siamgui.core.claim_words import strangers
from siamgui.core.firmness_words import standing
from siamgui.core.i18n import speaking, tr
from siamgui.core.shown_text import columns
from siamgui.core.types import Outcome, Side
from siamgui.report import verbal
from siamgui.report.blocks import (
    Answer,
    Block,
    Document,
    Heading,
    NewPage,
    Picture,
    Pictures,
    Points,
    Rows,
    Scale,
    SignHere,
    Text,
    Title,
)
from siamgui.report.record import ComparedFace, Record
from siamgui.report.report import Report

LINE = 90
"""Letters that stand in a line of the clerk's page; Chinese ones take the room of two."""
AXIS = 1.8
"""End of the axis of distances, or farther where the distance is."""


def document(report: Report) -> Document:
    """In the language of the report."""
    with speaking(report.language):
        return _clerk(report) if report.form == "clerk" else _examiner(report)


def command(record: Record) -> str:
    """The one that computes it again, in the folder where the two photographs lie."""
    from siamgui.core.encoders.registry import default_encoder

    engine = record.engine
    model = "original" if engine.encoder_id == default_encoder().key else engine.encoder_id
    files = [_path(side.file) for side in (record.left, record.right)]
    if record.left.file == record.right.file and record.left.sha256 != record.right.sha256:
        files = [f"{side.value}/{record.left.file}" for side in Side]  # two folders, two photographs of one name
    words = ["siamgui", "compare", *files]
    for side, one in ((Side.LEFT, record.left), (Side.RIGHT, record.right)):
        words += [f"--{side.value}-face", str(one.face)] if one.faces > 1 else []
    words += ["--strictness", record.verdict.strictness.value, "--model", model]
    words += [] if record.verdict.firmness is None else ["--firm"]
    return shlex.join(words)


def _path(file: str) -> str:
    """What no command takes for an option."""
    return f"./{file}" if file.startswith("-") else file


def _clerk(report: Report) -> Document:
    record, answer = report.record, _answer(report.record)
    words = (*answer.sentences, *report.remarks.splitlines())
    lines = sum(1 + columns(sentence) // LINE for sentence in words)
    down = max(16, 80 - 6 * lines)  # all of it is to stand on one page
    return (
        _title(report, tr("Comparison of two faces")),
        _photographs(report, across=64, down=down, face=min(26, down)),
        answer,
        _scale(record),
        Rows(_short_figures(record)),
        *_remarks(report),
        Points(_limits(record)[:4]),
        Rows(_files(record), small=True),
        Text(tr("To compute it again, where the photos lie:"), "muted"),
        Text(command(record), "code"),
        SignHere((tr("Made by"), tr("Date"), tr("Signature"))),
    )


def _examiner(report: Report) -> Document:
    record, long = report.record, bool(report.checklist.remarks)
    blocks: list[Block] = [
        _title(report, tr("Report on the comparison of two faces")),
        Heading(tr("Question")),
        Text(tr("Two propositions were held against each other:")),
        Points(
            (
                tr("Both photos show the same person."),
                tr("They show two different people, not related, of those for whom rates were measured."),
            )
        ),
        Heading(tr("Material")),
        _photographs(report, across=80, down=88, face=34),
        Rows(_material(record), (tr("Property"), tr("Left"), tr("Right"))),
        Heading(tr("Result")),
        _answer(record),
        _scale(record),
        *_remarks(report),
        NewPage(),
        Heading(tr("Figures")),
        Rows(wording.details(record)),
        Heading(tr("Quality of the photographs")),
        *_quality(record),
        *_checklist(report),
        Heading(tr("How it was computed")),
        Points(_method(record)),
        *([NewPage()] if long else []),
        Heading(tr("What the result does not say")),
        Points(_limits(record)),
        *([] if long else [NewPage()]),
        Heading(tr("How strong the support is called")),
        *_verbal(record),
        Heading(tr("Files and versions")),
        Rows((*_files(record), *_versions(record)), small=True),
        Heading(tr("To compute it again")),
        Text(tr("In the folder where the two photos lie:")),
        Text(command(record), "code"),
        Text(tr("Or with this report, which also says whether anything was changed in it:")),
        Text(shlex.join(["siamgui", "report", "verify", tr("REPORT"), "--photos", tr("FOLDER")]), "code"),
        SignHere((tr("Examiner"), tr("Date"), tr("Signature"))),
        SignHere((tr("Second examiner"), tr("Date"), tr("Signature"))),
    ]
    return tuple(blocks)


def _title(report: Report, text: str) -> Title:
    under = [tr("Compared: {when}", when=_utc(report.record.at)), tr("Report: {when}", when=_utc(report.made))]
    under += [tr("Case: {case}", case=report.case)] if report.case else []
    under += [tr("Made by: {name}", name=report.author)] if report.author else []
    return Title(text, tuple(under))


def _utc(iso: str) -> str:
    """The same words wherever it is read."""
    return tr("{day} {time} UTC", day=iso[:10], time=iso[11:16])


def _photographs(report: Report, *, across: int, down: int, face: int) -> Pictures:
    """Both photographs, and both faces as they were compared. across, down, face: millimetres."""
    found = []
    for side, (compared, pictures) in zip(Side, report.sides, strict=True):
        where = tr("Left") if side is Side.LEFT else tr("Right")
        parts = []
        if pictures.picture:
            parts.append(Picture(pictures.picture, f"{where}: {_name(compared)}", across, down))
        if pictures.face:
            parts.append(Picture(pictures.face, tr("as compared"), face, face))
        found.append(parts)
    left, right = found
    return Pictures((*left, *right))


def _name(side: ComparedFace) -> str:
    if side.faces == 1:
        return side.file
    return tr("{name}, face {number} of {count}", name=side.file, number=side.face, count=side.faces)


def _answer(record: Record) -> Answer:
    verdict = record.verdict
    why, advice = wording.reason(verdict), wording.all_advice(record)
    sentences = (*filter(None, (why, wording.rarity(verdict), standing(verdict))), *advice)
    strength = verbal.strength(verdict)
    if strength and verdict.outcome is Outcome.SAME:
        strength = tr("{strength} for the same person", strength=strength)
    elif strength:
        strength = tr("{strength} for different people", strength=strength)
    return Answer(verdict.outcome, wording.headline(verdict.outcome), strength, sentences)


def _scale(record: Record) -> Scale:
    verdict = record.verdict
    farthest = verdict.distance if verdict.firmness is None else verdict.firmness.reach[1]
    end = max(AXIS, 1.02 * verdict.distance, 1.02 * farthest, 1.02 * verdict.different_above)
    limits = verdict.same_below, verdict.different_above
    words = tr("same"), tr("inconclusive"), tr("different")
    spread = None if verdict.firmness is None else verdict.firmness.reach
    return Scale(verdict.distance, *limits, end, verdict.outcome, words, spread)


def _short_figures(record: Record) -> tuple[tuple[str, str], ...]:
    verdict = record.verdict
    distance = f"{verdict.distance:.2f}"
    if verdict.claim is not None:
        distance = tr("{distance}, adjusted {adjusted}", distance=distance, adjusted=f"{record.adjusted:.2f}")
    share = wording.one_in(verdict.strictness.fmr)
    strictness = tr("{name} (FMR {share})", name=wording.strictness_name(verdict.strictness), share=share)
    rows = [
        (tr("Distance"), distance),
        (tr("False match rate (FMR)"), wording.rate_words(verdict.fmr, verdict.fmr_is_bound)),
        (tr("Strictness"), strictness),
    ]
    rows += [] if verdict.claim is None else [(tr("Strangers"), strangers(verdict.claim))]
    return (*rows, (tr("Engine"), _engine(record)))


def _engine(record: Record) -> str:
    return f"{wording.engine_line(record.engine, None)} · siamgui {record.program}"


def _remarks(report: Report) -> tuple[Block, ...]:
    return (Heading(tr("Remarks")), *map(Text, report.remarks.splitlines())) if report.remarks else ()


def _material(record: Record) -> tuple[tuple[str, ...], ...]:
    sides = (record.left, record.right)

    def both(name: str, *values: str) -> tuple[str, ...]:
        return (name, *values)

    return (
        both(tr("File"), *(side.file for side in sides)),
        both(tr("Size"), *(tr("{width} × {height} pixels", width=s.width, height=s.height) for s in sides)),
        both(tr("Pictures in the file"), *(str(side.frames) for side in sides)),
        both(tr("Faces found"), *(str(side.faces) for side in sides)),
        both(tr("Face compared"), *(str(side.face) for side in sides)),
        both(tr("Between the eyes"), *(f"{side.quality.eye_distance:.0f} px" for side in sides)),
    )


def _quality(record: Record) -> tuple[Block, ...]:
    advice = wording.all_advice(record)
    if advice:
        return (Points(advice),)
    return (Text(tr("Neither photo has a fault that lowers trust, as far as that is measured.")),)


def _checklist(report: Report) -> tuple[Block, ...]:
    """What an examiner has seen, feature by feature; nothing of it goes into the result."""
    remarks = report.checklist.remarks
    if not remarks:
        return ()
    rows = tuple(
        (feature_name(one.feature), "–" if one.seen is None else seen_name(one.seen), one.note) for one in remarks
    )
    return (
        Heading(tr("Features, as a person saw them")),
        Rows(rows, (tr("Feature"), tr("Seen"), tr("Note"))),
        Text(tr("The list is that of the FISWG guides. Nothing of it goes into the figures."), "muted"),
    )


def _method(record: Record) -> tuple[str, ...]:
    calibration = record.calibration
    found = [
        tr("Each face is found, its eyes, nose and mouth are measured, and it is cut out upright at one size."),
        tr(
            "One network turns each face into an embedding; what is compared is the distance of the two embeddings "
            "(Chopra, Hadsell and LeCun 2005)."
        ),
        tr(
            "What a distance means was measured on {genuine} pairs of photos of one person and {impostor} pairs of "
            "different people, of {people} people ({source}).",
            genuine=f"{calibration.genuine_pairs:,}",
            impostor=f"{calibration.impostor_pairs:,}",
            people=f"{calibration.people:,}",
            source=calibration.source,
        ),
    ]
    if record.verdict.claim is not None:
        found.append(
            tr(
                "The claim is that of these two photographs: each face is held against {count} photographs of "
                "strangers, clear and spoilt in many ways, and what the two share beside a face counts as no likeness.",
                count=f"{record.verdict.claim.strangers:,}",
            )
        )
    if record.verdict.firmness is not None:
        found.append(
            tr(
                "Each photo was changed a little in turn, {count} times in all: moved, turned, compressed, halved, "
                "mirrored. A verdict that does not hold through all of that is inconclusive.",
                count=len(record.verdict.firmness.trials),
            )
        )
    return tuple(found)


def _limits(record: Record) -> tuple[str, ...]:
    """In plain words; the first of them fit on the clerk's page."""
    calibration = record.calibration
    found = [
        tr("The result says which side the likeness supports. It is no statement of identity."),
        tr("It rests on these two photos alone; whatever else is known of the case is not in it."),
        tr("No rate is claimed below {share}: so far the measured pairs reach.", share=_least(record)),
        tr("Twins and near relatives look more alike than the strangers the rates were measured on."),
        tr(
            "The rates hold for adults in photographs like those they were measured on; for children, drawings and "
            "changed pictures none were measured."
        ),
        tr("Whether a photo was changed, staged or made by a machine is not examined."),
        tr("A person has to look at the two photos and answer for what follows from this report."),
    ]
    if calibration.stated:
        found.insert(0, tr("The rates are what the maker of the model states; nothing here could measure them."))
    return tuple(found)


def _least(record: Record) -> str:
    return wording.one_in(record.calibration.smallest_fmr, bound=True)


def _verbal(record: Record) -> tuple[Block, ...]:
    log10_lr = verbal.carried(record.verdict)
    said = (
        tr("No strength is said of an open verdict, or of rates that nobody measured here.")
        if log10_lr is None
        else tr(
            "A likelihood ratio of up to {n} is carried by the measured rates: {words}.",
            n=wording.two_digits(max(10**log10_lr, 1.0), down=True),
            words=verbal.strength(record.verdict),
        )
    )
    source = tr("The scale is that of the ENFSI guideline (2015), limited by the false match rate of this comparison.")
    return Text(said), Text(source, "muted"), Rows(verbal.ranges(), (tr("In words"), tr("Likelihood ratio")))


def _files(record: Record) -> tuple[tuple[str, str], ...]:
    return tuple((f"SHA-256 {side.file}", side.sha256) for side in (record.left, record.right))


def _versions(record: Record) -> tuple[tuple[str, str], ...]:
    return (
        (tr("Program"), f"siamgui {record.program}"),
        (tr("Model"), f"{record.engine.encoder_name} ({record.engine.encoder})"),
        *((file.name, file.sha256) for file in record.models),
    )

"""siamgui pairs: the photographs and labels from which a model version is trained."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from siamgui.commands.kept import open_kept
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.calibration import Calibration
from siamgui.core.errors import FileUnwritable, SiamguiError
from siamgui.core.files import write_whole
from siamgui.core.folders import skipped_note
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.shown_text import one_line
from siamgui.core.types import Label, Strictness
from siamgui.evaluation.pairs import COLUMNS
from siamgui.finetuning.methods import recommend
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.graph import copies, suspects
from siamgui.labelling.import_plan import ImportKind, ImportRequest, make_plan
from siamgui.labelling.next_pair import next_pair
from siamgui.labelling.types import Part
from siamgui.labelling.wording import alike_note, copies_note
from siamgui.storage.label_import import TakeIn, collect, embed_missing
from siamgui.storage.label_operations import ClearLabels, ReadFaceVectors, ReadLabels, SetLabel, SnapshotPairs
from siamgui.storage.label_store import StoredFace
from siamgui.storage.store import Store

Answer = dict[str, Any]
NOTHING = "nothing"


class NothingUsable(SiamguiError):
    """values: text (why the first photograph cannot be used)"""

    text = mark("None of the photos can be used. The first one: {text}")


class OnePhoto(SiamguiError):
    """values: left, right"""

    text = mark("“{left}” and “{right}” are one and the same photo. Choose two different ones.")


class NotMeant(SiamguiError):
    text = mark("This forgets all photos and labels; model versions stay. Add --yes if you mean it.")


def run(args: argparse.Namespace) -> int:
    """args: action, json, device, model, and what the action takes: source, images, unsorted, jobs, file, yes, ..."""
    with open_kept() as store:
        answer, lines = _ACTIONS[args.action](store, args)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(map(one_line, lines)))
    return 0


def _import(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    plan = make_plan(
        ImportRequest(tuple(args.source), ImportKind.LOOSE if args.unsorted else ImportKind.ANY), args.images
    )
    engine = engine_for(args.device, args.model, args.jobs)
    collected = collect(engine, store, plan.photos, plan.persons, args.jobs, ProgressLine())
    if not collected.faces:
        raise NothingUsable(text=collected.problems[0][1])
    taken = store.do(TakeIn(plan, collected))
    answer = {
        "photos": len(plan.photos),
        "new": collected.new,
        "copies": [str(path) for path in collected.copies],
        "problems": [{"photo": str(path), "text": text} for path, text in collected.problems],
        "pairs": len(plan.pairs),
        "new_pairs": taken.pairs,
        "disputed": taken.disputed,
        "alike": taken.alike,
        "unread": taken.unread,
        "skipped": plan.skipped,
    }
    lines = [
        _row(tr("Photos"), tr("{total}, of which {new} are new", total=len(plan.photos), new=collected.new)),
        _row(tr("Pairs"), tr("{total}, of which {new} are new", total=len(plan.pairs), new=taken.pairs)),
    ]
    if plan.skipped:
        lines.append(skipped_note(plan.skipped))
    lines += [text for _, text in collected.problems]
    if collected.copies:
        lines.append(copies_note(len(collected.copies)))
    if taken.alike:
        lines.append(alike_note(taken.alike))
    if taken.unread:
        lines.append(
            trn(
                "{n} pair is left out: one of its photos cannot be used.",
                "{n} pairs are left out: one of their photos cannot be used.",
                taken.unread,
            )
        )
    if taken.disputed:
        lines.append(
            trn(
                "{n} pair was labelled otherwise before; the older label stays. “siamgui pairs label” changes it.",
                "{n} pairs were labelled otherwise before; the older labels stay. “siamgui pairs label” changes them.",
                taken.disputed,
            )
        )
    return answer, lines


def _status(store: Store, _args: argparse.Namespace) -> tuple[Answer, list[str]]:
    kept = store.do(ReadLabels())
    labels, graph, problems = kept.labels, kept.graph, kept.problems
    count = Counter(label.label for label in labels)
    decided = {pair for pair, label in graph.said.items() if label is not Label.UNSURE}
    people = len({graph.person[face] for pair in decided for face in pair})
    advice = recommend(count[Label.SAME], count[Label.DIFFERENT], people)
    answer = {
        "photos": len(kept.faces),
        "problems": [{"photo": problem.name, "text": problem.text} for problem in problems],
        "pairs": {label.value: count[label] for label in Label},
        "sources": dict(Counter(label.source for label in labels)),
        "implied": graph.implied_count,
        "people": people,
        "contradictions": len(graph.contradictions()),
        "recommended": advice.method.value,
        "reason": advice.reason,
    }
    rows = [
        (tr("Photos"), str(len(kept.faces))),
        (tr("Photos that cannot be used"), str(len(problems))),
        (tr("Same person"), str(count[Label.SAME])),
        (tr("Different people"), str(count[Label.DIFFERENT])),
        (tr("Unsure"), str(count[Label.UNSURE])),
        (tr("Pairs that follow from these"), str(graph.implied_count)),
        (tr("People"), str(people)),
        (tr("Contradictions"), str(answer["contradictions"])),
    ]
    if decided:
        rows.append((tr("Recommended"), advice.reason))
    return answer, [_row(*row) for row in rows]


def _check(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    encoder, calibration = _seen(store, args)
    kept = store.do(ReadLabels())
    faces, graph = kept.faces, kept.graph
    vectors = store.do(ReadFaceVectors(encoder, tuple(faces)))
    several = [face for face in faces.values() if face.faces_found > 1]
    twins = copies(list(faces), vectors)
    doubts = suspects(kept.labels, list(faces), vectors, calibration.limits(Strictness.STRICT), calibration.energy)
    pairs = store.do(SnapshotPairs())
    parts: dict[str, Answer] = {}
    left_out = 0
    if pairs.genuine and pairs.impostor:
        split = split_pairs(pairs)
        left_out = len(split.pairs_of(Part.LEFT_OUT))
        for part, name in ((Part.TRAIN, "train"), (Part.VALIDATION, "validation"), (Part.JUDGE, "judge")):
            own = split.pairs_of(part)
            same = int(pairs.same[own].sum())
            people = len({int(person) for person in pairs.person[split.faces_of(part)]})
            parts[name] = {"people": people, "same": same, "different": len(own) - same}

    def named(*ids: int) -> list[str]:
        return [_called(faces[face]) for face in ids]

    answer = {
        "problems": [{"photo": problem.name, "text": problem.text} for problem in kept.problems],
        "several_faces": [_called(face) for face in several],
        "copies": [named(*pair) for pair in twins],
        "contradictions": [
            {"different": named(contradiction.left, contradiction.right), "chain": named(*contradiction.chain)}
            for contradiction in graph.contradictions()
        ],
        "doubtful": [
            {"pair": named(doubt.left, doubt.right), "label": doubt.label.value, "distance": round(doubt.distance, 4)}
            for doubt in doubts
        ],
        "parts": parts,
        "left_out": left_out,
    }
    return answer, _check_lines(answer)


def _check_lines(answer: Answer) -> list[str]:
    lines = [problem["text"] for problem in answer["problems"]]
    lines += [
        tr("Several faces; the most prominent one counts: {photo}", photo=photo) for photo in answer["several_faces"]
    ]
    lines += [tr("Probably one photo, saved twice: {left} and {right}", left=a, right=b) for a, b in answer["copies"]]
    for contradiction in answer["contradictions"]:
        left, right = contradiction["different"]
        chain = " = ".join(contradiction["chain"])
        lines.append(tr("Contradiction: {left} ≠ {right}, but {chain}", left=left, right=right, chain=chain))
    for doubt in answer["doubtful"]:
        left, right = doubt["pair"]
        text = (
            tr("Labelled the same person, but look unalike: {left} and {right}", left=left, right=right)
            if doubt["label"] == Label.SAME
            else tr("Labelled different people, but look alike: {left} and {right}", left=left, right=right)
        )
        lines.append(text)
    names = {
        "train": tr("To train on"),
        "validation": tr("To decide when to stop"),
        "judge": tr("Held out, to judge by"),
    }
    for part, counts in answer["parts"].items():
        text = tr("{people} people, {same} pairs of the same person, {different} of different people", **counts)
        lines.append(_row(names[part], text))
    if answer["left_out"]:
        lines.append(
            trn(
                "{n} pair is left out: its people are in two of these parts.",
                "{n} pairs are left out: their people are in two of these parts.",
                answer["left_out"],
            )
        )
    if not answer["parts"]:
        lines.append(tr("Training needs pairs of both kinds: of the same person and of different people."))
    return lines


def _label(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    photos = (args.left, args.right)
    collected = collect(engine_for(args.device, args.model), store, photos, (None, None), 1, lambda *_: None)
    if collected.problems:
        raise NothingUsable(text=collected.problems[0][1])
    left, right = (collected.faces[photo] for photo in photos)
    if left.id == right.id:
        raise OnePhoto(left=left.name, right=right.name)
    said = None if args.label == NOTHING else Label(args.label)
    store.do(SetLabel(left.id, right.id, said, "desk"))
    contradictions = len(store.do(ReadLabels()).graph.contradictions())
    answer = {"left": _called(left), "right": _called(right), "label": args.label, "contradictions": contradictions}
    lines = [_row(tr("{left} and {right}", left=left.name, right=right.name), _label_words(args.label))]
    if contradictions:
        lines.append(
            trn(
                "{n} label contradicts others: see “siamgui pairs check”.",
                "{n} labels contradict others: see “siamgui pairs check”.",
                contradictions,
            )
        )
    return answer, lines


def _next(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    encoder, calibration = _seen(store, args)
    kept = store.do(ReadLabels())
    faces = kept.faces
    undecided = sum(calibration.limits(Strictness.BALANCED)) / 2
    vectors = store.do(ReadFaceVectors(encoder, tuple(faces)))
    pair = next_pair(vectors, list(faces), kept.graph, undecided, energy=calibration.energy)
    if pair is None:
        return {"left": None, "right": None}, [tr("Every pair is answered. Add photos to go on.")]
    left, right = (_called(faces[face]) for face in pair)
    return {"left": left, "right": right}, [left, right]


def _export(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    kept = store.do(ReadLabels())
    base = Path(os.path.abspath(args.file)).parent
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    written = left_out = 0
    for label in kept.labels:
        paths = kept.faces[label.left].path, kept.faces[label.right].path
        if label.label is Label.UNSURE or None in paths:
            left_out += 1
            continue
        writer.writerow([*(_relative(path, base) for path in paths if path), int(label.label is Label.SAME)])
        written += 1
    try:
        write_whole(args.file, table.getvalue().encode("utf-8", "surrogateescape"), exported=True)
    except OSError as error:
        raise FileUnwritable(name=args.file.name, reason=error.strerror) from None
    lines = [
        trn("{n} pair was written to “{name}”.", "{n} pairs were written to “{name}”.", written, name=args.file.name)
    ]
    if left_out:
        lines.append(
            trn(
                "{n} pair is left out: “unsure”, or of a photo without a file.",
                "{n} pairs are left out: “unsure”, or of a photo without a file.",
                left_out,
            )
        )
    return {"written": written, "left_out": left_out}, lines


def _clear(store: Store, args: argparse.Namespace) -> tuple[Answer, list[str]]:
    if not args.yes:
        raise NotMeant
    faces, labels = store.do(ClearLabels())
    return {"photos": faces, "pairs": labels, "pending": bool(store.pending)}, [
        tr("All photos and labels are forgotten.")
    ]


_ACTIONS: dict[str, Callable[[Store, argparse.Namespace], tuple[Answer, list[str]]]] = {
    "import": _import,
    "status": _status,
    "check": _check,
    "next": _next,
    "label": _label,
    "export": _export,
    "clear": _clear,
}


def _seen(store: Store, args: argparse.Namespace) -> tuple[str, Calibration]:
    """The engine's encoder, once it has seen every face, and its calibration."""
    engine = engine_for(args.device, args.model)
    embed_missing(engine, store, ProgressLine())
    return engine.info.encoder, engine.calibration


def _called(face: StoredFace) -> str:
    return face.path or face.name


def _relative(path: str, base: Path) -> str:
    """From the folder of the list where the photograph is below it, so that both can move together."""
    return os.path.relpath(path, base) if Path(path).is_relative_to(base) else path


def _row(label: str, value: str) -> str:
    return tr("{label}: {value}", label=label, value=value)


def _label_words(label: str) -> str:
    words = {
        Label.SAME: tr("same person"),
        Label.DIFFERENT: tr("different people"),
        Label.UNSURE: tr("unsure"),
        NOTHING: tr("not labelled"),
    }
    return words[label]

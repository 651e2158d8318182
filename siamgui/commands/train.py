"""siamgui train: labelled pairs in, a judged model version out; or an experiment of the literature."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from siamgui.commands.kept import open_kept
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine, duration
from siamgui.core import training_part
from siamgui.core.encoders.registry import is_foreign
from siamgui.core.errors import OnlyRuns, SiamguiError
from siamgui.core.folders import skipped_note
from siamgui.core.i18n import mark, tr
from siamgui.core.manifest import Model, bundled_encoder
from siamgui.core.paths import TRAINING, data_folder
from siamgui.core.private import private_folder
from siamgui.core.temporary import temporary_place
from siamgui.core.typed_json import WrongForm, convert
from siamgui.finetuning.events import Epoch, Event, PassedOver, Progressed, Reporter, Started
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS, recommend
from siamgui.finetuning.run_files import EVENTS, vault_files
from siamgui.finetuning.run_lock import RunStays, remove_own, removed, working_on
from siamgui.finetuning.settings import Settings
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.import_plan import ImportKind, ImportRequest, make_plan
from siamgui.labelling.types import PairSet
from siamgui.storage.label_import import TakeIn, collect
from siamgui.storage.label_operations import SnapshotPairs
from siamgui.storage.store import Store
from siamgui.storage.training_runs import RememberTrained
from siamgui.vault.key import Key
from siamgui.versions.judgement import Judgement, Measures
from siamgui.versions.method import METHOD_NAMES, Method
from siamgui.versions.version_store import Version, VersionStore
from siamgui.versions.wording import decided_words, free_name

EXIT_REFUSED = 3
_SETTINGS = (
    "loss",
    "epochs",
    "batch",
    "learning_rate",
    "rank",
    "contrast",
    "cohort",
    "robust",
    "anchor",
    "l2sp",
    "patience",
    "energy",
    "q",
    "seed",
)


class NothingToTrainOn(SiamguiError):
    text = mark(
        "Pairs of both kinds are needed, of the same person and of different people. "
        "Import some with “siamgui pairs import”, or name a list or a folder."
    )


class SettingUnusable(SiamguiError):
    """values: setting, value"""

    text = mark("The setting {setting} can’t be {value}.")


class RecipeNeedsData(SiamguiError):
    text = mark("Name the folder of the AT&T faces, the one that holds s1 to s40.")


def run(args: argparse.Namespace) -> int:
    """args: as in siamgui.arguments.training."""
    if args.forget:
        return _forget(args.forget)
    training_part.need()
    if args.recipe:
        return _recipe(args)
    if args.resume:
        job = Job.open(args.resume)
        with working_on(job.folder):
            return _train(job, args, keep_folder=True)
    pairs, parent = _pairs(args)
    if not pairs.genuine or not pairs.impostor:
        raise NothingToTrainOn
    settings, reason = _settings(args, pairs)
    print(f"{tr(METHOD_NAMES[settings.method])}. {reason}".strip(), file=sys.stderr)
    folder = args.prepare or data_folder() / TRAINING / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    name = args.name or (
        args.source.stem if args.source else free_name(version.name for version in VersionStore().list())
    )
    key = None if args.prepare else vault_files()  # what is prepared goes to other machines and processes
    with suppress(OSError):  # Job.create() has a sentence for it
        private_folder(folder)
    with working_on(folder):  # before there is a face in it: what a kill leaves is known by that lock
        job = Job.create(folder, pairs, split_pairs(pairs, settings.seed), settings, parent, name, args.reference, key)
        if args.prepare:
            print(tr("Written: {files}", files=folder))
            print(tr("It holds faces in clear: remove the folder when the run is done."), file=sys.stderr)
            return 0
        return _train(job, args, keep_folder=False)


def _forget(folder: Path) -> int:
    name = Job.open(folder).name  # nothing else is removed by mistake
    removed(folder)
    print(tr("The training run “{name}” is forgotten.", name=name))
    return 0


def _recipe(args: argparse.Namespace) -> int:
    from siamgui.finetuning import att_faces

    if args.source is None:
        raise RecipeNeedsData
    result = att_faces.run(args.source, args.splits, args.seed or 0, ProgressLine(steps=True))
    print(json.dumps(result.to_json(), indent=2) if args.json else att_faces.text(result))
    return 0


def _pairs(args: argparse.Namespace) -> tuple[PairSet, Model]:
    """The snapshot to train on, and the version it starts from."""
    versions = VersionStore()
    version = versions.intact((versions.find(args.model) if args.model else versions.active()).id)
    parent = version.model or bundled_encoder()
    if is_foreign(parent.architecture):
        raise OnlyRuns
    with open_kept() as store:
        if args.source is None:
            return store.do(SnapshotPairs()), parent
    plan = make_plan(ImportRequest((args.source,), ImportKind.ANY), args.images)
    with temporary_place() as folder, Store(folder / "pairs.sqlite", Key.random()) as own:
        engine = engine_for(args.device, args.model, args.jobs)
        collected = collect(engine, own, plan.photos, plan.persons, args.jobs, ProgressLine())
        taken = own.do(TakeIn(plan, collected))
        _say_passed_over(plan.skipped, [text for _, text in collected.problems])
        if taken.disputed:
            text = tr("{n} pairs are in the list twice with different labels; the first counts.", n=taken.disputed)
            print(text, file=sys.stderr)
        return own.do(SnapshotPairs()), parent


def _say_passed_over(skipped: int, problems: Sequence[str]) -> None:
    if skipped:
        print(skipped_note(skipped), file=sys.stderr)
    for text in problems:
        print(text, file=sys.stderr)


def _settings(args: argparse.Namespace, pairs: PairSet) -> tuple[Settings, str]:
    reason = ""
    if args.method == "auto":
        advice = recommend(pairs.genuine, pairs.impostor, pairs.people)
        method, reason = advice.method, advice.reason
    else:
        method = Method(args.method)
    settings = METHODS[method].defaults
    chosen: dict[str, Any] = {name: getattr(args, name) for name in _SETTINGS if getattr(args, name) is not None}
    for name, value in chosen.items():
        try:
            convert(Settings, {"method": method, name: value})
        except WrongForm:
            raise SettingUnusable(setting=name.replace("_", "-"), value=value) from None
    return replace(settings, **chosen, augment=settings.augment and not args.no_augment, device=args.device), reason


def _train(job: Job, args: argparse.Namespace, *, keep_folder: bool) -> int:
    """By whoever works on the run."""
    from siamgui.finetuning.run import run_job

    versions = VersionStore()
    with _said_how_to_go_on(job.folder):
        result = job.result
        if result is None:
            result = run_job(job, Reporter(job.folder / EVENTS, _Console(), job.key), lambda: False)
        assert result is not None
        judgement = job.judgement()
        with Store() as store:
            store.do(RememberTrained(result.name, job.pairs().crops))
            version = versions.adopt(result)
            if not keep_folder:
                _remove(job.folder)
    activated = args.activate and judgement.gate.allowed
    if activated:
        version = versions.activate(version.id)
    if args.json:
        print(json.dumps({"version": version.id, "active": activated, "judgement": judgement.to_json()}, indent=2))
    else:
        print("\n".join(_summary(version, judgement, activated)))
    return 0 if judgement.gate.allowed else EXIT_REFUSED


def _remove(folder: Path) -> None:
    """What it has come to is kept, and a file of it that stays takes nothing from that."""
    try:
        remove_own(folder)
    except RunStays as error:
        print(error, file=sys.stderr)


@contextmanager
def _said_how_to_go_on(folder: Path) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SiamguiError):
        print(tr("Go on with: siamgui train --resume {folder}", folder=folder), file=sys.stderr)
        raise


class _Console:
    """Events as lines on standard error."""

    def __init__(self) -> None:
        self._epochs = 0
        self._left = ""

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._epochs = event.epochs
                self._say(
                    tr(
                        "{train} pairs to learn from, {validation} to choose the best pass by, {judge} to judge by; "
                        "no person is in two of these.",
                        **structs.asdict(event.pairs),
                    )
                )
            case PassedOver():
                _say_passed_over(event.skipped, event.problems)
            case Progressed(seconds_left=float(seconds)):
                self._left = tr(", {left} left", left=duration(seconds))
            case Epoch():
                text = tr("Pass {n} of {all}", n=event.number, all=self._epochs)
                if event.loss is not None:
                    text += tr(": loss {loss}", loss=f"{event.loss:.4f}")
                text += tr(", equal error rate on other people {eer} %", eer=f"{100 * event.eer:.1f}")
                self._say(text + self._left)

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def _summary(version: Version, judgement: Judgement, activated: bool) -> list[str]:
    lines = [tr("Version “{name}” ({id})", name=version.name, id=version.id)]
    if judgement.holdout is not None:
        holdout = judgement.holdout
        lines.append(decided_words(holdout.decided_before, holdout.decided))
        lines.append(_row(tr("Held-out people"), holdout.before, holdout.after, holdout.eer_change_interval))
    reference = judgement.reference
    if reference is not None:
        if reference.before is not None and reference.after is not None:
            lines.append(_row(tr("Other people"), reference.before, reference.after, reference.eer_change_interval))
        lines.append(reference.words)
    lines += [reason.sentence for reason in judgement.gate.reasons]
    if activated:
        lines.append(tr("It is used from now on."))
    elif judgement.gate.allowed:
        lines.append(tr("Use it with: siamgui models activate {id}", id=version.id))
    else:
        lines.append(tr("It is kept, and not used."))
    return lines


def _row(who: str, before: Measures, after: Measures, change: tuple[float, float]) -> str:
    return tr(
        "{who}: equal error rate {before} % before, {after} % after; the change lies between {low} and {high} points "
        "(95 %, {people} people, {genuine} + {impostor} pairs)",
        who=who,
        before=f"{100 * before.eer:.2f}",
        after=f"{100 * after.eer:.2f}",
        low=f"{100 * change[0]:+.2f}",
        high=f"{100 * change[1]:+.2f}",
        people=f"{after.people:,}",
        genuine=f"{after.genuine:,}",
        impostor=f"{after.impostor:,}",
    )

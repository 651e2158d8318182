"""The act of training: a head on made-up people, killed amid its passes, is offered and goes on where it was."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from siamgui.core.errors import Cancelled
from siamgui.core.types import Label
from siamgui.finetuning.events import Epoch, Event, Reporter, Started
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_files import EVENTS
from siamgui.finetuning.run_lock import working_on
from siamgui.storage.label_operations import AddFace, SetLabel
from siamgui.storage.store import Store
from siamgui.storage.training_runs import MakeRun, RecallRun
from siamgui.versions.method import Method
from tests.builders.labels import photo, reading
from tests.faults.processes import Say, done

SETTINGS = replace(METHODS[Method.HEAD].defaults, epochs=10_000, patience=0, batch=16, device="cpu")
"""It never comes to its end by itself."""


def prepare() -> None:
    """Eight people with three labelled photographs each; what trains on them is loaded before anybody is forked."""
    with Store() as store:
        faces = [
            store.do(AddFace(photo(n), reading(photo(n)), 1, Path(f"/p/{n % 8}/{n}.png"), str(n % 8))).id
            for n in range(24)
        ]
        for n in range(16):
            store.do(SetLabel(faces[n], faces[n + 8], Label.SAME, "desk"))
            store.do(SetLabel(faces[n], faces[n + 1], Label.DIFFERENT, "desk"))
    importlib.import_module("siamgui.finetuning.run")


def work(say: Say) -> None:
    with Store() as store:
        folder = store.do(MakeRun(SETTINGS, "Mine", None))
    say("made")
    _run(folder, say, lambda: False)


def _run(folder: Path, say: Say, check: Callable[[], bool]) -> None:
    from siamgui.finetuning.run import run_job

    def heard(event: Event) -> None:
        if isinstance(event, Started):
            say(f"from {event.first_epoch}")
        if isinstance(event, Epoch):
            say(f"pass {event.number}")

    with working_on(folder):
        job = Job.open(folder)
        run_job(job, Reporter(folder / EVENTS, heard, job.key), check)


def holds(said: list[str]) -> None:
    """It is offered, and goes on where it was: a pass is reported before it is kept."""
    with Store() as store:
        run = store.do(RecallRun())
    assert run is not None or "made" not in said
    if run is None:
        return
    pairs, _ = Job.open(run.folder).load()
    assert len(pairs.crops) == 24
    assert run.settings.epochs == SETTINGS.epochs
    passes = [int(text.split()[1]) for text in said if text.startswith("pass")]
    assert len(run.epochs) >= len(passes)
    if passes[1:]:
        first, *then = done(lambda say: _for_a_pass(run.folder, say)).said
        assert int(first.split()[1]) >= passes[-1]
        assert len(then) == 1


def _for_a_pass(folder: Path, say: Say) -> None:
    passes = []

    def heard(text: str) -> None:
        say(text)
        passes.append(text)

    def leave() -> bool:
        if len(passes) > 1:
            raise Cancelled
        return False

    with suppress(Cancelled):
        _run(folder, heard, leave)

"""The examination of a version that came from elsewhere: python -m siamgui.versions.intake FOLDER TASK

FOLDER holds manifest, weights and calibration that siamgui.versions.version_file has found well formed. The weights go
into the graph that siamgui builds from its registry, and the serving form is made from them here. "measure": gate and
calibration are measured anew, on the embeddings that come with siamgui where only a head stands on the bundled encoder;
of another backbone nothing that comes with siamgui says enough: the calibration stays as the file states it, which
the gate and every verdict say.
"rebuild": this data folder vouches for the rest already. "onnx": FOLDER holds a network that is to become a version
(siamgui.versions.onnx_intake).

It is a process of its own: torch is loaded there and not in the window, and whatever goes wrong ends it alone. Its
reports are one JSON object a line on standard output.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from siamgui.core import i18n, training_part
from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.manifest import Origin
from siamgui.core.own_process import environment, running
from siamgui.core.typed_json import Count, WrongForm, read
from siamgui.versions.errors import VersionFileWrong, VersionNotExamined
from siamgui.versions.version_card import OtherPeople

if TYPE_CHECKING:
    from siamgui.core.encoders.module import EncoderModule
    from siamgui.core.manifest import Model

STEPS = 4
"""Of an examination."""
PATIENCE = 600.0
"""Seconds after which an examination that has not ended never will."""
_LOOK = 0.1
_NICE = 5

Progress = Callable[[int, int], None]
"""Called with (steps done, in all)."""


class Task(enum.StrEnum):
    MEASURE = "measure"
    REBUILD = "rebuild"
    ONNX = "onnx"


class Step(Struct, frozen=True, tag="step"):
    done: Count


class Examined(Struct, frozen=True, tag="examined"):
    """origin: MEASURED or STATED; of "rebuild" it says nothing. norm_scale: see Model. reasons: values of GateReason.

    reference: how it was measured on other people; None where it was not.
    """

    origin: Origin
    norm_scale: Annotated[float, Meta(gt=0, le=1e6)] | None = None
    reasons: tuple[str, ...] = ()
    reference: OtherPeople | None = None


class Wrong(Struct, frozen=True, tag="wrong"):
    """what: the place in the version that is wrong, and how."""

    what: str


class Failed(Struct, frozen=True, tag="failed"):
    """why: nothing is wrong with the version, but it could not be examined."""

    why: str


_Report = Step | Examined | Wrong | Failed


def examine(
    folder: Path, name: str, task: Task, *, progress: Progress, stop: threading.Event | None = None
) -> Examined:
    """Examine folder in a process of its own: serving.xml, serving.bin and, where it was measured, calibration.json
    are written to it; of an ONNX file, weights.safetensors.

    name: what a person calls the version. stop: set by whoever wants it no more. Raises VersionFileWrong,
    VersionNotExamined, TrainingMissing, Cancelled.
    """
    if task is not Task.ONNX:  # read by OpenVINO alone
        training_part.need()
    try:
        process = subprocess.Popen(
            running("siamgui.versions.intake", str(folder), task.value),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(PYTHONUTF8="1", SIAMGUI_LANGUAGE=i18n.language()),
        )
    except OSError as error:
        raise VersionNotExamined(name=name, reason=error.strerror or str(error)) from None
    try:
        report = _listen(process, progress, stop)
    finally:
        process.kill()
        process.wait()
    match report:
        case Examined():
            return report
        case Wrong():
            raise VersionFileWrong(name=name, what=report.what)
        case Failed():
            raise VersionNotExamined(name=name, reason=report.why)
        case _:
            raise VersionNotExamined(name=name, reason=tr("the examination ended unexpectedly"))


def _listen(
    process: subprocess.Popen[bytes], progress: Progress, stop: threading.Event | None
) -> Examined | Wrong | Failed | None:
    """The last word of the process; None where it had none. Raises Cancelled."""
    assert process.stdout is not None
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reader = threading.Thread(target=_pass_on, args=(process.stdout, lines), name="examination")
    reader.start()
    waited = 0.0
    try:
        while waited < PATIENCE:
            if stop is not None and stop.is_set():
                raise Cancelled
            try:
                line = lines.get(timeout=_LOOK)
            except queue.Empty:
                waited += _LOOK
                continue
            if not line:
                return None
            with contextlib.suppress(WrongForm):
                report: _Report = read(_Report, line)  # type: ignore[arg-type]
                progress(report.done if isinstance(report, Step) else STEPS, STEPS)
                if not isinstance(report, Step):
                    return report
        return None
    finally:
        process.kill()
        reader.join()
        process.stdout.close()


def _pass_on(source: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    for line in source:
        lines.put(line)
    lines.put(b"")


# From here on: the process.


def main(arguments: list[str]) -> int:
    i18n.set_language(os.environ.get("SIAMGUI_LANGUAGE", "system"))
    if len(arguments) != 2 or arguments[1] not in set(Task):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    if hasattr(os, "nice"):
        os.nice(_NICE)
    with open(os.dup(sys.stdout.fileno()), "wb", buffering=0) as out:
        sys.stdout = sys.stderr  # what a library prints is no report

        def say(report: _Report) -> None:
            out.write(msgspec.json.encode(report) + b"\n")

        try:
            folder, task = Path(arguments[0]), Task(arguments[1])
            if task is Task.ONNX:
                from siamgui.versions.onnx_intake import convert

                say(convert(folder, lambda done: say(Step(done))))
            else:
                say(_examined(folder, measure=task is Task.MEASURE, say=say))
        except WrongForm as error:
            say(Wrong(str(error)))
        except SiamguiError as error:
            say(Failed(str(error)))
        except OSError as error:
            say(Failed(error.strerror or str(error)))
        except MemoryError:
            say(Failed(tr("there is not enough memory")))
    return 0


def _examined(folder: Path, *, measure: bool, say: Callable[[_Report], None]) -> Examined:
    """Raises WrongForm where the weights are not those of an encoder; SiamguiError, OSError, MemoryError."""
    import numpy as np

    from siamgui.core import encoders
    from siamgui.core.embedding import embed
    from siamgui.core.manifest import bundled_encoder, read_manifest
    from siamgui.core.pipeline import FaceEngine
    from siamgui.core.runtime import OpenVinoEncoder
    from siamgui.versions.export import tried, write_serving
    from siamgui.versions.general_reference import bundled_faces

    model = read_manifest(folder)
    net = encoders.build(model.architecture)
    try:
        net.load_state_dict(encoders.tensors_for(net, model.file("weights.safetensors").read()))
    except WrongForm as error:
        raise WrongForm(f"weights.safetensors, {error}") from None
    say(Step(1))
    write_serving(net, folder, model.id)
    served = _served(model, folder)
    crops = bundled_faces(FaceEngine.load("cpu")).crops
    encode = OpenVinoEncoder(served).encode
    vectors, norms = embed(encode, crops, net.entry.views)
    if not np.isfinite(vectors).all() or not (norms > 1e-6).all():
        raise WrongForm("weights.safetensors, $: give no embeddings")
    say(Step(2))
    norm_scale = tried(net, served, bundled_encoder(), crops)
    say(Step(3))
    if not measure:
        return Examined(Origin.STATED, norm_scale)
    return _measured(net, served, norm_scale, folder)


def _served(model: Model, folder: Path) -> Model:
    """With the serving form that was made for it."""
    from siamgui.core.manifest import ModelFile

    made = (folder / name for name in ("serving.xml", "serving.bin"))
    return replace(
        model,
        files=(*model.files, *(ModelFile(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in made)),
    )


def _measured(net: EncoderModule, model: Model, norm_scale: float | None, folder: Path) -> Examined:
    """Gate and calibration, on what siamgui brings. Raises WrongForm where what is stated is for another encoder."""
    from siamgui.core.calibration import Calibration
    from siamgui.core.cohort import behind_head, bundled_cohort
    from siamgui.core.energy import L2
    from siamgui.core.files import write_whole
    from siamgui.core.manifest import bundled_encoder
    from siamgui.versions.calibrate import calibrate
    from siamgui.versions.gate import decide
    from siamgui.versions.general_reference import (
        bundled_embeddings,
        claims_of,
        embeddings_under,
        plain_calibration,
        strangers_of,
    )
    from siamgui.versions.judge import ReferenceVectors, judge_reference
    from siamgui.versions.judgement import GateReason, Judgement, ReferenceKind
    from siamgui.versions.version_card import judged

    cohort = bundled_cohort()
    known = strangers_of(cohort, bundled_embeddings())
    after = embeddings_under(net, known)
    if after is None:
        # The cohort is the bundled encoder's, and this is another one.
        if Calibration.from_json(model.file("calibration.json").read()).adjusted:
            raise WrongForm("calibration.json, $.adjusted: is not for this encoder")
        return Examined(Origin.STATED, norm_scale, (GateReason.STATED.value,))
    plain = table = calibrate(after, known.person, known.source, model.key, model.energy)
    if model.energy == L2:
        head = None if net.head is None else net.head.weight.detach().numpy()
        table = claims_of(after, known, cohort if head is None else behind_head(cohort, head, model.key), model.key)
    write_whole(folder / "calibration.json", table.to_json().encode())
    say = ReferenceVectors(ReferenceKind.EMBEDDINGS, "", known.person, known.vectors, after)
    reference = judge_reference(say, plain_calibration(bundled_encoder()), plain)
    gate = decide(None, reference, changed=False, labels_told=True)
    card = judged(Judgement(None, reference, gate))
    return Examined(Origin.MEASURED, norm_scale, tuple(reason.value for reason in gate.reasons), card.reference)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""siamgui compare: the verdict on two photographs, which are decoded while the engine loads, or on pairs of many."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from siamgui.core import firmness_words, photo_words, wording
from siamgui.core.calibration import Calibration
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.manifest import Model
from siamgui.core.types import Comparison, EngineInfo, PairClaim, Photo, PhotoReading, Side, Verdict

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

SCHEMA = "siamgui.compare/1"

T = TypeVar("T")


class PhotoNumberUnknown(SiamguiError):
    """values: number, count"""

    text = mark("There is no photo {number}: the photos have the numbers 1 to {count}.")


class OnlyPairsKept(SiamguiError):
    text = mark("Only a comparison of two photos can be written down. Leave --keep, or the other photos.")


class FirmOfTwo(SiamguiError):
    text = mark("--firm takes two photos. Compare two of them alone.")


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """timings: milliseconds by stage; decoding and loading overlap, so the stages add up to more than "total"."""

    left: PhotoReading
    right: PhotoReading
    comparison: Comparison
    calibration: Calibration
    models: tuple[Model, ...]
    timings: dict[str, float]


def run(args: argparse.Namespace) -> int:
    """args: left, right, more, strictness, left_face, right_face, face, firm, jobs, device, model, keep_in_history,
    json."""
    if args.more:
        if args.keep_in_history is not None:
            raise OnlyPairsKept
        if args.firm:
            raise FirmOfTwo
        from siamgui.commands import compare_many

        return compare_many.run(args)
    answer = compare(args)
    if args.keep_in_history is not None:
        _keep(answer, args)
    if args.json:
        print(json.dumps(as_json(answer), ensure_ascii=False, indent=2))
    else:
        print(as_text(answer))
    return 0


def _keep(answer: Answer, args: argparse.Namespace) -> None:
    """Write it down in the history."""
    from siamgui.commands.kept import open_kept
    from siamgui.report.record import record_of
    from siamgui.storage.comparison_operations import KeepComparison

    sides = (answer.left, answer.right)
    record = record_of(*sides, answer.comparison, answer.calibration, answer.models)
    paths = (args.left.absolute(), args.right.absolute())
    with open_kept() as store:
        store.do(KeepComparison(record, paths, sides if args.keep_in_history == "pictures" else None))


def compare(args: argparse.Namespace) -> Answer:
    from siamgui.core.imaging import load_photo

    clock = _Clock()
    with ThreadPoolExecutor(2, thread_name_prefix="decode") as pool:
        left_photo = pool.submit(clock.timed, "decode_left", load_photo, args.left)
        right_photo = pool.submit(clock.timed, "decode_right", load_photo, args.right)
        engine = clock.timed("load", _load_engine, args.device, args.model)
    faces = chosen_faces(args, 2)
    left = _read_side(engine, left_photo.result(), faces.get(0), Side.LEFT, clock)
    right = _read_side(engine, right_photo.result(), faces.get(1), Side.RIGHT, clock)
    comparison = clock.timed("judge", engine.compare, left.reading, right.reading, args.strictness)
    if args.firm:
        from siamgui.core.firmness import tried

        comparison = clock.timed("firm", tried, engine, left, right, comparison)
    return Answer(left, right, comparison, engine.calibration, (engine.encoder, engine.detector), clock.finished())


class _Clock:
    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}

    def timed(self, stage: str, work: Callable[..., T], *values: Any) -> T:
        start = time.perf_counter()
        result = work(*values)
        self._stages[stage] = 1000 * (time.perf_counter() - start)
        return result

    def finished(self) -> dict[str, float]:
        return {**self._stages, "total": 1000 * (time.perf_counter() - self._start)}


def _load_engine(device: str, model: str | None) -> FaceEngine:
    from siamgui.commands.model_choice import engine_for  # heavy: here it is imported while the photographs decode

    return engine_for(device, model)


def chosen_faces(args: argparse.Namespace, count: int) -> dict[int, int]:
    """By the place of a photograph, counted from 0, which of its faces is wanted. count: of photographs.

    Raises PhotoNumberUnknown.
    """
    faces = {0: args.left_face, 1: args.right_face} | {photo - 1: face for photo, face in args.face}
    for photo in faces:
        if not 0 <= photo < count:
            raise PhotoNumberUnknown(number=photo + 1, count=count)
    return {photo: face - 1 for photo, face in faces.items() if face is not None}


def _read_side(engine: FaceEngine, photo: Photo, chosen: int | None, side: Side, clock: _Clock) -> PhotoReading:
    detection = clock.timed(f"detect_{side}", engine.find_faces, photo)
    return clock.timed(f"read_{side}", engine.read_photo, photo, chosen, detection)


def as_text(answer: Answer) -> str:
    """For a person."""
    left, right = answer.left, answer.right
    lines = [wording.as_text(answer.comparison, left.photo.name, right.photo.name)]
    lines.append(tr("{label}: {value}", label=tr("Time"), value=f"{answer.timings['total']:.0f} ms"))
    notes = [photo_words.which_face(item, option) for item, option in ((left, "--left-face"), (right, "--right-face"))]
    notes += photo_words.notes(left.photo, right.photo)
    if any(notes):
        lines.append("")
    lines += [note for note in notes if note]
    return "\n".join(lines)


def as_json(answer: Answer) -> dict[str, Any]:
    """As documented in docs/compare-json.md and resources/schema/compare.schema.json."""
    photos = photo_words.notes(answer.left.photo, answer.right.photo)
    return {
        "schema": SCHEMA,
        **comparison_json(answer.comparison, photos),
        "firmness": _firmness_json(answer.comparison.verdict),
        "left": side_json(answer.left),
        "right": side_json(answer.right),
        "engine": engine_json(answer.comparison.engine, answer.models),
        "calibration": calibration_json(answer.calibration),
        "timings_ms": {stage: round(value, 2) for stage, value in answer.timings.items()},
    }


def comparison_json(comparison: Comparison, notes: Sequence[str]) -> dict[str, Any]:
    """notes: on the files."""
    verdict = comparison.verdict
    return {
        "verdict": verdict.outcome.value,
        "words": {
            "headline": wording.headline(verdict.outcome),
            "rarity": wording.rarity(verdict),
            "reason": wording.reason(verdict),
            "advice": list(wording.all_advice(comparison)),
            "notes": list(notes),
        },
        "distance": verdict.distance,
        "fmr": verdict.fmr,
        "fmr_is_bound": verdict.fmr_is_bound,
        "fnmr": verdict.fnmr,
        "fnmr_is_bound": verdict.fnmr_is_bound,
        "log10_lr": verdict.log10_lr,
        "strictness": verdict.strictness.value,
        "thresholds": {
            "claimed_fmr": verdict.strictness.fmr,
            "same_below": verdict.same_below,
            "different_above": verdict.different_above,
        },
        "forced_by_quality": verdict.forced,
        "claim": None if verdict.claim is None else _claim_json(verdict.claim),
        "encoders": [
            {"name": say.name, "distance": say.distance, "fmr": say.fmr, "fmr_is_bound": say.fmr_is_bound}
            for say in verdict.parts
        ],
        "encoders_disagree": verdict.disagree,
    }


def engine_json(engine: EngineInfo, models: Sequence[Model]) -> dict[str, Any]:
    return {
        "encoder": engine.encoder_id,
        "version": engine.encoder_version,
        "device": engine.device,
        "backend": engine.backend,
        "fallback": engine.fallback,
        "models": [{"file": file.name, "sha256": file.sha256} for model in models for file in model.files],
    }


def calibration_json(calibration: Calibration) -> dict[str, Any]:
    return {
        "source": calibration.source,
        "people": calibration.people,
        "genuine_pairs": calibration.genuine_pairs,
        "impostor_pairs": calibration.impostor_pairs,
        "stated": calibration.stated,
    }


def _claim_json(claim: PairClaim) -> dict[str, Any]:
    return {
        "adjusted_distance": claim.adjusted,
        "general_fmr": claim.general_fmr,
        "general_fmr_is_bound": claim.general_fmr_is_bound,
        "strangers": claim.strangers,
        "nearer_left": claim.nearer_left,
        "nearer_right": claim.nearer_right,
        "shared_fault": claim.shared,
        "kind": claim.kind,
    }


def _firmness_json(verdict: Verdict) -> dict[str, Any] | None:
    found = verdict.firmness
    if found is None:
        return None
    return {
        "words": firmness_words.standing(verdict),
        "as_it_is": found.outcome.value,
        "forced": verdict.unfirm,
        "nearest": found.reach[0],
        "farthest": found.reach[1],
        "trials": [
            {
                "side": trial.side.value,
                "change": trial.change.value,
                "distance": trial.distance,
                "verdict": trial.outcome.value,
            }
            for trial in found.trials
        ],
    }


def side_json(side: PhotoReading) -> dict[str, Any]:
    quality = side.reading.quality
    return {
        "file": side.photo.name,
        "sha256": side.photo.sha256,
        "width": side.photo.width,
        "height": side.photo.height,
        "frames": side.photo.first_of,
        "faces": [
            {
                "box": [round(float(value), 2) for value in face.box],
                "landmarks": [[round(float(value), 2) for value in point] for point in face.landmarks],
                "score": round(face.score, 4),
            }
            for face in side.detection.faces
        ],
        "face": side.chosen + 1,
        "quality": {
            "eye_distance": quality.eye_distance,
            "sharpness": quality.sharpness,
            "brightness": quality.brightness,
            "contrast": quality.contrast,
            "yaw": quality.yaw,
            "pitch": quality.pitch,
            "detector_score": quality.detector_score,
            "embedding_norm": quality.embedding_norm,
        },
        "findings": [{"issue": item.issue.value, "decisive": item.decisive} for item in quality.findings],
    }

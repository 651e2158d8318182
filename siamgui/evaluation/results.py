"""From readings to results: one dictionary, as it is written to evaluation.json."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.deciding import Doubt, decide
from siamgui.core.spreadsheet import spreadsheet_cell
from siamgui.core.types import EngineInfo, Outcome, Strictness
from siamgui.evaluation import metrics
from siamgui.evaluation.all_pairs import compare_all
from siamgui.evaluation.bootstrap import REPEATS, eer_interval, people_of_pairs
from siamgui.evaluation.metrics import Bools, ConditionResult, Curve, EachLimits, Ints, StrictnessResult
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.pairs import PairList, People, TooLittleRead
from siamgui.evaluation.reading import Readings

SCHEMA = "siamgui.evaluation/1"
TARGETS = (1e-2, 1e-3, 1e-4)
_UNDOUBTED = Doubt(same=False, different=False)
SCORE_COLUMNS = ("fold", "left", "right", "same", "distance", "fmr", "fnmr", "log10_lr", *Strictness, "unread")

Scores = tuple[Sequence[str], Iterator[Sequence[object]]]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """results: JSON values only. scores: header and one row per pair; None for all against all."""

    results: dict[str, Any]
    curve: Curve
    scores: Scores | None


def evaluate_pairs(
    source: PairList, readings: Readings, info: EngineInfo, calibration: Calibration, seconds: float
) -> Evaluation:
    """Measure the listed pairs. Raises TooLittleRead."""
    number = {photo: index for index, photo in enumerate(source.photos)}
    left = np.array([number[pair.left] for pair in source.pairs])
    right = np.array([number[pair.right] for pair in source.pairs])
    same = np.array([pair.same for pair in source.pairs])
    pairs, judged = readings.pairs(left, right, calibration), PairLimits.of(calibration, readings.vectors)
    distances = pairs.distances
    read = ~np.isnan(distances)
    if not (read & same).any() or not (read & ~same).any():
        raise TooLittleRead(name=source.name)

    given, names = _folds(source, same)
    accuracy = metrics.fold_accuracy(distances, same, names)
    curve = Curve.of(distances[read], same[read])
    person = people_of_pairs(left, right, same, len(source.photos))
    interval = eer_interval(distances[read], same[read], person[left[read]], person[right[read]])
    strictness = {}
    for choice in Strictness:
        limits = judged.limits(choice, judged.table(left, right))
        tallies = [metrics.tally(pairs[kind], limits.only(kind), choice) for kind in (same, ~same)]
        result = metrics.strictness_result(choice, *tallies)
        interval_95 = metrics.rate_interval(tallies[1].below_limit, tallies[1].read)
        strictness[choice.value] = _strictness(
            result, interval_95, _listed_conditions(pairs[~same], limits.only(~same))
        )
    genuine, impostor = int((read & same).sum()), int((read & ~same).sum())
    unread_genuine = int((~read & same).sum())
    results = (
        {"schema": SCHEMA}
        | head("pairs", source, readings, info, calibration, seconds)
        | {
            "pairs": {
                "genuine": int(same.sum()),
                "impostor": int((~same).sum()),
                "genuine_unread": unread_genuine,
                "impostor_unread": int((~read & ~same).sum()),
            },
            "accuracy": None if accuracy is None else {**asdict(accuracy), "folds_given": given},
            "eer": _eer(curve, interval),
            "auc": curve.auc,
            "tar": _tar(curve, genuine, impostor, unread_genuine),
            "strictness": strictness,
        }
    )
    rows = _score_rows(source, readings, calibration, pairs, left, right)
    return Evaluation(results, curve, (SCORE_COLUMNS, rows))


def evaluate_people(
    source: People, readings: Readings, info: EngineInfo, calibration: Calibration, seconds: float
) -> Evaluation:
    """Measure all photographs of the people against each other. Raises TooLittleRead."""
    person = np.array(source.person)
    counts = np.bincount(person[readings.read])
    if (counts > 0).sum() < 2 or counts.max() < 2:
        raise TooLittleRead(name=source.name)
    found = compare_all(readings, person, calibration)
    results = (
        {"schema": SCHEMA}
        | head("people", source, readings, info, calibration, seconds)
        | {
            "people": len(source.names),
            "skipped": source.skipped,
            "pairs": {"genuine": found.genuine, "impostor": found.impostor},
            "accuracy": None,
            "eer": _eer(found.curve, None),
            "auc": found.curve.auc,
            "tar": _tar(found.curve, found.genuine, found.impostor, 0),
            "strictness": {
                result.strictness.value: _strictness(result, interval, conditions)
                for result, interval, conditions in zip(
                    found.strictness, found.limit_intervals, found.conditions, strict=True
                )
            },
        }
    )
    return Evaluation(results, found.curve, None)


def _folds(source: PairList, same: Bools) -> tuple[bool, Ints]:
    """(whether the list has folds, fold number of each pair)"""
    names = [pair.fold for pair in source.pairs]
    if all(names) and len(set(names)) > 1:
        return True, np.unique(names, return_inverse=True)[1]
    return False, metrics.make_folds(same)


def head(
    kind: str, source: PairList | People, readings: Readings, info: EngineInfo, calibration: Calibration, seconds: float
) -> dict[str, Any]:
    """What was measured with what: the same of every result."""
    count = len(source.photos)
    return {
        "source": {"kind": kind, "name": source.name},
        "engine": {"encoder": info.encoder_id, "version": info.encoder_version, "device": info.device}
        | {"backend": info.backend, "fallback": info.fallback},
        "calibration": {"source": calibration.source, "people": calibration.people}
        | {"genuine_pairs": calibration.genuine_pairs, "impostor_pairs": calibration.impostor_pairs},
        "photos": {
            "count": count,
            "read": int(readings.read.sum()),
            "several_faces": int((readings.faces > 1).sum()),
            "unread": [
                {"photo": _name(source.photos[index], source.base), "reason": reason}
                for index, reason in readings.problems
            ],
            "seconds": round(seconds, 3),
            "per_second": round(count / seconds, 1),
        },
    }


def _name(photo: Path, base: Path) -> str:
    return photo.relative_to(base).as_posix() if photo.is_relative_to(base) else photo.name


def _eer(curve: Curve, interval: tuple[float, float] | None) -> dict[str, Any]:
    return {"value": curve.eer, "interval_95": interval, "bootstrap_repeats": REPEATS if interval else 0}


def _tar(curve: Curve, genuine: int, impostor: int, unread_genuine: int) -> list[dict[str, Any]]:
    return [asdict(metrics.operating_point(curve, target, genuine, impostor, unread_genuine)) for target in TARGETS]


def _listed_conditions(impostor: metrics.PairsRead, limits: EachLimits) -> tuple[ConditionResult, ...]:
    read = metrics.by_condition(impostor.spoilt)
    if not read.any():
        return ()
    accepted = metrics.by_condition(impostor.spoilt[impostor.adjusted <= limits.same_below])
    return tuple(
        ConditionResult.of(pairs, wrong, metrics.rate_interval(wrong, pairs))
        for pairs, wrong in zip(read.tolist(), accepted.tolist(), strict=True)
    )


def _strictness(
    result: StrictnessResult, interval: tuple[float, float], conditions: tuple[ConditionResult, ...]
) -> dict[str, Any]:
    """conditions: one for each of CONDITIONS, or none."""
    values = asdict(result)
    del values["strictness"]
    found = dict(zip(metrics.CONDITIONS, map(asdict, conditions), strict=True)) if conditions else None
    return {**values, "limit_fmr_interval_95": interval, "limit_fmr_by_condition": found}


def _score_rows(
    source: PairList,
    readings: Readings,
    calibration: Calibration,
    known: metrics.PairsRead,
    left: Ints,
    right: Ints,
) -> Iterator[Sequence[object]]:
    judged = PairLimits.of(calibration, readings.vectors)
    table = judged.table(left, right)
    verdicts = [metrics.outcomes(known, judged.limits(choice, table), choice) for choice in Strictness]
    reasons = dict(readings.problems)
    for index, pair in enumerate(source.pairs):
        distance, adjusted = float(known.distances[index]), float(known.adjusted[index])
        names = [_name(pair.left, source.base), _name(pair.right, source.base)]
        start = [*map(spreadsheet_cell, (pair.fold, *names)), int(pair.same)]
        if np.isnan(distance):
            unread = " ".join(reasons[photo] for photo in (left[index], right[index]) if photo in reasons)
            yield [*start, "", "", "", "", *[Outcome.INCONCLUSIVE.value] * len(Strictness), unread]
            continue
        calibration = judged.tables[table[index]]
        rates = (calibration.fmr(adjusted), calibration.fnmr(distance), calibration.log10_lr(max(adjusted, distance)))
        words = [
            decide(same=bool(same[index]), different=bool(different[index]), doubted=_UNDOUBTED).outcome.value
            for same, different in verdicts
        ]
        yield [*start, f"{distance:.6f}", *(f"{value:.6g}" for value in rates), *words, ""]

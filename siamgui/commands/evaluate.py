"""siamgui evaluate: error rates on labelled photographs, with the pipeline exactly as it compares two photographs."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.i18n import tr
from siamgui.core.pipeline import FaceEngine
from siamgui.evaluation import report
from siamgui.evaluation.pairs import PairList, People, read_pairs, read_people
from siamgui.evaluation.reading import Readings, read_photos
from siamgui.evaluation.results import Evaluation, evaluate_pairs, evaluate_people
from siamgui.evaluation.summary import summary


def run(args: argparse.Namespace) -> int:
    """args: source, images, out, device, model, jobs, json."""
    source = read_people(args.source) if args.source.is_dir() else read_pairs(args.source, args.images)
    report.make_folder(args.out)
    engine = engine_for(args.device, args.model, args.jobs)
    start = time.perf_counter()
    readings = read_photos(engine, source.photos, args.jobs, ProgressLine())
    seconds = time.perf_counter() - start
    evaluation = _evaluate(source, readings, engine, seconds)
    paths = report.write_report(args.out, evaluation.results, evaluation.curve, evaluation.scores)
    if args.json:
        print(json.dumps(evaluation.results, ensure_ascii=False, indent=2))
    else:
        print(summary(evaluation.results))
    say_where(paths)
    return 0


def _evaluate(source: PairList | People, readings: Readings, engine: FaceEngine, seconds: float) -> Evaluation:
    if isinstance(source, People):
        return evaluate_people(source, readings, engine.info, engine.calibration, seconds)
    return evaluate_pairs(source, readings, engine.info, engine.calibration, seconds)


def say_where(paths: tuple[Path, ...]) -> None:
    """Which files were written."""
    names = ", ".join(str(path) for path in paths)
    print(tr("Written: {files}", files=names), file=sys.stderr)

"""The commands answer as they did when tests/golden was written (tools/golden.py), whatever changed inside.

On a processor with other instructions the networks' answers differ in their last digits, and steps in the tables make
more of that; there the words and the distances are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import golden

WORDS = {"verdict", "outcome", "reason", "faces", "accuracy", "auc", "strictness"}


def expected(name: str) -> tuple[Any, bool]:
    """The kept answers, and whether they are this processor's."""
    kept = json.loads((golden.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return kept["answers"], kept["processor"] == golden.processor()


def leaves(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """What stands at each place of an answer. An empty object or list stands for itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inner:
        yield where, value
    for name, item in inner:
        yield from leaves(item, f"{where}/{name}")


def check(name: str, answers: Any) -> None:
    kept, same_processor = expected(name)
    before, now = dict(leaves(kept)), dict(leaves(answers))
    assert now.keys() >= before.keys()
    for where, value in before.items():
        last = where.rsplit("/", 1)[1]
        if isinstance(value, float) and same_processor:
            assert now[where] == pytest.approx(value, rel=1e-6, abs=1e-9), where
        elif last == "distance" and value is not None:
            assert now[where] == pytest.approx(value, abs=2e-3), where
        elif same_processor or last in WORDS:
            assert now[where] == value, where


@pytest.mark.parametrize("make", [golden.compare, golden.verify, golden.evaluate], ids=lambda make: make.__name__)
def test_an_answer_is_what_it_was(make: Any, samples: Path, tmp_path: Path) -> None:
    check(make.__name__, make(samples, tmp_path))


@pytest.mark.long
def test_error_rates_on_people_it_never_saw_keep_their_claim_and_are_what_they_were(lfw: Path, tmp_path: Path) -> None:
    answer = golden.evaluate_lfw(lfw, tmp_path)
    assert answer["photos"]["unread"] == []
    assert answer["auc"] > 0.99
    assert answer["strictness"]["balanced"]["error_rate"] <= 0.02
    assert answer["strictness"]["balanced"]["fmr"] < 0.05
    assert answer["strictness"]["balanced"]["inconclusive_rate"] < 0.1
    check("evaluate_lfw", answer)


@pytest.mark.long
def test_training_and_its_judgement_are_what_they_were(samples: Path, tmp_path: Path) -> None:
    """Everything random follows from the seed: repeated on one processor, every digit is the same."""
    if not expected("train")[1]:
        pytest.skip("the kept training ran on a processor with other instructions")
    check("train", golden.train(samples, tmp_path))

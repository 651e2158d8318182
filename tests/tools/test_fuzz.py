"""The short form of the fuzzing: a few hundred broken files, the same ones each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.fuzz import fuzz
from tools.fuzz_inputs import broken, seeds


@pytest.mark.long
@pytest.mark.parametrize(
    ("kinds", "count"), [(("pictures", "lists", "clipboard", "manifests"), 300), (("videos",), 30), (("versions",), 40)]
)
def test_nothing_goes_wrong(kinds: tuple[str, ...], count: int, tmp_path: Path) -> None:
    outcome = fuzz(count, 0, kinds, tmp_path / "kept")
    assert outcome.wrong == [], outcome.summary
    assert sum(outcome.tried.values()) == count
    assert set(outcome.tried) == set(kinds)
    assert len(outcome.outcomes) > 2  # not all of them for one reason


def test_the_same_seed_breaks_the_same_way(tmp_path: Path) -> None:
    good = seeds("lists", tmp_path)
    assert [broken(good, f"5/{n}") for n in range(20)] == [broken(good, f"5/{n}") for n in range(20)]

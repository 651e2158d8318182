"""The results so far: whatever is cut off, what is left is true, and nothing is mixed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from siamgui.batch.types import How, Result
from siamgui.batch.unfinished import AnotherAtWork, BegunOtherwise, NotResults, Unfinished, place_of, unfinished
from siamgui.core.errors import FileUnwritable
from siamgui.core.types import Strictness
from siamgui.evaluation.pairs import Row

HOW = How("a" * 64, "b" * 64, "some 1", Strictness.BALANCED, "en")


@pytest.fixture
def rows(tmp_path: Path) -> tuple[Row, ...]:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"1")
    a, b, c = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg"))
    return (Row(2, "a", "b", "", a, b), Row(3, "a", "c", "", a, c), Row(5, "b", "c", "", b, c))


@contextmanager
def interrupted(target: Path, rows: tuple[Row, ...], how: How = HOW) -> Iterator[Unfinished]:
    """The block, and then Ctrl-C."""
    with suppress(KeyboardInterrupt), unfinished(target, how, rows, anew=False) as kept:
        yield kept
        raise KeyboardInterrupt


def begin(target: Path, rows: tuple[Row, ...]) -> bytes:
    """Two of three results, and then Ctrl-C."""
    with interrupted(target, rows) as kept:
        for row in rows[:2]:
            kept.add(row, Result(row.line, row.left, row.right, claim="照片\n"))
    return place_of(target).read_bytes()


def test_cut_off_anywhere_only_whole_lines_count(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    target = tmp_path / "results.csv"
    whole = begin(target, rows)
    assert not (tmp_path / ".results.csv.lock").exists()
    found = []
    for end in range(len(whole) + 1):
        place_of(target).write_bytes(whole[:end])
        with interrupted(target, rows) as kept:
            found.append(sorted(kept.results))
            kept.add(rows[2], Result(5, "b", "c"))
        with unfinished(target, HOW, rows, anew=False) as kept:
            assert sorted(kept.results) == [*found[-1], 5]
        assert not place_of(target).exists()
    assert found == sorted(found)
    assert found[-1] == [2, 3]


def test_zeros_where_lines_were_do_not_count(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    target = tmp_path / "results.csv"
    first, second, third = begin(target, rows).splitlines(keepends=True)
    place_of(target).write_bytes(first + bytes(len(second)) + third)
    with unfinished(target, HOW, rows, anew=False) as kept:
        assert kept.results == {}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (replace(HOW, list="c" * 64), "another list"),
        (replace(HOW, model="c" * 64), "another model version"),
        (replace(HOW, encoder="other 2"), "another model version"),
        (replace(HOW, strictness=Strictness.STRICT), "another strictness"),
        (replace(HOW, language="zh_CN"), "another language"),
    ],
)
def test_what_came_about_otherwise_is_not_gone_on_with(
    tmp_path: Path, rows: tuple[Row, ...], how: How, words: str
) -> None:
    target = tmp_path / "results.csv"
    before = begin(target, rows)
    with pytest.raises(BegunOtherwise, match=words), unfinished(target, how, rows, anew=False):
        pass
    assert place_of(target).read_bytes() == before
    with unfinished(target, how, rows, anew=True) as kept:
        assert kept.results == {}


def test_a_photo_that_has_changed_is_compared_again(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    target = tmp_path / "results.csv"
    begin(target, rows)
    (tmp_path / "b.jpg").write_bytes(b"other")
    with interrupted(target, rows) as kept:
        assert sorted(kept.results) == [3]
        kept.add(rows[0], Result(2, "a", "b", claim="new"))
    with unfinished(target, HOW, rows, anew=False) as kept:
        assert kept.results[2].claim == "new"


@pytest.mark.parametrize("junk", [b"my own notes\n", b"my own notes", b"{}\n", b"\0" * 50])
def test_a_file_of_somebody_else_stays(tmp_path: Path, rows: tuple[Row, ...], junk: bytes) -> None:
    target = tmp_path / "results.csv"
    place_of(target).write_bytes(junk)
    with pytest.raises(NotResults), unfinished(target, HOW, rows, anew=False):
        pass
    assert place_of(target).read_bytes() == junk


def test_two_at_once_and_nowhere_to_write(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    target = tmp_path / "results.csv"
    with unfinished(target, HOW, rows, anew=False) as kept:
        kept.add(rows[0], Result(2, "a", "b"))
        with pytest.raises(AnotherAtWork), unfinished(target, HOW, rows, anew=False):
            pass
        assert (tmp_path / ".results.csv.lock").exists()
    with pytest.raises(FileUnwritable, match=r"x\.csv"), unfinished(tmp_path / "none" / "x.csv", HOW, rows, anew=False):
        pass

"""A replacement is whole or not at all, whichever of its steps fails, and nothing of either side is ever lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from siamgui.core import replacing
from siamgui.core.folder_use import InUse, Use
from siamgui.core.temporary import FRESH, temporary_in, tidy

NEW, GONE = ("a", "b"), ("c",)


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in (*NEW, *GONE) if (folder / name).exists()}


OLD_TEXTS, NEW_TEXTS = {"a": "old", "c": "old"}, {"a": "new", "b": "new"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in OLD_TEXTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def fail(monkeypatch: pytest.MonkeyPatch, when: Callable[[int], bool], error: type[BaseException]) -> None:
    """Every rename of which when(its number) is true fails, as on a disk that is going."""
    count = 0

    def failing(real: Callable[..., None]) -> Callable[..., None]:
        def rename(*arguments: object, **named: object) -> None:
            nonlocal count
            count += 1
            if when(count):
                raise error(5, "Input/output error")
            real(*arguments, **named)

        return rename

    monkeypatch.setattr(os, "rename", failing(os.rename))
    monkeypatch.setattr(os, "replace", failing(os.replace))


def replaced(root: Path) -> None:
    with temporary_in(root / "temporary") as made:
        for name in NEW:
            (made / name).write_text("new")
        replacing.replace(root, made, NEW, GONE)


def test_what_is_new_takes_the_place_of_what_was_there(root: Path) -> None:
    replaced(root)
    assert texts(root) == NEW_TEXTS
    assert not replacing.under_way(root)
    assert list((root / "temporary").iterdir()) == []


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_step_that_fails_is_taken_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[BaseException]
) -> None:
    with monkeypatch.context() as patch:
        fail(patch, lambda count: count == number, error)
        with pytest.raises(error):
            replaced(root)
    assert texts(root) == OLD_TEXTS
    assert not replacing.under_way(root)
    assert list((root / "temporary").iterdir()) == []


@pytest.mark.parametrize("number", range(5, 8))
def test_what_can_neither_be_done_nor_taken_back_is_done_by_whoever_opens_the_folder_next(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with monkeypatch.context() as patch:
        fail(patch, lambda count: count >= number, OSError)
        with pytest.raises(replacing.Unfinished, match="Input/output error"):
            replaced(root)
    assert replacing.under_way(root)
    for path in (root / "temporary").iterdir():
        os.utime(path, (path.stat().st_mtime - 2 * FRESH,) * 2)
    tidy(root / "temporary")  # does not take it for something that a kill has left
    Use(root).close()
    assert texts(root) == NEW_TEXTS
    assert not replacing.under_way(root)
    assert list((root / "temporary").iterdir()) == []


def test_a_mark_that_comes_back_when_the_power_fails_moves_nothing(root: Path) -> None:
    what = replacing.Replacement("temporary/done", NEW, GONE)
    (root / replacing.MARK).write_text(f'{{"place": "{what.place}", "new": ["a", "b"], "gone": ["c"]}}')
    Use(root).close()
    assert texts(root) == OLD_TEXTS
    assert not replacing.under_way(root)


def test_a_folder_is_open_to_many_or_to_one_alone(root: Path) -> None:
    with Use(root), Use(root), pytest.raises(InUse):
        Use(root, alone=True)
    with Use(root, alone=True), pytest.raises(InUse):
        Use(root)

"""A disk in a folder is told from the folder, and its files are not taken for removed while it is away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siamgui.search.mounts import Away, mounts_below

SHM = Path("/dev/shm")  # a file system of its own on Linux


@pytest.mark.skipif(not os.path.ismount(SHM), reason="needs a file system below another one")
def test_a_disk_below_a_folder_is_found_and_is_not_away_while_it_is_there() -> None:
    places = ("null.jpg", "shm/a.jpg", "shm/deeper/b.jpg")
    assert mounts_below(SHM.parent, places) == {"shm"}
    there = Away(SHM.parent, frozenset({"shm"}), ())
    assert (there.mounts, "shm/a.jpg" in there) == (frozenset(), False)


def test_what_lay_on_a_disk_that_is_gone_is_away_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    away = Away(tmp_path, frozenset({"empty", "media/stick", "folder"}), ["folder/sub/b.jpg"])
    assert away.mounts == {"empty", "media/stick"}
    assert all(place in away for place in ("empty/a.jpg", "empty/x/y/a.jpg", "media/stick/a.jpg"))
    assert not any(place in away for place in ("a.jpg", "media/a.jpg", "empty.jpg"))
    assert mounts_below(tmp_path, ("a.jpg", "empty/a.jpg")) == frozenset()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_that_leads_nowhere_is_away(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(tmp_path / "disk" / "a.jpg")
    away = Away(tmp_path, frozenset(), ())
    assert "link.jpg" in away
    assert "other.jpg" not in away

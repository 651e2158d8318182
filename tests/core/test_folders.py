"""Folders as other systems leave them: what is hidden is passed over, each photograph is read once, one name is one."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from siamgui.core.folders import FolderUnreadable, people_in, photos_in

HIDDEN_FOLDERS = (
    ".thumbnails",
    ".AppleDouble",
    ".Trash-1000",
    "@eaDir",
    "@Recycle",
    "@Recently-Snapshot",
    "#recycle",
    "#SNAPSHOT",
    "__MACOSX",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
)
HIDDEN_FILES = ("._1.jpg", ".1.jpg", "Thumbs.db", "THUMBS.DB", "desktop.ini", ".DS_Store")


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize("name", HIDDEN_FOLDERS)
def test_a_hidden_folder_is_nobody_and_holds_no_photo(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "ann" / "1.jpg", tmp_path / name / "ann" / "1.jpg", tmp_path / "ann" / name / "1.jpg" / "x.jpg")
    found = people_in(tmp_path)
    assert found.people == (("ann", (tmp_path / "ann" / "1.jpg",)),)
    assert found.skipped == 2
    assert photos_in([tmp_path]).photos == (tmp_path / "ann" / "1.jpg",)
    # A pattern such as * names it as well.
    folders = sorted(tmp_path.iterdir())
    assert people_in(*folders).people == found.people
    assert photos_in(folders).photos == (tmp_path / "ann" / "1.jpg",)


def test_hidden_files_are_counted(tmp_path: Path) -> None:
    touch(tmp_path / "2.jpg", *(tmp_path / name for name in HIDDEN_FILES))
    found = photos_in([tmp_path])
    assert found.photos == (tmp_path / "2.jpg",)
    assert found.skipped == len(list(tmp_path.iterdir())) - 1


def test_other_files_are_not_photos_and_not_counted(tmp_path: Path) -> None:
    touch(tmp_path / "@anna" / "1.jpg", tmp_path / "#1" / "1.jpg", tmp_path / "#1" / "notes.txt")
    assert [name for name, _ in people_in(tmp_path).people] == ["#1", "@anna"]
    assert people_in(tmp_path).skipped == 0


def test_a_folder_that_is_asked_for_is_read_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path / ".private" / "1.jpg")
    assert len(photos_in([tmp_path / ".private"]).photos) == 1


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    touch(tmp_path / "holiday.jpg" / "1.png", tmp_path / "bob" / "2.jpg")
    assert photos_in([tmp_path]).photos == (tmp_path / "bob" / "2.jpg", tmp_path / "holiday.jpg" / "1.png")


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_links_make_no_loop_and_nobody_twice(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "people", tmp_path / "elsewhere"
    touch(root / "ann" / "1.jpg", root / "ann" / "2.jpg", elsewhere / "3.jpg")
    for name, target in {
        "again": root / "ann",
        "round": root,
        "above": tmp_path,
        "itself": root / "itself",
        "gone": tmp_path / "gone",
        "bob": elsewhere,
        "robert": elsewhere,
    }.items():
        (root / name).symlink_to(target)
    (root / "ann" / "deeper").symlink_to(root)
    (root / "ann" / "self").symlink_to(root / "ann")
    (elsewhere / "back").symlink_to(root)
    found = {name: [photo.name for photo in photos] for name, photos in people_in(root).people}
    assert found == {"ann": ["1.jpg", "2.jpg"], "bob": ["3.jpg"]}
    assert len(photos_in([root]).photos) == 2


@pytest.mark.parametrize("name", ["Zoë", "José Ñandú", "Đặng Thị", "각"])
def test_one_name_in_two_spellings_is_one_person(tmp_path: Path, name: str) -> None:
    composed, taken_apart = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    touch(tmp_path / composed / "1.jpg", tmp_path / taken_apart / "2.jpg", tmp_path / "Joe" / "1.jpg")
    found = dict(people_in(tmp_path).people)
    assert set(found) == {composed, "Joe"}
    assert {photo.name for photo in found[composed]} == {"1.jpg", "2.jpg"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that may not be read")
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    touch(tmp_path / "ann" / "1.jpg", tmp_path / "bob" / "1.jpg")
    (tmp_path / "bob").chmod(0)
    try:
        assert [name for name, _ in people_in(tmp_path).people] == ["ann"]
        assert people_in(tmp_path).skipped == 1
        with pytest.raises(FolderUnreadable, match="bob"):
            photos_in([tmp_path / "bob"])
    finally:
        (tmp_path / "bob").chmod(0o700)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FolderUnreadable, match="gone"):
        people_in(tmp_path / "gone")

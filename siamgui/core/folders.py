"""The photographs in a folder, as Macs, telephones, network drives and Windows leave folders.

What is hidden or belongs to a system is skipped and counted. A link to a folder is followed only directly below the
folder asked for, and only to where nothing is read anyway, so that no loop and no person is read twice.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.formats import is_photo, is_video
from siamgui.core.i18n import mark, trn

_SYSTEM = frozenset(
    # Synology, QNAP
    {
        "@eadir",
        "@tmp",
        "@recycle",
        "@recently-snapshot",
        "@sharesnap",
        "@sharebin",
        "@snapshot",
        "#recycle",
        "#snapshot",
    }
    # macOS
    | {"__macosx", "network trash folder", "temporary items", "thevolumesettingsfolder", "icon\r"}
    # Windows
    | {"$recycle.bin", "recycler", "recycled", "system volume information", "thumbs.db", "ehthumbs.db", "desktop.ini"}
    # Unix
    | {"lost+found", "~snapshot"}
)


class FolderUnreadable(SiamguiError):
    """values: name"""

    text = mark("The folder “{name}” cannot be read. Allow reading it, or choose another.")


@dataclass(frozen=True, slots=True)
class FolderPhotos:
    """photos: sorted by path. skipped: how many files and folders are hidden, of a system, or cannot be read."""

    photos: tuple[Path, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class PeopleFolders:
    """people: for each person the name, composed (NFC), and the photographs, both sorted; only people who have some.

    loose: whether photographs lie beside the folders. skipped: as of FolderPhotos.
    """

    people: tuple[tuple[str, tuple[Path, ...]], ...]
    loose: bool
    skipped: int


def photos_in(paths: Sequence[Path], *, films: bool = False) -> FolderPhotos:
    """The files among the paths, as they are, and the photographs in all folders among them; with films, those too.

    Of several paths those of a system are skipped: a pattern like * names them too. Raises FolderUnreadable.
    """
    photos: dict[Path, None] = {}
    skipped = 0
    for path in paths:
        if len(paths) > 1 and _has_hidden_name(path.name):
            skipped += 1
        elif not os.path.isdir(path):
            photos[path] = None
        else:
            walk = _Walk(path, films=films)
            photos |= dict.fromkeys(walk.below(path, named=True))
            skipped += walk.skipped
    return FolderPhotos(tuple(photos), skipped)


def people_in(*folders: Path) -> PeopleFolders:
    """Of one folder: its sub-folders, each with the photographs of a person. Of several: these themselves.

    Folders whose names differ only in how an accent is written (NFC, NFD) are one person's. Raises FolderUnreadable.
    """
    people: dict[str, list[Path]] = {}
    walk, loose = _Walk(*folders), False
    if len(folders) == 1:
        each, files = walk.look_into(folders[0], links=True)
        loose = any(is_photo(file) for file in files)
    else:
        each = [folder for folder in folders if not _has_hidden_name(folder.name)]
        walk.skipped = len(folders) - len(each)
    for folder in each:
        if photos := walk.below(folder, named=folder in folders):
            people.setdefault(unicodedata.normalize("NFC", folder.name), []).extend(photos)
    return PeopleFolders(tuple((name, tuple(sorted(people[name]))) for name in sorted(people)), loose, walk.skipped)


def skipped_note(n: int) -> str:
    return trn(
        "{n} hidden or system file or folder was skipped.", "{n} hidden or system files and folders were skipped.", n
    )


class _Walk:
    """One look through folders. skipped: so far."""

    def __init__(self, *roots: Path, films: bool = False) -> None:
        self.skipped = 0
        self._films = films
        self._roots = [Path(os.path.realpath(root)) for root in roots]
        self._been: set[tuple[int, int]] = set()

    def below(self, folder: Path, *, named: bool) -> list[Path]:
        """Photographs in folder and below it, sorted. named: by the user; then FolderUnreadable is raised for it."""
        photos: list[Path] = []
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                folders, files = self.look_into(here)
            except FolderUnreadable:
                if named and here == folder:
                    raise
                self.skipped += 1
                continue
            waiting += folders
            photos += [file for file in files if is_photo(file) or (self._films and is_video(file))]
        return sorted(photos)

    def look_into(self, folder: Path, *, links: bool = False) -> tuple[list[Path], list[Path]]:
        """The (folders, files) in a folder, sorted; none the second time. links: follow those to folders elsewhere."""
        try:
            status = folder.stat()
            # Mount points and junctions make loops too. Where a file system has no numbers for files, all are 0.
            if status.st_ino and (status.st_dev, status.st_ino) in self._been:
                return [], []
            self._been.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            raise FolderUnreadable(name=folder.name) from None
        folders: list[Path] = []
        files: list[Path] = []
        for entry in found:
            path = folder / entry.name
            if _is_hidden(entry):
                self.skipped += 1
            elif not _is_folder(entry):
                files.append(path)
            elif not entry.is_symlink() or (links and self._leads_elsewhere(path)):
                folders.append(path)
        return folders, files

    def _leads_elsewhere(self, link: Path) -> bool:
        target = Path(os.path.realpath(link))
        return not any(target.is_relative_to(root) or root.is_relative_to(target) for root in self._roots)


def _has_hidden_name(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """By its name, or because Windows or macOS marks it so."""
    if _has_hidden_name(entry.name):
        return True
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    hidden = stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM
    return bool(getattr(status, "st_file_attributes", 0) & hidden or getattr(status, "st_flags", 0) & stat.UF_HIDDEN)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or to where nobody may look
        return False

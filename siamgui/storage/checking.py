"""Whether everything that is kept is as it was kept: every row, picture, embedding and file."""

from __future__ import annotations

import enum
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath

from siamgui.core.errors import ModelCorrupt, SiamguiError
from siamgui.core.paths import LIBRARY, TRAINING, data_folder
from siamgui.finetuning.job import Job, ParentGone
from siamgui.finetuning.run_lock import in_use
from siamgui.storage.database import Database
from siamgui.storage.errors import LibraryError, only_damage
from siamgui.storage.steps import Steps
from siamgui.storage.tables import TABLES, Table
from siamgui.vault.errors import VaultError
from siamgui.versions.version_store import VersionStore

_AT_A_TIME = 64  # rows that are read in one transaction


class Kind(enum.StrEnum):
    """What is damaged. LIBRARY: its inner order, or rows that cannot be read."""

    LIBRARY = "library"
    PICTURE = "picture"
    EMBEDDING = "embedding"
    VERSION = "version"
    RUN = "run"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class Damage:
    """name: of the photograph, version or run; "" where that is not known. text: what is wrong, "" where kind says."""

    kind: Kind
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was looked at, and what of it is damaged."""

    pictures: int
    embeddings: int
    versions: int
    runs: int
    damage: tuple[Damage, ...]
    stuck: tuple[str, ...] = ()
    """Of each run that is whole and cannot go on, the sentence that says why."""


def check(steps: Steps) -> Checked:
    """Look at all of it; nobody who writes is kept waiting. Raises VaultError, Cancelled, and the LibraryError that is
    no damage: LibraryNewer, LibraryBusy, LibraryUnwritable."""
    root = data_folder()
    versions = [version for version in VersionStore().list() if not version.bundled]
    runs = [path for path in sorted((root / TRAINING).glob("*")) if path.is_dir() and not in_use(path)]
    damage: list[Damage] = []
    pictures = embeddings = 0
    if (root / LIBRARY).exists():
        pictures, embeddings = _library(steps, damage, len(versions) + len(runs))
    else:
        steps.begin(len(versions) + len(runs))
    for version in versions:
        if version.damaged:
            damage.append(Damage(Kind.VERSION, version.name, version.damaged))
        steps()
    stuck: list[str] = []
    for run in runs:
        try:
            job = Job.open(run)
            job.load()
            if job.result is None:
                _ = job.parent
        except VaultError:
            raise
        except ParentGone as error:
            stuck.append(str(error))
        except ModelCorrupt:
            pass  # said of the version
        except SiamguiError as error:
            damage.append(Damage(Kind.RUN, run.name, str(error)))
        steps()
    return Checked(pictures, embeddings, len(versions), len(runs), tuple(damage), tuple(stuck))


def _library(steps: Steps, damage: list[Damage], more: int) -> tuple[int, int]:
    """How many pictures and embeddings. more: steps that come afterwards."""
    try:
        library = Database.open(any_thread=True)
    except LibraryError as error:
        only_damage(error)
        damage.append(Damage(Kind.LIBRARY, "", str(error)))
        steps.begin(more)
        return 0, 0
    counts = {"crop": 0, "data": 0}
    with closing(library):
        blobs = [table for table in TABLES if table.blobs]
        try:
            total = sum(int(library.read(f"SELECT count(*) FROM {table.name}")[0][0]) for table in blobs)
        except LibraryError as error:
            only_damage(error)
            total = 0
        steps.begin(total + more)
        for table in blobs:
            found = _rows(library, table, steps, damage)
            if table.name != "comparison":
                counts[table.blobs[0]] += found
        _order(library, damage)
    return counts["crop"], counts["data"]


def _order(library: Database, damage: list[Damage]) -> None:
    damage.extend(Damage(Kind.LIBRARY, "", text) for text in disorder(library))


def disorder(library: Database) -> list[str]:
    """What SQLite itself finds, the first ten; it reads every page, and so proves every one. Raises LibraryError."""
    try:
        found = [_telling(str(row[0])) for row in library.read("PRAGMA integrity_check(10)") if row[0] != "ok"]
        return found + [f"{row[0]} {row[1]}" for row in library.read("PRAGMA foreign_key_check")]
    except LibraryError as error:
        only_damage(error)
        return [str(error)]


def _telling(text: str) -> str:
    """SQLite says in a line of its own in which database it is; there is only one."""
    return next((line for line in text.splitlines() if line.strip(" *") and not line.startswith("***")), text)


def _rows(library: Database, table: Table, steps: Steps, damage: list[Damage]) -> int:
    """How many rows there are."""
    count, after = 0, 0
    where = f"WHERE {table.key[0]} > ? ORDER BY {table.key[0]} LIMIT {_AT_A_TIME}"
    kind = Kind.PICTURE if "crop" in table.blobs else Kind.EMBEDDING
    kind = Kind.COMPARISON if table.name == "comparison" else kind
    while True:
        try:
            ids = [
                row[0] for row in library.read(f"SELECT DISTINCT {table.key[0]} FROM {table.name} {where}", (after,))
            ]
        except LibraryError as error:
            only_damage(error)
            damage.append(Damage(Kind.LIBRARY, "", table.name))
            return count
        if not ids:
            return count
        for one in ids:
            try:
                rows = library.read(table.select(f"WHERE {table.key[0]} = ?"), (one,))
                whole = not any(table.damaged(row) for row in rows)
            except LibraryError as error:
                only_damage(error)
                rows, whole = [()], False
            if not whole:
                damage.append(Damage(kind, name_of(library, table, one)))
            count += len(rows)
            steps(len(rows))
        after = ids[-1]


def name_of(library: Database, table: Table, number: int) -> str:
    """The photograph of a picture or an embedding."""
    if table.name in _FILE_OF:
        return _file_of(library, _FILE_OF[table.name], number)
    owner, name = "person_photo" if table.name.startswith("person") else "face", "name"
    if table.name.startswith("comparison"):
        owner, name = "comparison", "left_name"
    try:
        rows = library.read(f"SELECT {name} FROM {owner} WHERE id = ?", (number,))
    except LibraryError:
        rows = []
    return str(rows[0][0]) if rows else ""


_FILE_OF = {
    "seen_face": "(SELECT picture FROM seen_face WHERE id = ?)",
    "film_part": "?",
}
"""Tables of what was seen in folders, and the picture by the key of a row."""


def _file_of(library: Database, picture: str, number: int) -> str:
    statement = (
        "SELECT place, folder FROM seen_picture"
        " JOIN collection_file ON collection_file.sha256 = seen_picture.sha256"
        f" JOIN collection ON collection = collection.id WHERE seen_picture.id = {picture} LIMIT 1"
    )
    try:
        rows = library.read(statement, (number,))
    except LibraryError:
        rows = []
    return PurePath(rows[0][0] or rows[0][1]).name if rows else ""

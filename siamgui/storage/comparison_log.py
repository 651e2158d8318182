"""The comparisons that were written down, where the user wants that: their figures, and pictures if these are wished.

A row is a Record (siamgui.report.record) and what the user says of it. No embedding is kept. Where a photograph lies is
kept, so that it can be found again; whether it is the same one is said by its SHA-256 alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.files import write_whole
from siamgui.core.spreadsheet import spreadsheet_cell
from siamgui.core.typed_json import WrongForm, plain
from siamgui.core.types import Pixels, Side
from siamgui.report.record import Record, read_record
from siamgui.storage.checksums import checksum
from siamgui.storage.database import Keeper
from siamgui.storage.errors import LibraryDamaged
from siamgui.storage.verification_log import LogUnwritable

COLUMNS = (
    *("at", "left", "left_sha256", "left_face", "right", "right_sha256", "right_face"),
    *("outcome", "distance", "adjusted_distance", "fmr", "fmr_is_bound", "fnmr", "fnmr_is_bound", "log10_lr"),
    *("strictness", "encoder", "encoder_name", "siamgui", "tags", "note"),
)
"""Of the export as CSV."""
SCHEMA = "siamgui.history/1"
"""Of the export as JSON: a list of records, with what the user says of each."""
TAG_LIMIT, NOTE_LIMIT = 200, 4000
"""Characters at most."""
_READ = "SELECT id, left_path, right_path, tags, note, data, data_sum FROM comparison"


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """One comparison of the history. paths: where the photographs lay, by side; None for what was no file.

    tags: words, as the user typed them. note: likewise.
    """

    id: int
    record: Record
    paths: tuple[Path | None, Path | None]
    tags: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class KeptPicture:
    """crop: the aligned face, (112, 112, 3) uint8 RGB. picture: head and shoulders, as core.pictures makes it."""

    crop: Pixels
    picture: bytes


class ComparisonLog(Keeper):
    """See the module. Any method may raise a LibraryError."""

    def add(
        self,
        record: Record,
        paths: tuple[Path | None, Path | None],
        pictures: Sequence[KeptPicture] = (),
        *,
        anew: bool = False,
    ) -> WrittenDown:
        """pictures: of the left and the right side, or none.

        Where the same is asked again at once nothing is added; what is known of the answer by now takes its place,
        unless less is known of it than before. anew: another answer never takes the place of one that stands there.
        """
        data = record.to_json()
        newest = self.entries(1)
        if newest and newest[0].record.question == record.question:
            if newest[0].record.verdict == record.verdict:
                return newest[0]
            less = newest[0].record.verdict.firmness is not None and record.verdict.firmness is None
            if not (anew or less):
                with self._writing() as db:
                    update = "UPDATE comparison SET data = ?, data_sum = ? WHERE id = ?"
                    db.execute(update, (data, checksum(data), newest[0].id))
                return replace(newest[0], record=record)
        left, right = (None if path is None else str(path) for path in paths)
        with self._writing() as db:
            db.execute(
                "INSERT INTO comparison (at, left_name, left_sha256, left_path, right_name, right_sha256, right_path,"
                " tags, note, data, data_sum) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?, ?)",
                (
                    record.at,
                    *(record.left.file, record.left.sha256, left),
                    *(record.right.file, record.right.sha256, right),
                    *(data, checksum(data)),
                ),
            )
            number = db.last_insert_rowid()
            for side, kept in zip(Side, pictures, strict=False):
                crop = kept.crop.tobytes()
                db.execute(
                    "INSERT INTO comparison_image VALUES (?, ?, ?, ?, ?, ?)",
                    (number, side.value, crop, kept.picture, checksum(crop), checksum(kept.picture)),
                )
        return WrittenDown(number, record, paths)

    def entries(self, most: int | None = None) -> tuple[WrittenDown, ...]:
        """Newest first. most: at most so many; None for all."""
        rows = self._read(f"{_READ} ORDER BY id DESC LIMIT ?", (-1 if most is None else most,))
        return tuple(map(self._entry, rows))

    def find(self, number: int) -> WrittenDown | None:
        """None where there is no such comparison, or none any more."""
        rows = self._read(f"{_READ} WHERE id = ?", (number,))
        return self._entry(rows[0]) if rows else None

    def pictures(self, number: int) -> tuple[KeptPicture, ...]:
        """Of the left and the right side; empty where none are kept. Raises LibraryDamaged."""
        found: dict[str, KeptPicture] = {}
        for side, crop, picture, crop_sum, picture_sum in self._read(
            "SELECT side, crop, picture, crop_sum, picture_sum FROM comparison_image WHERE comparison = ?", (number,)
        ):
            whole = checksum(crop) == crop_sum and checksum(picture) == picture_sum
            if not whole or len(crop) != CROP_SIZE * CROP_SIZE * 3:
                raise LibraryDamaged(name=self._name)
            found[side] = KeptPicture(np.frombuffer(crop, np.uint8).reshape(CROP_SIZE, CROP_SIZE, 3), picture)
        return tuple(found[side.value] for side in Side) if len(found) == len(Side) else ()

    def count(self) -> int:
        return int(self._read("SELECT count(*) FROM comparison")[0][0])

    def say(self, number: int, tags: str, note: str) -> None:
        """What the user says of it."""
        with self._writing() as db:
            db.execute(
                "UPDATE comparison SET tags = ?, note = ? WHERE id = ?",
                (tags.strip()[:TAG_LIMIT], note.strip()[:NOTE_LIMIT], number),
            )

    def remove(self, numbers: Iterable[int]) -> int:
        """For good -> how many there were."""
        return self._remove("id = ?", [(number,) for number in numbers])

    def clear(self) -> int:
        """Forget all -> how many there were."""
        return self._remove("1", [()])

    def clear_before(self, begin: str) -> int:
        """Those older than a moment, ISO 8601 in UTC -> how many there were."""
        return self._remove("at < ?", [(begin,)])

    def any_before(self, begin: str) -> bool:
        """Whether clear_before() would find any."""
        return bool(self._read("SELECT 1 FROM comparison WHERE at < ? LIMIT 1", (begin,)))

    def forget_photos(self, digests: Iterable[str]) -> bool:
        """All comparisons of these photographs -> whether there were any."""
        return bool(self._remove("left_sha256 = ? OR right_sha256 = ?", [(one, one) for one in digests]))

    def _remove(self, which: str, values: Sequence[tuple[Any, ...]]) -> int:
        with self._writing() as db:
            gone = 0
            for value in values:
                db.execute(f"DELETE FROM comparison WHERE {which}", value)
                gone += db.changes()
            if gone:
                self._off_the_disk()
        return gone

    def export(self, path: Path) -> int:
        """Write all, oldest first, or nothing -> how many. As JSON where the name ends so, else as CSV.

        Raises LogUnwritable.
        """
        entries = self.entries()[::-1]
        data = _as_json(entries) if path.suffix.lower() == ".json" else _as_csv(entries)
        try:
            write_whole(path, data, exported=True)
        except OSError as error:
            raise LogUnwritable(name=path.name, reason=error.strerror or str(error)) from None
        return len(entries)

    def _entry(self, row: tuple[Any, ...]) -> WrittenDown:
        number, left, right, tags, note, data, data_sum = row
        try:
            if checksum(data) != data_sum:
                raise WrongForm("$: not what was kept")
            record = read_record(data)
        except WrongForm:
            raise LibraryDamaged(name=self._name) from None
        return WrittenDown(number, record, (_path(left), _path(right)), tags, note)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _as_json(entries: Sequence[WrittenDown]) -> bytes:
    rows = [{**plain(entry.record), "tags": entry.tags, "note": entry.note} for entry in entries]
    return (
        json.dumps({"schema": "siamgui.history/1", "comparisons": rows}, ensure_ascii=False, indent=2) + "\n"
    ).encode()


def _as_csv(entries: Sequence[WrittenDown]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([spreadsheet_cell(value) for value in _cells(entry)])
    return table.getvalue().encode("utf-8-sig")  # without the mark a spreadsheet takes names in other scripts apart


def _cells(entry: WrittenDown) -> tuple[object, ...]:
    record, verdict = entry.record, entry.record.verdict
    sides = (value for side in (record.left, record.right) for value in (side.file, side.sha256, side.face))
    return (
        *(record.at, *sides),
        *(verdict.outcome, verdict.distance, record.adjusted, verdict.fmr, verdict.fmr_is_bound),
        *(verdict.fnmr, verdict.fnmr_is_bound, verdict.log10_lr, verdict.strictness),
        *(record.engine.encoder, record.engine.encoder_name, record.program, entry.tags, entry.note),
    )

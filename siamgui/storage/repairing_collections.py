"""What a repair saves of the folders that are searched: whole pictures; the others are read again when asked."""

from __future__ import annotations

from siamgui.storage.database import Database
from siamgui.storage.group_store import drop_unnamed_answers
from siamgui.storage.salvage import readable
from siamgui.storage.tables import TABLES, Row, put_rows

_COLLECTION, _FILE, _MOUNT, _PICTURE, _PART, _FACE, _GROUP, _ANSWER = (
    table
    for name in (
        *("collection", "collection_file", "collection_mount", "seen_picture", "film_part", "seen_face"),
        *("face_group", "face_answer"),
    )
    for table in TABLES
    if table.name == name
)


def save_collections(old: Database, new: Database, broken: list[str]) -> int:
    """Within a transaction of new. broken: gets the tables that cannot be read whole -> pictures to be read again."""
    folders = {row[0]: row for row in readable(old, _COLLECTION, broken)}
    put_rows(new, _COLLECTION, list(folders.values()))
    for table in (_FILE, _MOUNT):
        place = table.columns.index("collection")
        put_rows(new, table, [row for row in readable(old, table, broken) if row[place] in folders])
    pictures = {row[0]: row for row in readable(old, _PICTURE, broken)}
    lost: set[int] = set()
    faces: dict[int, Row] = {}
    for row in readable(old, _FACE, broken):
        if _FACE.damaged(row):
            lost.add(row[1])
        else:
            faces[row[0]] = row
    unfinished = {row[0]: row for row in readable(old, _PART, broken)}
    lost |= {picture for picture, row in unfinished.items() if _PART.damaged(row)}
    if {_FACE.name, _PART.name} & set(broken):  # nobody knows which pictures had more faces
        lost |= set(pictures)
    put_rows(new, _PICTURE, [row for picture, row in pictures.items() if picture not in lost])
    put_rows(new, _PART, [row for film, row in unfinished.items() if film in pictures and film not in lost])
    kept = {face: row for face, row in faces.items() if row[1] in pictures and row[1] not in lost}
    original = _FACE.columns.index("copy_of")
    new.read("PRAGMA defer_foreign_keys = ON")  # an original may come after its copy
    put_rows(
        new,
        _FACE,
        [row if row[original] in kept else (*row[:original], None, *row[original + 1 :]) for row in kept.values()],
    )
    groups = {row[0]: row for row in readable(old, _GROUP, broken)}
    put_rows(new, _GROUP, list(groups.values()))
    put_rows(new, _ANSWER, [row for row in readable(old, _ANSWER, broken) if row[0] in groups])
    with new.writing() as db:
        drop_unnamed_answers(db)
    return len(lost & set(pictures))

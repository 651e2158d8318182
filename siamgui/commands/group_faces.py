"""Faces of folders that were read, as they are called on the command line, and what is said of their groups."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.search.collection_groups import CollectionGroups, FaceGroup
from siamgui.search.group_wording import group_words
from siamgui.storage.collection_operations import FindSeenFaces, PlaceFaces
from siamgui.storage.collection_values import PlacedFace
from siamgui.storage.store import Store

_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_A_TIME = 500


class PhotoGone(SiamguiError):
    """values: name"""

    text = mark("“{name}” was not found.")


class PhotoNotRead(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” has not been read with this model version. Read its folder first, with “siamgui index FOLDER”."
    )


class WhichFace(SiamguiError):
    """values: name, count"""

    text = mark("“{name}” shows {count} faces. Say which, as in “{name}:1”; they are counted from the left.")


class NoSuchFace(SiamguiError):
    """values: name, number, count"""

    text = mark("“{name}” has no face {number}: {count} were found in it.")


def face_called(store: Store, encoder: str, word: str) -> int:
    """The id of a face: FILE, FILE:N, SHA256 or SHA256:N.

    Raises PhotoGone, PhotoNotRead, WhichFace, NoSuchFace.
    """
    name, number = word, None
    if not os.path.lexists(word) and (found := re.fullmatch(r"(.+):(\d{1,9})", word, re.DOTALL)):
        name, number = found[1], int(found[2])
    faces = store.do(FindSeenFaces(encoder, name if _DIGEST.fullmatch(name) else _digest(Path(name))))
    shown = Path(name).name
    if not faces:
        raise PhotoNotRead(name=shown)
    if number is None and len(faces) > 1:
        raise WhichFace(name=shown, count=len(faces))
    if number is not None and not 1 <= number <= len(faces):
        raise NoSuchFace(name=shown, number=number, count=len(faces))
    return faces[(number or 1) - 1]


def _digest(path: Path) -> str:
    try:
        if not path.is_file():  # and no pipe, which would be waited for
            raise PhotoGone(name=path.name)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        raise PhotoGone(name=path.name) from None


# -- in words, and for machines --------------------------------------------------------------------------------------


def group_lines(store: Store, group: FaceGroup, head: str) -> list[str]:
    lines = [tr("{label}: {value}", label=head, value=group_words(group))]
    for one in placed(store, group.every):
        more = tr("The same photo") if one.id in group.copies else tr("unsure") if one.id in group.unsure else ""
        lines.append(f"    {one.files[0]} {tr('(face {number})', number=one.number)} {more}".rstrip())
    return lines


def groups_of(found: CollectionGroups, faces: Iterable[int]) -> list[FaceGroup]:
    """The groups that these faces are in, each once. Raises FaceGone."""
    return list({group.faces: group for group in map(found.of, faces)}.values())


def group_json(store: Store, group: FaceGroup) -> dict[str, Any]:
    """As documented in docs/groups.md."""
    return {
        "name": group.name,
        "reviewed": group.reviewed,
        "faces": [_face_json(one, unsure=one.id in group.unsure) for one in placed(store, group.faces)],
        "copies": [_face_json(one) for one in placed(store, group.copies)],
    }


def placed(store: Store, faces: Sequence[int]) -> list[PlacedFace]:
    """Those that are still there, and a file with them."""
    found: list[PlacedFace] = []
    for start in range(0, len(faces), _AT_A_TIME):
        there = store.do(PlaceFaces(tuple(faces[start : start + _AT_A_TIME])))
        found.extend(there)
    return [one for one in found if one.files]


def _face_json(one: PlacedFace, *, unsure: bool = False) -> dict[str, Any]:
    return {
        "file": str(one.files[0]),
        "files": [str(path) for path in one.files],
        "sha256": one.sha256,
        "face": one.number,
        "box": [round(float(value), 2) for value in one.seen.face.box],
        "unsure": unsure,
    }

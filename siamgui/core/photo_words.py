"""What a person should know of the photographs themselves, apart from how alike the faces are."""

from __future__ import annotations

from siamgui.core.i18n import tr
from siamgui.core.types import Photo, PhotoReading


def notes(left: Photo, right: Photo) -> tuple[str, ...]:
    """Of two files: sentences, often none."""
    found = [
        note for note in (first_picture(left.name, left.first_of), first_picture(right.name, right.first_of)) if note
    ]
    if left.sha256 == right.sha256:
        found.append(one_file())
    return tuple(found)


def first_picture(name: str, count: int) -> str:
    """Of a file that holds several pictures; "" of one. count: how many it holds."""
    if count == 1:
        return ""
    return tr("“{name}” holds {count} pictures; the first one was used.", name=name, count=count)


def one_file() -> str:
    """Of two photographs that are one."""
    return tr("Both photos are the same file, so this says nothing about two photos.")


def which_face(read: PhotoReading, option: str) -> str:
    """Which of several faces was read, "" where there is one. option: of the command line, which chooses another."""
    count = len(read.detection.faces)
    if count == 1:
        return ""
    return tr(
        "“{name}” shows {count} faces, numbered from left to right; face {number} was used ({option} chooses).",
        name=read.photo.name,
        count=count,
        number=read.chosen + 1,
        option=option,
    )

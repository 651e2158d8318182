"""Labels, and what an import of labelled pairs brought, in words."""

from __future__ import annotations

from siamgui.core.amounts import pair_count, photo_count, time_left
from siamgui.core.folders import skipped_note
from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.labelling.types import Imported, Importing


def said_words(label: Label) -> str:
    """What was said of a pair, by a person or a list."""
    if label is Label.SAME:
        return tr("Labelled: the same person")
    return tr("Labelled: different people") if label is Label.DIFFERENT else tr("Labelled: unsure")


def copies_note(n: int) -> str:
    """n: files with the bytes of a photograph that is there."""
    return trn("{n} file is a copy and counts once.", "{n} files are copies and count once.", n)


def alike_note(n: int) -> str:
    """n: pairs of one and the same photograph."""
    return trn("{n} pair shows one photo twice and is left out.", "{n} pairs show one photo twice: left out.", n)


def importing_words(importing: Importing) -> str:
    """How far an import is."""
    if importing.stopping:
        return tr("Stopping…")
    if not importing.total:
        return tr("Looking at what is there…")
    words = tr("{done} of {total} photos read", done=importing.done, total=importing.total)
    return words if importing.seconds is None else f"{words}, {time_left(importing.seconds)}"


def cut_short_words(name: str) -> str:
    """name: of the list or folder, "" for loose photographs."""
    if name:
        return tr("Reading “{name}” was cut short. What was read is kept.", name=name)
    return tr("Reading your photos was cut short. What was read is kept.")


def imported_words(imported: Imported) -> str:
    """What an import brought, a sentence for each thing that there is to say."""
    new = tr("New: {photos}.", photos=photo_count(imported.photos))
    if imported.pairs:
        photos, pairs = photo_count(imported.photos), pair_count(imported.pairs)
        new = tr("New: {photos}, {pairs}.", photos=photos, pairs=pairs)
    parts = [f"“{imported.name}”. {new}" if imported.name else new]
    if imported.stopped:
        parts.append(tr("Stopped before the end; what was read is kept."))
    if imported.skipped:
        parts.append(skipped_note(imported.skipped))
    if n := imported.unread:
        parts.append(trn("{n} photo could not be used.", "{n} photos could not be used.", n))
    if n := imported.copies:
        parts.append(copies_note(n))
    if n := imported.alike:
        parts.append(alike_note(n))
    if n := imported.disputed:
        parts.append(
            trn(
                "{n} pair says the opposite of what you said before; your answer stands until you look again.",
                "{n} pairs say the opposite of what you said before; your answers stand until you look again.",
                n,
            )
        )
    return " ".join(parts)

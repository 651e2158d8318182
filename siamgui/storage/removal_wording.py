"""What was removed, and what of it is not gone yet, in words."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr, trn
from siamgui.storage.pending import Pending

_PENDING = {
    Pending.READ: mark(
        "What was removed is still on the disk, because another program reads it, or there is no room to write the "
        "library anew. It leaves the disk as soon as that ends."
    ),
    Pending.TRAINED_ON: mark(
        "A training run still works with photos that were removed. They leave the disk when it ends."
    ),
    Pending.RUN_STAYS: mark(
        "A training run that may hold photos that were removed can’t be read or removed from the disk. Close what has "
        "its files open, or allow removing them."
    ),
    Pending.ON_CARD: mark(
        "A model version was trained on photos that were removed, and its card can’t say so yet. "
        "It is tried again by itself."
    ),
    Pending.OWED: mark(
        "Somebody who was removed is still kept, because the library can’t be changed now. It is tried again by itself."
    ),
    Pending.STAYS: mark(
        "Files of what was removed or replaced can’t be removed from the disk. Close what has them open, or allow "
        "removing them; siamgui tries again by itself, at the latest when it is started next."
    ),
}


def pending_words(pending: frozenset[Pending]) -> list[str]:
    """A sentence for each."""
    return [tr(text) for kind, text in _PENDING.items() if kind in pending]


def labelled_words(photos: int) -> list[str]:
    """How many labelled photos went with a person, or with one photo of theirs; nothing where none did."""
    words = trn(
        "{n} labelled photo of the same person went too, with its labels.",
        "{n} labelled photos of the same person went too, with their labels.",
        photos,
    )
    return [words] if photos else []

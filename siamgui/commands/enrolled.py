"""The people who are enrolled, as commands open them, and what commands do with the photographs of people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

from siamgui.commands.kept import open_kept
from siamgui.core.i18n import tr
from siamgui.core.pipeline import FaceEngine
from siamgui.storage.errors import LibraryBusy
from siamgui.storage.people_operations import AnythingOverdue, ForgetOverdue, KeepPhotoEmbeddings, PhotosToRead
from siamgui.storage.store import Store

_AT_A_TIME = 16  # embeddings kept in one transaction


@contextmanager
def open_people() -> Iterator[Store]:
    """Without those whose retention date has passed, of whom standard error says so; nor does the log keep longer.

    While another process writes for long they stay; the next command forgets them.
    """
    with open_kept() as store:
        if store.do(AnythingOverdue(date.today())):
            with suppress(LibraryBusy):
                for name in store.do(ForgetOverdue(date.today())):
                    print(tr("The retention date of “{name}” has passed: removed.", name=name), file=sys.stderr)
        yield store


def read_missing(engine: FaceEngine, store: Store, progress: Callable[[int, int], None]) -> int:
    """Read the photographs that the engine's encoder has not seen yet; returns how many.

    What was read before it is interrupted stays. progress: called with (done, in all).
    """
    total, crops = store.do(PhotosToRead(engine.info.encoder, _AT_A_TIME))
    left = total
    while crops:
        store.do(KeepPhotoEmbeddings({photo: engine.embed(crop)[0] for photo, crop in crops.items()}))
        progress(total - left + len(crops), total)
        left, crops = store.do(PhotosToRead(engine.info.encoder, _AT_A_TIME))
    return total

"""The people who are enrolled, as commands open them, and what commands do with the photographs of people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from siamgui.core.i18n import tr
from siamgui.core.pipeline import FaceEngine
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.verification_log import VerificationLog

_AT_A_TIME = 16  # embeddings kept in one transaction


@contextmanager
def open_people() -> Iterator[PeopleStore]:
    """Without those whose retention date has passed, of whom standard error says so; nor does the log keep longer."""
    today = date.today()
    with VerificationLog.open() as log:
        log.expire(today)
    with PeopleStore.open() as people:
        for name in people.expire(today):
            print(tr("The retention date of “{name}” has passed: removed.", name=name), file=sys.stderr)
        yield people


def read_missing(engine: FaceEngine, people: PeopleStore, progress: Callable[[int, int], None]) -> int:
    """Read the photographs that the engine's encoder has not seen yet; returns how many.

    What was read before it is interrupted stays. progress: called with (done, in all).
    """
    encoder = engine.info.encoder
    missing = people.missing(encoder)
    for start in range(0, len(missing), _AT_A_TIME):
        part = missing[start : start + _AT_A_TIME]
        people.put_vectors(encoder, {photo: engine.embed(people.crop(photo))[0].vector for photo in part})
        progress(start + len(part), len(missing))
    return len(missing)

"""What is kept, as commands open it: tidied first, with a word on what broke off and on what is not gone yet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from siamgui.core.i18n import tr
from siamgui.storage.removal_wording import pending_words
from siamgui.storage.store import Store
from siamgui.storage.tidying import BrokenOff, TidyUp


@contextmanager
def open_kept() -> Iterator[Store]:
    """What an earlier process has left to be removed is removed at the end, as far as nobody holds it."""
    with Store() as store:
        offer(store.do(TidyUp()))
        yield store
        store.settle()
        for line in pending_words(store.pending):
            print(line, file=sys.stderr)


def offer(runs: tuple[BrokenOff, ...]) -> None:
    """Say on standard error which training runs can go on."""
    for run in runs:
        text = tr("The training run “{name}” broke off. Go on with it, or forget it:", name=run.name)
        print(
            text,
            f"siamgui train --resume {run.folder}",
            f"siamgui train --forget {run.folder}",
            sep="\n  ",
            file=sys.stderr,
        )

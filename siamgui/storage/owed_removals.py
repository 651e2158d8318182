"""Removals that can still be undone: owed from the moment they are asked for, however the process ends.

A note in the library says which they are, and a lock whether a process lives that could undo them. When none does any
more, whoever opens the library next carries them out (siamgui.storage.removing).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

from siamgui.core.process_lock import Held, holding
from siamgui.storage.database import Database, Keeper
from siamgui.storage.errors import of_the_disk

NOTE = "people.going"
LOCK = "undo.lock"
"""In the data folder, held by the process that can undo what the note says."""
_PATIENCE = 1.0  # seconds for whoever only looks whether it is held


def nobody_can_undo(root: Path) -> AbstractContextManager[None]:
    """Nor will anybody during the block. root: the data folder. Raises Held where a process lives that can; OSError."""
    return holding(root / LOCK, 0.0)


class OwedRemovals(Keeper):
    """See the module. Any method may raise a LibraryError."""

    def __init__(self, file: Database) -> None:
        super().__init__(file)
        self._lock: ExitStack | None = None
        self.late = False
        """Whether some that nobody can undo could not be carried out so far."""

    def close(self) -> None:
        """From here on nobody can undo what is owed; the connection stays."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def all(self) -> tuple[tuple[int, int | None], ...]:
        """The ids of a person and of one of their photographs; None there for all of them, and the person."""
        try:
            return tuple((int(person), photo) for person, photo in self.get(NOTE, []))
        except (TypeError, ValueError):  # none of ours; the library is to open all the same
            return ()

    def owe(self, person: int, photo: int | None) -> None:
        """This is to go; take_back() undoes it as long as the connection is open. Within a transaction."""
        if self._lock is None:
            lock = ExitStack()
            try:
                with suppress(Held):  # by another that can undo, which will do as well
                    lock.enter_context(holding(self._file.path.parent / LOCK, _PATIENCE))
            except OSError as error:
                raise of_the_disk(error, self._name) from None
            self._lock = lock
        self._keep((*self.all(), (person, photo)))

    def take_back(self, person: int, photo: int | None) -> None:
        """It stays, or is gone by now."""
        self._keep(tuple(one for one in self.all() if one != (person, photo)))

    def person_gone(self, person: int) -> None:
        """Nothing is owed of somebody who is no more."""
        self._keep(tuple(one for one in self.all() if one[0] != person))

    def clear(self) -> None:
        self._keep(())

    def _keep(self, owed: tuple[tuple[int, int | None], ...]) -> None:
        if owed:
            self.put(NOTE, owed)
        elif self.all():
            with self._writing() as db:
                db.execute("DELETE FROM note WHERE key = ?", (NOTE,))

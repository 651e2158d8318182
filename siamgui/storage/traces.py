"""What is made of faces outside their own rows: snapshots of training runs, and versions that were trained on them.

A removal notes the checksums of the crops that go, within its own transaction. What holds one of them goes afterwards:
the folders of training runs, unless a process still works on one, which is then waited for; and a version that was
trained on one, whose weights nobody can take apart, says so on its card. A kill in between leaves the note, and whoever
opens the library next does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.paths import TRAINING, data_folder
from siamgui.core.types import Pixels
from siamgui.storage.checksums import checksum
from siamgui.storage.database import Database, Keeper
from siamgui.vault.errors import VaultError

_GOING = "traces.going"  # the note of the crops whose traces are still to be removed
_TRAINED = "traces.trained."  # and, with the id of a version, of those that it was trained on
RUN = "training.run"
"""The note of the run that is remembered."""


class Traces(Keeper):
    """See the module. Any method may raise a LibraryError."""

    def __init__(self, file: Database) -> None:
        super().__init__(file)
        self.owed = False
        """Whether there may be something to settle()."""

    def recall(self) -> None:
        """Whether an earlier process has left something to settle()."""
        self.owed = self.owed or self.get(_GOING) is not None

    def trained(self, version: str, crops: Pixels) -> None:
        """A version was trained on these crops, (n, 112, 112, 3) uint8."""
        self.put(_TRAINED + version, sorted({_sum(crop.tobytes()) for crop in crops}))
        self.recall()  # some of them may have been removed meanwhile

    def owe(self, sums: Iterable[bytes]) -> None:
        """The crops with these checksums are being removed; within their transaction."""
        going = {data.hex() for data in sums}
        if going:
            self.put(_GOING, sorted(going | set(self.get(_GOING, []))))
            self.owed = True

    def settle(self) -> bool:
        """Outside a transaction: remove what holds a removed crop, as far as nobody works on it -> whether any did."""
        going = frozenset(self.get(_GOING, []))
        self.owed = False
        if not going:
            return False
        found = self._on_cards(going)
        for folder in sorted((data_folder() / TRAINING).glob("*")):
            if _holds(folder, going):
                found = True
                self.owed = not self._run_removed(folder) or self.owed
        if not self.owed:
            with self._writing() as db:
                db.execute("DELETE FROM note WHERE key = ?", (_GOING,))
                self._off_the_disk()
        return found

    def _on_cards(self, going: frozenset[str]) -> bool:
        """Say on the card of each version how many of its photographs are gone -> whether there is such a version."""
        from siamgui.versions.version_store import VersionStore

        found = False
        for key, _ in self._read("SELECT key, value FROM note WHERE substr(key, 1, ?) = ?", (len(_TRAINED), _TRAINED)):
            sums = set(self.get(key))
            if sums & going:
                with suppress(SiamguiError):  # a version that is damaged, or not there any more
                    VersionStore().lost_people(key.removeprefix(_TRAINED), len(sums & going))
                self.put(key, sorted(sums - going))
                found = True
        return found

    def _run_removed(self, folder: Path) -> bool:
        """False where a process works on it, or its version is still to be moved to the others."""
        from siamgui.finetuning.job import Job
        from siamgui.finetuning.run_lock import RunInUse, removed

        remembered = self.get(RUN) or {}
        try:
            if Job.open(folder).result is not None and remembered.get("job") == folder.name:
                return False
        except VaultError:
            raise
        except SiamguiError:
            pass
        try:
            removed(folder)
        except RunInUse:
            return False
        if remembered.get("job") == folder.name:
            self.put(RUN, {"job": "", "version": ""})
        return True


def _holds(folder: Path, going: frozenset[str]) -> bool:
    """Whether the snapshot of a run has one of these crops; of one that cannot be read that cannot be known."""
    from siamgui.finetuning.job import Job

    try:
        return any(_sum(crop.tobytes()) in going for crop in Job.open(folder).pairs().crops)
    except VaultError:
        raise
    except (SiamguiError, OSError):
        return False


def _sum(crop: bytes) -> str:
    return checksum(crop).hex()

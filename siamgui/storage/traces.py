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
from siamgui.storage.pending import Pending
from siamgui.vault.errors import VaultError
from siamgui.versions.errors import VersionDamaged, VersionUnknown

_GOING = "traces.going"  # the note of the crops whose traces are still to be removed
_TRAINED = "traces.trained."  # and, with the id of a version, of those that it was trained on
RUN = "training.run"
"""The note of the run that is remembered."""


class Traces(Keeper):
    """See the module. Any method may raise a LibraryError."""

    def __init__(self, file: Database) -> None:
        super().__init__(file)
        self.owed: frozenset[Pending] = frozenset()
        """Why there may be something to settle(); empty where there is nothing."""

    def recall(self) -> None:
        """Whether an earlier process has left something to settle()."""
        if self.get(_GOING) is not None:
            self.owed |= {Pending.TRAINED_ON}

    def trained(self, version: str, crops: Pixels) -> None:
        """A version was trained on these crops, (n, 112, 112, 3) uint8. Of those that go nothing but a "" is kept."""
        self.put(_TRAINED + version, sorted({_sum(crop.tobytes()) for crop in crops}))
        self.recall()  # some of them may have been removed meanwhile

    def owe(self, sums: Iterable[bytes]) -> None:
        """The crops with these checksums are being removed; within their transaction."""
        going = {data.hex() for data in sums}
        if going:
            self.put(_GOING, sorted(going | set(self.get(_GOING, []))))
            self.owed |= {Pending.TRAINED_ON}

    def settle(self) -> bool:
        """Outside a transaction: remove what holds a removed crop, as far as nobody works on it -> whether any did."""
        going = frozenset(self.get(_GOING, []))
        self.owed = frozenset()
        if not going:
            return False
        found = False
        for folder in sorted((data_folder() / TRAINING).glob("*")):
            found = self._off_run(folder, going) or found
        found = self._on_cards(going) or found
        if not self.owed:
            with self._writing() as db:
                db.execute("DELETE FROM note WHERE key = ?", (_GOING,))
                self._off_the_disk()
        return found

    def _on_cards(self, going: frozenset[str]) -> bool:
        """Say on the card of each version how many of its photographs are gone -> whether there is such a version.

        The note is changed after the card, and the card is told all that are gone: after a kill between them it is told
        the same once more.
        """
        from siamgui.versions.version_store import VersionStore

        found = False
        for key, _ in self._read("SELECT key, value FROM note WHERE substr(key, 1, ?) = ?", (len(_TRAINED), _TRAINED)):
            sums: list[str] = self.get(key)
            left = sorted("" if one in going else one for one in sums)
            if left != sums:
                found = True
                try:
                    VersionStore().lost_people(key.removeprefix(_TRAINED), left.count(""))
                except (VersionUnknown, VersionDamaged):
                    if _to_be_moved(key.removeprefix(_TRAINED)):
                        self.owed |= {Pending.ON_CARD}
                        continue
                    # else there is no card any more
                except SiamguiError:
                    self.owed |= {Pending.ON_CARD}
                    continue
                self.put(key, left)
        return found

    def _off_run(self, folder: Path, going: frozenset[str]) -> bool:
        """Remove a run whose snapshot has one of these crops -> whether it has; in a damaged one nobody finds a face.

        It waits where a process works on it, or its version is still to be moved to the others.
        """
        from siamgui.finetuning.job import Job, JobDamaged, JobUnreadable, crops_of
        from siamgui.finetuning.run_lock import RunInUse, RunStays, removed

        holds, remembered = False, self.get(RUN) or {}
        last = remembered.get("job") == folder.name
        try:
            with suppress(JobDamaged):
                holds = any(_sum(crop.tobytes()) in going for crop in crops_of(folder))
            if not holds:
                return False
            with suppress(JobDamaged):
                if Job.open(folder).result is not None and last:
                    raise RunInUse
            removed(folder)
        except RunInUse:
            self.owed |= {Pending.TRAINED_ON}
        except (RunStays, JobUnreadable, VaultError):
            self.owed |= {Pending.RUN_STAYS}
        else:
            if last:
                self.put(RUN, {"job": "", "version": ""})
        return holds


def _to_be_moved(version: str) -> bool:
    """Whether it still lies in the run that has made it."""
    from siamgui.finetuning.run_files import RESULTS

    return any((run / RESULTS / version).is_dir() for run in (data_folder() / TRAINING).glob("*"))


def _sum(crop: bytes) -> str:
    return checksum(crop).hex()

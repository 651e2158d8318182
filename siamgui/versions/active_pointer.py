"""active.json: which version is used, and which were before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from siamgui.core.files import write_whole
from siamgui.core.paths import made_data_folder
from siamgui.core.typed_json import WrongForm, plain
from siamgui.core.typed_json import read as read_json
from siamgui.versions.errors import NothingToRollBackTo, VersionsUnreadable
from siamgui.versions.version_file import is_version_id

ORIGINAL = "original"
_MOST = 50  # that were active before


class Pointed(Struct, frozen=True):
    """The active id, and those that were active before it."""

    active: str
    history: tuple[str, ...]


class ActivePointer:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Pointed | None:
        """None where it is damaged. Raises VersionsUnreadable."""
        try:
            state = read_json(Pointed, self.path.read_bytes())
        except FileNotFoundError:
            return Pointed(ORIGINAL, ())
        except OSError as error:
            raise VersionsUnreadable(reason=error.strerror or str(error)) from None
        except WrongForm:
            return None
        return state if state.active == ORIGINAL or is_version_id(state.active) else None

    @property
    def active(self) -> str:
        """The original where it is damaged. Raises VersionsUnreadable."""
        return (self.read() or Pointed(ORIGINAL, ())).active

    @property
    def history(self) -> tuple[str, ...]:
        return (self.read() or Pointed(ORIGINAL, ())).history

    def before(self, usable: Callable[[str], bool]) -> tuple[str, tuple[str, ...]]:
        """What was active before, of that which is usable; and what had been before that.

        Raises NothingToRollBackTo, VersionsUnreadable.
        """
        now, history = self.active, self.history
        while history:
            *rest, last = history
            history = tuple(rest)
            if last != now and usable(last):
                return last, history
        if now == ORIGINAL:
            raise NothingToRollBackTo
        return ORIGINAL, ()

    def write(self, version_id: str, history: tuple[str, ...]) -> None:
        """Raises OSError; then it is as before."""
        made_data_folder(self.path.parent)
        write_whole(self.path, json.dumps(plain(Pointed(version_id, history[-_MOST:])), indent=1).encode())

"""One change of the versions at a time, whichever process makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.paths import made_data_folder
from siamgui.core.process_lock import Held, holding
from siamgui.versions.errors import VersionsUnwritable

LOCK = "versions.lock"
_PATIENCE = 30.0  # seconds; taking one in from elsewhere takes ten


class VersionsBusy(SiamguiError):
    text = mark("Another siamgui is changing the model versions. Let it finish, and try again.")


@contextmanager
def changing(root: Path, patience: float = _PATIENCE) -> Iterator[None]:
    """Not within another one. root: the data folder. patience: seconds for whoever changes them now.

    Raises VersionsBusy, VersionsUnwritable.
    """
    try:
        with holding(made_data_folder(root) / LOCK, patience):
            yield
    except Held:
        raise VersionsBusy from None
    except OSError as error:
        raise VersionsUnwritable(reason=error.strerror or str(error)) from None

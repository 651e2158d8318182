"""Files that another program has open on Windows, or whose folder says no: they cannot be removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def stuck(name: str) -> Iterator[None]:
    """Those of this name, during the block."""
    unlink = os.unlink

    def refused(path: str | Path, **more: int) -> None:
        if Path(path).name == name:
            raise PermissionError(13, "in use by another program", str(path))
        unlink(path, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", refused)
        yield

"""The window of a data folder with two people in it, locked with a passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from siamgui.labelling.import_plan import ImportKind, ImportRequest
from tests.builders.vault_window import Owner, with_passphrase
from tests.builders.window import PATIENCE, User


@pytest.fixture
def owner(quick_passphrases: None, open_window: Callable[..., User]) -> Owner:
    """Before the lock page."""
    with_passphrase()
    return Owner.at(open_window(start=False))


@pytest.fixture
def running(owner: Owner, samples: Path) -> Callable[[], None]:
    """Begins an import that waits for an engine."""

    def begin() -> None:
        labelling = owner.window.controllers.labelling
        labelling.import_(ImportRequest((samples,), ImportKind.LOOSE))
        owner.qtbot.waitUntil(lambda: labelling.state.importing.total > 0, timeout=PATIENCE)

    return begin

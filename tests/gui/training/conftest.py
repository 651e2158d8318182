"""What the tests of the training page share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.training_page import OBAMAS, Learner
from tests.builders.window import User


@pytest.fixture
def learner(user: User) -> Learner:
    return Learner(user)


@pytest.fixture
def photos(samples: Path) -> list[Path]:
    """Three of one man, one of another."""
    return [samples / name for name in (*OBAMAS, "biden.jpg")]

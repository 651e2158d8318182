"""Where siamgui keeps what the user makes: labels, training runs, model versions. Nothing of it leaves the machine."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def data_folder() -> Path:
    """The platform's usual place, or the folder that the environment variable SIAMGUI_DATA names. May not exist yet."""
    chosen = os.environ.get("SIAMGUI_DATA")
    return Path(chosen) if chosen else user_data_path("siamgui", appauthor=False)

"""Names of files as they are shown."""

from __future__ import annotations

import unicodedata
from pathlib import Path

_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def photo_name(path: Path) -> str:
    """The file's name without its folder, safe to print: no control or direction characters, no broken encoding."""
    name = path.name or str(path)
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in name)

"""Families of faults that photographs of faces suffer, with continuous parameters. `FAMILIES` holds all of them."""

from __future__ import annotations

from spoiling import lens
from spoiling.family import Family

FAMILIES: tuple[Family, ...] = (*lens.FAMILIES,)

"""Families of faults that photographs of faces suffer, with continuous parameters. `FAMILIES` holds all of them."""

from __future__ import annotations

from spoiling import codec, focus, lens, light, motion, noise, resize, screen, tone
from spoiling.family import Family

FAMILIES: tuple[Family, ...] = (
    *lens.FAMILIES,
    *focus.FAMILIES,
    *motion.FAMILIES,
    *codec.FAMILIES,
    *resize.FAMILIES,
    *noise.FAMILIES,
    *light.FAMILIES,
    *tone.FAMILIES,
    *screen.FAMILIES,
)

"""Families of faults that photographs of faces suffer, with continuous parameters. `FAMILIES` holds all of them."""

from __future__ import annotations

from spoiling import (
    codec,
    cut,
    drawn,
    focus,
    laid_over,
    lens,
    light,
    motion,
    noise,
    old,
    printed,
    resize,
    screen,
    smooth,
    tone,
    worn,
)
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
    *printed.FAMILIES,
    *worn.FAMILIES,
    *laid_over.FAMILIES,
    *cut.FAMILIES,
    *smooth.FAMILIES,
    *old.FAMILIES,
    *drawn.FAMILIES,
)

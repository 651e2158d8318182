"""What an import of labelled pairs brought, in words, for the window and the command line alike."""

from __future__ import annotations

from siamgui.core.i18n import trn


def copies_note(n: int) -> str:
    """n: files with the bytes of a photograph that is there."""
    return trn("{n} file is a copy and counts once.", "{n} files are copies and count once.", n)


def alike_note(n: int) -> str:
    """n: pairs of one and the same photograph."""
    return trn("{n} pair shows one photo twice and is left out.", "{n} pairs show one photo twice: left out.", n)

"""How the vault stands, in words."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr, trn
from siamgui.vault.vault import KeySource, VaultState

_SOURCES = {
    KeySource.NONE: mark("Nothing has been kept yet."),
    KeySource.KEYRING: mark(
        "The key is in the keyring of this system, and opens the vault without a question while you are signed in."
    ),
    KeySource.FILE: mark(
        "This system has no keyring, so the key is in a file that only you may read. That keeps other users out, "
        "and does not help when the disk is stolen: set a passphrase for that."
    ),
    KeySource.PASSPHRASE: mark("A passphrase opens the vault. Without it, or the recovery code, nobody can."),
}


def state_words(state: VaultState) -> tuple[str, ...]:
    """One sentence after the other."""
    words = [tr(_SOURCES[state.source])]
    if state.source is KeySource.NONE:
        return tuple(words)
    words.append(tr("There is a recovery code.") if state.recovery else tr("There is no recovery code yet."))
    if state.source is KeySource.PASSPHRASE:
        words.append(lock_after_words(state.lock_after))
    return tuple(words)


def lock_after_words(minutes: int | None) -> str:
    if minutes is None:
        return tr("The window does not lock by itself.")
    return trn(
        "The window locks after {n} minute without a hand on it.",
        "The window locks after {n} minutes without a hand on it.",
        minutes,
    )

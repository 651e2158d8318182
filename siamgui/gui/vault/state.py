"""What the window knows of the vault, as immutable values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.vault.errors import VaultError
from siamgui.vault.vault import KeySource, VaultState


class PassphrasesDiffer(SiamguiError):
    text = mark("The two passphrases are not the same. Type them again.")


class Work(enum.Enum):
    """What a lock would interrupt."""

    TRAINING = enum.auto()
    IMPORT = enum.auto()
    READING = enum.auto()  # of folders that are searched
    AUDIT = enum.auto()
    VERIFICATION = enum.auto()
    DATA = enum.auto()  # check, backup, restore or repair


@dataclass(frozen=True, slots=True)
class VaultPageState:
    """vault: what opens it. trouble: why nothing does. busy: a key is being worked out, or all is being put away.

    error: what could not be done. asked: what runs while a person wants to lock. code: a new recovery code, shown once.
    """

    vault: VaultState = field(default_factory=VaultState)
    trouble: VaultError | None = None
    busy: bool = False
    error: SiamguiError | None = None
    asked: Work | None = None
    code: str = ""

    @property
    def shut(self) -> bool:
        """Whether nothing that is kept can be shown."""
        return self.vault.locked or self.trouble is not None

    @property
    def has_passphrase(self) -> bool:
        return self.vault.source is KeySource.PASSPHRASE

"""What can go wrong with the vault, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class VaultError(SiamguiError):
    """Base of all of them."""

    text = mark("The vault can’t be opened.")


class Locked(VaultError):
    """A passphrase is needed, and nobody has given it yet."""

    text = mark("The vault is locked. Unlock it with your passphrase.")


class PassphraseWrong(VaultError):
    text = mark("That is not the passphrase of this vault.")


class PassphraseTooShort(VaultError):
    """values: least (characters)"""

    text = mark("The passphrase is too short. Use at least {least} characters.")


class NoPassphrase(VaultError):
    """What only makes sense with a passphrase was asked for without one."""

    text = mark("This vault has no passphrase. Set one first.")


class RecoveryCodeMistyped(VaultError):
    text = mark("The recovery code has a typing mistake, or a part of it is missing. Compare it with your print.")


class RecoveryCodeWrong(VaultError):
    text = mark("That is not the recovery code of this vault.")


class KeyNotInKeyring(VaultError):
    text = mark("The key of the vault is not in the keyring of this system. Get in with the recovery code.")


class KeyringClosed(VaultError):
    """values: reason (in the words of the keyring)"""

    text = mark("The keyring of this system can’t be read ({reason}). Unlock it and try again.")


class KeyFileGone(VaultError):
    """values: name"""

    text = mark("“{name}”, the key of the vault, is missing. Put the file back, or use the recovery code.")


class VaultLost(VaultError):
    """values: name"""

    text = mark("“{name}” is missing, and without it nothing in this data folder can be read. Put back a backup.")


class VaultDamaged(VaultError):
    """values: name"""

    text = mark("“{name}” is damaged, and without it nothing in this data folder can be read. Put back a backup.")


class VaultUnreadable(VaultError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}). Allow reading the files of the data folder.")


class VaultNewer(VaultError):
    """values: name"""

    text = mark("“{name}” was written by a newer siamgui. Update siamgui to open this vault.")


class VaultBusy(VaultError):
    text = mark("Another siamgui is changing the vault. Let it finish, and try again.")


class VaultUnwritable(VaultError):
    """values: reason (in the words of the operating system)"""

    text = mark("The vault can’t be saved ({reason}). Allow writing to the data folder, and make room on the disk.")

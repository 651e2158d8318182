"""A passphrase made into a key by Argon2id (RFC 9106), which costs whoever guesses half a second and much memory."""

from __future__ import annotations

import os
import time
import unicodedata
from typing import Annotated

from msgspec import Meta, Struct

from siamgui.vault.errors import PassphraseTooShort
from siamgui.vault.key import SIZE, Key

LEAST_CHARACTERS = 8
SECONDS = 0.5
"""What one guess shall take on the machine on which the passphrase is set."""
SALT = 16


class Cost(Struct, frozen=True):
    """memory: in KiB. The bounds keep a file that somebody changed from taking all memory, or an hour."""

    memory: Annotated[int, Meta(ge=8, le=2**21)]
    passes: Annotated[int, Meta(ge=1, le=64)]
    lanes: Annotated[int, Meta(ge=1, le=16)]


LEAST = Cost(64 * 1024, 3, 4)
"""The second recommended option of RFC 9106, section 4."""
_MOST_MEMORY = 512 * 1024


def measured_cost() -> Cost:
    """The cost that takes about SECONDS here, and never less than LEAST: three passes, and as much memory as fits."""
    start = time.perf_counter()
    stretched("measured", bytes(SALT), LEAST)
    factor = SECONDS / (time.perf_counter() - start)
    memory = min(max(int(LEAST.memory * factor) // 1024 * 1024, LEAST.memory), _MOST_MEMORY)
    passes = max(int(LEAST.passes * factor * LEAST.memory / memory), LEAST.passes)
    return Cost(memory, min(passes, 64), LEAST.lanes)


def stretched(passphrase: str, salt: bytes, cost: Cost) -> Key:
    """The key of a passphrase, however the keyboard composes its letters (NFKC)."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    kdf = Argon2id(salt=salt, length=SIZE, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return Key(kdf.derive(text))


def check_new(passphrase: str) -> None:
    """Raises PassphraseTooShort."""
    if len(unicodedata.normalize("NFKC", passphrase).strip()) < LEAST_CHARACTERS:
        raise PassphraseTooShort(least=LEAST_CHARACTERS)


def new_salt() -> bytes:
    return os.urandom(SALT)

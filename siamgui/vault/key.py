"""A secret of 256 bits, and what is derived from it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

SIZE = 32


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """secret: SIZE bytes. It never shows in a log or a traceback."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != SIZE:
            raise ValueError("not a key")

    def derived(self, purpose: str) -> Key:
        """A key for one purpose, which says nothing of those for another (the expansion of RFC 5869, one block)."""
        return Key(derived(self.secret, purpose))

    @classmethod
    def random(cls) -> Key:
        return cls(secrets.token_bytes(SIZE))

    def __repr__(self) -> str:
        return "Key()"


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes of a secret for one purpose, which say nothing of those for another."""
    return hmac.digest(secret, f"siamgui {purpose}".encode(), hashlib.sha256)

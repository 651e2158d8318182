"""What another machine sends to this process and nobody else can read on the way: sealed to a key made for one errand.

    32 bytes    a public key (X25519) made for this parcel alone
    rest        AES-256-GCM under HKDF-SHA256 of what the two keys share; the label takes part

The private key is never written down and never sent, so a parcel is of no use to anybody after the errand. The key of
the vault takes no part. (As HPKE, RFC 9180, in base mode: whoever knows the public key can send a parcel.)
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from siamgui.vault.sealed import Refused

_PUBLIC = 32
_NONCE = bytes(12)  # each parcel has a key of its own
_ABOUT = b"siamgui parcel 1"


def sealed_to(public: bytes, label: bytes, data: bytes) -> bytes:
    """public: Letterbox.public. label: what it is; a parcel cannot stand in for one with another label."""
    own = X25519PrivateKey.generate()
    sender = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    return sender + AESGCM(_derived(shared, sender, public)).encrypt(_NONCE, data, label)


class Letterbox:
    """Of one errand. public: (32 bytes) for whoever is to send something."""

    def __init__(self) -> None:
        self._key = X25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes_raw()

    def open(self, label: bytes, parcel: bytes) -> bytes:
        """Raises Refused."""
        sender = parcel[:_PUBLIC]
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(sender))
            return AESGCM(_derived(shared, sender, self.public)).decrypt(_NONCE, parcel[_PUBLIC:], label)
        except (InvalidTag, ValueError):
            raise Refused("not sealed to this letterbox") from None


def _derived(shared: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, _ABOUT + sender + receiver).derive(shared)

"""Who made a version file, as far as a key can say: Ed25519 (RFC 8032), by the package cryptography.

A signature says that the file comes from whoever holds the key, and was not changed since; the name is what they call
themselves. It binds the manifest, which binds the hashes of everything else. It makes no claim of a version truer.

    data folder/secret.key      where the own signing key comes from (siamgui.versions.seal), made on first use
    data folder/signers.json    the own name, and whose signatures were seen before
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, structs

from siamgui.core.files import read_file, write_whole
from siamgui.core.i18n import tr
from siamgui.core.manifest import NAME_LIMIT, Name, Signer, is_name
from siamgui.core.paths import made_data_folder
from siamgui.core.typed_json import Hex64, Moment, WrongForm, check_plain, plain, read
from siamgui.vault.key import derived
from siamgui.versions.errors import SignerNameless, SignerNameUnusable, SignersUnwritable
from siamgui.versions.seal import key_of, made_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNATURE_LIMIT = 2048
"""Bytes of a signature file at most."""
_LIST_LIMIT = 2**20
_MOST = 1000  # signers that are remembered


class _Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """signature.json. key: the public key. signature: of what _message() gives."""

    name: Name
    key: Hex64
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class _Known(Struct, frozen=True):
    name: Name
    since: Moment


class _Signers(Struct, frozen=True):
    """signers.json. own: the name signed under. known: by fingerprint."""

    own: str = ""
    known: dict[str, _Known] = {}


@dataclass(frozen=True, slots=True)
class Signed:
    """signer: None where the file is not signed. since: when their key was first met, "" for now.

    namesake: another key has signed under that name before. own: it is the key of this data folder.
    """

    signer: Signer | None
    since: str = ""
    namesake: bool = False
    own: bool = False

    @property
    def words(self) -> str:
        """By whom, in one sentence or two."""
        if self.signer is None:
            return tr("It is not signed.")
        if self.own:
            return tr("You signed it yourself.")
        who = {"name": self.signer.name, "fingerprint": self.signer.fingerprint}
        if self.since:
            return tr("Signed by “{name}” (key {fingerprint}), known since {day}.", day=self.since[:10], **who)
        said = tr("Signed by “{name}” (key {fingerprint}), who is new here.", **who)
        if self.namesake:
            said += " " + tr("Another key has signed under that name before: ask them whether both are theirs.")
        return said


def own_signer(root: Path, *, make: bool = False) -> Signer | None:
    """The name and the key that files of this data folder are signed with; None where there is no key yet.

    make: the key where there is none; raises OSError, SignerNameless.
    """
    key = made_key(root) if make else key_of(root)
    name = _signers(root).own
    if make and not name:
        raise SignerNameless
    return None if key is None or not name else Signer(name, fingerprint(_public(key)))


def call_oneself(root: Path, name: str) -> None:
    """Sign under this name from now on. Raises SignerNameUnusable, SignersUnwritable."""
    if not is_name(name):
        raise SignerNameUnusable(limit=NAME_LIMIT)
    _write(root, structs.replace(_signers(root), own=name))


def fingerprint(public: bytes) -> str:
    """Of a public key: eight groups of four digits, 128 bits of its SHA-256."""
    digits = hashlib.sha256(public).hexdigest()
    return " ".join(digits[k : k + 4] for k in range(0, 32, 4))


def sign(manifest: bytes, root: Path) -> bytes:
    """The signature file for a manifest, by the own key. Raises OSError, SignerNameless."""
    signer = own_signer(root, make=True)
    assert signer is not None
    private = _private(made_key(root))
    signature = private.sign(_message(manifest, signer.name)).hex()
    raw = _Signature(signer.name, private.public_key().public_bytes_raw().hex(), signature)
    return (json.dumps(plain(raw), ensure_ascii=False, indent=1) + "\n").encode()


def signer_of(signature: bytes, manifest: bytes) -> Signer:
    """Whose signature it is. Raises WrongForm: it is none; ValueError: it does not fit."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    raw = read(_Signature, signature)
    check_plain(raw.name)
    public = bytes.fromhex(raw.key)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(raw.signature), _message(manifest, raw.name))
    except InvalidSignature:
        raise ValueError("the signature does not fit") from None
    return Signer(raw.name, fingerprint(public))


def met(signer: Signer | None, root: Path) -> Signed:
    """Whether a signer is known here."""
    if signer is None:
        return Signed(None)
    known, own = _signers(root).known, own_signer(root)
    if own is not None and own.fingerprint == signer.fingerprint:
        return Signed(signer, own=True)
    if signer.fingerprint in known:
        return Signed(signer, known[signer.fingerprint].since)
    return Signed(signer, namesake=any(one.name.casefold() == signer.name.casefold() for one in known.values()))


def remember(signer: Signer, root: Path) -> None:
    """From now on the signer is known. Raises SignersUnwritable."""
    signers = _signers(root)
    if signer.fingerprint not in signers.known and len(signers.known) < _MOST:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        known = signers.known | {signer.fingerprint: _Known(signer.name, now)}
        _write(root, structs.replace(signers, known=known))


def _private(key: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(derived(key, "signature 1"))


def _public(key: bytes) -> bytes:
    return _private(key).public_key().public_bytes_raw()


def _message(manifest: bytes, name: str) -> bytes:
    return b"siamgui version 1\n" + hashlib.sha256(manifest).digest() + name.encode()


def _signers(root: Path) -> _Signers:
    with contextlib.suppress(OSError, WrongForm):
        data = read_file(root / "signers.json", _LIST_LIMIT)
        return read(_Signers, data)
    return _Signers()


def _write(root: Path, signers: _Signers) -> None:
    try:
        made_data_folder(root)
        write_whole(root / "signers.json", (json.dumps(plain(signers), ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise SignersUnwritable(reason=error.strerror or str(error)) from None

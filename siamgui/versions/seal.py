"""What this data folder vouches for: a version it has trained, or has taken in and examined.

The seal stands in the manifest and binds all of it, the hashes of the files too, with a secret of the data folder. The
serving form, which is made here and never leaves, has one of its own, so that the other fits after an export and an
import. A folder that somebody put beside the versions, or a manifest that was edited, has no seal that fits: it is a
stranger's, and examined like a file (siamgui.versions.intake). The signing key comes from the same secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from siamgui.core.errors import ModelCorrupt, ModelMissing
from siamgui.core.files import read_file, write_whole
from siamgui.core.manifest import MANIFEST_LIMIT, Model, Origin, Signer, model_of
from siamgui.core.paths import made_data_folder
from siamgui.core.typed_json import Hex64, WrongForm, convert, plain, read
from siamgui.vault.key import derived
from siamgui.vault.key_places import from_file, made_in_file
from siamgui.versions.errors import VersionsUnreadable
from siamgui.versions.kept_files import by_vault

KEY_FILE = "secret.key"


class Seal(Struct, frozen=True):
    """origin: see siamgui.core.manifest.Origin. signer: of the file that the version came from."""

    origin: Literal["here", "measured", "stated"]
    mac: Hex64
    signer: Signer | None = None


def key_of(root: Path) -> bytes | None:
    """The secret of a data folder; None where there is none yet. Raises VersionsUnreadable."""
    try:
        key = from_file(root / KEY_FILE)
    except OSError as error:
        raise VersionsUnreadable(reason=error.strerror or str(error)) from None
    return key.secret if key is not None else None


def made_key(root: Path) -> bytes:
    """The secret of a data folder, made if need be, for the owner's eyes alone. Raises OSError."""
    return made_in_file(made_data_folder(root) / KEY_FILE).secret


def sealed(manifest: dict[str, Any], origin: Origin, signer: Signer | None, key: bytes) -> dict[str, Any]:
    """manifest with a seal that fits it."""
    seal: dict[str, Any] = {"origin": origin.value, "signer": plain(signer)}
    seal["mac"] = mac = _mac(exported(manifest) | {"seal": seal}, key)
    serving = {"files": manifest["serving"]["files"]}
    return manifest | {"serving": serving | {"mac": _mac({"serving": serving, "of": mac}, key)}, "seal": seal}


def resealed(manifest: dict[str, Any], key: bytes) -> dict[str, Any]:
    """A manifest whose seal fitted before it was changed. Raises WrongForm."""
    seal = convert(Seal, manifest.get("seal"))
    return sealed(manifest, Origin(seal.origin), seal.signer, key)


def seal_of(manifest: dict[str, Any], key: bytes | None) -> Seal | None:
    """The seal of a manifest, the serving form left aside; None where there is none, or one that does not fit."""
    try:
        seal = convert(Seal, manifest.get("seal"))
    except WrongForm:
        return None
    said = {"origin": seal.origin, "signer": plain(seal.signer)}
    fits = key is not None and hmac.compare_digest(seal.mac, _mac(exported(manifest) | {"seal": said}, key))
    return seal if fits else None


def _serving_fits(manifest: dict[str, Any], seal: Seal, key: bytes | None) -> bool:
    serving = manifest.get("serving")
    if key is None or not isinstance(serving, dict) or "files" not in serving:
        return False
    mac = _mac({"serving": {"files": serving["files"]}, "of": seal.mac}, key)
    return hmac.compare_digest(str(serving.get("mac")).encode(), mac.encode())


def exported(manifest: dict[str, Any]) -> dict[str, Any]:
    """What leaves this data folder of a manifest."""
    return {name: value for name, value in manifest.items() if name != "serving"}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Raises OSError; then the old manifest is as it was."""
    write_whole(folder / "manifest.json", manifest_bytes(manifest))


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _mac(value: dict[str, Any], key: bytes) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hmac.new(derived(key, "seal 1"), text.encode(), hashlib.sha256).hexdigest()


def read_version(folder: Path, root: Path) -> Model:
    """The manifest of a version in the data folder root; its origin is UNKNOWN where the seal does not fit.

    Raises ModelMissing, ModelCorrupt, VersionsUnreadable.
    """
    name = f"{folder.name}/manifest.json"
    try:
        data = read_file(folder / "manifest.json", MANIFEST_LIMIT, follow=False)
        model = model_of(data, folder, opened=by_vault(root))
        manifest, key = read(dict[str, Any], data), key_of(root)
        seal = seal_of(manifest, key)
        if seal is None or not _serving_fits(manifest, seal, key):
            return model
        return replace(model, origin=Origin(seal.origin), signer=seal.signer)
    except FileNotFoundError:
        raise ModelMissing(name=name) from None
    except OSError:
        raise ModelCorrupt(name=name) from None
    except WrongForm as error:
        raise ModelCorrupt(name=f"{name}: {error}") from None

"""A model version as one file: an uncompressed zip of exactly the known files, and nothing else.

    manifest.json, weights.safetensors, calibration.json     what it is
    signature.json                                           by whom, if they wished to say (siamgui.versions.signature)
    serving.xml, serving.bin                                 of siamgui 0.1.0: never looked at

Whatever comes in is data, and foreign until it is proven: the zip, every field of the manifest, the calibration, the
header of the weights and all hashes are checked here, before anything is written or loaded. Nothing is unpickled, and
no name in the file decides what is opened or written. What the weights compute is examined next, by
siamgui.versions.intake. A folder that somebody put beside the versions is read by the same rules.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import encoder_of, is_known
from siamgui.core.files import read_file, write_whole
from siamgui.core.manifest import MANIFEST_LIMIT, Model, Opened, Signer, is_name, model_of
from siamgui.core.typed_json import WrongForm, check_plain, read
from siamgui.core.weights import check_weights
from siamgui.vault.key import Key
from siamgui.versions import kept_files, stored_zip
from siamgui.versions.errors import (
    VersionFileDamaged,
    VersionFileForeign,
    VersionFilePickle,
    VersionFileTooLarge,
    VersionFileUnreadable,
    VersionFileUnwritable,
    VersionFileWrong,
    VersionForOtherEncoder,
    VersionSignatureWrong,
)
from siamgui.versions.seal import Seal, exported, manifest_bytes, seal_of
from siamgui.versions.signature import SIGNATURE_LIMIT, signer_of
from siamgui.versions.version_card import Card

MANIFEST, WEIGHTS, CALIBRATION, SIGNATURE = (
    "manifest.json",
    "weights.safetensors",
    "calibration.json",
    "signature.json",
)
SERVING = ("serving.xml", "serving.bin")
LIMIT_MB = 64
_LIMITS = {
    MANIFEST: MANIFEST_LIMIT,
    WEIGHTS: LIMIT_MB * 2**20,
    CALIBRATION: 2**18,
    SIGNATURE: SIGNATURE_LIMIT,
    SERVING[0]: 2**24,
    SERVING[1]: LIMIT_MB * 2**20,
}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}-([0-9a-f]{8})")
_ROOM = 2**16  # bytes that the vault adds at most
_LEAST_RATE = 1e-9  # nobody has measured a smaller one


def is_version_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, eq=False)
class VersionContent:
    """A version as it came in: checked in form, not examined.

    model: the manifest; its files are nowhere yet. manifest: the same as plain JSON. signer: whose signature fits.
    seal: of this data folder, where it made or examined the version itself, else None.
    """

    name: str
    model: Model
    manifest: dict[str, Any]
    card: Card
    weights: bytes
    calibration: bytes
    signer: Signer | None
    seal: Seal | None

    @property
    def weights_sha256(self) -> str:
        return hashlib.sha256(self.weights).hexdigest()


def pack(folder: Path, file: Path, opened: Opened, sign: Callable[[bytes], bytes] | None = None) -> None:
    """Write the version in folder to file, in clear. opened: of the files there. sign: the signature of a manifest.

    Raises VersionFileUnwritable, and what sign raises; then file is as before.
    """
    try:
        manifest = manifest_bytes(exported(json.loads((folder / MANIFEST).read_bytes())))
        parts = {MANIFEST: manifest} | {
            name: opened((folder / name).read_bytes(), name) for name in (WEIGHTS, CALIBRATION)
        }
        if sign is not None:
            parts[SIGNATURE] = sign(manifest)
        write_whole(file, stored_zip.write(parts), exported=True)
    except OSError as error:
        raise VersionFileUnwritable(name=file.name, reason=error.strerror or str(error)) from None


def read_version_file(file: Path, key: bytes | None) -> VersionContent:
    """key: the secret of the data folder. Raises the VersionFile errors, VersionForOtherEncoder."""
    limit = LIMIT_MB * 2**20
    try:
        data = read_file(file, limit)
    except OSError as error:
        raise VersionFileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    if len(data) > limit:
        raise VersionFileTooLarge(name=file.name, limit=LIMIT_MB)
    # The first byte of every pickle since 2003; what torch.save() writes is a zip that begins with one.
    if data[:1] == b"\x80" or (data[:4] == b"PK\3\4" and b".pkl" in data[30:80]):
        raise VersionFilePickle(name=file.name)
    try:
        parts = stored_zip.read(data, _LIMITS)
    except stored_zip.NotStored as error:
        raise (VersionFileDamaged if error.damaged else VersionFileForeign)(name=file.name) from None
    if not parts.keys() >= {MANIFEST, WEIGHTS, CALIBRATION}:
        raise VersionFileForeign(name=file.name)
    return _content(parts, file.name, key)


def read_version_folder(folder: Path, key: bytes | None, opened: Opened) -> VersionContent:
    """A folder that somebody else may have made. opened: of the files there. Raises as read_version_file()."""
    parts = {}
    for name in (MANIFEST, WEIGHTS, CALIBRATION):
        try:
            there = read_file(folder / name, _LIMITS[name] + _ROOM, follow=False)
            parts[name] = there if name == MANIFEST else opened(there, name)
        except (OSError, ValueError):
            raise VersionFileWrong(name=folder.name, what=f"{name}: cannot be read") from None
        if len(parts[name]) > _LIMITS[name]:
            raise VersionFileWrong(name=folder.name, what=f"{name}: is too large")
    content = _content(parts, folder.name, key)
    if content.model.id != folder.name:
        raise VersionFileWrong(name=folder.name, what=f"{MANIFEST}, $.id: is not the name of the folder")
    return content


def _content(parts: Mapping[str, bytes], name: str, key: bytes | None) -> VersionContent:
    try:
        signer = signer_of(parts[SIGNATURE], parts[MANIFEST]) if SIGNATURE in parts else None
    except WrongForm as error:
        raise VersionFileWrong(name=name, what=f"{SIGNATURE}, {error}") from None
    except ValueError:
        raise VersionSignatureWrong(name=name) from None
    try:
        with _in(MANIFEST):
            model = model_of(parts[MANIFEST], Path())
            manifest = read(dict[str, Any], parts[MANIFEST])
        if model.role != "encoder" or not is_known(model.architecture):
            raise VersionForOtherEncoder(name=name, encoder=model.architecture[:40])
        seal = seal_of(manifest, key)
        with _in(MANIFEST):
            _check_manifest(model)
            card = Card.of(model.card) if seal else Card.strict(model.card)
        for file in (WEIGHTS, CALIBRATION):
            if model.file(file).sha256 != hashlib.sha256(parts[file]).hexdigest():
                raise WrongForm(f"{file}: is not what {MANIFEST} says")
        with _in(WEIGHTS):
            check_weights(parts[WEIGHTS])
        with _in(CALIBRATION):
            _check_calibration(parts[CALIBRATION], model)
    except WrongForm as error:
        raise VersionFileWrong(name=name, what=str(error)) from None
    return VersionContent(name, model, manifest, card, parts[WEIGHTS], parts[CALIBRATION], signer, seal)


@contextlib.contextmanager
def _in(file: str) -> Iterator[None]:
    """Says which file is wrong."""
    try:
        yield
    except WrongForm as error:
        raise WrongForm(f"{file}, {error}") from None


def _check_manifest(model: Model) -> None:
    known = _ID.fullmatch(model.id)
    if known is None or known.group(1) != model.version:
        raise WrongForm("$.id: is not that of a version")
    if not is_name(model.name):
        raise WrongForm("$.name: is not a name")
    named = {file.path.name for file in model.files}
    if not {WEIGHTS, CALIBRATION} <= named <= {WEIGHTS, CALIBRATION, *SERVING}:
        raise WrongForm("$.files: are not those of a version")


def _check_calibration(data: bytes, model: Model) -> None:
    check_plain(read(dict[str, Any], data))
    table = Calibration.from_json(data)
    bound = model.energy.bound(encoder_of(model.architecture).embedding_size) * (1 + 1e-5)
    if table.encoder != model.key:
        raise WrongForm("$.encoder: is not this version")
    if len(table.source) > 1000:
        raise WrongForm("$.source: is too long")
    for name in ("fmr_distance", "fnmr_distance", "lr_distance", "edges"):
        curve = getattr(table, name)
        if curve.min() < 0 or curve.max() > bound:
            raise WrongForm(f"$.{name}: is not within 0 and {bound:.4g}")
    if min(table.smallest_fmr, table.smallest_fnmr, *table.fmr_rate, *table.fnmr_rate) < _LEAST_RATE:
        raise WrongForm("$.fmr_rate: claims what nobody can measure")
    if np.abs(table.lr_log10).max() > -np.log10(_LEAST_RATE):
        raise WrongForm("$.lr_log10: claims what nobody can measure")
    for name in ("genuine", "impostor"):
        density = getattr(table, name)
        if density.min() < 0 or density.max() > 1:
            raise WrongForm(f"$.{name}: is not within 0 and 1")


def described(folder: Path, key: Key | None = None) -> dict[str, Any]:
    """The parts of a manifest that name the files of a version and their hashes. key: they are sealed with.

    Raises OSError, ValueError.
    """
    return {"files": _hashes(folder, (WEIGHTS, CALIBRATION), key), "serving": {"files": _hashes(folder, SERVING, key)}}


def _hashes(folder: Path, names: Iterable[str], key: Key | None) -> dict[str, Any]:
    found = {}
    for name in names:
        data = kept_files.read_file(folder, name, key)
        found[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return found

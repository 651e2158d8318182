"""A model version as one file: an uncompressed zip of exactly the known files, and nothing else.

Whatever comes in is foreign until it is proven: names, sizes, hashes, the shapes of the weights, and that the serving
form computes what the weights compute. Nothing is unpickled, and no name in the file decides where anything is written.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import is_known
from siamgui.core.errors import ModelCorrupt, ModelMissing
from siamgui.core.files import write_whole
from siamgui.core.manifest import NAME_LIMIT, Model, model_of, read_manifest, verify
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.typed_json import WrongForm
from siamgui.core.types import Pixels
from siamgui.versions.errors import (
    VersionFileDamaged,
    VersionFileForeign,
    VersionFilePickle,
    VersionFileTooLarge,
    VersionFileUnreadable,
    VersionFileUnwritable,
    VersionForOtherEncoder,
)

FILES = ("manifest.json", "weights.safetensors", "serving.xml", "serving.bin", "calibration.json")
LIMIT_MB = 64
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}-([0-9a-f]{8})")
_AGREEMENT = 1e-3
_DATE = (1980, 1, 1, 0, 0, 0)  # the same version is the same file, whenever it is exported


def is_version_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_name(text: str) -> bool:
    return text == text.strip() and 0 < len(text) <= NAME_LIMIT and text.isprintable()


def pack(folder: Path, file: Path) -> None:
    """Write the version in folder to file. Raises VersionFileUnwritable; then file is as before."""
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name in FILES:
                archive.writestr(zipfile.ZipInfo(name, _DATE), (folder / name).read_bytes())
        write_whole(file, buffer.getvalue())
    except OSError as error:
        raise VersionFileUnwritable(name=file.name, reason=error.strerror or str(error)) from None


def unpack(file: Path, folder: Path) -> Model:
    """Write the content of file into an empty folder. Raises the VersionFile errors; OSError of folder."""
    content = _content(file)
    _check_manifest(content["manifest.json"], file.name)
    for name, data in content.items():
        write_whole(folder / name, data)
    try:
        model = read_manifest(folder)
        verify(model)
        Calibration.of(model)
        _prove(model)
    except (ModelCorrupt, ModelMissing):
        raise VersionFileDamaged(name=file.name) from None
    return model


def _content(file: Path) -> dict[str, bytes]:
    limit = LIMIT_MB * 2**20
    try:
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise VersionFileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    if len(data) > limit:
        raise VersionFileTooLarge(name=file.name, limit=LIMIT_MB)
    if data[:1] == b"\x80":  # the first byte of every pickle since 2003
        raise VersionFilePickle(name=file.name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(name.endswith(".pkl") for name in names):  # what torch.save() writes
                raise VersionFilePickle(name=file.name)
            if sorted(names) != sorted(FILES):
                raise VersionFileForeign(name=file.name)
            infos = archive.infolist()
            if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
                raise VersionFileForeign(name=file.name)
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        raise (VersionFileDamaged if data[:2] == b"PK" else VersionFileForeign)(name=file.name) from None


def _check_manifest(data: bytes, name: str) -> None:
    """Before anything of it is written."""
    try:
        model = model_of(data, Path())
    except WrongForm:
        raise VersionFileDamaged(name=name) from None
    if model.role != "encoder" or not is_known(model.architecture):
        raise VersionForOtherEncoder(name=name, encoder=model.architecture[:40])
    known = _ID.fullmatch(model.id)
    whole = {"manifest.json", *(file.path.name for file in model.files)} == {*FILES}
    if not (known and known.group(1) == model.version and is_name(model.name) and whole):
        raise VersionFileDamaged(name=name)


def _prove(model: Model) -> None:
    """Weights and serving form are one and the same encoder. Raises ModelCorrupt."""
    import torch

    from siamgui.core import encoders

    net = encoders.load(model)
    faces: Pixels = np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), dtype=np.uint8)
    with torch.inference_mode():
        meant = net(torch.from_numpy(faces).permute(0, 3, 1, 2).float()).numpy()
    try:
        served = OpenVinoEncoder(model).encode(faces)
    except RuntimeError:
        raise ModelCorrupt(name="serving.xml") from None
    agree = served.shape == meant.shape and np.allclose(
        served / np.linalg.norm(served, axis=1, keepdims=True),
        meant / np.linalg.norm(meant, axis=1, keepdims=True),
        atol=_AGREEMENT,
    )
    if not agree:
        raise ModelCorrupt(name="serving.xml")

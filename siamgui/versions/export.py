"""From a trained torch encoder to a model version on the disk: weights, serving form, calibration, manifest.

The serving form is made from the weights that are stored beside it and is kept only if it computes the same. OpenVINO's
PyTorch frontend is asked directly: openvino.convert_model() does the same, and brings a telemetry client.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from msgspec import structs
from numpy.typing import NDArray
from torch import nn

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import embed
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.errors import SiamguiError
from siamgui.core.files import sync_folder
from siamgui.core.i18n import mark
from siamgui.core.manifest import NAME_LIMIT, Model, Origin, read_manifest
from siamgui.core.paths import data_folder
from siamgui.core.private import private_folder
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.temporary import temporary_place
from siamgui.core.typed_json import plain
from siamgui.core.types import Pixels
from siamgui.core.weights import Tensors, places, read_blocks, write_weights
from siamgui.vault.key import Key
from siamgui.versions.kept_files import by_key, write_file
from siamgui.versions.seal import made_key, sealed, write_manifest
from siamgui.versions.version_card import Card, Parent
from siamgui.versions.version_file import SERVING, described

_AGREEMENT = 1e-4
_CROPS_TRIED = 32
_SPAN = re.compile(r'offset="(\d+)" size="(\d+)"')
_ALIGNED = 8  # bytes; the widest of the constants are 64-bit integers
_CROPS_COMPARED = 8  # torch is slow on a CPU


class VersionNotSaved(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("The model version “{name}” can’t be saved ({reason}). Make room on the disk and try again.")


class ServingDisagrees(SiamguiError):
    """values: name, gap"""

    text = mark("The model version “{name}” was not kept: in its fast form it computes something else (off by {gap}).")


def write_version(
    folder: Path,
    encoder: EncoderModule,
    parent: Model,
    name: str,
    card: Card,
    calibration: Calibration,
    crops: Pixels,
    key: Key | None = None,
) -> Path:
    """Write a finished version into folder/ID and return that path; folder is made if need be.

    encoder: made by siamgui.core.encoders.build(), trained; it is left on the CPU in evaluation mode.
    name: what the user calls it, cut to NAME_LIMIT characters.
    card: parent, created and sha256 (of the weights) are added.
    calibration: of this encoder, by the energy that the version is to have; it is given the version's own key.
    crops: (n, 112, 112, 3) uint8, n >= 1, good faces of the user: the serving form is tried on them, and their
        embeddings' lengths say how to compare lengths with the parent's.
    key: what the files are sealed with, all but the manifest; None for in clear.
    Raises VersionNotSaved (disk full, folder not writable) and ServingDisagrees; then nothing is left behind.
    """
    name = _tidy(name)
    encoder = encoder.cpu().eval()
    tensors = tensors_of(encoder)
    weights = write_weights(tensors, read_blocks(parent.file("weights.safetensors").read()))
    created = datetime.now(UTC).isoformat(timespec="seconds")
    digest = _sha256(weights + calibration.to_json().encode() + created.encode())[:8]
    version_id = f"{slug(name)}-{digest}"
    target = folder / version_id
    try:
        private_folder(folder)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        try:
            write_file(temporary, "weights.safetensors", weights, key)
            write_serving(encoder, temporary, version_id, key)
            table = replace(calibration, encoder=f"{version_id} {digest}", parts={})
            write_file(temporary, "calibration.json", table.to_json().encode(), key)
            manifest: dict[str, Any] = {
                "id": version_id,
                "version": digest,
                "name": name,
                "role": "encoder",
                "architecture": encoder.architecture,
                "source": parent.source,
                "licence": parent.licence,
                "notes": parent.notes,
                "norm_scale": None,
                "energy": calibration.energy.name,
                "card": plain(
                    structs.replace(
                        card,
                        parent=Parent(parent.id, parent.version, parent.name),
                        created=created,
                        sha256=_sha256(weights),
                    )
                ),
            }
            manifest |= described(temporary, key)
            write_manifest(temporary, manifest)
            written = read_manifest(temporary, opened=by_key(key))
            manifest["norm_scale"] = tried(encoder, written, parent, crops[:_CROPS_TRIED])
            write_manifest(temporary, sealed(manifest, Origin.HERE, None, made_key(data_folder())))
            temporary.replace(target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync_folder(folder)
    except OSError as error:
        raise VersionNotSaved(name=name, reason=error.strerror or str(error)) from None
    return target


def _tidy(name: str) -> str:
    """name on one line, without characters that do not show, and never empty."""
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(shown.split())[:NAME_LIMIT].strip() or "Version"


def slug(name: str) -> str:
    """name as part of a folder's name: at most 32 small Latin letters, digits and hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:32].strip("-") or "version"


def write_serving(encoder: EncoderModule, folder: Path, name: str, key: Key | None = None) -> None:
    """serving.xml and serving.bin of an encoder on the CPU, in evaluation mode. key: to seal with. Raises OSError."""
    graph = serving_form(encoder, torch.zeros(2, 3, 112, 112), [-1, 3, 112, 112], name, ["embedding"])
    for file, data in zip(SERVING, serving_files(graph, tensors_of(encoder)), strict=True):
        write_file(folder, file, data, key)


def serving_form(
    net: nn.Module,
    example: torch.Tensor,
    shape: Sequence[int],
    name: str,
    outputs: Sequence[str],
) -> Any:
    """net as an OpenVINO model that takes (n, h, w, 3) uint8 RGB.

    example: a tensor to trace net with. shape: (n, 3, h, w) that the model takes, -1 for what may vary.
    outputs: a name for each output.
    """
    from openvino._offline_transformations import apply_moc_transformations
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from openvino.preprocess import PrePostProcessor

    from siamgui.core.vino import ov

    with warnings.catch_warnings(), torch.no_grad():
        # OpenVINO reads TorchScript, of which torch says at every turn that it is getting old.
        warnings.filterwarnings("ignore", r".*torch\.jit", DeprecationWarning)
        traced = torch.jit.trace(net, example, check_trace=False)  # type: ignore[no-untyped-call]
        decoder = TorchScriptPythonDecoder(torch.jit.freeze(traced))
        frontend = FrontEndManager().load_by_framework("pytorch")
        loaded = frontend.load(decoder)
        place = loaded.get_inputs()[0]
        loaded.set_partial_shape(place, ov.PartialShape(list(shape)))
        loaded.set_element_type(place, ov.Type.f32)
        model = frontend.convert(loaded)
    apply_moc_transformations(model, cf=False, smart_reshape=False)
    prepared = PrePostProcessor(model)
    prepared.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    prepared.input().model().set_layout(ov.Layout("NCHW"))
    prepared.input().preprocess().convert_element_type(ov.Type.f32)
    model = prepared.build()
    model.set_friendly_name(name)
    model.input().get_tensor().set_names({"image"})
    for port, label in zip(model.outputs, outputs, strict=True):
        port.get_tensor().set_names({label})
    return model


def tensors_of(net: nn.Module) -> Tensors:
    """The state of a network on the CPU."""
    return {name: value.numpy() for name, value in net.state_dict().items()}


def serving_files(graph: Any, tensors: Tensors) -> tuple[bytes, bytes]:
    """serving.xml and serving.bin of a serving form; the constants that are tensors of the network are not in it.

    They are where siamgui.core.weights.lay_out() puts them, behind serving.bin, so that every weight is stored once.
    Raises OSError.
    """
    from siamgui.core.vino import ov

    with temporary_place() as folder:
        path = folder / "serving.xml"
        try:
            ov.save_model(graph, str(path), compress_to_fp16=False)
        except RuntimeError as error:  # what OpenVINO makes of a full disk
            raise OSError(str(error).splitlines()[-1]) from None
        text, data = path.read_text(encoding="utf-8"), path.with_suffix(".bin").read_bytes()
    known = {np.ascontiguousarray(tensor).tobytes(): name for name, tensor in tensors.items()}
    own: dict[bytes, int] = {}
    constants = bytearray()
    spans = [(int(at), int(size)) for at, size in _SPAN.findall(text)]
    for at, size in spans:
        value = data[at : at + size]
        if value not in known and value not in own:
            constants += bytes(-len(constants) % _ALIGNED)
            own[value] = len(constants)
            constants += value
    at_tensor = places(tensors, len(constants))

    def moved(span: re.Match[str]) -> str:
        at, size = map(int, span.groups())
        value = data[at : at + size]
        place = own[value] if value in own else at_tensor[known[value]]
        return f'offset="{place}" size="{size}"'

    return _SPAN.sub(moved, text).encode(), bytes(constants)


def tried(encoder: EncoderModule, model: Model, parent: Model, crops: Pixels) -> float | None:
    """The serving form that was written as model is read back and compared with torch; returns its norm_scale.

    parent: what the lengths of its embeddings are compared with. Raises ServingDisagrees.
    """

    def by_torch(images: Pixels) -> NDArray[np.float32]:
        with torch.inference_mode():
            result: NDArray[np.float32] = encoder(torch.tensor(images).permute(0, 3, 1, 2).float()).numpy()
        return result

    views = encoder.entry.views
    served, norms = embed(OpenVinoEncoder(model).encode, crops, views)
    compared = crops[:_CROPS_COMPARED]
    gap = float(np.linalg.norm(served[: len(compared)] - embed(by_torch, compared, views)[0], axis=1).max())
    if not gap <= _AGREEMENT:
        raise ServingDisagrees(name=model.name, gap=f"{gap:.1e}")
    if not encoder.entry.length_tells or parent.norm_scale is None:
        return None
    _, before = embed(OpenVinoEncoder(parent).encode, crops, encoder_of(parent.architecture).views)
    return parent.norm_scale * float(np.median(before) / np.median(norms))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

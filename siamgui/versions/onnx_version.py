"""An encoder that somebody brings as an ONNX file becomes a version: examined, measured on a folder of people, sealed.

Every claim rests on that folder: the calibration is made of all its people; how it does beside the encoder that comes
with siamgui is measured on one half of them, both by a calibration made of the other half. There is no cohort for such
an encoder, so its claims do not know how photographs were taken.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import embed
from siamgui.core.encoders.registry import encoder_of, foreign
from siamgui.core.errors import SiamguiError
from siamgui.core.files import read_file, write_whole
from siamgui.core.i18n import mark
from siamgui.core.manifest import NAME_LIMIT, Model, ModelFile, Origin, bundled_encoder, is_name
from siamgui.core.paths import VERSIONS, data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.private import private_folder
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.typed_json import WrongForm, plain
from siamgui.evaluation.pairs import TooLittleRead, read_people
from siamgui.versions.active_pointer import ORIGINAL
from siamgui.versions.calibrate import calibrate
from siamgui.versions.errors import NameUnusable, VersionFileWrong, VersionsUnwritable
from siamgui.versions.general_reference import read_faces
from siamgui.versions.intake import Progress, Task, examine
from siamgui.versions.judge import ReferenceVectors, judge_reference
from siamgui.versions.judgement import Gate, GateReason, Judgement, ReferenceJudgement, ReferenceKind
from siamgui.versions.onnx_file import FILE_LIMIT, read_network
from siamgui.versions.onnx_intake import NETWORK, REQUEST
from siamgui.versions.onnx_offer import Offer
from siamgui.versions.seal import made_key, sealed, write_manifest
from siamgui.versions.temporary_folder import temporary_beside
from siamgui.versions.version_card import Counts, judged
from siamgui.versions.version_file import CALIBRATION, SERVING, WEIGHTS, described
from siamgui.versions.version_store import Version, VersionStore

LEAST_PEOPLE = 20
"""In a folder to measure on: ten in each half."""
METHOD = "onnx"
_SEED = 20050620


class OnnxUnreadable(SiamguiError):
    """values: name"""

    text = mark("“{name}” can’t be read, or is larger than {limit} MB.")


class OnnxFewPeople(SiamguiError):
    """values: name, count, least"""

    text = mark("“{name}” shows {count} people with a face that can be read; to measure an encoder it takes {least}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Faces:
    """Of a folder, under both encoders. person: (n,); before, after: (n, d) unit."""

    person: NDArray[np.int64]
    before: NDArray[np.float32]
    after: NDArray[np.float32]

    def only(self, rows: NDArray[np.bool_]) -> _Faces:
        return _Faces(self.person[rows], self.before[rows], self.after[rows])


def model_in(folder: Path, version_id: str, version: str, size: int = 16) -> Model:
    """The files of an encoder that has no manifest yet."""
    files = tuple(
        ModelFile(folder / name, hashlib.sha256((folder / name).read_bytes()).hexdigest())
        for name in (*SERVING, WEIGHTS)
    )
    return Model(version_id, version, version_id, "encoder", foreign(size), "", "", "", files, norm_scale=None)


def add_encoder(offer: Offer, progress: Progress, stop: threading.Event | None = None) -> Version:
    """A version of the usual data folder; one that is here already stays, unless it is damaged. It is not activated.

    Takes as long as reading the folder of people. Raises NameUnusable, what make_version() raises, VersionsUnwritable;
    then nothing has changed.
    """
    if not is_name(offer.name) or offer.name.lower() == ORIGINAL:
        raise NameUnusable(limit=NAME_LIMIT)
    root = data_folder()
    versions = VersionStore(root)
    try:
        with temporary_beside(root / VERSIONS) as temporary:
            return versions.adopt(make_version(offer, temporary, made_key(root), progress, stop))
    except OSError as error:
        raise VersionsUnwritable(reason=error.strerror or str(error)) from None


def make_version(
    offer: Offer, folder: Path, key: bytes, progress: Progress, stop: threading.Event | None = None
) -> Path:
    """Make a version of an offer in folder, which is made; returns folder/ID.

    key: of the data folder, to seal with. progress: (steps or photographs done, in all). Raises OnnxUnreadable,
    OnnxFewPeople, VersionFileWrong, VersionNotExamined, Cancelled, OSError, and what read_faces() raises.
    """
    try:
        data = read_file(offer.file, FILE_LIMIT)
    except OSError:
        data = b""
    if not data or len(data) > FILE_LIMIT:
        raise OnnxUnreadable(name=offer.file.name, limit=FILE_LIMIT // 10**6)
    try:
        read_network(data)
    except WrongForm as error:
        raise VersionFileWrong(name=offer.file.name, what=str(error)) from None
    read_people(offer.people)
    made = private_folder(folder / METHOD)
    write_whole(made / NETWORK, data)
    write_whole(made / REQUEST, msgspec.json.encode(offer.wanted))
    examine(made, offer.file.name, Task.ONNX, progress=progress, stop=stop)
    for name in (NETWORK, REQUEST):
        (made / name).unlink()
    faces = _measured(offer, made, progress)
    digest = hashlib.sha256(data + msgspec.json.encode(offer.wanted)).hexdigest()[:8]
    version_id = f"{METHOD}-{digest}"
    return _described(offer, faces, made.rename(folder / version_id), digest, key)


def _measured(offer: Offer, made: Path, progress: Progress) -> _Faces:
    engine, own = FaceEngine.load("cpu"), bundled_encoder()
    read = read_faces(offer.people, engine, progress)
    count = len(np.unique(read.person))
    if count < LEAST_PEOPLE:
        raise OnnxFewPeople(name=offer.people.name, count=count, least=LEAST_PEOPLE)
    views = encoder_of(own.architecture).views
    before, after = (
        embed(encoder, read.crops, seen)[0]
        for encoder, seen in (
            (OpenVinoEncoder(own).encode, views),
            (OpenVinoEncoder(model_in(made, "onnx", "1")).encode, 1),
        )
    )
    return _Faces(read.person, before, after)


def _described(offer: Offer, faces: _Faces, folder: Path, digest: str, key: bytes) -> Path:
    """Calibration, card and manifest."""
    encoder, source = f"{folder.name} {digest}", offer.people.name
    table = carried_only(calibrate(faces.after, faces.person, source, encoder))
    write_whole(folder / CALIBRATION, table.to_json().encode())
    judgement = judge_beside(faces, source)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    same = int(sum(n * (n - 1) // 2 for n in np.unique(faces.person, return_counts=True)[1].tolist()))
    photos, people = len(faces.person), len(np.unique(faces.person))
    counts = Counts(photos, people, same, photos * (photos - 1) // 2 - same, 0, 0)
    settings: dict[str, Any] = plain(offer.wanted)
    card = structs.replace(judged(judgement), method=METHOD, settings=settings, counts=counts, created=created)
    card = structs.replace(card, sha256=hashlib.sha256(read_file(folder / WEIGHTS, FILE_LIMIT)).hexdigest())
    manifest: dict[str, Any] = {
        "id": folder.name,
        "version": digest,
        "name": offer.name,
        "role": "encoder",
        "architecture": foreign(faces.after.shape[1]),
        "source": offer.file.name[:200],
        "licence": offer.licence[:1000],
        "notes": "",
        "norm_scale": None,
        "energy": "l2",
        "card": plain(card),
    }
    write_manifest(folder, sealed(manifest | described(folder), Origin.MEASURED, None, key))
    return folder


def carried_only(table: Calibration) -> Calibration:
    """A table by which "same" is never said at a strictness whose rate is smaller than the data supports: there is no
    other encoder whose table would say where its limit is assumed to belong."""
    distance, rate = np.append(0.0, table.fmr_distance), np.append(0.999 * table.smallest_fmr, table.fmr_rate)
    return replace(table, fmr_distance=distance, fmr_rate=rate)


def judge_beside(faces: _Faces, source: str) -> Judgement:
    """Beside the bundled encoder, on one half of the people, both by what the other half says."""
    people = np.unique(faces.person)
    first = np.isin(faces.person, np.random.default_rng(_SEED).permutation(people)[: len(people) // 2])
    known, other = faces.only(first), faces.only(~first)
    try:
        tables = [calibrate(vectors, known.person, "", "") for vectors in (known.before, known.after)]
    except ValueError:
        raise TooLittleRead(name=source) from None
    vectors = ReferenceVectors(ReferenceKind.FOLDER, source, other.person, other.before, other.after)
    reference = judge_reference(vectors, tables[0], tables[1])
    return Judgement(None, reference, Gate(_reasons(reference)))


def _reasons(reference: ReferenceJudgement) -> tuple[GateReason, ...]:
    worse = reference.after is None or reference.eer_change_interval[0] > 0
    return (GateReason.WORSE_THAN_BUNDLED,) if worse else ()

"""One comparison: photo -> faces -> reading -> distance -> verdict.

A page or a command decides only where the bytes come from.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from siamgui.core import embedding
from siamgui.core.alignment import align
from siamgui.core.calibration import Calibration, judge
from siamgui.core.detection import GLANCE_PASS, Detector
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.look import look
from siamgui.core.manifest import Model, bundled, bundled_encoder
from siamgui.core.quality import measure
from siamgui.core.runtime import FallbackRuntime, OpenVinoRuntime, Runtime, open_runtime
from siamgui.core.types import (
    Comparison,
    Detection,
    Embedding,
    EngineInfo,
    Face,
    FaceChoice,
    FaceReading,
    Photo,
    PhotoReading,
    Pixels,
    Strictness,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The embedding of one view is longer than the mean of both; the limits of quality are measured on what embed() gives.
VIEW_NORM = 0.995


class FaceNumberUnknown(SiamguiError):
    """values: name, count"""

    text = mark("“{name}” has faces 1 to {count}. Choose one of these numbers.")


class FaceEngine:
    """The Siamese network at work: one G_W for both photographs. Any thread may call it."""

    def __init__(self, runtime: Runtime, calibration: Calibration, encoder: Model | None = None) -> None:
        """encoder: what runtime encodes with; None: the bundled one."""
        model, detector = encoder or bundled_encoder(), bundled("centerface")
        self._runtime = FallbackRuntime(runtime, lambda: OpenVinoRuntime(detector, model))
        self._detector = Detector(self._runtime.detect)
        self.encoder, self.detector = model, detector
        self._views = encoder_of(model.architecture).views
        self.calibration = calibration

    @classmethod
    def load(cls, device: str = "auto", encoder: Model | None = None, at_once: int = 1) -> FaceEngine:
        """device: "auto", "cpu", "cuda" or "mps". encoder: a version that the user trained; None: the bundled one.

        at_once: threads that will call at the same time. With one, all processors work on one photograph, which is
        answered soonest; with as many as there are processors each works on its own, which gives more photographs.
        Raises ModelMissing, ModelCorrupt, DeviceUnavailable.
        """
        model = encoder or bundled_encoder()
        with ThreadPoolExecutor(1) as pool:
            calibration = pool.submit(Calibration.of, model)
            runtime = open_runtime(device, bundled("centerface"), model, at_once)
            return cls(runtime, calibration.result(), model)

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            encoder_id=self.encoder.id,
            encoder_version=self.encoder.version,
            encoder_name=self.encoder.name,
            device=self._runtime.device,
            backend=self._runtime.backend,
            fallback=self._runtime.fallen_back,
        )

    def find_faces(self, photo: Photo) -> Detection:
        """Every face, and which is the most prominent. Raises NoFaceFound."""
        return self._detector.find(photo)

    def read_photo(
        self, photo: Photo, chosen: FaceChoice | None = None, detection: Detection | None = None
    ) -> PhotoReading:
        """One face of photo read. chosen: None for the most prominent one.

        detection: what find_faces() found in photo, if that was asked before. Raises NoFaceFound, FaceNumberUnknown.
        """
        started = time.perf_counter()
        found = detection or self.find_faces(photo)
        index = _nearest(found, chosen) if isinstance(chosen, tuple) else found.prominent if chosen is None else chosen
        if not 0 <= index < len(found.faces):
            raise FaceNumberUnknown(name=photo.name, count=len(found.faces))
        reading = self.read_face(photo, found.faces[index])
        milliseconds = 1000 * (time.perf_counter() - started)
        return PhotoReading(photo, found, index, reading, self.info, milliseconds)

    def read_face(self, photo: Photo, face: Face) -> FaceReading:
        """Align, judge the quality and embed one face of photo."""
        face = self._detector.refine(photo, face)
        return self.read_crop(face, align(photo.pixels, face.landmarks))

    def read_crop(self, face: Face, crop: Pixels) -> FaceReading:
        """Judge the quality of a face that is aligned already, (112, 112, 3) uint8 RGB, and embed it."""
        return self._met(self._reading(face, crop, *self.embed(crop)))

    def read_again(self, reading: FaceReading) -> FaceReading:
        """What another encoder has read, by the crop that it was read from: as read_face() would read it."""
        return self._met(self._reading(reading.face, reading.crop, *self.embed(reading.crop)))

    def glance(self, pixels: Pixels, size: int = GLANCE_PASS) -> tuple[Face, ...]:
        """The upright faces of one frame of a moving picture, (h, w, 3) uint8 RGB, in reading order; maybe none.

        size: of the long side at which they are looked for; small faces need more.
        """
        return self._detector.glance(pixels, size)

    def follow(self, pixels: Pixels, face: Face) -> Face | None:
        """Where the face of an earlier frame is in this one, with exact landmarks; None if it is not there any more."""
        return self._detector.track(pixels, face)

    def read_view(self, pixels: Pixels, face: Face, *, mirrored: bool) -> FaceReading:
        """As read_face() for a frame and a face that follow() gave, from one view alone.

        mirrored: embed the mirror image instead. A mean over many frames is steadier where both views are in it.
        """
        crop = align(pixels, face.landmarks)
        vector, norm = embedding.embed_view(self._runtime.encode, crop, mirrored=mirrored)
        scale = 1.0 if self._views == 1 else VIEW_NORM
        return self._reading(face, crop, self._embedding(vector), float(norm) * scale)

    def embed(self, crop: Pixels) -> tuple[Embedding, float]:
        """The embedding of an aligned crop, (112, 112, 3) uint8 RGB, and its norm before that was made 1."""
        vectors, norms = embedding.embed(self._runtime.encode, crop[None], self._views)
        return self._embedding(vectors[0]), float(norms[0])

    def glimpses(self, crops: Pixels) -> NDArray[np.float32]:
        """(n, d) unit embeddings of n aligned crops, (n, 112, 112, 3), of one view each."""
        return embedding.embed(self._runtime.encode, crops, 1, self._runtime.at_a_time)[0]

    def _embedding(self, vector: NDArray[np.float32]) -> Embedding:
        vector.flags.writeable = False
        return Embedding(vector, self.encoder.key)

    def _reading(self, face: Face, crop: Pixels, embedded: Embedding, norm: float) -> FaceReading:
        scale = self.encoder.norm_scale
        quality = measure(face, crop, None if scale is None else scale * norm)
        return FaceReading(face, crop, quality, embedded)

    def _met(self, reading: FaceReading) -> FaceReading:
        """With what the cohort says of how the face was photographed."""
        cohort = self.calibration.cohort
        if cohort is None:
            return reading
        norm = reading.quality.embedding_norm or 0.0
        met = cohort.meet(reading.embedding.vector, norm, look(reading.crop))
        return replace(reading, conditions=met.conditions, strangers=met.strangers)

    def compare(self, left: FaceReading, right: FaceReading, strictness: Strictness) -> Comparison:
        return Comparison(left, right, judge(self.calibration, left, right, strictness), self.info)


def _nearest(found: Detection, point: tuple[float, float]) -> int:
    """The index of the face whose middle is nearest to a point of the photograph."""
    middles = [(face.box[:2] + face.box[2:]) / 2 for face in found.faces]
    return min(range(len(middles)), key=lambda index: math.dist(middles[index].tolist(), point))

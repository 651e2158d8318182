"""The values that flow through one comparison. All are immutable; each step makes the next one.

bytes -> Photo -> Detection of Face -> FaceReading (crop, quality, Embedding) -> Comparison with its Verdict
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siamgui.core.cohort import Conditions

    Pixels = NDArray[np.uint8]
else:
    Pixels = Any  # nothing is computed here, so that the window can be painted before numpy is loaded


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photograph.

    pixels: (height, width, 3) uint8, upright (EXIF applied), sRGB, read-only.
    sha256: hex digest of the bytes it came from (of the pixels for a camera frame or a pasted image).
    name: what a person calls it: a file name without its folder, or words such as "pasted picture".
    first_of: how many frames the file holds when only the first was used (animations), else 1.
    """

    pixels: Pixels
    sha256: str
    name: str
    first_of: int = 1

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a moving source.

    pixels: (height, width, 3) uint8 RGB, not mirrored. at: seconds on the source's own clock, rising: video time for a
    file, a monotonic clock for a device or a stream.
    """

    pixels: Pixels
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face found in a photograph, in the pixel coordinates of that photograph (x right, y down).

    box: (4,) float32 x0, y0, x1, y1. May reach past the edge of the photograph by a little.
    landmarks: (5, 2) float32: the eye that is left in an upright image, the right one, nose tip,
        left mouth corner, right mouth corner.
    score: the detector's score in [0, 1].
    """

    box: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    score: float

    @property
    def width(self) -> float:
        return float(self.box[2] - self.box[0])

    @property
    def height(self) -> float:
        return float(self.box[3] - self.box[1])

    @property
    def eye_distance(self) -> float:
        """Pixels between the eyes."""
        return math.hypot(*(self.landmarks[1] - self.landmarks[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Every face of one photograph in reading order (so face number n is faces[n - 1]); never empty.

    prominent: index of the most prominent face, the one chosen until the user picks another.
    """

    faces: tuple[Face, ...]
    prominent: int


FaceChoice = int | tuple[float, float]
"""One of the faces of a photograph: its index in Detection.faces, or x and y of a pixel that it is nearest to."""


class QualityIssue(enum.StrEnum):
    """What lowers trust in one face."""

    SMALL = "small"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    FLAT = "flat"
    TURNED = "turned"
    COVERED = "covered"
    UNCERTAIN = "uncertain"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One quality issue of a face. decisive: bad enough to force an inconclusive verdict."""

    issue: QualityIssue
    decisive: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured properties of one face; the formulas stand in siamgui.core.quality.

    embedding_norm: None for an encoder whose embeddings' length says nothing.
    findings: the issues found, most serious first; empty for a good photograph.
    """

    eye_distance: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    detector_score: float
    embedding_norm: float | None
    findings: tuple[Finding, ...]

    @property
    def decisive(self) -> bool:
        return any(finding.decisive for finding in self.findings)

    @property
    def damaged(self) -> bool:
        return any(finding.issue is QualityIssue.DAMAGED for finding in self.findings)


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """G_W(X). vector: (d,) float32 of unit L2 norm. encoder: "id version"; vectors of two encoders never meet."""

    vector: NDArray[np.float32]
    encoder: str


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """One face, ready to be compared. crop: (112, 112, 3) uint8 RGB, aligned.

    conditions: how it was photographed, of a cohort of strangers; strangers: (n,) rising cosines to all of them. None
    where the encoder has no cohort, and for a frame of a moving picture.
    """

    face: Face
    crop: Pixels
    quality: Quality
    embedding: Embedding
    conditions: Conditions | None = None
    strangers: NDArray[np.float32] | None = None


class Strictness(enum.StrEnum):
    """How rarely different people may be called the same."""

    CONVENIENT = "convenient"
    BALANCED = "balanced"
    STRICT = "strict"

    @property
    def fmr(self) -> float:
        """The false match rate this choice accepts."""
        return {"convenient": 1e-2, "balanced": 1e-3, "strict": 1e-4}[self.value]


class Outcome(enum.StrEnum):
    """The three verdicts."""

    SAME = "same"
    INCONCLUSIVE = "inconclusive"
    DIFFERENT = "different"


class Label(enum.StrEnum):
    """What a person says of a pair of faces. The loss alone speaks Y = 0 / 1 (siamgui.finetuning.losses)."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Side(enum.StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class SideFinding:
    """A quality finding and the photograph it belongs to."""

    side: Side
    finding: Finding


@dataclass(frozen=True, slots=True)
class PairClaim:
    """What is known of the two photographs, beside their distance (siamgui.core.cohort).

    adjusted: the distance of two clear photographs whose likeness is as rare. general_fmr, general_fmr_is_bound: what
    the distance would claim between two clear photographs. strangers: in the cohort; nearer_left, nearer_right: how
    many of them come at least as near to that face as the two are to each other. shared: whether only what the two
    photographs have in common keeps the verdict from "same". kind: the family of spoiling that both resemble most; ""
    where they differ.
    """

    adjusted: float
    general_fmr: float
    general_fmr_is_bound: bool
    strangers: int
    nearer_left: int
    nearer_right: int
    shared: bool
    kind: str


@dataclass(frozen=True, slots=True)
class PartSay:
    """What one encoder of several says alone: the distance of its embeddings, and how rare that is.

    fmr, fmr_is_bound: as in Verdict, between clear photographs.
    """

    name: str
    distance: float
    fmr: float
    fmr_is_bound: bool


class Change(enum.StrEnum):
    """A small honest change of a photograph, which shows the same person as before (siamgui.core.firmness)."""

    MOVED_LEFT = "moved-left"
    MOVED_RIGHT = "moved-right"
    MOVED_UP = "moved-up"
    MOVED_DOWN = "moved-down"
    TURNED_LEFT = "turned-left"
    TURNED_RIGHT = "turned-right"
    COMPRESSED = "compressed"
    HALVED = "halved"
    MIRRORED = "mirrored"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is said when one photograph is changed and the other is not. distance, outcome: as in Verdict."""

    side: Side
    change: Change
    distance: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Firmness:
    """How a verdict stands under small honest changes, one at least. outcome: of the photographs as they are."""

    outcome: Outcome
    trials: tuple[Trial, ...]

    @property
    def fallen(self) -> tuple[Trial, ...]:
        """Those in which something else would have been said."""
        return tuple(trial for trial in self.trials if trial.outcome is not self.outcome)

    @property
    def reach(self) -> tuple[float, float]:
        """The nearest and the farthest distance."""
        distances = [trial.distance for trial in self.trials]
        return min(distances), max(distances)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the distance says.

    distance: E_W = ||G_W(X1) - G_W(X2)||; under L2 in [0, 2].
    fmr: share of different-person pairs in photographs like these that are at least this alike; never below what the
        data supports.
    fmr_is_bound: True where the data only supports "at most fmr".
    fnmr: share of same-person pairs at least this far apart; never below what the data supports.
    fnmr_is_bound: likewise.
    log10_lr: log10 of the likelihood ratio same : different, capped by the size of the data.
    same_below: at or below this distance the strictness supports "same".
    different_above: above this distance it supports "different". Never below same_below.
    forced: True where the distance alone would have decided, and quality forbade it.
    stated: True where all of this rests on a calibration that nothing here could measure (Calibration.stated).
    parts: what each encoder says alone, where there are several. disagree: True where one of them contradicts what all
        of them together would have supported, so that nothing is said.
    claim: what the two photographs change; None where the encoder has no cohort. Then the limits are those of clear
        photographs.
    firmness: what small changes of the photographs do to it; None while that was not tried. unfirm: True where it falls
        under them, so that nothing is said.
    """

    outcome: Outcome
    strictness: Strictness
    distance: float
    fmr: float
    fmr_is_bound: bool
    fnmr: float
    fnmr_is_bound: bool
    log10_lr: float
    same_below: float
    different_above: float
    forced: bool
    findings: tuple[SideFinding, ...]
    stated: bool = False
    claim: PairClaim | None = None
    parts: tuple[PartSay, ...] = ()
    disagree: bool = False
    firmness: Firmness | None = None
    unfirm: bool = False


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Who answered. device: "CPU", "CUDA", "MPS". backend: "OpenVINO" or "PyTorch".

    fallback: True after a GPU failed and the CPU took over.
    """

    encoder_id: str
    encoder_version: str
    encoder_name: str
    device: str
    backend: str
    fallback: bool = False

    @property
    def encoder(self) -> str:
        """Names the embeddings, as Model.key does."""
        return f"{self.encoder_id} {self.encoder_version}"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The answer for one pair of faces."""

    left: FaceReading
    right: FaceReading
    verdict: Verdict
    engine: EngineInfo


class Measured(Protocol):
    """A face whose quality is known."""

    @property
    def quality(self) -> Quality: ...


class Answered(Protocol):
    """What an answer is put into words from: a Comparison, or the record of one."""

    @property
    def left(self) -> Measured: ...
    @property
    def right(self) -> Measured: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def engine(self) -> EngineInfo: ...


@dataclass(frozen=True, slots=True, eq=False)
class PhotoReading:
    """One photograph as the engine sees it. chosen: index into detection.faces of the face that was read.

    engine: who answered; the distances of two encoders mean nothing to each other. milliseconds: what that took.
    """

    photo: Photo
    detection: Detection
    chosen: int
    reading: FaceReading
    engine: EngineInfo
    milliseconds: float

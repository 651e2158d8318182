"""From a distance to what it means: FMR, FNMR, likelihood ratio, and a verdict of three outcomes.

The tables are measured by siamgui.versions.calibrate on pairs of people whose identity is known, all against all, and
stored beside the encoder. Nothing here claims a rate below what that data carries.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from siamgui.core.energy import L2, Energy
from siamgui.core.errors import ModelCorrupt
from siamgui.core.manifest import Model, Origin, bundled_encoder
from siamgui.core.typed_json import Count, WrongForm, read
from siamgui.core.types import FaceReading, Outcome, Side, SideFinding, Strictness, Verdict

Curve = NDArray[np.float64]

# "Different people" is supported where the distance is at least 3, 10 or 30 times likelier for different people than
# for the same person. A bound on the FNMR would not do: where the two distributions cross, 1 % of same-person pairs are
# still to come, and yet the distance speaks for neither side.
DIFFERENT_LOG10_LR = {Strictness.CONVENIENT: -0.5, Strictness.BALANCED: -1.0, Strictness.STRICT: -1.5}


class Limits(NamedTuple):
    """At or below the first distance the strictness supports "same", above the second "different".

    different_above is never below same_below.
    """

    same_below: float
    different_above: float


class Decision(NamedTuple):
    """forced: whether the distance alone would have decided, and quality forbade it."""

    outcome: Outcome
    forced: bool


def decide(*, same: bool, different: bool, decisive: bool) -> Decision:
    """What is said where the evidence supports same, different or neither. A decisive quality finding forbids both."""
    outcome = Outcome.SAME if same else Outcome.DIFFERENT if different else Outcome.INCONCLUSIVE
    forced = decisive and outcome is not Outcome.INCONCLUSIVE
    return Decision(Outcome.INCONCLUSIVE if forced else outcome, forced)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Measured distributions of one encoder's distances.

    encoder: "id version". genuine_pairs, impostor_pairs, people, source: what was measured.
    smallest_fmr, smallest_fnmr: the least rates the data supports, and the least that are ever claimed.
    fmr_distance, fmr_rate: (n,) ascending distances and the FMR there; fnmr_distance, fnmr_rate likewise, rate falling.
    lr_distance, lr_log10: (n,) distances and log10 likelihood ratio same : different, falling, capped by the data.
    edges: (m + 1,) histogram bin edges; genuine, impostor: (m,) densities scaled to a maximum of 1.
    energy: what its distances are; the manifest names it, not the file.
    stated: it came with a version from elsewhere, and nothing here could measure it.
    """

    encoder: str
    source: str
    genuine_pairs: int
    impostor_pairs: int
    people: int
    smallest_fmr: float
    smallest_fnmr: float
    fmr_distance: Curve
    fmr_rate: Curve
    fnmr_distance: Curve
    fnmr_rate: Curve
    lr_distance: Curve
    lr_log10: Curve
    edges: Curve
    genuine: Curve
    impostor: Curve
    energy: Energy = L2
    stated: bool = False

    @classmethod
    def from_json(cls, text: str | bytes) -> Calibration:
        """Raises WrongForm for anything that is not a calibration."""
        raw = read(_CalibrationFile, text)
        curves = {name: np.asarray(getattr(raw, name), np.float64) for name in _CURVES}
        table = cls(**{name: getattr(raw, name) for name in raw.__struct_fields__} | curves)
        try:
            table._check()
        except ValueError as error:
            raise WrongForm(f"$: {error}") from None
        return table

    def _check(self) -> None:
        """Raises ValueError for what cannot be a calibration, so that an imported one is safe to look up in."""
        for at, value in (("fmr_distance", "fmr_rate"), ("fnmr_distance", "fnmr_rate"), ("lr_distance", "lr_log10")):
            distance, rate = getattr(self, at), getattr(self, value)
            if distance.ndim != 1 or distance.shape != rate.shape or len(rate) < 2 or (np.diff(distance) < 0).any():
                raise ValueError(f"{at} and {value} are no curve")
        if any((np.diff(curve) < 0).any() for curve in (self.fmr_rate, -self.fnmr_rate, -self.lr_log10)):
            raise ValueError("a curve turns")
        bins = self.edges.ndim == 1 and len(self.edges) - 1 == len(self.genuine) == len(self.impostor) > 0
        if not bins or (np.diff(self.edges) <= 0).any():
            raise ValueError("the histogram does not fit its edges")

    def to_json(self) -> str:
        values: dict[str, Any] = {name: getattr(self, name) for name in _CalibrationFile.__struct_fields__}
        curves = {name: [float(f"{v:.6g}") for v in values[name]] for name in _CURVES}
        return json.dumps(values | curves, indent=1) + "\n"

    @classmethod
    @functools.cache
    def bundled(cls) -> Calibration:
        """The bundled encoder's calibration. Raises ModelMissing, ModelCorrupt."""
        return cls.of(bundled_encoder())

    @classmethod
    def of(cls, encoder: Model) -> Calibration:
        """The calibration that belongs to an encoder. Raises ModelMissing, ModelCorrupt."""
        file = encoder.file("calibration.json")
        try:
            table = cls.from_json(file.read())
        except WrongForm as error:
            raise ModelCorrupt(name=f"{file.name}: {error}") from None
        if table.encoder != encoder.key:
            raise ModelCorrupt(name=file.name)
        stated = encoder.origin in (Origin.STATED, Origin.UNKNOWN)
        return replace(table, energy=encoder.energy, stated=stated)

    def fmr(self, distance: float) -> float:
        """Share of different-person pairs at most this far apart; never below smallest_fmr."""
        rate = np.interp(distance, self.fmr_distance, np.log(self.fmr_rate))
        return max(float(np.exp(rate)), self.smallest_fmr)

    def fnmr(self, distance: float) -> float:
        """Share of same-person pairs at least this far apart; never below smallest_fnmr."""
        rate = np.interp(distance, self.fnmr_distance, np.log(self.fnmr_rate))
        return max(float(np.exp(rate)), self.smallest_fnmr)

    def threshold(self, fmr: float) -> float:
        """The distance at which the FMR is fmr, or the least of the table.

        A table may reach below smallest_fmr: then the threshold stands where it is assumed to belong, and fmr() still
        claims no more than the data supports.
        """
        return float(np.interp(np.log(fmr), np.log(self.fmr_rate), self.fmr_distance))

    def log10_lr(self, distance: float) -> float:
        """log10 of how much likelier this distance is for the same person than for different people.

        Never beyond what the smallest rates allow, wherever the table places the limits.
        """
        return float(self.log10_lrs(np.array(distance)))

    def log10_lrs(self, distances: Curve) -> Curve:
        """log10_lr() of each."""
        ratios = np.interp(distances, self.lr_distance, self.lr_log10)
        return np.clip(ratios, np.log10(self.smallest_fnmr), -np.log10(self.smallest_fmr))

    def limits(self, strictness: Strictness) -> Limits:
        same = self.threshold(strictness.fmr)
        different = np.interp(-DIFFERENT_LOG10_LR[strictness], -self.lr_log10, self.lr_distance)
        return Limits(same, max(same, float(different)))


_Rate = Annotated[float, Meta(gt=0, le=1)]


class _CalibrationFile(Struct, frozen=True, forbid_unknown_fields=True):
    """calibration.json; the meanings stand at Calibration."""

    encoder: str
    source: str
    genuine_pairs: Count
    impostor_pairs: Count
    people: Count
    smallest_fmr: _Rate
    smallest_fnmr: _Rate
    fmr_distance: list[float]
    fmr_rate: list[_Rate]
    fnmr_distance: list[float]
    fnmr_rate: list[_Rate]
    lr_distance: list[float]
    lr_log10: list[float]
    edges: list[float]
    genuine: list[float]
    impostor: list[float]


_CURVES = (
    "fmr_distance",
    "fmr_rate",
    "fnmr_distance",
    "fnmr_rate",
    "lr_distance",
    "lr_log10",
    "edges",
    "genuine",
    "impostor",
)


def distance(left: FaceReading, right: FaceReading, energy: Energy) -> float:
    """E_W(X1, X2) = ||G_W(X1) - G_W(X2)|| (Chopra, Hadsell, LeCun 2005).

    Raises ValueError for embeddings of two encoders.
    """
    if left.embedding.encoder != right.embedding.encoder:
        raise ValueError(f"embeddings of {left.embedding.encoder} and {right.embedding.encoder} do not compare")
    return energy.distance(left.embedding.vector, right.embedding.vector)


def judge(calibration: Calibration, left: FaceReading, right: FaceReading, strictness: Strictness) -> Verdict:
    """The verdict on two readings. A decisive quality finding on either forces "inconclusive"."""
    d = distance(left, right, calibration.energy)
    limits = calibration.limits(strictness)
    decision = decide(
        same=d <= limits.same_below,
        different=d > limits.different_above,
        decisive=left.quality.decisive or right.quality.decisive,
    )
    findings = tuple(
        SideFinding(side, finding)
        for side, reading in ((Side.LEFT, left), (Side.RIGHT, right))
        for finding in reading.quality.findings
    )
    fmr, fnmr = calibration.fmr(d), calibration.fnmr(d)
    return Verdict(
        outcome=decision.outcome,
        strictness=strictness,
        distance=d,
        fmr=fmr,
        fmr_is_bound=fmr <= calibration.smallest_fmr,
        fnmr=fnmr,
        fnmr_is_bound=fnmr <= calibration.smallest_fnmr,
        log10_lr=calibration.log10_lr(d),
        same_below=limits.same_below,
        different_above=limits.different_above,
        forced=decision.forced,
        findings=findings,
        stated=calibration.stated,
    )

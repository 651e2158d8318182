"""From a distance to what it means: FMR, FNMR, likelihood ratio, and a verdict of three outcomes.

The tables are measured by siamgui.versions.calibrate on pairs of people whose identity is known, all against all, and
stored beside the encoder. Nothing here claims a rate below what that data carries.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from siamgui.core.cohort import SHARED, Adjustment, Cohort, for_encoder, nearer
from siamgui.core.deciding import decide, doubt
from siamgui.core.domain import Domain, domain_limit, looked_up_with
from siamgui.core.energy import L2, Energy
from siamgui.core.errors import ModelCorrupt
from siamgui.core.manifest import Model, Origin, bundled_encoder
from siamgui.core.parts import PartTable, disagree, each_say
from siamgui.core.tail import distances_at, log_rates
from siamgui.core.typed_json import Count, WrongForm, plain, read
from siamgui.core.types import FaceReading, Outcome, PairClaim, Side, SideFinding, Strictness, Verdict

Curve = NDArray[np.float64]
Vector = NDArray[np.float32]

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


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Measured distributions of one encoder's distances.

    encoder: "id version". genuine_pairs, impostor_pairs, people, source: what was measured.
    smallest_fmr, smallest_fnmr: the least rates the data supports, and the least that are ever claimed.
    fmr_distance, fmr_rate: (n,) ascending distances and the FMR there; fnmr_distance, fnmr_rate likewise, rate falling.
    lr_distance, lr_log10: (n,) distances and log10 likelihood ratio same : different, falling, capped by the data.
    edges: (m + 1,) histogram bin edges; genuine, impostor: (m,) densities scaled to a maximum of 1.
    adjusted: whether its distances are adjusted ones (siamgui.core.cohort), and its claims those of the pair.
    parts: of each encoder of a joint one, by its key; only where they were measured with the bundled one.
    energy: what its distances are; the manifest names it, not the file. cohort: where they are adjusted.
    stated: it came with a version from elsewhere, and nothing here could measure it.
    domain: of a version that the user trained, what holds for photographs of the kind it was trained for.
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
    adjusted: bool = False
    parts: Mapping[str, PartTable] = field(default_factory=dict)
    energy: Energy = L2
    stated: bool = False
    cohort: Cohort | None = None
    domain: Domain | None = None

    @classmethod
    def from_json(cls, text: str | bytes) -> Calibration:
        """Raises WrongForm for anything that is not a calibration."""
        return cls._of_file(read(_CalibrationFile, text))

    @classmethod
    def _of_file(cls, raw: _CalibrationFile) -> Calibration:
        """Raises WrongForm."""
        curves = {name: np.asarray(getattr(raw, name), np.float64) for name in _CURVES}
        values = {name: getattr(raw, name) for name in raw.__struct_fields__ if name != "domain"}
        table = cls(**values | curves)
        try:
            table._check()
        except ValueError as error:
            raise WrongForm(f"$: {error}") from None
        if (found := raw.domain) is None:
            return table
        one, both = (None if each is None else cls._of_file(each) for each in (found.one, found.both))
        domain = Domain(np.asarray(found.direction), found.beyond, found.near, one, both, found.usual)
        if domain.normalised and not table.adjusted:
            raise WrongForm("$.domain: is of normalised distances, and what holds at large is not")
        return replace(table, domain=domain)

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
        if not all(table.is_one() for table in self.parts.values()):
            raise ValueError("a part has no curve")

    def to_json(self) -> str:
        return json.dumps(self._plain(), indent=1) + "\n"

    def _plain(self) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(self, name) for name in _CalibrationFile.__struct_fields__}
        curves = {name: [float(f"{v:.6g}") for v in values[name]] for name in _CURVES}
        values["parts"] = plain(self.parts)
        del values["domain"]
        if self.domain is not None:
            domain = self.domain
            one, both = (None if each is None else each._plain() for each in (domain.one, domain.both))
            direction = [float(f"{v:.6g}") for v in domain.direction]
            levels = {"beyond": domain.beyond, "near": domain.near, "usual": domain.usual}
            values["domain"] = {"direction": direction, "one": one, "both": both} | levels
        return values | curves

    def of_pair(self, left: Vector, right: Vector) -> Known:
        """What holds for two faces, by their unit embeddings, (d,) each."""
        if self.domain is None:
            return Known(self, left=False, right=False, forgiven=0.0)
        found = self.domain.belonging(np.stack([left, right]))
        (one, two), (kind,) = found.known.tolist(), found.kind(np.array([0]), np.array([1])).tolist()
        table = self.domain.table(kind)
        if table is None:
            return Known(self, left=False, right=False, forgiven=0.0)
        forgiven = float(self.domain.forgiven(np.array(kind)))
        return Known(replace(table, energy=self.energy, stated=self.stated), left=one, right=two, forgiven=forgiven)

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
        cohort = for_encoder(encoder) if table.adjusted else None
        if table.adjusted and cohort is None:
            raise ModelCorrupt(name=file.name)
        domain = None if stated else table.domain  # a stranger's word opens no gate
        # A head, or other weights, and the parts are not what was measured.
        parts = table.parts if encoder.origin is Origin.BUNDLED else {}
        return replace(table, energy=encoder.energy, stated=stated, cohort=cohort, domain=domain, parts=parts)

    def fmr(self, distance: float) -> float:
        """Share of different-person pairs at most this far apart; never below smallest_fmr."""
        rate = float(np.exp(np.interp(distance, self.fmr_distance, np.log(self.fmr_rate))))
        # A logarithm there and back may end a hair above the very number.
        return rate if rate > self.smallest_fmr * (1 + 1e-9) else self.smallest_fmr

    def fnmr(self, distance: float) -> float:
        """Share of same-person pairs at least this far apart; never below smallest_fnmr."""
        rate = np.interp(distance, self.fnmr_distance, np.log(self.fnmr_rate))
        return max(float(np.exp(rate)), self.smallest_fnmr)

    def threshold(self, fmr: float) -> float:
        """The distance at which the FMR is fmr; 0 where none of the table's is as rare.

        Below smallest_fmr it stands where the table, or its last decade carried on (siamgui.core.tail), lets it be
        assumed to belong, and fmr() still claims no more than the data supports.
        """
        return float(distances_at(np.log(fmr), self.fmr_distance, self.fmr_rate))

    def as_rare(self, other: Calibration, distances: NDArray[np.floating], times: float = 1.0) -> Curve:
        """Of distances of another table, those that are as rare by this one, or so many times rarer: within its limit
        where they are within that of the other, at a rate so many times as large."""
        log_rate = log_rates(distances, other.fmr_distance, other.fmr_rate) - np.log(times)
        return distances_at(log_rate, self.fmr_distance, self.fmr_rate)

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
    adjusted: bool = False
    parts: dict[str, PartTable] = {}
    domain: _DomainFile | None = None


class _DomainFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The meanings stand at Domain."""

    direction: Annotated[list[float], Meta(max_length=4096)]
    beyond: float
    near: float
    one: _CalibrationFile | None
    both: _CalibrationFile | None
    usual: tuple[float, float] = (0.0, 0.0)


class Known(NamedTuple):
    """What holds for a pair. left, right: whether that face is of the domain, on whose like the table was measured.

    forgiven: how much of what the two have in common.
    """

    table: Calibration
    left: bool
    right: bool
    forgiven: float


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


def adjustment(calibration: Calibration, left: FaceReading, right: FaceReading) -> Adjustment | None:
    """What the two photographs do to the distance; None where nothing is known of that."""
    if calibration.cohort is None or left.conditions is None or right.conditions is None:
        return None
    x, y = left.embedding.vector[None], right.embedding.vector[None]
    return calibration.cohort.adjustment(x, left.conditions, y, right.conditions)


def pair_limits(limits: Limits, pair: Adjustment) -> tuple[Curve, Curve]:
    """The limits of m pairs, on the scale of their own distances: same up to the first, different above the second."""
    same = np.asarray(pair.plain(limits.same_below), np.float64)
    return same, np.maximum(np.maximum(pair.unlike, limits.different_above), same)


def judge(calibration: Calibration, left: FaceReading, right: FaceReading, strictness: Strictness) -> Verdict:
    """The verdict on two readings, by what is known of the two photographs.

    Of a face that is of the version's domain quality forbids nothing: what holds was measured on its like. "Same" is
    then said by the domain's claim and by the pair's own, of which what such couples usually share is forgiven.
    """
    d = distance(left, right, calibration.energy)
    known = calibration.of_pair(left.embedding.vector, right.embedding.vector)
    photographed = adjustment(calibration, left, right)
    pair = photographed if known.table is calibration else None
    general, calibration = calibration, known.table
    limits, adjusted, shared = calibration.limits(strictness), d, False
    if pair is not None:
        clear = limits
        limits = Limits(*(float(limit[0]) for limit in pair_limits(clear, pair)))
        adjusted = float(pair.adjusted(np.array([d]))[0])
        without = float(pair_limits(clear, pair.forgiving(np.inf))[0][0])
        shared = bool(pair.shared[0] >= SHARED and limits.same_below < d <= without)
    elif photographed is not None:
        same = float(domain_limit(general, calibration, photographed, known.forgiven, strictness.fmr)[0])
        different = max(limits.different_above, float(photographed.unlike[0]), same)
        limits, at = Limits(same, different), np.array([d])
        farther = photographed.adjusted(at)
        adjusted = float(looked_up_with(general, calibration, at, farther, photographed.shared, known.forgiven)[0])
    decision = decide(
        same=d <= limits.same_below,
        different=d > limits.different_above,
        doubted=doubt(
            left.quality.decisive and not known.left,
            right.quality.decisive and not known.right,
            damaged=left.quality.damaged or right.quality.damaged,
            conditional=pair is not None,
        ),
    )
    findings = tuple(
        SideFinding(side, finding)
        for side, reading in ((Side.LEFT, left), (Side.RIGHT, right))
        for finding in reading.quality.findings
    )
    fmr, fnmr = calibration.fmr(adjusted), calibration.fnmr(d)
    architecture = calibration.encoder.partition(" ")[0]
    parts = each_say(architecture, calibration.parts, left.embedding.vector, right.embedding.vector)
    one_poor = left.quality.decisive != right.quality.decisive
    apart = disagree(parts, decision.outcome, strictness.fmr, one_poor=one_poor)
    return Verdict(
        outcome=Outcome.INCONCLUSIVE if apart else decision.outcome,
        strictness=strictness,
        distance=d,
        fmr=fmr,
        fmr_is_bound=fmr <= calibration.smallest_fmr,
        fnmr=fnmr,
        fnmr_is_bound=fnmr <= calibration.smallest_fnmr,
        log10_lr=calibration.log10_lr(adjusted if adjusted > d else d),
        same_below=limits.same_below,
        different_above=limits.different_above,
        forced=decision.forced,
        findings=findings,
        parts=parts,
        disagree=apart,
        stated=calibration.stated,
        claim=None if pair is None else _claim(calibration, left, right, d, adjusted, shared),
    )


def _claim(
    calibration: Calibration, left: FaceReading, right: FaceReading, d: float, adjusted: float, shared: bool
) -> PairClaim:
    cohort = calibration.cohort
    assert cohort is not None
    kinds = [cohort.kinds[int(side.conditions.kind[0])] for side in (left, right) if side.conditions is not None]
    general = calibration.fmr(d)
    return PairClaim(
        adjusted=adjusted,
        general_fmr=general,
        general_fmr_is_bound=general <= calibration.smallest_fmr,
        strangers=len(cohort),
        nearer_left=nearer(left.strangers, d),
        nearer_right=nearer(right.strangers, d),
        shared=shared,
        kind=kinds[0] if kinds[0] == kinds[1] else "",
    )

"""What the judge of a training run says, as plain values: written by the training process, shown by the window.

Rates are shares from 0 to 1. Intervals are 95 % intervals by bootstrap over people, (low, high); where too few people
took part to draw any, they are (0, 1), or (-1, 1) for a change.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from siamgui.core.i18n import mark, tr
from siamgui.core.typed_json import Count, Share, plain

Interval = tuple[float, float]
Numbers = tuple[float, ...]

FEW_PEOPLE = 50
"""People of a reference folder below which only large losses show."""


@dataclass(frozen=True, slots=True)
class StrictnessRates:
    """Of all pairs: the share decided wrongly, and the share left inconclusive. Quality is not considered."""

    error: Share
    error_interval: Interval
    inconclusive: Share
    inconclusive_interval: Interval


@dataclass(frozen=True, slots=True)
class Measures:
    """How well distances tell pairs apart.

    genuine, impostor: pairs; people: who took part. cllr, cllr_min: bits; 0 is perfect, 1 is no information.
    curve_fmr, curve_fnmr: at most 200 points of the ROC, fmr rising.
    edges: (n + 1,) of the histogram; genuine_counts, impostor_counts: (n,) pairs. strictness: by its value.
    """

    genuine: Count
    impostor: Count
    people: Count
    eer: Share
    eer_interval: Interval
    auc: Share
    auc_interval: Interval
    cllr: float
    cllr_min: float
    curve_fmr: Numbers
    curve_fnmr: Numbers
    edges: Numbers
    genuine_counts: tuple[Count, ...]
    impostor_counts: tuple[Count, ...]
    strictness: dict[str, StrictnessRates]


@dataclass(frozen=True, slots=True)
class WorstPair:
    """left, right: indices of faces in the PairSet. before, after: distances under the parent and the new encoder.

    wrong: whether "balanced" calls it wrongly now.
    """

    left: Count
    right: Count
    same: bool
    before: float
    after: float
    wrong: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Of so many pairs those that "balanced" decides, quality considered, and of them those it decides wrongly."""

    pairs: Count
    decided: Count
    wrong: Count

    def wrong_more_often_than(self, before: Decided | None) -> bool:
        """It may be chance; but nothing can then be said not to have got worse. False where before is not known."""
        return before is not None and self.wrong * before.pairs > before.wrong * self.pairs


@dataclass(frozen=True, slots=True)
class Holdout:
    """Held-out people of the user's. eer_change_interval: of EER after minus EER before, on the same draws.

    worst: pairs called wrongly now, and pairs that moved the wrong way, worst first.
    decided_before, decided: of the pairs that were measured; None in a judgement made by siamgui 0.1.
    """

    before: Measures
    after: Measures
    eer_change_interval: Interval
    worst: tuple[WorstPair, ...]
    decided_before: Decided | None = None
    decided: Decided | None = None


class ReferenceKind(enum.StrEnum):
    EMBEDDINGS = "embeddings"
    FOLDER = "folder"
    CARRIED = "carried"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class ReferenceJudgement:
    """Other people than the user's, to see what was forgotten.

    name: of the folder. people, photos: who took part. before, after: None for the bundled photos, which are too few.
    confused: whether a pair of different people lies as close as one of the same person, after and not before; said of
        the bundled photos only.
    carriers: clear photographs of the user's by which the faces were moved; 0 but for ReferenceKind.CARRIED.
    """

    kind: ReferenceKind
    name: str
    people: Count
    photos: Count
    before: Measures | None
    after: Measures | None
    eer_change_interval: Interval
    confused: bool
    carriers: Count = 0

    @property
    def words(self) -> str:
        """What was measured, and how little it proves where it is little."""
        if self.kind is ReferenceKind.PHOTOS:
            return tr(
                "Only the {photos} photos that come with siamgui could be looked at. They would show a ruined encoder "
                "and prove little else. Name a folder with photos of other people to learn what was forgotten.",
                photos=self.photos,
            )
        if self.kind is ReferenceKind.CARRIED:
            return tr(
                "Estimated on {photos} faces of {people} other people, moved as {count} clear photos of yours were, of "
                "people it had not learned from. Name a folder with photos of other people to measure what was "
                "forgotten.",
                photos=f"{self.photos:,}",
                people=f"{self.people:,}",
                count=f"{self.carriers:,}",
            )
        if self.kind is ReferenceKind.EMBEDDINGS:
            return tr(
                "Measured on {photos} faces of {people} other people.",
                photos=f"{self.photos:,}",
                people=f"{self.people:,}",
            )
        text = tr(
            "Measured on {photos} photos of {people} people in “{name}”.",
            photos=f"{self.photos:,}",
            people=f"{self.people:,}",
            name=self.name,
        )
        if self.people < FEW_PEOPLE:
            text += " " + tr("With so few people only a large loss would show.")
        return text


class GateReason(enum.StrEnum):
    """Why a version may not be activated without a reason of the user's own."""

    HOLDOUT_WORSE = "holdout-worse"
    REFERENCE_WORSE = "reference-worse"
    LABELS_CHANCE = "labels-chance"
    NOT_JUDGED = "not-judged"
    STATED = "stated"
    WORSE_THAN_BUNDLED = "worse-than-bundled"

    @property
    def sentence(self) -> str:
        return tr(_SENTENCES[self])


_SENTENCES = {
    GateReason.HOLDOUT_WORSE: mark(
        "On the people of yours who were held out, it tells people apart worse than before."
    ),
    GateReason.REFERENCE_WORSE: mark("On other people than yours it got worse: it has forgotten what it knew."),
    GateReason.LABELS_CHANCE: mark(
        "The labels look like chance: neither the old encoder nor the new one can tell their two kinds apart. "
        "Check them, or label more pairs."
    ),
    GateReason.NOT_JUDGED: mark(
        "Nobody could judge it: the people who were held out lack pairs of both kinds. Label more pairs."
    ),
    GateReason.WORSE_THAN_BUNDLED: mark(
        "On the people it was measured on, it tells people apart worse than the encoder that comes with siamgui."
    ),
    GateReason.STATED: mark(
        "It came from a file, and nothing here can measure such a changed encoder: its calibration is only what the "
        "file states."
    ),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """reasons: why not; empty where the version is allowed."""

    reasons: tuple[GateReason, ...]

    @property
    def allowed(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Judgement:
    """holdout: None where the held-out people lack pairs of either kind. reference: None where it was not looked at."""

    holdout: Holdout | None
    reference: ReferenceJudgement | None
    gate: Gate

    def to_json(self) -> dict[str, Any]:
        """The gate also says "allowed"."""
        raw: dict[str, Any] = plain(self)
        raw["gate"]["allowed"] = self.gate.allowed
        return raw

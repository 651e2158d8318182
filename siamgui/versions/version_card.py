"""The card of a version that the user trained: how it came about, how it was judged, why it was activated.

No names, no paths. Older and newer cards have other fields; whatever is not known, or not what it should be, is passed
over, so that a card never keeps a version from being used.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from msgspec import Meta, Struct, structs

from siamgui.core.typed_json import Count, Moment, Share, WrongForm, convert
from siamgui.versions.judgement import Decided, GateReason, Interval, Judgement, Measures

_Word = Annotated[str, Meta(max_length=64)]
_Setting = bool | int | float | _Word | None


class Counts(Struct, frozen=True, omit_defaults=True):
    """Photos, people, labelled pairs of each kind, pairs trained and judged on."""

    photos: Count
    people: Count
    same: Count
    different: Count
    trained_on: Count
    judged_on: Count


class Few(Struct, frozen=True):
    """The few numbers of a judgement that stay. error, inconclusive: of "balanced"."""

    eer: Share
    eer_interval: Interval | None = None
    genuine: Count | None = None
    impostor: Count | None = None
    people: Count | None = None
    cllr: float | None = None
    error: Share | None = None
    inconclusive: Share | None = None

    @classmethod
    def of(cls, measures: Measures) -> Few:
        balanced = measures.strictness["balanced"]
        return cls(
            eer=measures.eer,
            eer_interval=measures.eer_interval,
            genuine=measures.genuine,
            impostor=measures.impostor,
            people=measures.people,
            cllr=measures.cllr,
            error=balanced.error,
            inconclusive=balanced.inconclusive,
        )


class OtherPeople(Struct, frozen=True):
    """On other people than the user's; kind: of ReferenceKind."""

    kind: _Word = ""
    people: Count = 0
    before: Few | None = None
    after: Few | None = None


class Parent(Struct, frozen=True):
    """The version that was trained further."""

    id: _Word
    version: _Word = ""
    name: _Word = ""


class CardGate(Struct, frozen=True):
    """reasons: values of GateReason, and of those that a newer siamgui knows."""

    allowed: bool
    reasons: tuple[_Word, ...] = ()


class Card(Struct, frozen=True, omit_defaults=True):
    """settings: of training, and the best pass. before, after: on held-out people of the user's.

    decided_before, decided: of the same pairs, what was decided.
    lost: how many of the photos that it was trained on have been removed since, with the people on them.
    created, overridden: ISO times. sha256: of the weights. override_reason: why it was activated against the gate.
    """

    method: _Word = ""
    settings: Annotated[dict[_Word, _Setting], Meta(max_length=64)] = {}
    counts: Counts | None = None
    before: Few | None = None
    after: Few | None = None
    decided_before: Decided | None = None
    decided: Decided | None = None
    reference: OtherPeople | None = None
    gate: CardGate | None = None
    parent: Parent | None = None
    created: Moment = ""
    sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    lost: Count = 0
    override_reason: Annotated[str, Meta(max_length=2000)] = ""
    overridden: Moment = ""

    @classmethod
    def strict(cls, raw: dict[str, Any]) -> Card:
        """One from elsewhere. Raises WrongForm where a known field is not what it should be."""
        try:
            return convert(cls, raw)
        except WrongForm as error:
            raise WrongForm(f"$.card{str(error)[1:]}") from None

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Card:
        """Field by field: one that is not what it should be counts as absent."""
        values: dict[str, Any] = {}
        for field in structs.fields(cls):
            with suppress(WrongForm):
                if field.name in raw:
                    values[field.name] = convert(field.type, raw[field.name])
        return cls(**values)

    @property
    def refused(self) -> tuple[GateReason, ...]:
        """Why the gate refused it; empty where it is allowed. A card without a gate was not judged."""
        if self.gate is not None and self.gate.allowed:
            return ()
        given = () if self.gate is None else self.gate.reasons
        return tuple(reason for reason in GateReason if reason in given) or (GateReason.NOT_JUDGED,)


def judged(judgement: Judgement) -> Card:
    """A card with what stays of a judgement."""
    holdout, reference = judgement.holdout, judgement.reference
    return Card(
        before=Few.of(holdout.before) if holdout else None,
        after=Few.of(holdout.after) if holdout else None,
        decided_before=holdout.decided_before if holdout else None,
        decided=holdout.decided if holdout else None,
        reference=OtherPeople(
            reference.kind.value,
            reference.people,
            Few.of(reference.before) if reference.before else None,
            Few.of(reference.after) if reference.after else None,
        )
        if reference
        else None,
        gate=CardGate(judgement.gate.allowed, tuple(reason.value for reason in judgement.gate.reasons)),
    )

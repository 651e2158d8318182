"""The card of a model version in words, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from siamgui.core.amounts import when
from siamgui.core.i18n import tr, trn
from siamgui.versions.method import METHOD_NAMES, Method
from siamgui.versions.version_card import OtherPeople
from siamgui.versions.version_store import Version
from siamgui.versions.wording import decided_words, origin_words, rate_words


def card_rows(version: Version) -> tuple[tuple[str, str], ...]:
    """The card in words: the same labels for every version, "" where the card says nothing."""
    card = version.card
    method = next((item for item in Method if item == card.method), None)
    reference = card.reference or OtherPeople()
    return (
        (tr("Id"), version.id),
        (tr("Origin"), origin_words(version)),
        (tr("Signed by"), signer_words(version)),
        (tr("Made"), when(card.created)),
        (tr("Method"), tr(METHOD_NAMES[method]) if method else ""),
        (tr("Stands on"), card.parent.name if card.parent else ""),
        (tr("Made from"), _made_from(version)),
        (tr("Removed since"), _lost(card.lost)),
        (tr("Settings"), _listed(card.settings)),
        (tr("Your pairs"), decided_words(card.decided_before, card.decided)),
        (tr("Equal error rate on held-out people, before"), rate_words(card.before)),
        (tr("Equal error rate on held-out people, after"), rate_words(card.after)),
        (tr("Equal error rate on other people, before"), rate_words(reference.before)),
        (tr("Equal error rate on other people, after"), rate_words(reference.after)),
        (tr("Refused because"), " ".join(reason.sentence for reason in version.refused)),
        (tr("Used all the same because"), card.override_reason),
        (tr("Network"), version.model.architecture if version.model is not None else ""),
        (tr("Licence"), version.model.licence if version.model is not None else ""),
        (tr("SHA-256 of the weights"), card.sha256),
    )


def signer_words(version: Version) -> str:
    """Of the file that it came from; "" where nobody signed it."""
    signer = None if version.model is None else version.model.signer
    if signer is None:
        return ""
    return tr("{name} (key {fingerprint})", name=signer.name, fingerprint=signer.fingerprint)


def cards_beside(versions: Sequence[Version]) -> list[tuple[str, ...]]:
    """Rows of a name and a value of each version; of several, their names come first. What none says is left out."""
    cards = [card_rows(version) for version in versions]
    rows = [(row[0][0], *(value for _, value in row)) for row in zip(*cards, strict=True)]
    if len(versions) > 1:
        rows.insert(0, ("", *(version.name for version in versions)))
    return [(name, *(value or "–" for value in values)) for name, *values in rows if any(values)]


def _made_from(version: Version) -> str:
    counts = version.card.counts
    if counts is None:
        return ""
    if not counts.trained_on:
        return tr("{photos} photos of {people} people, measured and not learned from", **structs.asdict(counts))
    return tr(
        "{photos} photos of {people} people; {same} pairs of the same person, {different} of different people; "
        "learned from {trained_on} pairs, judged on {judged_on}",
        **structs.asdict(counts),
    )


def _lost(photos: int) -> str:
    if not photos:
        return ""
    return trn(
        "{n} of these photos has been removed since. What was learned from it is still in the version: "
        "train a new one.",
        "{n} of these photos have been removed since. What was learned from them is still in the version: "
        "train a new one.",
        photos,
    )


def _listed(values: dict[str, Any]) -> str:
    """Names and values; the method has a row of its own, and what was left to the encoder is not said."""
    shown = {name: value for name, value in values.items() if name != "method" and value is not None}
    words = {True: tr("yes"), False: tr("no")}
    return ", ".join(
        f"{name.replace('_', ' ')} {words[value] if isinstance(value, bool) else value}"
        for name, value in shown.items()
    )

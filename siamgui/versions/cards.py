"""The card of a model version in words, for the window and the command line alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from siamgui.core.i18n import tr
from siamgui.versions.method import METHOD_NAMES, Method
from siamgui.versions.version_store import Version

_COUNTED = {"photos", "people", "same", "different", "trained_on", "judged_on"}


def card_rows(version: Version) -> tuple[tuple[str, str], ...]:
    """The card in words: the same labels for every version, "" where the card says nothing."""
    card = version.card
    method = card.get("method")
    known = next((item for item in Method if item == method), None)
    counts, parent = _mapping(card.get("counts")), _mapping(card.get("parent"))
    after, before = _mapping(card.get("after")), _mapping(card.get("before"))
    reference, settings = _mapping(card.get("reference")), _mapping(card.get("settings"))
    return (
        (tr("Id"), version.id),
        (tr("Made"), when(str(card.get("created", "")))),
        (tr("Method"), tr(METHOD_NAMES[known]) if known else ""),
        (tr("Stands on"), str(parent.get("name", ""))),
        (tr("Made from"), _made_from(counts)),
        (tr("Settings"), _listed(settings)),
        (tr("Equal error rate on held-out people, before"), _rate(before)),
        (tr("Equal error rate on held-out people, after"), _rate(after)),
        (tr("Equal error rate on other people, before"), _rate(_mapping(reference.get("before")))),
        (tr("Equal error rate on other people, after"), _rate(_mapping(reference.get("after")))),
        (tr("Refused because"), " ".join(reason.sentence for reason in version.refused)),
        (tr("Used all the same because"), str(card.get("override_reason", ""))),
        (tr("Network"), version.model.architecture if version.model is not None else ""),
        (tr("Licence"), version.model.licence if version.model is not None else ""),
        (tr("SHA-256 of the weights"), str(card.get("sha256", ""))),
    )


def _made_from(counts: dict[str, Any]) -> str:
    if not counts.keys() >= _COUNTED:
        return _listed(counts)
    return tr(
        "{photos} photos of {people} people; {same} pairs of the same person, {different} of different people; "
        "learned from {trained_on} pairs, judged on {judged_on}",
        **{name: counts[name] for name in _COUNTED},
    )


def _listed(values: dict[str, Any]) -> str:
    """Names and values; the method has a row of its own, and what was left to the encoder is not said."""
    shown = {name: value for name, value in values.items() if name != "method" and value is not None}
    words = {True: tr("yes"), False: tr("no")}
    return ", ".join(
        f"{name.replace('_', ' ')} {words[value] if isinstance(value, bool) else value}"
        for name, value in shown.items()
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rate(measures: dict[str, Any]) -> str:
    eer, interval = measures.get("eer"), measures.get("eer_interval")
    if not isinstance(eer, int | float):
        return ""
    if isinstance(interval, list) and len(interval) == 2:
        low, high = (f"{100 * float(end):.1f}" for end in interval)
        return tr("{rate} % (95 % interval {low} to {high} %)", rate=f"{100 * eer:.1f}", low=low, high=high)
    return tr("{rate} %", rate=f"{100 * eer:.1f}")


def when(iso: str) -> str:
    """The date of a card as local time: "2026-11-24 10:31"; unchanged where it is none."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return iso

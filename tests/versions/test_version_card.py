"""The card of a version: what is not known, or not what it should be, never keeps a version from being used."""

from __future__ import annotations

import pytest

from siamgui.core.typed_json import plain
from siamgui.versions.judgement import GateReason
from siamgui.versions.version_card import Card

# As 0.1.0 wrote it.
OLD = {
    "method": "head",
    "settings": {"method": "head", "epochs": 20, "q": None, "best_epoch": 7},
    "counts": {"photos": 9, "people": 3, "same": 4, "different": 5, "trained_on": 7, "judged_on": 2},
    "before": {
        **{"genuine": 4, "impostor": 5, "people": 3, "eer": 0.1, "eer_interval": [0.0, 0.2]},
        **{"cllr": 0.4, "error": 0.1, "inconclusive": 0.0},
    },
    "after": None,
    "reference": {"kind": "photos", "people": 2, "before": None, "after": None},
    "gate": {"allowed": False, "reasons": ["holdout-worse", "of a newer version"]},
    "parent": {"id": "mobilefacenet", "version": "1", "name": "MobileFaceNet"},
    "created": "2026-11-24T10:31:00+00:00",
    "sha256": "00",
}


def test_a_card_of_the_version_before_is_read() -> None:
    card = Card.of(OLD)
    assert card.counts is not None
    assert (card.method, card.counts.people, card.settings["best_epoch"]) == ("head", 3, 7)
    assert card.before is not None
    assert (card.before.eer, card.before.eer_interval) == (0.1, (0.0, 0.2))
    assert card.refused == (GateReason.HOLDOUT_WORSE,)
    assert Card.of(plain(card)) == card


@pytest.mark.parametrize("name", sorted(OLD))
@pytest.mark.parametrize("wrong", [7, [], {"eer": "x", "id": 1}, None])
def test_one_wrong_field_costs_that_field_alone(name: str, wrong: object) -> None:
    card, whole = Card.of(OLD | {name: wrong, "of a newer version": [1]}), Card.of(OLD)
    others = [field for field in card.__struct_fields__ if field != name]
    assert [getattr(card, field) for field in others] == [getattr(whole, field) for field in others]
    if name == "gate":
        assert card.refused == (GateReason.NOT_JUDGED,)

"""People of the cohort whom a head learns from beside the user's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from siamgui.finetuning.known_people import AT_A_TIME, KnownPeople
from tests.builders.cohorts import cohort


def test_every_spoilt_photograph_comes_with_a_clear_one_of_the_same_person() -> None:
    strangers = cohort()
    person = np.arange(len(strangers)) % 90  # several clear and several spoilt photographs each
    person[strangers.clear :][:40] = 1000  # somebody who is shown in spoilt ones alone
    known = KnownPeople.of(replace(strangers, person=person))
    assert len(known.spoilt) == len(strangers) - strangers.clear - 40
    faces, shown = known.drawn(torch.Generator().manual_seed(1))
    assert faces.shape == (2 * AT_A_TIME, strangers.vectors.shape[1])
    vectors, spoilt, clear = torch.from_numpy(strangers.vectors), faces[:AT_A_TIME], faces[AT_A_TIME:]
    rows = [int((vectors - face).square().sum(1).argmin()) for face in torch.cat([spoilt, clear])]
    assert all(row >= strangers.clear for row in rows[:AT_A_TIME])
    assert all(row < strangers.clear for row in rows[AT_A_TIME:])
    np.testing.assert_array_equal(person[rows], np.tile(shown.numpy(), 2))


def test_what_is_drawn_follows_from_the_generator_alone() -> None:
    known = KnownPeople.of(replace(cohort(), person=np.arange(1480) % 90))
    one, two = (known.drawn(torch.Generator().manual_seed(7))[0] for _ in range(2))
    assert torch.equal(one, two)

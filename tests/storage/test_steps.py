"""How far long work is, said no oftener than anybody can see."""

from __future__ import annotations

from siamgui.storage.steps import Steps


def test_many_small_steps_are_few_words_and_the_last_is_among_them() -> None:
    said: list[tuple[int, int]] = []
    steps = Steps(lambda done, total: said.append((done, total)))
    steps.begin(100_000)
    for _ in range(100_000):
        steps()
    assert (said[0], said[-1]) == ((1, 100_000), (100_000, 100_000))
    assert len(said) < 1000
    steps()  # more than was thought
    assert said[-2][0] < 100_000

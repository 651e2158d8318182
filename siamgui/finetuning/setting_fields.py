"""Every setting of a run with its name and a sentence: to which methods it matters, and what it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from siamgui.core.i18n import mark
from siamgui.core.wording import DEVICE_NAMES
from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.settings import Settings
from siamgui.versions.method import Method

_TRAINED = (Method.HEAD, Method.ADAPT, Method.FULL, Method.SCRATCH)
_KEPT_CLOSE = (Method.HEAD, Method.ADAPT, Method.FULL)
_DEEP = (Method.ADAPT, Method.FULL, Method.SCRATCH)
_LOSSES = {name: loss.words for name, loss in LOSSES.items()}
_ENERGIES = {"l2": mark("L2, straight line"), "l1": mark("L1, as in the abstract of the paper")}


@dataclass(frozen=True, slots=True)
class SettingField:
    """name: of Settings. words: one sentence. methods: those it matters to. when: whether other settings let it matter.

    choices: values and their names. span: least and greatest number, and decimals.
    """

    name: str
    label: str
    words: str
    methods: tuple[Method, ...]
    choices: dict[Any, str] | None = None
    span: tuple[float, float, int] | None = None
    when: Callable[[Settings], bool] = lambda settings: True


FIELDS = (
    SettingField("loss", mark("Loss"), mark("What training makes smaller."), _TRAINED, _LOSSES),
    SettingField(
        "q",
        mark("Q of the Chopra loss"),
        mark("The greatest distance there can be; 0 takes the encoder’s own bound."),
        _TRAINED,
        span=(0, 100, 1),
        when=lambda settings: LOSSES[settings.loss].asks_q,
    ),
    SettingField(
        "energy",
        mark("Distance"),
        mark("How the distance of two embeddings is measured while training."),
        _TRAINED,
        _ENERGIES,
        when=lambda settings: not LOSSES[settings.loss].on_people,
    ),
    SettingField("epochs", mark("Passes"), mark("How often every pair is seen, at most."), _TRAINED, span=(1, 1000, 0)),
    SettingField(
        "batch", mark("Pairs per step"), mark("More is steadier and takes more memory."), _TRAINED,
        span=(2, 512, 0),
    ),
    SettingField(
        "learning_rate",
        mark("Learning rate"),
        mark("How far one step goes. Too much and the encoder breaks; it is caught when judged."),
        _TRAINED,
        span=(1e-6, 0.1, 6),
    ),
    SettingField(
        "rank",
        mark("Rank"),
        mark("How rich a change may be; less forgets less. 0 leaves a head free."),
        (Method.HEAD, Method.ADAPT),
        span=(0, 192, 0),
    ),
    SettingField(
        "contrast",
        mark("Push apart"),
        mark("How strongly faces of other pairs are pushed apart from each pair of the same person."),
        _TRAINED,
        span=(0, 100, 1),
        when=lambda settings: not LOSSES[settings.loss].on_people,
    ),
    SettingField(
        "cohort",
        mark("Other people"),
        mark("How strongly it learns from other people than yours, in clear and in spoilt photos, as well."),
        (Method.HEAD,),
        span=(0, 100, 1),
    ),
    SettingField(
        "anchor",
        mark("Anchor"),
        mark("How strongly your good photos hold the encoder where it was."),
        _KEPT_CLOSE,
        span=(0, 1000, 1),
    ),
    SettingField(
        "robust",
        mark("Robustness"),
        mark("How strongly spoilt copies of your good photos are held to the same place."),
        (Method.ADAPT, Method.FULL),
        span=(0, 1000, 1),
    ),
    SettingField(
        "l2sp", mark("Pull back"), mark("How strongly weights are drawn back to where they began."), _KEPT_CLOSE,
        span=(0, 100, 3),
    ),
    SettingField(
        "augment",
        mark("Vary the photos"),
        mark("Shift, mirror, darken and cover them a little, so that details are not learned by heart."),
        _DEEP,
    ),
    SettingField(
        "patience",
        mark("Patience"),
        mark("Passes that are worse than the best, beyond chance, before training ends by itself; 0: never."),
        _TRAINED,
        span=(0, 1000, 0),
    ),
    SettingField(
        "seed", mark("Seed"), mark("The same number gives the same result again."), _TRAINED,
        span=(0, 9999, 0),
    ),
    SettingField("device", mark("Device"), mark("Where training computes."), _TRAINED, DEVICE_NAMES),
)  # fmt: skip

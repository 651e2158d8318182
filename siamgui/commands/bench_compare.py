"""siamgui bench --compare: what was measured now beside what --json wrote before, and what got worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from siamgui.core.errors import SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.i18n import mark, tr
from siamgui.core.typed_json import WrongForm, read

LEAST = 1.05
"""How many times worse a figure is before it is called so: medians of one build differ by a few percent."""
_LARGEST = 1_000_000  # bytes
_HIGHER_IS_BETTER = ("per_second",)
_LOWER_IS_BETTER = ("_ms", "_mb", "percent", "ratio")


class NotMeasured(SiamguiError):
    """values: name"""

    text = mark("“{name}” isn't what siamgui bench --json writes.")


class MeasuredOtherwise(SiamguiError):
    """values: name, schema, wanted"""

    text = mark("“{name}” holds {schema}, this is {wanted}. Measure both with the same options and a like version.")


class _Results(msgspec.Struct):
    schema: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure. name: its place in the JSON, "stages_ms.whole.median". ratio: above 1 is worse."""

    name: str
    before: float
    now: float
    ratio: float

    @property
    def worse(self) -> bool:
        return self.ratio >= LEAST


def earlier(path: Path, schema: str) -> dict[str, Any]:
    """The results in a file. Raises NotMeasured, MeasuredOtherwise."""
    name = photo_name(path)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
        found = read(_Results, data).schema
        results = read(dict[str, Any], data)
    except (OSError, ValueError, WrongForm):
        raise NotMeasured(name=name) from None
    if found != schema:
        raise MeasuredOtherwise(name=name, schema=found, wanted=schema)
    return results


def compared(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Every figure that both have and of which it is known which way is better."""
    then = dict(_figures(before))
    found = []
    for name, value in _figures(now):
        if name in then and min(value, then[name]) > 0:
            ratio = then[name] / value if any(part in name for part in _HIGHER_IS_BETTER) else value / then[name]
            found.append(Compared(name, then[name], value, ratio))
    return tuple(found)


def as_json(found: tuple[Compared, ...]) -> dict[str, Any]:
    return {
        one.name: {"before": one.before, "now": one.now, "times_worse": round(one.ratio, 3), "worse": one.worse}
        for one in found
    }


def as_text(found: tuple[Compared, ...]) -> str:
    width, mark_of_worse = max((len(one.name) for one in found), default=0), "  ⚠ " + tr("worse")
    lines = [
        f"{one.name:<{width}} {one.before:10.2f} → {one.now:10.2f}  {one.now / one.before:6.2f} ×"
        + (mark_of_worse if one.worse else "")
        for one in found
    ]
    worse = sum(one.worse for one in found)
    total = tr("{worse} of {figures} figures are at least 5 % worse.", worse=worse, figures=len(found))
    return "\n".join([tr("Before, now, and now over before:"), *lines, total])


def _figures(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _figures(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, int | float) and any(part in name for part in (*_HIGHER_IS_BETTER, *_LOWER_IS_BETTER)):
        yield name, float(value)

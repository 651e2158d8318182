"""A file of a known form is read, or refused with the place that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from siamgui.core.typed_json import Count, Share, WrongForm, check_plain, convert, plain, read


@dataclass(frozen=True, slots=True)
class Inner:
    share: Share


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    inner: tuple[Inner, ...]
    count: Count = 0


def test_what_fits_is_read_and_written() -> None:
    value = read(Outer, b'{"name": "a", "inner": [{"share": 0.5}], "of a newer version": [1]}')
    assert value == Outer("a", (Inner(0.5),))
    assert plain(value) == {"name": "a", "inner": ({"share": 0.5},), "count": 0}
    assert convert(Outer, plain(value)) == value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{}", "$: object missing required field `name`"),
        ('{"name": 1, "inner": []}', "$.name: expected `str`, got `int`"),
        ('{"name": "a", "inner": [{"share": 0.1}, {"share": 2}]}', "$.inner[1].share: expected `float` <= 1.0"),
        ('{"name": "a", "inner": [], "count": -1}', "$.count: expected `int` >= 0"),
        ('{"name": "a", "inner": [{"share": NaN}]}', "$: JSON is malformed"),
        ("[" * 100_000, "$"),
        ("", "$: input data was truncated"),
    ],
)
def test_what_does_not_fit_is_named(data: str, words: str) -> None:
    with pytest.raises(WrongForm) as caught:
        read(Outer, data)
    assert str(caught.value).lower().startswith(words.lower())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(WrongForm):
        read(Outer, b'{"name": "\xff", "inner": []}')


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": ["b\x1b"]}, r"\$\.a\[\.\.\.\]: has control"),
        ({"a\n": 1}, r"\$ \(a name\): has control"),
        ({"x" * 5000: "\n"}, r"^\$\.x{290,300}$"),
        ({"a": 2**63}, r"\$\.a: is too large"),
        ([[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]], "nested too deeply"),
    ],
)
def test_plain_json_is_small_and_shows(value: object, place: str) -> None:
    with pytest.raises(WrongForm, match=place):
        check_plain(value)
    check_plain({"a": ["Zoë", 1, None, 0.5, True, {"b": []}]})

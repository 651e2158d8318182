"""JSON of a known form: read into typed values, or refused with the place that is wrong.

A form is a dataclass with slots or a msgspec.Struct whose annotations say types and ranges. Fields that a form does not
know are passed over, so that a file of a newer siamgui opens, unless the form forbids them. JSON has no NaN and no
infinity, so every number that is read is finite.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from siamgui.core.shown_text import shows

T = TypeVar("T")

Count = Annotated[int, Meta(ge=0, le=2**53)]
Share = Annotated[float, Meta(ge=0, le=1)]
"""From 0 to 1."""
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A SHA-256, or another 32 bytes."""
Moment = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)?)?\Z")]
"""ISO 8601, or "" for never."""
_DEEPEST = 16
_SAID = 300


class WrongForm(ValueError):
    """str(): where and what, as "$.files: expected `object`, got `int`"; cut, as it may quote a file."""

    def __str__(self) -> str:
        return super().__str__()[:_SAID]


def read(form: type[T], data: bytes | str) -> T:
    """Raises WrongForm."""
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongForm(_words(error)) from None


def convert(form: type[T], value: object) -> T:
    """A value that was read as plain JSON already. Raises WrongForm."""
    try:
        return msgspec.convert(value, form)
    except (msgspec.ValidationError, RecursionError) as error:
        raise WrongForm(_words(error)) from None


def check_plain(value: object, where: str = "$", depth: int = 0) -> None:
    """Raises WrongForm where JSON is nested deeply, has numbers beyond 64 bits, or texts with control characters."""
    if depth > _DEEPEST:
        raise WrongForm(f"{where}: is nested too deeply")
    if isinstance(value, dict):
        for name, part in value.items():
            check_plain(name, f"{where} (a name)")
            check_plain(part, f"{where}.{name}", depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            check_plain(part, f"{where}[...]", depth + 1)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise WrongForm(f"{where}: is too large a number")
    elif isinstance(value, str) and not all(map(shows, value)):
        raise WrongForm(f"{where}: has control characters")


def plain(value: object) -> Any:
    """What json.dumps() takes: dictionaries, lists, tuples, texts and numbers."""
    return msgspec.to_builtins(value)


def _words(error: Exception) -> str:
    what, _, where = str(error).partition(" - at `")
    if " matching regex " in what:  # which is for programmers
        what = "has a form that is not allowed"
    return f"{where.removesuffix('`') or '$'}: {what[:1].lower()}{what[1:]}"

"""JSON of a known form: read into typed values, or refused with the place that is wrong.

A form is a dataclass with slots or a msgspec.Struct whose annotations say types and ranges. Fields that a form does not
know are passed over, so that a file of a newer siamgui opens, unless the form forbids them. JSON has no NaN and no
infinity, so every number that is read is finite.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
"""From 0 to 1."""


class WrongForm(ValueError):
    """str(): where and what, as "$.files: expected `object`, got `int`"."""


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


def plain(value: object) -> Any:
    """What json.dumps() takes: dictionaries, lists, tuples, texts and numbers."""
    return msgspec.to_builtins(value)


def _words(error: Exception) -> str:
    what, _, where = str(error).partition(" - at `")
    return f"{where.removesuffix('`') or '$'}: {what[:1].lower()}{what[1:]}"

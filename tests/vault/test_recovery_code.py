from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.vault.errors import RecoveryCodeMistyped
from siamgui.vault.recovery_code import _LETTERS, key_of_code, new_code

PLACES = st.integers(0, 27)


def letters(code: str) -> list[str]:
    return list(code.replace("-", ""))


def test_it_can_be_printed_and_typed_in_as_people_type() -> None:
    code = new_code()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", code)
    key = key_of_code(code)
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert key_of_code(f"  {sloppy}\n") == key_of_code(code.replace("-", "")) == key
    assert key_of_code(new_code()) != key


@given(at=PLACES, letter=st.sampled_from(_LETTERS))
def test_one_wrong_letter_is_noticed(at: int, letter: str) -> None:
    code = letters(new_code())
    if code[at] == letter:
        return
    code[at] = letter
    with pytest.raises(RecoveryCodeMistyped, match="typing mistake"):
        key_of_code("".join(code))


@given(at=st.integers(0, 26))
def test_two_letters_that_changed_places_are_noticed(at: int) -> None:
    code = letters(new_code())
    if code[at] == code[at + 1]:
        return
    code[at], code[at + 1] = code[at + 1], code[at]
    with pytest.raises(RecoveryCodeMistyped):
        key_of_code("".join(code))


@given(text=st.text(max_size=40))
def test_anything_else_is_a_mistake(text: str) -> None:
    with pytest.raises(RecoveryCodeMistyped):
        key_of_code(text)


def test_a_letter_too_few_or_too_many() -> None:
    code = new_code()
    for wrong in (code[:-1], code + "0", ""):
        with pytest.raises(RecoveryCodeMistyped):
            key_of_code(wrong)

"""The recovery code: 128 random bits as letters and digits that are hard to confuse, in groups, for a sheet of paper.

Base 32 as Douglas Crockford wrote it down: no I, L, O or U; O is read as 0, I and L as 1, small as large letters, and
hyphens and spaces as nothing. The last two characters are the rest of the number's division by a prime, which finds
every wrong character and every two that changed places (as ISO/IEC 7064 does, with a larger prime).
"""

from __future__ import annotations

import secrets

from siamgui.vault.errors import RecoveryCodeMistyped
from siamgui.vault.key import Key, derived

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -–—\t\n\r")
_BYTES, _DIGITS, _GROUP = 16, 26, 4
_PRIME = 1021  # the largest below 32 * 32


def new_code() -> str:
    """Seven groups of four, as "7K2M-...": what a person prints."""
    number = int.from_bytes(secrets.token_bytes(_BYTES), "big")
    text = _text(number, _DIGITS) + _text(number % _PRIME, 2)
    return "-".join(text[k : k + _GROUP] for k in range(0, len(text), _GROUP))


def key_of_code(code: str) -> Key:
    """What a code, as somebody has typed it, opens with. Raises RecoveryCodeMistyped."""
    text = code.upper().translate(_READ_AS)
    if len(text) != _DIGITS + 2 or any(letter not in _LETTERS for letter in text):
        raise RecoveryCodeMistyped
    number, check = _number(text[:_DIGITS]), _number(text[_DIGITS:])
    if number % _PRIME != check or number >= 2 ** (8 * _BYTES):
        raise RecoveryCodeMistyped
    return Key(derived(number.to_bytes(_BYTES, "big"), "recovery 1"))  # random already: nothing to stretch


def _text(number: int, digits: int) -> str:
    return "".join(_LETTERS[number >> 5 * k & 31] for k in reversed(range(digits)))


def _number(text: str) -> int:
    number = 0
    for letter in text:
        number = 32 * number + _LETTERS.index(letter)
    return number

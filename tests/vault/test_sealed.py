from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.vault import sealed
from siamgui.vault.key import Key
from siamgui.vault.sealed import HEAD, PIECE, Refused, is_sealed, seal, sealed_pieces, unseal, unsealed_pieces

KEY = Key(bytes(range(32)))
LENGTHS = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5)


@pytest.mark.parametrize("length", LENGTHS)
def test_what_goes_in_comes_out(length: int) -> None:
    data = bytes(k % 251 for k in range(257)) * (length // 257 + 1)
    there = seal(KEY, "a role", data[:length])
    assert unseal(KEY, "a role", there) == data[:length]
    assert is_sealed(there)
    assert not is_sealed(data)
    assert len(there) == HEAD + length + 16 * max(1, -(-length // PIECE))
    assert length < 16 or data[:16] not in there


@given(data=st.binary(max_size=300), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_byte_can_be_changed(data: bytes, at: int, bit: int) -> None:
    there = bytearray(seal(KEY, "a role", data))
    there[at % len(there)] ^= 1 << bit
    with pytest.raises(Refused):
        unseal(KEY, "a role", bytes(there))


@given(data=st.binary(max_size=100), cut=st.integers(0, 200), more=st.binary(min_size=1, max_size=20))
def test_nothing_can_be_cut_off_or_added(data: bytes, cut: int, more: bytes) -> None:
    there = seal(KEY, "a role", data)
    for wrong in (there[: cut % len(there)], there + more, more + there):
        with pytest.raises(Refused):
            unseal(KEY, "a role", wrong)


def test_pieces_can_not_be_left_out_or_exchanged() -> None:
    there = seal(KEY, "a role", b"a" * PIECE + b"b" * PIECE + b"c" * PIECE)
    head, size = there[:HEAD], PIECE + 16
    first, second, third = (there[HEAD + k * size : HEAD + (k + 1) * size] for k in range(3))
    assert unseal(KEY, "a role", head + first + second + third)[::PIECE] == b"abc"
    for wrong in (first + second, first + third, second + first + third, first + second + third + third, first):
        with pytest.raises(Refused):
            unseal(KEY, "a role", head + wrong)


def test_another_key_or_role_opens_nothing() -> None:
    there = seal(KEY, "a role", b"data")
    for key, role in ((KEY, "another role"), (KEY.derived("x"), "a role"), (Key.random(), "a role")):
        with pytest.raises(Refused):
            unseal(key, role, there)
    assert seal(KEY, "a role", b"data") != there  # never twice the same


@given(parts=st.lists(st.binary(max_size=40), max_size=12))
def test_parts_of_any_length_make_one_file(parts: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "PIECE", 16)
        there = b"".join(sealed_pieces(KEY, "a role", parts))
        pieces = list(unsealed_pieces(KEY, "a role", io.BytesIO(there)))
    assert b"".join(pieces) == b"".join(parts)
    assert all(len(piece) == 16 for piece in pieces[:-1])


def test_a_key_does_not_show() -> None:
    assert repr(KEY) == str(KEY) == "Key()"
    with pytest.raises(ValueError, match="not a key"):
        Key(b"short")

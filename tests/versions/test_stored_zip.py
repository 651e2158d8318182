"""A zip is read in the one form in which siamgui writes it; everything that zips can lie about is refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.versions.stored_zip import NotStored, read, write

FILES = {"a.json": b"{}", "b.bin": bytes(range(200))}
LIMITS = {"a.json": 100, "b.bin": 1000}
WHOLE = write(FILES)
END = len(WHOLE) - 22
START = struct.unpack("<L", WHOLE[-6:-2])[0]


def test_what_was_written_is_read() -> None:
    assert read(WHOLE, LIMITS) == FILES
    assert write(FILES) == WHOLE
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:  # and it is a zip to everybody else
        assert archive.testzip() is None
        assert archive.namelist() == list(FILES)


def patched(at: int, form: str, value: int) -> bytes:
    data = bytearray(WHOLE)
    struct.pack_into(f"<{form}", data, at, value)
    return bytes(data)


def built(change: Callable[[zipfile.ZipFile, zipfile.ZipInfo], None], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.json", FILES["a.json"])
        change(archive, zipfile.ZipInfo("b.bin"))
    return buffer.getvalue()


def _with_extra(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    info.extra = b"\x01\x00\x00\x00"
    archive.writestr(info, b"x")


def _zip64(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    with archive.open(info, "w", force_zip64=True) as file:
        file.write(b"x")


def _remark(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    archive.writestr(info, b"x")
    archive.comment = b"PK\x05\x06" + bytes(18)


LIES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "only an end": lambda: b"PK\5\6" + bytes(17),
    "something before": lambda: b"#!/bin/sh\n" + WHOLE,
    "something behind": lambda: WHOLE + b"x",
    "something between": lambda: WHOLE[:START] + b"x" + WHOLE[START:],
    "a remark": lambda: built(_remark),
    "extra fields": lambda: built(_with_extra),
    "64-bit sizes": lambda: built(_zip64),
    "packed": lambda: built(lambda archive, info: archive.writestr(info, bytes(999)), zipfile.ZIP_DEFLATED),
    "encrypted": lambda: patched(START + 8, "H", 1),
    "streamed": lambda: patched(START + 8, "H", 8),
    "packed in the list alone": lambda: patched(START + 10, "H", 8),
    "packed in the file alone": lambda: patched(8, "H", 8),
    "another size in the list": lambda: patched(START + 24, "L", 3),
    "another size in the file": lambda: patched(22, "L", 3),
    "gigabytes": lambda: patched(START + 24, "L", 2**32 - 1),
    "a file that lies over another": lambda: patched(START + 46 + 6 + 42, "L", 0),
    "another disk": lambda: patched(END + 4, "H", 1),
    "a million entries": lambda: patched(END + 10, "H", 65535),
    "fewer entries": lambda: patched(END + 10, "H", 1),
    "another sum": lambda: patched(START + 16, "L", 1),
    "another name in the file": lambda: WHOLE.replace(b"a.json", b"x.json", 1),
    "another name": lambda: WHOLE.replace(b"a.json", b"x.json"),
    "a way out": lambda: WHOLE.replace(b"a.json", b"../a.j"),
    "a name twice": lambda: WHOLE.replace(b"b.bin", b"a.jso").replace(b"a.json", b"a.jso2"),
    "too large": lambda: write({"a.json": bytes(101)}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused(lie: str) -> None:
    with pytest.raises(NotStored):
        read(LIES[lie](), LIMITS)


def test_a_list_of_a_million_files_costs_nothing() -> None:
    entry = WHOLE[START : START + 46 + 6]
    count = 100_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count % 65536, count % 65536, count * len(entry), 0, 0)
    with pytest.raises(NotStored):
        read(entry * count + end, LIMITS)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)), st.binary(max_size=8))
def test_whatever_is_changed_gives_what_was_written_or_a_refusal(at: int, byte: int, cut: int, more: bytes) -> None:
    data = bytearray(WHOLE)
    data[at] = byte
    for changed in (bytes(data), bytes(data[:cut]), bytes(data[:cut]) + more + bytes(data[cut:])):
        with contextlib.suppress(NotStored):
            assert read(changed, LIMITS) == FILES  # dates and rights are nobody's business

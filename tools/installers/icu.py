"""Of the data of ICU, which Qt brings along, what Qt asks for: the order of words, and encodings.

Its form: icu4c/source/common/ucmndata.h and tools/toolutil/package.cpp: a header, a table of contents, the items.
"""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

from tools.installers import plan

ALIGNED = 16


def trim(library: Path) -> None:
    """library: libicudata, replaced. Raises ValueError where it has another form, subprocess.CalledProcessError."""
    command = ["nm", "-D", "-S", "--defined-only", library]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    name = re.search(r" (icudt[0-9]+_dat)$", told, re.MULTILINE)
    if name is None:
        raise ValueError(f"{library.name} holds no data of ICU")
    data, source, made = library.with_suffix(".dat"), library.with_suffix(".s"), library.with_suffix(".o")
    data.write_bytes(trimmed(library.read_bytes()))
    lines = [
        '.section .note.GNU-stack,"",%progbits',
        ".section .rodata",
        f".balign {ALIGNED}",
        f".globl {name[1]}",
        f".type {name[1]}, %object",
        f'{name[1]}: .incbin "{data.name}"',
        f".size {name[1]}, . - {name[1]}",
    ]
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(["as", "-o", made.name, source.name], check=True, cwd=library.parent)
    library.unlink()
    linked = ["ld", "-shared", "--build-id=none", "-soname", library.name, "-o", library.name, made.name]
    subprocess.run(linked, check=True, cwd=library.parent)
    for path in (data, source, made):
        path.unlink()


def trimmed(held: bytes) -> bytes:
    """The package that lies somewhere in these bytes, without the folders of plan.ICU_WITHOUT. Raises ValueError."""
    start = held.find(b"CmnD") - 12
    if start < 0 or held[start + 2 : start + 4] != b"\xda\x27":
        raise ValueError("there is no package of ICU")
    (head,) = struct.unpack_from("<H", held, start)
    base = start + head
    (count,) = struct.unpack_from("<I", held, base)
    table = [struct.unpack_from("<II", held, base + 4 + 8 * index) for index in range(count)]
    names = [held[base + at : held.index(0, base + at)] for at, _ in table]
    # The last item has no end in the table; what follows it in the library does no harm there.
    ends = [at for _, at in table[1:]] + [len(held) - base]
    kept = [
        (name, held[base + at : base + end])
        for name, (_, at), end in zip(names, table, ends, strict=True)
        if name.split(b"/")[1].decode() not in plan.ICU_WITHOUT
    ]
    texts, items, contents = bytearray(), bytearray(), bytearray()
    first = 4 + 8 * len(kept)
    behind = _aligned(first + sum(len(name) + 1 for name, _ in kept))
    for name, item in kept:
        contents += struct.pack("<II", first + len(texts), behind + len(items))
        texts += name + b"\0"
        items += item.ljust(_aligned(len(item)), b"\0")
    listed = struct.pack("<I", len(kept)) + contents + texts
    return held[start:base] + bytes(listed).ljust(behind, b"\0") + bytes(items)


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED

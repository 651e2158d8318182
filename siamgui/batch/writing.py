"""The results of a batch as a file, whole or not at all: CSV, JSON or Parquet, by its name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from siamgui.batch.types import COLUMNS, How, Result
from siamgui.core.errors import FileUnwritable, SiamguiError
from siamgui.core.files import write_whole
from siamgui.core.i18n import mark
from siamgui.core.spreadsheet import as_csv

SCHEMA = "siamgui.batch/1"
_WHOLE = ("line", "left_face", "right_face", "left_faces", "right_faces")
_REAL = ("distance", "fmr", "fnmr", "log10_lr", "adjusted_distance")
_TRUE_OR_NOT = ("fmr_is_bound", "fnmr_is_bound")


class FormatUnknown(SiamguiError):
    """values: name"""

    text = mark("“{name}” is no kind of file that results are written to. Let its name end in .csv, .json or .parquet.")


class ParquetMissing(SiamguiError):
    text = mark("Parquet needs the package pyarrow, which is not installed. Install it, or choose .csv or .json.")


def writer_for(target: Path) -> Callable[[Sequence[Result], How], bytes]:
    """How results become a file of that name. Raises FormatUnknown, ParquetMissing."""
    ending = target.suffix.lower()
    if ending not in _WRITERS:
        raise FormatUnknown(name=target.name)
    if ending == ".parquet" and find_spec("pyarrow") is None:
        raise ParquetMissing
    return _WRITERS[ending]


def write(target: Path, data: bytes) -> None:
    """Raises FileUnwritable; then target is as before."""
    try:
        write_whole(target, data, exported=True)
    except OSError as error:
        raise FileUnwritable(name=target.name, reason=error.strerror or str(error)) from None


def _csv(results: Sequence[Result], _how: How) -> bytes:
    return as_csv(COLUMNS, ([" ".join(v) if isinstance(v, tuple) else v for v in _values(one)] for one in results))


def _values(result: Result) -> list[Any]:
    return [getattr(result, column) for column in COLUMNS]


def _json(results: Sequence[Result], how: How) -> bytes:
    """As documented in docs/batch.md."""
    whole = {"schema": SCHEMA, "how": to_builtins(how), "pairs": [to_builtins(one) for one in results]}
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "surrogateescape")


def _parquet(results: Sequence[Result], _how: How) -> bytes:
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    kinds = dict.fromkeys(_WHOLE, arrow.int64()) | dict.fromkeys(_REAL, arrow.float64())
    kinds |= dict.fromkeys(_TRUE_OR_NOT, arrow.bool_()) | {"reasons": arrow.list_(arrow.string())}
    form = arrow.schema([(column, kinds.get(column, arrow.string())) for column in COLUMNS])
    buffer = io.BytesIO()
    parquet.write_table(arrow.Table.from_pylist([to_builtins(one) for one in results], schema=form), buffer)
    return buffer.getvalue()


_WRITERS = {".csv": _csv, ".json": _json, ".parquet": _parquet}

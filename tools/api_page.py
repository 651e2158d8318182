"""docs/api.md, the reference of siamgui as a library, from the docstrings of siamgui.api. tools/pages.py writes it."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import FunctionType
from typing import Any

from siamgui import api

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FUNCTIONS = ("compare", "find_faces", "embed", "words")
VALUES = (
    *("Comparison", "Verdict", "Outcome", "Strictness", "PhotoReading", "Detection", "Face", "FaceReading", "Quality"),
    *("Embedding", "EngineInfo"),
)


def page() -> str:
    """The whole page."""
    parts = [
        "# siamgui as a library",
        _text(api),
        "`siamgui` is typed (`py.typed`). Examples that are run by the tests:",
    ]
    parts.append("\n".join(f"- `examples/{path.name}`: {_first(path)}" for path in sorted(_examples())))
    parts.append("## Functions")
    parts += [_function(getattr(api, name)) for name in FUNCTIONS]
    parts += ["## Engine", _signature(api.Engine.__init__, "Engine"), _text(api.Engine), _text(api.Engine.__init__)]
    for name, member in vars(api.Engine).items():
        if not name.startswith("_"):
            made = f"### Engine.{name}\n\n{_text(member)}"
            parts.append(made if isinstance(member, property) else _function(member, "Engine."))
    parts += ["## Values", "Frozen dataclasses and enumerations; arrays are numpy's."]
    parts += [_value(getattr(api, name)) for name in VALUES]
    parts += ["### SiamguiError", _text(api.SiamguiError)]
    return "\n\n".join(parts) + "\n"


def _examples() -> list[Path]:
    return [path for path in EXAMPLES.glob("*.py") if "from siamgui import" in path.read_text(encoding="utf-8")]


def _first(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].strip('"')


def _function(function: FunctionType, owner: str = "") -> str:
    return f"### {owner}{function.__name__}\n\n{_signature(function, owner + function.__name__)}\n\n{_text(function)}"


def _signature(function: Any, name: str) -> str:
    signature = inspect.signature(function)
    kept = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
    back = "" if name == "Engine" else f" -> {_plain(signature.return_annotation)}"
    words = [f"    {one.name}: {_plain(one.annotation)}{_default(one.default)}," for one in kept]
    star = [n for n, parameter in enumerate(kept) if parameter.kind is inspect.Parameter.KEYWORD_ONLY]
    if star:
        words.insert(star[0], "    *,")
    return "\n".join(["```python", f"{name}(", *words, f"){back}", "```"])


def _plain(annotation: object) -> str:
    """As it is written, without the quotes of a forward reference around it."""
    text = str(annotation)
    return text[1:-1] if text[:1] == text[-1:] and text[:1] in ("'", '"') else text


def _default(value: object) -> str:
    if value is inspect.Parameter.empty:
        return ""
    return f" = {type(value).__name__}.{value.name}" if isinstance(value, Enum) else f" = {value!r}"


def _value(kind: Any) -> str:
    lines = [f"### {kind.__name__}", _text(kind)]
    if is_dataclass(kind):
        lines.append("Fields: " + ", ".join(f"`{field.name}: {field.type}`" for field in fields(kind)) + ".")
    elif issubclass(kind, Enum):
        lines.append("One of " + ", ".join(f"`{one.name}` (`{one.value!r}`)" for one in kind) + ".")
    return "\n\n".join(lines)


def _text(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")

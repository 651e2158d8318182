"""The pages that are made of what the program itself says: its commands, its keys, the form of what it prints."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["COLUMNS"] = "102"  # what is wrapped is wrapped as on a terminal of this width

from siamgui import cli
from siamgui.core import i18n
from siamgui.core.resources import resource
from siamgui.gui.actions import COMMANDS, LOCAL_KEYS

ROOT = Path(__file__).resolve().parent.parent
EXPLAINED = {
    "siamgui.audit": "audit.md",
    "siamgui.batch": "batch.md",
    "siamgui.compare": "compare-json.md",
    "siamgui.compare-many": "compare-json.md",
    "siamgui.collections": "find-json.md",
    "siamgui.find": "find-json.md",
    "siamgui.groups": "groups.md",
    "siamgui.index": "find-json.md",
    "siamgui.report": "report.md",
    "siamgui.timeline": "verify-json.md",
    "siamgui.verify": "verify-json.md",
}
"""Which page says in words what a form means."""
_SCHEMA = re.compile(r"\"(siamgui\.[a-z-]+)/(\d+)\"")


# The command line.


def commands() -> str:
    i18n.set_language("en")
    parser = cli._parser()
    lines = [
        "# The command line",
        "As `siamgui --help` and `siamgui COMMAND --help` say it; made from the parser. Every command takes "
        "`--device`, `--language` and `--passphrase-file`, before it or after it.",
        "Exit codes: 0 done, whatever the verdict; 1 something is broken, or does not come out again; 2 bad input, "
        "with one sentence on standard error; 3 trained, and judged worse than before; 130 stopped with Ctrl-C.",
        _table(_arguments(parser, common=True), ("option of all", "")),
    ]
    for depth, name, each in _below(parser):
        lines += [f"{'#' * (depth + 1)} {name}", *_told(each, depth)]
    return "\n\n".join(lines) + "\n"


def _told(parser: argparse.ArgumentParser, depth: int) -> Iterator[str]:
    if parser.description:
        yield " ".join(parser.description.split())
    yield f"    {_usage(parser)}"
    rows = _arguments(parser, common=False)
    if rows:
        yield _table(rows, ("argument", ""))
    if parser.epilog and depth == 1:
        yield "```text\n" + parser.epilog.strip("\n") + "\n```"


def _usage(parser: argparse.ArgumentParser) -> str:
    """In one line; argparse breaks it differently from one Python to the next."""
    words = []
    for action in parser._actions:
        if not _common(action) and action.help != argparse.SUPPRESS:
            form = _form(action)
            words.append(form if action.required else f"[{form}]")
    return " ".join((parser.prog, *words))


def _arguments(parser: argparse.ArgumentParser, *, common: bool) -> list[tuple[str, str]]:
    rows = []
    for action in parser._actions:
        if _common(action) is common and not isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            said = (action.help or "") % {"default": action.default, "prog": parser.prog}
            rows.append((f"`{_form(action, every=True)}`", said))
    return rows


def _form(action: argparse.Action, *, every: bool = False) -> str:
    """As it is typed. every: by all of its names, and not by the longest alone."""
    choices = f"{{{','.join(map(str, action.choices))}}}" if action.choices else ""
    metavar = action.metavar or choices or (action.dest.upper() if action.option_strings else action.dest)
    value = " ".join(metavar) if isinstance(metavar, tuple) else str(metavar)
    if action.nargs == 0:
        value = ""
    elif action.nargs in ("*", "+", "..."):
        value += " ..."
    names = action.option_strings
    shown = ", ".join(names) if every else names[-1] if names else ""
    if isinstance(action, argparse.BooleanOptionalAction):
        shown, value = ", ".join(names), ""
    return " ".join(filter(None, (shown, value)))


def _common(action: argparse.Action) -> bool:
    return action.dest in ("device", "language", "passphrase_file", "help", "version")


def _below(parser: argparse.ArgumentParser, depth: int = 1) -> Iterator[tuple[int, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield depth, each.prog, each
                yield from _below(each, depth + 1)


def _table(rows: list[tuple[str, str]], head: tuple[str, str]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {left.replace('|', '¦')} | {right.replace('|', '¦')} |" for left, right in rows)])


# The keys.


def keys() -> str:
    i18n.set_language("en")
    rows = [(f"`{command.keys}`", command.text) for command in COMMANDS.values()]
    rows += [(key, text) for key, text in LOCAL_KEYS]
    about = "The list under F1, which *Print the keys…* there puts on paper. On a Mac, ⌘ stands for Ctrl."
    return f"# Keys\n\n{about}\n\n{_table(rows, ('key', ''))}\n"


# The form of what is printed.


def forms() -> str:
    written = _schemas()
    lines = [
        "# What is printed for machines",
        "Every command that takes `--json` prints one object on standard output, UTF-8, and nothing else; where it "
        "fails the exit code is not 0 and standard error holds one sentence. Where there is a `schema`, its number "
        "rises when a field changes its meaning or goes away; new fields may come without that.",
        "| schema | in words | JSON Schema (2020-12) |",
    ]
    rows = ["|---|---|---|"]
    for name in sorted(_known()):
        words = f"[{EXPLAINED[name].removesuffix('.md')}]({EXPLAINED[name]})" if name in EXPLAINED else ""
        schema = f"[below](#{name.replace('.', '')}1)" if name in written else ""
        rows.append(f"| `{name}/1` | {words} | {schema} |")
    lines[-1] += "\n" + "\n".join(rows)
    for name, schema in written.items():
        text = json.dumps(schema, indent=1, ensure_ascii=False)
        lines += [f"## {name}/1", f"```json\n{text}\n```"]
    return "\n\n".join(lines) + "\n"


def _known() -> set[str]:
    """Of all modules."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "siamgui").rglob("*.py")))
    return {found[1] for text in texts for found in _SCHEMA.finditer(text)}


def _schemas() -> dict[str, Any]:
    """By name: those that ship as files, and those of forms that are structs."""
    import msgspec

    from siamgui.report.report import Report

    found = {}
    for path in sorted(resource("schema").glob("*.schema.json")):
        found[f"siamgui.{path.name.removesuffix('.schema.json')}"] = json.loads(path.read_text(encoding="utf-8"))
    found["siamgui.report"] = msgspec.json.schema(Report)
    return found

"""siamgui models: the model versions on this machine, and which one is used."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Callable
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from siamgui.commands.progress import ProgressLine
from siamgui.core.i18n import tr
from siamgui.core.manifest import Signer
from siamgui.core.paths import data_folder
from siamgui.core.typed_json import plain
from siamgui.versions.cards import card_rows
from siamgui.versions.errors import SignersUnwritable
from siamgui.versions.onnx_offer import Offer, Wanted
from siamgui.versions.onnx_version import add_encoder
from siamgui.versions.signature import call_oneself, own_signer
from siamgui.versions.version_store import Imported, Version, VersionStore
from siamgui.versions.wording import added_words, imported_words, version_notes

_CELL = 40  # characters of one column of a comparison


def run(args: argparse.Namespace) -> int:
    """args: action, json, and what the action takes: name, other, new_name, file, reason."""
    versions = VersionStore()
    answer = _ACTIONS[args.action](versions, args)
    if args.json:
        print(json.dumps(_as_json(answer), ensure_ascii=False, indent=2))
    elif isinstance(answer, tuple):
        print(_table(answer) if args.action == "compare" else _lines(answer))
    else:
        print(_told(args.action, answer))
    return 0


def _list(versions: VersionStore, _args: argparse.Namespace) -> tuple[Version, ...]:
    return versions.list()


def _show(versions: VersionStore, args: argparse.Namespace) -> Version:
    return versions.find(args.name)


def _activate(versions: VersionStore, args: argparse.Namespace) -> Version:
    return versions.activate(versions.find(args.name).id, args.reason)


def _rollback(versions: VersionStore, _args: argparse.Namespace) -> Version:
    return versions.roll_back()


def _rename(versions: VersionStore, args: argparse.Namespace) -> Version:
    return versions.rename(versions.find(args.name).id, args.new_name)


def _export(versions: VersionStore, args: argparse.Namespace) -> Version:
    version = versions.find(args.name)
    versions.export(version.id, args.file, sign=args.sign)
    return version


def _import(versions: VersionStore, args: argparse.Namespace) -> Imported:
    return versions.import_(args.file, ProgressLine(steps=True))


def _add(_versions: VersionStore, args: argparse.Namespace) -> Version:
    wanted = Wanted(args.size, args.layout, args.colour, args.mean, args.scale)
    name = args.file.stem if args.as_name is None else args.as_name
    return add_encoder(Offer(args.file, name, wanted, args.people, args.licence), ProgressLine(steps=True))


def _key(_versions: VersionStore, args: argparse.Namespace) -> Signer:
    root = data_folder()
    if args.as_name is not None:
        call_oneself(root, args.as_name)
    try:
        signer = own_signer(root, make=True)
    except OSError as error:
        raise SignersUnwritable(reason=error.strerror or str(error)) from None
    assert signer is not None
    return signer


def _delete(versions: VersionStore, args: argparse.Namespace) -> Version:
    version = versions.find(args.name)
    versions.delete(version.id)
    return version


def _compare(versions: VersionStore, args: argparse.Namespace) -> tuple[Version, ...]:
    return versions.find(args.name), versions.find(args.other)


Answer = Version | Imported | Signer | tuple[Version, ...]

_ACTIONS: dict[str, Callable[[VersionStore, argparse.Namespace], Answer]] = {
    "list": _list,
    "show": _show,
    "activate": _activate,
    "rollback": _rollback,
    "rename": _rename,
    "export": _export,
    "import": _import,
    "add": _add,
    "delete": _delete,
    "compare": _compare,
    "key": _key,
}


def _as_json(answer: Answer) -> Any:
    if isinstance(answer, tuple):
        return [_as_json(version) for version in answer]
    if isinstance(answer, Signer):
        return plain(answer)
    if isinstance(answer, Imported):
        signed = {"since": answer.signed.since, "namesake": answer.signed.namesake}
        return _as_json(answer.version) | {"here": answer.here, "signed": signed}
    raw = asdict(answer)
    model = answer.model
    raw["card"] = model.card if model is not None else {}
    raw["model"] = model and {
        "architecture": model.architecture,
        "files": [{"file": file.name, "sha256": file.sha256} for file in model.files],
    }
    return raw | {
        "refused": [reason.value for reason in answer.refused],
        "origin": answer.origin.value,
        "signer": None if model is None else plain(model.signer),
    }


def _lines(versions: tuple[Version, ...]) -> str:
    return "\n".join(_line(version) for version in versions)


def _line(version: Version) -> str:
    notes = version_notes(version)
    text = version.name if version.bundled else f"{version.name}  ({version.id})"
    return f"{'*' if version.active else ' '} {text}" + (f"  {', '.join(notes)}" if notes else "")


def _told(action: str, answer: Version | Imported | Signer) -> str:
    """One sentence or more for what was done; the card for show."""
    if isinstance(answer, Imported):
        return imported_words(answer)
    if isinstance(answer, Signer):
        return tr("You sign as “{name}” (key {fingerprint}).", name=answer.name, fingerprint=answer.fingerprint)
    version, name = answer, answer.name
    sentences = {
        "activate": tr("“{name}” is active.", name=name),
        "rollback": tr("“{name}” is active.", name=name),
        "rename": tr("It is called “{name}” now.", name=name),
        "export": tr("“{name}” was exported. The file is not encrypted.", name=name),
        "delete": tr("“{name}” was deleted.", name=name),
    }
    if action in sentences:
        return sentences[action]
    if action == "add":
        return "\n".join(added_words(version))
    rows = "\n".join(tr("{label}: {value}", label=label, value=value) for label, value in card_rows(version) if value)
    return "\n".join(filter(None, [_line(version), rows, version.damaged]))


def _table(versions: tuple[Version, ...]) -> str:
    """Versions side by side, long cells on several lines."""
    columns = [dict(card_rows(version)) for version in versions]
    rows = [(tr("Name"), *(version.name for version in versions))]
    rows += [(label, *(column[label] or "–" for column in columns)) for label in columns[0]]
    wrapped = [[textwrap.wrap(cell, _CELL) for cell in row] for row in rows]
    widths = [max(len(line) for row in wrapped for line in row[k]) for k in range(len(rows[0]))]
    lines = []
    for row in wrapped:
        for cells in zip_longest(*row, fillvalue=""):
            lines.append("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    return "\n".join(lines)

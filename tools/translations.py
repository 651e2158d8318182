#!/usr/bin/env python3
"""Keeps resources/locale: collects the texts of siamgui, updates the catalogues, compiles them.

python tools/translations.py           update the .pot, every .po (new texts arrive empty) and every .mo
python tools/translations.py --check   change nothing; fail if anything is missing, fuzzy or out of date
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"
TEMPLATE = LOCALE / "siamgui.pot"
KEYWORDS = {"tr": None, "mark": None, "drawable": None, "trn": (1, 2)}
# A date in the files would change them at every run.
_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description="Update the catalogues of translations.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if something is to be done")
    if parser.parse_args().check:
        found = problems()
        print("\n".join(found) or "The translations are complete.")
        return 1 if found else 0
    template = extract()
    TEMPLATE.write_bytes(po_bytes(template))
    for path in catalogues():
        catalogue = updated(path, template)
        path.write_bytes(po_bytes(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
        print(f"{path.relative_to(ROOT)}: {len(untranslated(catalogue))} texts to translate")
    return 0


def catalogues() -> list[Path]:
    """The .po file of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/siamgui.po"))


def extract() -> Catalog:
    """Every text in the source that a person reads."""
    template = Catalog(
        project="siamgui",
        version="1",
        msgid_bugs_address="none",
        last_translator="none",
        language_team="none",
        header_comment="# The texts of siamgui. Made by tools/translations.py.",
        creation_date=_DATE,
        revision_date=_DATE,
        fuzzy=False,
    )
    folder = ROOT / "siamgui"
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    for name, _, message, comments, _ in sorted(found, key=lambda item: (item[0], item[1])):
        if message:
            template.add(message, locations=[(f"siamgui/{name}", 1)], auto_comments=comments)
    return template


def updated(path: Path, template: Catalog) -> Catalog:
    """The catalogue of a language with the texts of template."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.creation_date = catalogue.revision_date = _DATE
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = "none"
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    target = io.BytesIO()
    write_po(target, catalogue, width=110, ignore_obsolete=True, no_location=True, sort_output=True)
    return target.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def fields(text: str) -> set[str]:
    """The names that are filled in, as {name}, %s or %(name)s."""
    return set(re.findall(r"\{[a-z_]*\}|%\([a-z_]+\)[sr]|%s", text))


def untranslated(catalogue: Catalog) -> list[str]:
    return [_first(message.id) for message in catalogue if message.id and not all(_texts(message.string))]


def problems() -> list[str]:
    """Sentences on everything that keeps the catalogues from being complete and current."""
    template = extract()
    found = []
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != po_bytes(template):
        found.append(f"{TEMPLATE.relative_to(ROOT)} is out of date: run tools/translations.py")
    for path in catalogues():
        name = path.relative_to(ROOT)
        catalogue = updated(path, template)
        if path.read_bytes() != po_bytes(catalogue):
            found.append(f"{name} is out of date: run tools/translations.py")
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != mo_bytes(catalogue):
            found.append(f"{compiled.relative_to(ROOT)} is out of date: run tools/translations.py")
        found += [f"{name}: not translated: {text!r}" for text in untranslated(catalogue)]
        for message in catalogue:
            if message.id and message.fuzzy:
                found.append(f"{name}: fuzzy: {_first(message.id)}")
            if message.id and any(_texts(message.string)):
                found += _field_problems(str(name), message)
    return found


def _field_problems(name: str, message: Message) -> list[str]:
    wanted = set.union(*(fields(text) for text in _texts(message.id)))
    plural = isinstance(message.id, tuple)
    for text in _texts(message.string):
        have = fields(text)
        # A plural text may leave the number out, as "one photo" does.
        if have != wanted and not (plural and have | {"{n}"} == wanted | {"{n}"}):
            return [f"{name}: different fields: {_first(message.id)}"]
    return []


def _texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    if value is None:
        return [""]
    return [value] if isinstance(value, str) else list(value)


def _first(value: str | tuple[str, ...] | list[str]) -> str:
    return _texts(value)[0]


if __name__ == "__main__":
    sys.exit(main())

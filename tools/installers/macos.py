"""A disk image for macOS. Written without a Mac at hand (docs/packaging.md)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path


def image(into: Path, bundle: Path, part: Path, version: str) -> Path:
    """bundle: siamgui.app. Signed for this machine alone, unless SIAMGUI_IDENTITY names a certificate.

    Raises subprocess.CalledProcessError.
    """
    shutil.copytree(part, bundle / "Contents" / "MacOS" / part.name, symlinks=True)
    identity = os.environ.get("SIAMGUI_IDENTITY", "-")
    subprocess.run(["codesign", "--force", "--deep", "--sign", identity, bundle], check=True)
    shelf = bundle.parent / "image"
    shutil.rmtree(shelf, ignore_errors=True)
    shelf.mkdir()
    shutil.copytree(bundle, shelf / bundle.name, symlinks=True)
    (shelf / "Applications").symlink_to("/Applications")
    made = into / f"siamgui-{version}-{platform.machine()}.dmg"
    command = ["hdiutil", "create", "-volname", "siamgui", "-srcfolder", shelf, "-format", "ULFO", "-ov", made]
    subprocess.run(command, check=True)
    return made

"""An installer for Windows, by the WiX toolset; written without a Windows at hand (docs/packaging.md)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("siamgui.wxs")


def installer(into: Path, program: Path, part: Path, version: str) -> Path:
    """Raises subprocess.CalledProcessError."""
    made = into / f"siamgui-{version}-x64.msi"
    wix = shutil.which("wix") or "wix"
    values = {"Version": version, "Program": program, "Training": part}
    defined = [word for name, value in values.items() for word in ("-d", f"{name}={value}")]
    subprocess.run([wix, "build", SOURCE, "-arch", "x64", *defined, "-out", made], check=True)
    return made

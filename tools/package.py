#!/usr/bin/env python3
"""Makes what is handed out: an installer of siamgui for the system that this runs on (docs/packaging.md).

python3 tools/package.py deb         siamgui and siamgui-training, for Debian 12, Ubuntu 24.04 and later
python3 tools/package.py appimage --runtime FILE      one file for any Linux; training is in it
python3 tools/package.py msi         for Windows, on Windows, with the WiX toolset 5
python3 tools/package.py dmg         for macOS, on macOS
python3 tools/package.py wheel       siamgui alone, for pip
python3 tools/package.py pyz         siamgui with all that it needs in one file, for a Python of this version

Everything is made below --work (build/package), 4 GB of it, from the commit that is checked out; of the same commit the
same bytes come out. Needs Python 3.11 or newer; for Linux also binutils, dpkg-dev or squashfs-tools.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.installers import appimage, archives, deb, freezing, macos, slimming, windows
from tools.installers.trees import size

FORMATS = ("appimage", "deb", "msi", "dmg", "wheel", "pyz")
FAILURES = (
    OSError,
    ValueError,
    appimage.NoRuntime,
    deb.UnknownLibrary,
    slimming.Unlike,
    subprocess.CalledProcessError,
)
SYSTEMS = {"appimage": "linux", "deb": "linux", "msi": "win32", "dmg": "darwin"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("--into", type=Path, default=Path("dist"), help="where the installer is put (default: dist)")
    parser.add_argument("--work", type=Path, default=Path("build/package"), help="where it is made")
    parser.add_argument("--runtime", type=Path, help="of AppImage, or any AppImage that has one")
    parser.add_argument("--keep-frozen", action="store_true", help="take the program as the last run has frozen it")
    args = parser.parse_args()
    args.into, args.work = args.into.resolve(), args.work.resolve()
    wanted = SYSTEMS.get(args.format, sys.platform)
    if sys.platform != wanted:
        print(f"An installer of this kind is made on {wanted}.", file=sys.stderr)
        return 2
    for folder in (args.into, args.work):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        for path in made(args):
            print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")
    except (
        OSError,
        ValueError,
        appimage.NoRuntime,
        deb.UnknownLibrary,
        slimming.Unlike,
        subprocess.CalledProcessError,
    ) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def made(args: argparse.Namespace) -> list[Path]:
    """The installers. Raises what main() catches."""
    version, epoch, work, into = archives.version(), archives.epoch(), args.work, args.into
    if args.format == "wheel":
        return [archives.wheel(into, work, epoch)]
    if args.format == "pyz":
        return [archives.pyz(into, work, epoch)]
    program, part = work / "frozen" / "siamgui", work / freezing.PART
    if not (args.keep_frozen and program.is_dir() and part.is_dir()):
        program, part = freezing.frozen(work, version, epoch), freezing.training_part(work, epoch)
    print(f"program {size(program) / 1e6:.0f} MB, training part {size(part) / 1e6:.0f} MB", flush=True)
    match args.format:
        case "deb":
            return [
                deb.program_package(into, program, version, epoch, work),
                deb.training_package(into, part, version, epoch, work),
            ]
        case "appimage":
            root = appimage.folder(program, part, epoch, work)
            if args.runtime is None:
                raise appimage.NoRuntime(f"{root} is ready. --runtime names what makes it an AppImage.")
            runtime = appimage.runtime_of(args.runtime)
            packed = appimage.image(root, runtime, epoch, work)
            return [appimage.joined(into, packed, runtime, version, platform.machine())]
        case "msi":
            return [windows.installer(into, program, part, version)]
        case _:
            return [macos.image(into, work / "frozen" / "siamgui.app", part, version)]


if __name__ == "__main__":
    sys.exit(main())

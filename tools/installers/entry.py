"""What an installed siamgui begins with: its command line, or one of its modules in a process of its own.

PyInstaller freezes this file. The training part, PyTorch, lies beside the program as plain files if it was installed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PART = "training"
"""The folder of the training part, beside the program."""


def main() -> int:
    _give_back_environment()
    part = Path(sys.executable).parent / PART
    if part.is_dir():
        sys.path.append(str(part))
    words = sys.argv[1:]
    if words[:2] == ["-P", "-m"] and words[2:] and words[2].startswith("siamgui."):  # siamgui.core.own_process
        import runpy

        sys.argv = words[2:]
        runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        return 0
    from siamgui.cli import main as command_line

    return command_line()


def _give_back_environment() -> None:
    """Programs of the system that siamgui starts are to find their own libraries, not those that came with it."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif "_MEIPASS" in vars(sys) and sys.platform == "linux":
        os.environ.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    sys.exit(main())

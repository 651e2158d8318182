"""The half of the check of a graphics card that needs none."""

from __future__ import annotations

import os

import pytest

from tools import gpu_check


@pytest.mark.long
def test_all_parts_hold_on_the_cpu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("SIAMGUI_DATA", "PYTHON_KEYRING_BACKEND"):  # which the script sets
        monkeypatch.setenv(name, os.environ.get(name, ""))
    code = gpu_check.main(["--device", "cpu", "--parts", "compare", "evaluate", "encoding"])
    assert code == 0, capsys.readouterr().out

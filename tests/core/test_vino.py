"""OpenVINO comes without what talks to a network."""

from __future__ import annotations

import subprocess
import sys


def test_no_telemetry_and_no_http() -> None:
    code = (
        "import sys; from siamgui.core.vino import ov; ov.Core; "
        "unwanted = {'openvino_telemetry', 'urllib.request', 'http.client', 'openvino.tools.ovc'}; "
        "print(sorted(unwanted & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

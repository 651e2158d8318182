"""The one place that imports OpenVINO: `from siamgui.core.vino import ov`, inside the function that needs it.

Importing openvino also brings its model converter, and with that a telemetry client and an HTTP stack. siamgui converts
nothing and never uses the network, so the converter is left out, as openvino allows. It saves a third of a second too.
"""

from __future__ import annotations

import sys
from typing import Any

_CONVERTER = "openvino.tools.ovc"

_modules: dict[str, Any] = sys.modules
_absent = _CONVERTER not in _modules
if _absent:
    _modules[_CONVERTER] = None  # an import of it now fails as if it were not installed

import openvino as ov  # noqa: E402 - after the converter was taken away

if _absent:
    del _modules[_CONVERTER]

__all__ = ["ov"]

"""The one place that imports OpenCV: `from siamgui.core.cv import cv2`, inside the function that needs it.

Importing opencv-python points Qt at the Qt 5 plugins and fonts inside its own package, which would stop our Qt 6 window
from opening, and prepends to the search path of child processes. The environment is put back. In the moment between, no
QApplication may be under construction in another thread: make it first, or import this first.
"""

from __future__ import annotations

import os

_CHANGED_BY_IMPORT = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")

_before = {name: os.environ.get(name) for name in _CHANGED_BY_IMPORT}
# FFmpeg inside OpenCV reads this when it is first used; -8 is its "quiet".
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# Seconds that reading from a webcam may block, instead of ten: longer is a camera that has stopped.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")

import cv2  # noqa: E402 - after the environment was noted

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# Errors reach us as exceptions and return values; OpenCV would print them as well.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["cv2"]

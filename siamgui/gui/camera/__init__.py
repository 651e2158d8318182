"""Taking a photo with a camera."""

from siamgui.gui.camera.panel import CameraPanel

__all__ = ["CameraPanel"]

"""The one way in for photographs: a file, a drop, the clipboard or the camera, to the reading of a chosen face."""

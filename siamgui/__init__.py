"""siamgui: are these two faces the same person? Offline, on this machine, with an honest answer."""

__version__ = "0.1.0"

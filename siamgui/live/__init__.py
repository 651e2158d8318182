"""Faces before a camera: evidence over frames, presence, and who of the enrolled people it is. No Qt, no database."""

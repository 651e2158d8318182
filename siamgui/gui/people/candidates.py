"""From a photograph that was read to one that may be enrolled."""

from __future__ import annotations

from siamgui.core.types import PhotoReading
from siamgui.gui.people.state import Candidate
from siamgui.storage.people_store import check_quality
from siamgui.storage.people_view import TILE
from siamgui.storage.pictures import picture_of, square_of


def make_candidate(read: PhotoReading) -> Candidate:
    """For worker threads. Raises PhotoTooPoor."""
    check_quality(read.photo, read.reading)
    picture = square_of(picture_of(read.photo.pixels, read.reading.face), TILE)
    return Candidate(read.photo, read.reading, len(read.detection.faces), picture)

"""The face of a photograph that a command looks for."""

from __future__ import annotations

from pathlib import Path

from siamgui.core import photo_words, wording
from siamgui.core.i18n import tr
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading
from siamgui.search.probes import probe_of_photo
from siamgui.search.values import Probe


def photo_probe(engine: FaceEngine, photo: Path, face: int | None) -> tuple[Probe, list[str]]:
    """Whom to look for, and what to say of the photograph. face: from 1, None for the most prominent one."""
    read = engine.read_photo(load_photo(photo), None if face is None else face - 1)
    notes = [photo_words.which_face(read, "--face"), photo_words.first_picture(read.photo.name, read.photo.first_of)]
    notes += _advice(read.reading, read.photo.name)
    return probe_of_photo(read), [note for note in notes if note]


def _advice(reading: FaceReading, name: str) -> list[str]:
    return [
        tr("⚠ “{name}”: {what} {help}", name=name, **wording.issue_words(finding, reading.quality))
        for finding in reading.quality.findings
    ]

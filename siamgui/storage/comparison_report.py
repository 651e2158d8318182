"""What a report shows of a comparison that was written down: from its photographs, or from what was kept of them."""

from __future__ import annotations

from siamgui.core.alignment import align
from siamgui.core.errors import UnreadableImage
from siamgui.core.types import Side
from siamgui.report.report import ReportSide, png_of, side_of
from siamgui.storage.comparison_operations import Opened, found_again


def sides_of(opened: Opened, *, embed: bool = False) -> tuple[ReportSide, ReportSide]:
    """embed: with the files themselves, where they are found. Reads files."""
    left, right = (_side(opened, side, embed=embed) for side in Side)
    return left, right


def _side(opened: Opened, side: Side, *, embed: bool) -> ReportSide:
    from siamgui.core.imaging import photo_from_bytes, picture_bytes

    number, compared = tuple(Side).index(side), opened.entry.record.side(side)
    kept = opened.pictures[number] if opened.pictures else None
    path = found_again(opened.places[number], compared.sha256)
    try:
        if path is not None:
            data = picture_bytes(path)
            photo = photo_from_bytes(data, compared.file)
            crop = align(photo.pixels, compared.as_face().landmarks) if kept is None else kept.crop
            return side_of(photo, crop, compared, data if embed else b"")
    except UnreadableImage:
        pass  # it is there, and can no longer be read
    if kept is None:
        return ReportSide()
    return ReportSide(kept.picture, png_of(kept.crop))

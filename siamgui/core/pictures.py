"""The small picture by which a person recognises a face on the labelling desk."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from siamgui.core.alignment import resized, roll_and_misfit
from siamgui.core.types import Face, Photo, Pixels

LONG_SIDE = 384
_REACH = 1.1  # from the centre of the face to the edge of the picture, in face heights: hair and shoulders are in it
_QUALITY = 88


@dataclass(frozen=True, slots=True)
class SmallPhoto:
    """What is kept of a photograph beside the face in it, for whoever keeps many and cannot hold them all.

    sha256, name: as of Photo. picture: what picture_of() makes of it.
    """

    sha256: str
    name: str
    picture: bytes

    @classmethod
    def of(cls, photo: Photo | SmallPhoto, face: Face) -> SmallPhoto:
        """Itself, where it is one."""
        if isinstance(photo, SmallPhoto):
            return photo
        return cls(photo.sha256, photo.name, picture_of(photo.pixels, face))


def picture_of(pixels: Pixels, face: Face) -> bytes:
    """Head and shoulders as JPEG, upright, at most LONG_SIDE pixels long; never enlarged.

    Turned by whole quarters only, so that nothing has to be invented at the corners.
    """
    height, width = pixels.shape[:2]
    x, y = (face.box[:2] + face.box[2:]) / 2
    reach = _REACH * max(face.width, face.height, 16.0)
    x0, x1 = int(np.clip(x - reach, 0, width - 1)), int(np.clip(x + reach + 1, 1, width))
    y0, y1 = int(np.clip(y - reach, 0, height - 1)), int(np.clip(y + reach + 1, 1, height))
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    scale = LONG_SIDE / max(part.shape[:2])
    if scale < 1:
        part = resized(part, max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
    roll, _ = roll_and_misfit(face.landmarks)
    upright = np.rot90(part, round(roll / 90))  # counter-clockwise, against a clockwise roll
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(upright)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def picture_of_crop(crop: Pixels) -> bytes:
    """The aligned face itself, (112, 112, 3) uint8 RGB, for where the picture is lost."""
    file = io.BytesIO()
    Image.fromarray(crop).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def pixels_of(picture: bytes) -> Pixels:
    """What picture_of() made, (h, w, 3) uint8 RGB, read-only."""
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
        pixels = np.array(image.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


def square_of(picture: bytes, side: int) -> Pixels:
    """The middle of what picture_of() made, (side, side, 3) uint8 RGB, read-only."""
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
        image.draft("RGB", (2 * side, 2 * side))  # not more pixels than are needed
        pixels = np.array(ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.LANCZOS))
    pixels.flags.writeable = False
    return pixels

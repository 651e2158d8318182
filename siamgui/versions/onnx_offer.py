"""What a person says of an encoder that they bring as an ONNX file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from siamgui.core.alignment import CROP_SIZE


class Wanted(Struct, frozen=True):
    """What a network takes: a square picture of size pixels, (n, 3, h, w) or (n, h, w, 3), of (x - mean) * scale."""

    size: Annotated[int, Meta(ge=32, le=512)] = CROP_SIZE
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["rgb", "bgr"] = "rgb"
    mean: Annotated[float, Meta(ge=-1e3, le=1e3)] = 127.5
    scale: Annotated[float, Meta(gt=0, le=1e3)] = 1 / 128


@dataclass(frozen=True, slots=True)
class Offer:
    """An ONNX file, what it takes, and what it is to be called. people: a folder of people to measure it on."""

    file: Path
    name: str
    wanted: Wanted
    people: Path
    licence: str = ""

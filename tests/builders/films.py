"""Video files that OpenCV does not write, made by PyAV: interlaced, AV1, ten bits, wide pixels, uneven times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels


def encode(
    path: Path,
    codec: str,
    clip: Sequence[Pixels] | Sequence[NDArray[np.uint16]],
    pixels: str = "yuv420p",
    *,
    times: Iterable[int] | None = None,
    aspect: Fraction | None = None,
    curve: int | None = None,
    options: dict[str, str] | None = None,
    file_options: dict[str, str] | None = None,
    fps: int = 25,
) -> Path:
    """A file whose kind its name says.

    clip: (h, w, 3) RGB, uint8, or uint16 with the primaries of BT.2020. pixels: as FFmpeg calls their format. times: of
    the frames, in milliseconds. aspect: of a pixel. curve: 16 for PQ, 18 for HLG.
    """
    import av

    with av.open(str(path), "w", options=file_options or {}) as file:
        stream: Any = file.add_stream(codec, rate=fps, options=options or {})
        stream.height, stream.width = clip[0].shape[:2]
        stream.pix_fmt = pixels
        context = stream.codec_context
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        if times is not None:
            context.time_base = stream.time_base = Fraction(1, 1000)
        if curve is not None:
            context.color_trc, context.color_primaries, context.colorspace, context.color_range = curve, 9, 9, 1
        places = list(times) if times is not None else list(range(len(clip)))
        for place, picture in zip(places, clip, strict=True):
            given = "rgb48le" if picture.dtype == np.uint16 else "rgb24"
            frame = av.VideoFrame.from_ndarray(picture, given)
            frame = frame.reformat(format=pixels, dst_colorspace=9 if curve is not None else None)
            frame.pts = place
            if times is not None:
                frame.time_base = Fraction(1, 1000)
            if curve is not None:
                frame.color_trc, frame.color_primaries, frame.colorspace = curve, 9, 9
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def woven(clip: Sequence[Pixels]) -> list[Pixels]:
    """Two frames in each, line by line, as a camera makes them that films in two halves."""
    made = []
    for first, second in zip(clip[::2], clip[1::2], strict=False):
        both = first.copy()
        both[1::2] = second[1::2]
        made.append(both)
    return made

"""The one reader of video files: for the live page, verify, search, and a single picture of a film.

FFmpeg (through PyAV) decodes; only a picture that is wanted is made into pixels: in the shape in which a player shows
it (pixel aspect, rotation), deinterlaced where it was filmed in two halves, and in the range of a screen where it was
filmed for brighter ones (siamgui.core.hdr).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siamgui.core import hdr
from siamgui.core.camera import LONG_SIDE, USUAL_FPS, Camera
from siamgui.core.errors import SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.formats import VIDEO_FORMATS
from siamgui.core.source import (
    UnreadableVideo,
    VideoBlack,
    VideoEmpty,
    VideoEnded,
    VideoOfOneColour,
    VideoOfSound,
    VideoProtected,
    VideoTooLarge,
    VideoUnknownCodec,
    check_file,
)
from siamgui.core.types import Frame, Pixels

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream

MOST_MEGAPIXELS = 36  # 8K

_MOST_SECONDS = 1e7  # more is no length, but what a file states that knows none
# Seconds before a place to which is jumped: a decoder that begins there has settled by then. Farther where the file has
# no index and no picture begins so near.
_RUN_UPS = (0.5, 3.0, 12.0)
_STEPS = (0.001, 10.0)  # seconds from one frame to the next; less is a broken time stamp, more one that needs proof
_PATIENCE = 30.0  # seconds that opening, or one read, may take: a disk that has to wake up
_FIRST_PICTURE = 3000  # packets in which there has to be one
_FEW = 4e6  # pixels up to which four threads decode; of larger pictures each thread would hold too many
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(each.name for each in VIDEO_FORMATS),
    "max_pixels": str(MOST_MEGAPIXELS * 10**6),
}
_ASPECTS = (1.01, 4.0)  # of pixels: nearer to square is not worth a pass over the picture, farther is no video's
_BLACK, _LEVEL = 24, 8  # of 255: the brightest of a black picture, and how far one of a single colour varies
_EVERY = 16  # pixels from one that is looked at for that to the next
_UNSTATED = 2  # AVCOL_SPC_UNSPECIFIED
_HD = 720  # lines from which colours that are not stated are those of BT.709


class Film(Camera):
    """An open video file, before its first frame.

    seconds: how long it is, as it states; None where it does not.
    """

    def __init__(self, path: Path, *, sparse: bool = False) -> None:
        """sparse: for whoever wants a frame now and then: those that no other frame is made from are left out.

        Raises UnreadableVideo, whose subclasses say more.
        """
        check_file(path)
        self._path, self._name = path, photo_name(path)
        self._container = _opened(path, self._name, _OPTIONS)
        self._deinterlacer: _Deinterlacer | None = None
        self._next: Frame | None = None
        self._last: float | None = None
        self._passed = 0.0  # the last one that was not even decoded
        self._shift = 0.0
        self._locked = False
        self._blank: type[SiamguiError] | None = VideoBlack
        self._reformatter = _reformatter()
        self._since = -math.inf
        try:
            self._stream = _pictures_of(self._container, self._name)
            self._context = self._stream.codec_context
            _prepare(self._stream, sparse=sparse)
            self.fps = _rate(self._stream)
            self.seconds = _length(self._container, self._stream)
            self._intra = bool(self._context.codec.intra_only)
            # AVI knows no times at which a picture is shown, only the order in which they were coded.
            self._in_coding_order = self._container.format.name == "avi"
            self._frames = self._decoded()
            self._begin()
        except BaseException:
            self.close()
            raise

    def next(self) -> Frame:
        return self.next_from(-math.inf)

    def next_from(self, at: float) -> Frame:
        """The first frame that is not before `at`; those before it are not made into pictures.

        Raises VideoEnded; VideoBlack or VideoOfOneColour where nothing was seen in any frame from the beginning on.
        """
        frame, self._next = self._next, None
        if frame is None or frame.at < at:
            frame = self._fetch(at)
        if frame is None:
            raise (self._blank or VideoEnded)(name=self._name)
        return frame

    def go_to(self, at: float) -> bool:
        """Jump, so that next_from(at) gives what it gives without a jump.

        Returns whether it is there: a file without an index, or with broken time stamps, has to be opened again and
        gone through from its beginning.
        """
        self._blank = None
        return any(self._jumped(at, max(at - earlier, 0.0)) for earlier in _RUN_UPS)

    def _jumped(self, at: float, to: float) -> bool:
        """Whether a picture that is not behind `at` is found by jumping to a place before it."""
        import av

        self._last, self._passed, self._shift, self._next = None, 0.0, 0.0, None
        base = self._stream.time_base or Fraction(1, 1000)
        try:
            self._container.seek(int((to + self._start) / base), stream=self._stream, backward=True)
        except (av.error.FFmpegError, OSError, OverflowError):
            return False
        self._deinterlacer = None
        self._frames = self._decoded()
        self._next = self._fetch(max(at - _RUN_UPS[0], 0.0))
        return self._next is not None and self._landed <= self._next.at <= at

    def close(self) -> None:
        self._next = None
        self._frames = iter(())
        self._container.close()

    # -- one frame after the other -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Find the first picture: it says where the clock begins."""
        self._start = 0.0
        first = next(self._frames, None)
        if first is None:
            raise self._no_picture()
        self._start = _seconds(first) or 0.0
        self._last = 0.0
        self._next = self._frame(first, 0.0)

    def _no_picture(self) -> SiamguiError:
        if _stated_pixels(self._path, self._name) > MOST_MEGAPIXELS * 10**6:
            return VideoTooLarge(name=self._name, limit=MOST_MEGAPIXELS)
        return (VideoProtected if self._locked else VideoEmpty)(name=self._name)

    def _fetch(self, since: float) -> Frame | None:
        self._since = since
        for decoded in self._frames:
            at = self._time(_seconds(decoded))
            if at >= since:
                return self._frame(decoded, at)
        return None

    def _frame(self, decoded: VideoFrame, at: float) -> Frame:
        try:
            pixels = _pixels(decoded, _aspect(self._stream), self._reformatter)
        except (OSError, ValueError):  # its colours are written in a way that FFmpeg decodes and cannot convert
            raise VideoUnknownCodec(name=self._name) from None
        if self._blank is not None:
            self._blank = _nothing_in(pixels, self._blank)
        return Frame(pixels, at)

    def _time(self, stated: float | None) -> float:
        """Seconds since the first frame, which rise whatever the file states."""
        at = math.nan if stated is None else stated - self._start + self._shift
        if self._last is None:  # after a jump
            self._last = self._landed = 0.0 if math.isnan(at) else at
            return self._last
        step = at - self._last
        far = at - max(self._last, self._passed) > _STEPS[1] and at > (self.seconds or 0.0) + 1
        if math.isnan(at) or step < _STEPS[0] or far:  # standing still, going back, jumping, or no number
            at = self._last + 1 / self.fps
            self._shift += at - self._last - step if not math.isnan(step) else 0.0
        self._last = at
        return at

    def _decoded(self) -> Iterator[VideoFrame]:
        """Every frame that comes of it, as it is decoded, or deinterlaced; what is damaged is left out."""
        for decoded in self._raw():
            if self._deinterlacer is None and decoded.interlaced_frame:
                self._deinterlacer = _Deinterlacer()
            if self._deinterlacer is None:
                yield decoded
            else:
                yield from self._deinterlacer.add(decoded)
        if self._deinterlacer is not None:
            yield from self._deinterlacer.end()

    def _raw(self) -> Iterator[VideoFrame]:
        import av

        packets = self._container.demux(self._stream)
        waited: int | None = 0 if self._next is None and self._last is None else None
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError, OSError):  # the end, or a disk that is gone
                return
            if packet.pts is not None and self._intra and self._before(packet.pts * packet.time_base):
                continue
            try:
                for frame in packet.decode():
                    waited = None
                    if self._in_coding_order:
                        frame.pts = frame.dts
                    yield frame
            except (av.error.FFmpegError, OSError, ValueError):
                self._locked |= packet.has_sidedata("encryption_info")
            if waited is not None:
                waited += 1
                if waited > _FIRST_PICTURE:
                    return

    def _before(self, stated: Fraction) -> bool:
        """Whether a picture that stands alone is surely not wanted."""
        margin = 2 / self.fps if self._deinterlacer is not None else 0.0
        at = float(stated) - self._start
        if self._last is None or self._shift or at + margin >= self._since - 1e-6:
            return False
        self._passed = at
        return True


class _Deinterlacer:
    """Frames whose lines were filmed in two halves, made whole with the help of those before and after (bwdif)."""

    def __init__(self) -> None:
        self._graph: Any = None
        self._shape: tuple[object, ...] = ()

    def add(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        import av

        shape = (frame.width, frame.height, frame.format.name)
        if shape != self._shape:
            yield from self.end()
            graph = av.filter.Graph()
            base = frame.time_base or Fraction(1, 1000)
            source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=base)
            bwdif = graph.add("bwdif", "mode=send_frame:deint=interlaced")
            graph.link_nodes(source, bwdif, graph.add("buffersink")).configure()
            self._graph, self._shape = graph, shape
        self._graph.vpush(frame)
        yield from self._ready()

    def end(self) -> Iterator[VideoFrame]:
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._ready()

    def _ready(self) -> Iterator[VideoFrame]:
        import av

        while True:
            try:
                yield self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


# -- opening ---------------------------------------------------------------------------------------------------------


def _opened(path: Path, name: str, options: dict[str, str]) -> InputContainer:
    import av

    try:
        # Absolute, because FFmpeg takes a name such as "concat:a" for an address. Words in a file may be any bytes.
        return av.open(str(path.absolute()), "r", options=options, metadata_errors="replace", timeout=_PATIENCE)
    except (av.error.FFmpegError, OSError, ValueError):
        raise UnreadableVideo(name=name) from None


def _pictures_of(container: InputContainer, name: str) -> VideoStream:
    """The moving pictures that a player shows; a cover is none. Raises VideoOfSound, VideoEmpty, VideoUnknownCodec."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails
    moving = [each for each in container.streams.video if not each.disposition & still]
    if not moving:
        raise (VideoOfSound if container.streams.audio else VideoEmpty)(name=name)
    known = [each for each in moving if each.codec_context is not None]
    if not known:
        raise VideoUnknownCodec(name=name)
    return max(known, key=lambda each: bool(each.disposition & Disposition.default))  # the first of equals


def _reformatter() -> VideoReformatter:
    from av.video.reformatter import VideoReformatter

    return VideoReformatter()


def _stated_pixels(path: Path, name: str) -> int:
    """How many a picture has by what the file states; no picture is decoded for it. 0 where that makes no sense."""
    lenient = {key: value for key, value in _OPTIONS.items() if key != "max_pixels"} | {"skip_frame": "all"}
    with _opened(path, name, lenient) as container:
        contexts = [each.codec_context for each in container.streams.video]
        return max((each.width * each.height for each in contexts if each is not None), default=0)


def _prepare(stream: VideoStream, *, sparse: bool) -> None:
    context = stream.codec_context
    context.options = {"max_pixels": _OPTIONS["max_pixels"]}
    context.thread_type = "AUTO"
    context.thread_count = 4 if context.width * context.height <= _FEW else 2
    if sparse:
        context.skip_frame = "NONREF"


def _rate(stream: VideoStream) -> float:
    stated = [float(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    return next((rate for rate in stated if 0 < rate < 1000), USUAL_FPS)


def _length(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.frames:  # as it was finished, however much of it is there
        length = stream.frames / _rate(stream)
    elif stream.duration and stream.time_base:
        length = float(stream.duration * stream.time_base)
    else:
        length = (container.duration or 0) / 1e6
    return length if 0 < length < _MOST_SECONDS else None


# -- from what is decoded to pixels ----------------------------------------------------------------------------------


def _seconds(frame: VideoFrame) -> float | None:
    return None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)


def _aspect(stream: VideoStream) -> float:
    """Width of a pixel in its heights."""
    stated = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    aspect = float(stated) if stated else 1.0
    return aspect if _ASPECTS[0] <= max(aspect, 1 / max(aspect, 1e-9)) <= _ASPECTS[1] else 1.0


def _pixels(frame: VideoFrame, aspect: float, by: VideoReformatter) -> Pixels:
    """(height, width, 3) uint8 RGB as it is to be seen, the long side at most LONG_SIDE.

    Pixels that are not square are made so by stretching the side in which they are longer: nothing is lost.
    """
    from av.video.reformatter import Colorspace, Interpolation

    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    scale = min(1.0, LONG_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    bright = hdr.CURVES.get(frame.color_trc)
    way = Interpolation.AREA if size[0] * size[1] < frame.width * frame.height else Interpolation.BILINEAR
    matrix = Colorspace.ITU709 if frame.colorspace == _UNSTATED and frame.height >= _HD else None
    depth = "rgb24" if bright is None else "rgb48le"
    made: Any = by.reformat(frame, *size, depth, src_colorspace=matrix, interpolation=way).to_ndarray()
    pixels: Pixels = made if bright is None else hdr.on_a_screen(made, bright)
    return _upright(pixels, frame)


def _upright(pixels: Pixels, frame: VideoFrame) -> Pixels:
    """Turned and mirrored as the file says a player shall: a phone films on its side, and its front camera mirrored.

    The matrix has nine numbers (ISO/IEC 14496-12, 8.4.2.2); of the turns between right angles none is used.
    """
    stated: Any = frame.side_data.get("DISPLAYMATRIX")
    if stated is None:
        return pixels
    a, b, _, c, d = np.frombuffer(bytes(stated), np.int32)[:5].astype(float)
    if a * d - b * c < 0:
        pixels, a, b = pixels[:, ::-1], -a, -b
    quarters = round(math.degrees(math.atan2(b, a)) / 90)  # clockwise
    return np.ascontiguousarray(np.rot90(pixels, -quarters))


def _nothing_in(pixels: Pixels, so_far: type[SiamguiError]) -> type[SiamguiError] | None:
    """What to say of a film whose every picture so far shows nothing; None where this one shows something."""
    some = pixels[::_EVERY, ::_EVERY].reshape(-1, 3)
    if so_far is VideoBlack and int(some.max()) <= _BLACK:
        return VideoBlack
    return VideoOfOneColour if int(np.ptp(some, axis=0).max()) <= _LEVEL else None

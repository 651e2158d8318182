"""Real video files, made from real photographs the way a camera might have seen them.

A clip is a list of frames, (height, width, 3) uint8 RGB. write() makes a file of it, whose name says what kind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Face, Pixels

SIZE = (640, 480)
FPS = 25.0

_CODECS = {".avi": "MJPG", ".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".ts": "mp4v"}


def write(path: Path, clip: Iterable[Pixels], fps: float = FPS) -> Path:
    """A video file: Motion JPEG in .avi, MPEG-4 in .mp4, .mov, .mkv or .ts."""
    writer: cv2.VideoWriter | None = None
    for frame in clip:
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            writer = cv2.VideoWriter(
                str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*_CODECS[path.suffix]), fps, size
            )
            assert writer.isOpened()
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    assert writer is not None
    writer.release()
    return path


def write_h264(path: Path, clip: Sequence[Pixels], fps: float = FPS) -> Path:
    """The kind of file that phones and cameras make: H.264, in an .mp4 or an .avi. Sides are multiples of 16."""
    kind = "H264" if path.suffix == ".avi" else "avc1"
    return _write_packets(path, kind, (h264([frame]) for frame in clip), (clip[0].shape[1], clip[0].shape[0]), fps)


def write_jpegs(path: Path, pictures: Iterable[bytes], size: tuple[int, int], fps: float = FPS) -> Path:
    """A Motion JPEG .avi of these very bytes, which states this size."""
    return _write_packets(path, "MJPG", pictures, size, fps)


def _write_packets(path: Path, kind: str, packets: Iterable[bytes], size: tuple[int, int], fps: float) -> Path:
    as_they_are = [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1, cv2.VIDEOWRITER_PROP_KEY_INTERVAL, 1]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*kind), fps, size, as_they_are)
    assert writer.isOpened()
    for packet in packets:
        writer.write(np.frombuffer(packet, np.uint8))
    writer.release()
    return path


def portrait(photo: Pixels, face: Face, heads: float = 2.5) -> Pixels:
    """The part of a photograph around a face. heads: its height, in heights of the face."""
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    reach = heads * face.height / 2
    top, left = max(0, round(y - reach)), max(0, round(x - reach))
    return photo[top : round(y + reach), left : round(x + reach)]


def view(photo: Pixels, x: float = 0.5, y: float = 0.5, zoom: float = 1.0, size: tuple[int, int] = SIZE) -> Pixels:
    """What a camera of this size sees of a photograph on a grey wall.

    x, y: where the middle of the photograph stands, in shares of the frame. zoom: 1 shows its full height.
    """
    width, height = size
    scale = zoom * height / photo.shape[0]
    across, down = (scale * side / 2 for side in (photo.shape[1], photo.shape[0]))
    warp = np.array([[scale, 0, x * width - across], [0, scale, y * height - down]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(photo, warp, size, flags=flags, borderValue=(128, 128, 128))


def still(photo: Pixels, frames: int, size: tuple[int, int] = SIZE) -> list[Pixels]:
    """Somebody who sits before the camera; only the camera's noise moves."""
    chosen = np.random.default_rng(frames)
    clear = view(photo, size=size).astype(np.int16)
    noise = chosen.normal(0, 2, (frames, size[1], size[0], 1))
    return [np.clip(clear + grain.astype(np.int16), 0, 255).astype(np.uint8) for grain in noise]


def pan(photo: Pixels, frames: int, reach: float = 0.5, size: tuple[int, int] = SIZE) -> list[Pixels]:
    """From left to right through the picture. reach: share of the width."""
    return [view(photo, x=0.5 + reach * (share - 0.5), size=size) for share in np.linspace(0, 1, frames)]


def zoom(
    photo: Pixels, frames: int, least: float = 0.5, most: float = 1.2, size: tuple[int, int] = SIZE
) -> list[Pixels]:
    """Somebody who comes nearer."""
    return [view(photo, zoom=each, size=size) for each in np.geomspace(least, most, frames)]


def blurred(clip: Sequence[Pixels], sigma: float) -> list[Pixels]:
    """The same, out of focus by sigma pixels."""
    return [cv2.GaussianBlur(frame, (0, 0), sigma) for frame in clip]


def beside(left: Sequence[Pixels], right: Sequence[Pixels]) -> list[Pixels]:
    """Two clips of one length next to each other in one frame of twice the width."""
    return [np.hstack(pair) for pair in zip(left, right, strict=True)]


def turned_in_the_hand(photo: Pixels, frames: int, degrees: float = 35.0, size: tuple[int, int] = SIZE) -> list[Pixels]:
    """A print of the photograph, turned about its upright axis from one side to the other before the camera."""
    height, width = photo.shape[:2]
    edges = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    far = 2.0 * height  # of the camera from the print
    clip = []
    for angle in np.radians(np.linspace(-degrees, degrees, frames)):
        depth = far + edges[:, 0] * np.sin(angle)
        seen = np.stack([edges[:, 0] * np.cos(angle), edges[:, 1]], axis=1) * (far / depth)[:, None]
        seen = seen * (0.9 * size[1] / height) + np.array(size) / 2
        corners = (edges + np.array([width, height]) / 2).astype(np.float32)
        warp = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
        clip.append(cv2.warpPerspective(photo, warp, size, borderValue=(128, 128, 128)))
    return clip


def turn_sideways(path: Path, degrees: int) -> Path:
    """State in an .mp4 or .mov that a player shall turn it clockwise, as a phone does that was held upright."""
    cosine, sine = (round(f(np.radians(degrees))) << 16 for f in (np.cos, np.sin))
    matrix = struct.pack(">9i", cosine, sine, 0, -sine, cosine, 0, 0, 0, 1 << 30)
    straight = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    data = path.read_bytes()
    at = data.index(straight, data.index(b"tkhd"))
    path.write_bytes(data[:at] + matrix + data[at + len(matrix) :])
    return path


def h264(clip: Iterable[Pixels]) -> bytes:
    """An H.264 stream (Annex B) without compression: every macroblock is I_PCM. Sides are multiples of 16.

    As ITU-T H.264, clauses 7.3.2 (parameter sets), 7.3.3 (slice header) and 7.3.5 (macroblocks), has it.
    """
    stream = bytearray()
    for number, frame in enumerate(clip):
        across, down = frame.shape[1] // 16, frame.shape[0] // 16
        if number == 0:
            # Baseline profile, level 3; frame number of 4 bits, order of output = of decoding, frames only.
            sps = _golomb(0) + _golomb(0) + _golomb(2) + _golomb(0) + "0" + _golomb(across - 1) + _golomb(down - 1)
            stream += _unit(0x67, bytes((66, 0, 30)) + _packed(sps + "1100" + "1"))
            pps = _golomb(0) * 2 + "00" + _golomb(0) * 3 + "000" + _golomb(0) * 3 + "000"
            stream += _unit(0x68, _packed(pps + "1"))
        # First macroblock, type I, parameter set, frame number, number of this key frame, marking, quantiser.
        header = _golomb(0) + _golomb(7) + _golomb(0) + "0000" + _golomb(number % 2) + "00" + _golomb(0)
        planes = cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).clip(1, 254)
        luma = planes[: frame.shape[0]].reshape(down, 16, across, 16).swapaxes(1, 2).reshape(-1, 256)
        chroma = planes[frame.shape[0] :].reshape(2, down, 8, across, 8).transpose(1, 3, 0, 2, 4).reshape(-1, 128)
        blocks = [light.tobytes() + colour.tobytes() for light, colour in zip(luma, chroma, strict=True)]
        pcm = _golomb(25)
        stream += _unit(0x65, _packed(header + pcm) + _packed(pcm).join(blocks) + b"\x80")
    return bytes(stream)


def _golomb(value: int) -> str:
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def _packed(bits: str) -> bytes:
    return bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def _unit(kind: int, payload: bytes) -> bytes:
    """A NAL unit. Nothing in it may look like the start of the next one."""
    safe, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            safe.append(3)
            zeros = 0
        safe.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return b"\x00\x00\x00\x01" + bytes((kind,)) + bytes(safe)

"""Where moving pictures come from: a camera of this machine, a video file, or a stream that this machine serves."""

from __future__ import annotations

import enum
import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

from siamgui.core.errors import CameraLost, SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.i18n import mark

_SCHEMES = ("rtsp", "http", "udp", "tcp")
_BARE = ("udp", "tcp")
"""Schemes whose address is a host and a port and nothing else."""

_RTSP_PORT = 554
_PATIENCE = 2.0  # seconds


class StreamElsewhere(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” is not on this machine. siamgui never uses the network: only addresses such as 127.0.0.1 work."
    )


class StreamUnknown(SiamguiError):
    """values: name"""

    text = mark("“{name}” is not a stream siamgui can read. Use an address such as rtsp://127.0.0.1:8554/camera.")


class StreamSilent(SiamguiError):
    """Nothing answers, or no pictures come. values: name"""

    text = mark("No pictures come from “{name}”. Check that the program that sends them is running.")


class UnreadableVideo(SiamguiError):
    """Base of everything that keeps a file from being played; itself: damaged or not a video. values: name"""

    text = mark("“{name}” is damaged, or not a video siamgui can read. Use MP4, MOV, MKV, WebM or AVI.")


class VideoGone(UnreadableVideo):
    """values: name"""

    text = mark("“{name}” was not found. It may have been moved, renamed or deleted.")


class VideoForbidden(UnreadableVideo):
    """values: name"""

    text = mark("“{name}” can’t be opened: you have no permission to read it. Change its permissions or use a copy.")


class VideoIsFolder(UnreadableVideo):
    """values: name"""

    text = mark("“{name}” is a folder. Choose a video inside it.")


class VideoNotAFile(UnreadableVideo):
    """A pipe, a socket or a device. values: name"""

    text = mark("“{name}” is a device or a pipe, not a video. Choose a file.")


class VideoEmpty(UnreadableVideo):
    """The file opens, and holds no picture that can be shown. values: name"""

    text = mark("“{name}” holds no pictures. Copy or download it again, or choose another video.")


class VideoTooLarge(UnreadableVideo):
    """values: name, limit (megapixels)"""

    text = mark("The pictures of “{name}” are too large: they have more than {limit} megapixels. Use a smaller copy.")


class VideoOfSound(UnreadableVideo):
    """values: name"""

    text = mark("“{name}” holds sound and no pictures. Choose a video.")


class VideoUnknownCodec(UnreadableVideo):
    """values: name"""

    text = mark("siamgui can’t read the kind of video in “{name}”. Convert it to H.264 in an MP4 file.")


class VideoProtected(UnreadableVideo):
    """values: name"""

    text = mark("The pictures of “{name}” are encrypted against copying. Use a video without copy protection.")


class VideoBlack(UnreadableVideo):
    """It was read from its first frame to its last. values: name"""

    text = mark("“{name}” shows only black. If another program shows more, convert it to H.264 there.")


class VideoOfOneColour(UnreadableVideo):
    """It was read from its first frame to its last. values: name"""

    text = mark("“{name}” shows only one colour. If another program shows more, convert it to H.264 there.")


class VideoEnded(CameraLost):
    """Every picture was read. values: name"""

    text = mark("The video “{name}” has ended.")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream served by this machine. address: what FFmpeg opens; parse_source() makes sure of where it points."""

    address: str

    @property
    def name(self) -> str:
        """The address without user, password and query, for a person to read."""
        return _shown(urlsplit(self.address))


Source: TypeAlias = int | Path | Stream
"""A device index (0 is the first camera), a video file, or a stream."""


def parse_source(text: str) -> Source:
    """What a person types: "0", a path, or an address of this machine (rtsp, http, udp or tcp).

    Raises StreamElsewhere for an address of any other machine, StreamUnknown for one that is not understood. Nothing is
    opened or looked up.
    """
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        try:
            return Path(text).expanduser()
        except RuntimeError:  # "~somebody" whom this machine does not know
            return Path(text)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number, a bracket that is not closed
        raise StreamUnknown(name=_printable(text)) from None
    # Of "elsewhere[::1]" urlsplit() sees the bracket only, and FFmpeg the rest.
    plain = re.fullmatch(r"([^\[\]]*@)?(\[[^\[\]]*\]|[^\[\]@:]+)(:[0-9]*)?", parts.netloc)
    if parts.scheme not in _SCHEMES or not host or plain is None or re.search(r"[^!-\[\]-~]", text):
        raise StreamUnknown(name=_shown(parts))
    if not _is_here(host):
        raise StreamElsewhere(name=_shown(parts))
    if parts.scheme not in _BARE:
        return Stream(urlunsplit(parts._replace(fragment="")))
    if not port:
        raise StreamUnknown(name=_shown(parts))
    # FFmpeg takes options such as another address to bind to from the rest of such an address, so nothing else is kept.
    return Stream(f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}")


class SourceKind(enum.StrEnum):
    """What kind of source it is, as logs and answers say it."""

    CAMERA = "camera"
    FILE = "file"
    STREAM = "stream"


def source_kind(source: Source | None) -> SourceKind:
    """None: the first camera."""
    if isinstance(source, Path):
        return SourceKind.FILE
    return SourceKind.STREAM if isinstance(source, Stream) else SourceKind.CAMERA


def source_name(source: Path | Stream) -> str:
    """What a person calls it: the file's name without its folder, or the address."""
    return photo_name(source) if isinstance(source, Path) else source.name


def check_file(path: Path) -> None:
    """Raises VideoGone, VideoIsFolder, VideoNotAFile, VideoEmpty, VideoForbidden or UnreadableVideo. Reads nothing."""
    name = photo_name(path)
    try:
        if path.is_dir():
            raise VideoIsFolder(name=name)
        if not path.exists():
            raise VideoGone(name=name)
        if not path.is_file():
            raise VideoNotAFile(name=name)
        if not os.access(path, os.R_OK):
            raise VideoForbidden(name=name)
        if not path.stat().st_size:
            raise VideoEmpty(name=name)
    except FileNotFoundError:  # deleted in this moment
        raise VideoGone(name=name) from None
    except PermissionError:  # its folder
        raise VideoForbidden(name=name) from None
    except (OSError, ValueError):  # a name too long for the system, or with a zero byte
        raise VideoGone(name=name) from None


def check_stream(stream: Stream) -> None:
    """Ask an RTSP server what FFmpeg will ask it; FFmpeg would follow it wherever it points to.

    Raises StreamElsewhere if it points to another address, StreamSilent if nothing answers. Other kinds of streams are
    not asked: they can be told not to follow.
    """
    parts = urlsplit(stream.address)
    if parts.scheme != "rtsp" or not parts.hostname:
        return
    place = parts.netloc.rpartition("@")[2]
    address = urlunsplit(parts._replace(netloc=place))
    try:
        with socket.create_connection((parts.hostname, parts.port or _RTSP_PORT), _PATIENCE) as connection:
            for number, question in enumerate(("OPTIONS", "DESCRIBE"), 1):
                connection.sendall(f"{question} {address} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode())
                if re.match(rb"RTSP/1\.\d 3", connection.recv(4096)):
                    raise StreamElsewhere(name=stream.name)
    except OSError:
        raise StreamSilent(name=stream.name) from None


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(parts: SplitResult) -> str:
    place = parts.netloc.rpartition("@")[2]
    return _printable(f"{parts.scheme}://{place}{parts.path}")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

"""One window for each data folder: a second start hands its files to the first, which comes to the front.

A lock says who was first, and a local socket, for this user only, carries the files. Neither outlives its process in a
way that keeps the next window from opening. Qt's network part is loaded only when the window has been painted, or is
not to be opened.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCryptographicHash, QLockFile, QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.paths import data_folder

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_MOST = 65_536  # bytes of a message
_MOST_FILES = 2
_AGAIN = 50  # milliseconds between two tries for the lock
_CONNECT, _ANSWER = 500, 15_000  # milliseconds; the first window may itself be about to open
_PATIENCE = 10.0  # seconds; a lock whose holder does not listen for so long is none of a window
_TAKEN = b"taken\n"


class WindowDoesNotAnswer(SiamguiError):
    text = mark("The window is open already and does not answer. End its process, then start again.")


class SingleWindow(QObject):
    """What the first start of a data folder holds until close()."""

    asked = Signal(list)
    """Another start came: list[Path], the files it was given, absolute; often none."""

    def __init__(self, place: str, lock: QLockFile) -> None:
        super().__init__()
        self._place = place
        self._lock = lock
        self._server: QLocalServer | None = None

    def listen(self) -> None:
        """Take in what later starts have; they wait for it."""
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        name = _socket(self._place)
        QLocalServer.removeServer(name)
        self._server.listen(name)  # where that is not possible, a second window opens after a while

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    @Slot()
    def _welcome(self) -> None:
        assert self._server is not None
        while socket := self._server.nextPendingConnection():
            socket.setReadBufferSize(_MOST)
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(self._read_sender)
            self._read(socket)

    @Slot()
    def _read_sender(self) -> None:
        self._read(cast("QLocalSocket", self.sender()))

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() >= _MOST:
                socket.abort()
            return
        paths = read_message(bytes(socket.readLine().data()))
        if paths is None:
            socket.abort()
            return
        socket.write(_TAKEN)
        socket.disconnectFromServer()
        self.asked.emit(paths)


def claim(paths: Sequence[Path]) -> SingleWindow | None:
    """Be the window of the data folder. None where there is one: it has taken paths and come to the front.

    Raises WindowDoesNotAnswer.
    """
    place = _place()
    lock = QLockFile(f"{place}.lock")
    before = os.umask(0o077)  # Qt would let everybody write it who may by the umask; no other thread runs yet
    try:
        return _claimed(place, lock, paths)
    finally:
        os.umask(before)


def _claimed(place: str, lock: QLockFile, paths: Sequence[Path]) -> SingleWindow | None:
    lock.setStaleLockTime(0)  # however old: stale is only what a process left that is gone
    until = time.monotonic() + _PATIENCE
    while not lock.tryLock(_AGAIN) and lock.error() is QLockFile.LockError.LockFailedError:
        if _hand_over(place, paths):
            return None
        if time.monotonic() > until:
            break
    return SingleWindow(place, lock)


def message(paths: Sequence[Path]) -> bytes:
    import json

    return json.dumps({"open": [str(path.absolute()) for path in paths]}).encode() + b"\n"


def read_message(line: bytes) -> list[Path] | None:
    """The files of a message; None where it is none."""
    import json

    try:
        match json.loads(line):
            case {"open": [*names]} if len(names) <= _MOST_FILES and all(isinstance(name, str) for name in names):
                paths = [Path(name) for name in names]
                return paths if all(path.is_absolute() for path in paths) else None
    except (ValueError, RecursionError):
        pass
    return None


def _place() -> str:
    """Path of the data folder's socket, in a folder of the machine; short, since 100 bytes is all that it may have."""
    folder = os.path.normcase(data_folder().resolve())
    digest = QCryptographicHash.hash(os.fsencode(folder), QCryptographicHash.Algorithm.Sha256).toHex()
    name = f"siamgui-{bytes(digest.data()).decode()[:24]}"
    return str(Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name)


def _socket(place: str) -> str:
    """As Qt wants it: pipes of Windows have names and no paths."""
    return Path(place).name if os.name == "nt" else place


def _hand_over(place: str, paths: Sequence[Path]) -> bool:
    """Whether the first window has them. Raises WindowDoesNotAnswer."""
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(_socket(place))
    if not socket.waitForConnected(_CONNECT) or not _own(place):
        return False
    socket.write(message(paths))
    while not socket.canReadLine():
        if not socket.waitForReadyRead(_ANSWER):
            if socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
                raise WindowDoesNotAnswer
            return False  # it was about to close
    return True


def _own(place: str) -> bool:
    """Whether this user opened the socket. Windows asks that itself."""
    return os.name == "nt" or os.stat(place).st_uid == os.getuid()

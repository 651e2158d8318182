"""Servers on this machine that send what a test says, and ports that nobody may connect to."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from siamgui.core.source import Stream

PLAYLISTS = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{target}\n#EXT-X-ENDLIST\n",
    "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT5S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
    'bandwidth="1"><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "concat": "ffconcat version 1.0\nfile '{target}'\n",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 26\n",
}
"""Files that name other files or addresses. {target}: an address. {port}: of one."""


@contextmanager
def listening() -> Iterator[tuple[int, Callable[[], bool]]]:
    """A port that nobody may connect to, and whether somebody did."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def touched() -> bool:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield server.getsockname()[1], touched


class _Web(BaseHTTPRequestHandler):
    """Serves what the test has put into `content`, and sends `/moved` elsewhere."""

    content: bytes
    elsewhere: str

    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", self.elsewhere)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def web(content: bytes, elsewhere: str = "") -> ThreadingHTTPServer:
    handler = type("_Handler", (_Web,), {"content": content, "elsewhere": elsewhere})
    return ThreadingHTTPServer(("127.0.0.1", 0), handler)


@contextmanager
def sending(*visits: bytes | None) -> Iterator[Stream]:
    """Serves a stream. Each visitor gets the next of these and then silence; None closes the door at once."""
    waiting = iter(visits)
    over = threading.Event()

    class Sender(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            content = next(waiting, None)
            if content is not None:
                self.request.sendall(content)
                over.wait()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sender) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Stream(f"tcp://127.0.0.1:{server.server_address[1]}")
        finally:
            over.set()
            server.shutdown()
            thread.join()

"""The HTTP server on loopback: sockets, threads, ordered faults. Knows no endpoint.

An answer leaves in one segment: header and body apart cost about 40 ms a call (Nagle's algorithm
against delayed acknowledgement).
"""

import ipaddress
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from simulator.api import Api
from simulator.errors import Refused
from simulator.faults import ANSWERS, Fault
from simulator.http import API_BYTES, Answer, Request
from simulator.ids import new_request_id
from simulator.page import PAGE_BYTES, Page

if TYPE_CHECKING:
    from simulator.line import Line

BACKLOG = 1024
DRAIN_BYTES = 64 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """One thread a connection; `closing` frees the ones that hang on purpose."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = BACKLOG

    def __init__(self, line: "Line", address: tuple[str, int]) -> None:
        self.line = line
        self.api = Api(line)
        self.page = Page(line)
        self.closing = line.courier.closing
        super().__init__(address, Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news here; anything else is a fault of this program."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def answer(self, request: Request) -> Answer | None:
        """The answer, or None where the connection closes without one."""
        if not request.path.startswith("/v2/"):
            return self.page.answer(request)
        fault = self.line.faults.take(request.path)
        return self._answer_with(fault, request) if fault else self.api.answer(request)

    def _answer_with(self, fault: Fault, request: Request) -> Answer | None:
        if fault.kind in ("hang", "slow"):
            self.closing.wait(fault.seconds)
        if fault.kind == "hang":
            self.api.note_call(request, 0, "เงียบ ไม่ตอบ", None)
            return None
        if fault.kind in ("drop", "500-accepted", "slow"):
            answer = self.api.answer(request)
            if fault.kind == "slow":
                return answer
            if fault.kind == "drop":
                return None
        status, words = ANSWERS[fault.kind]
        return self.api.refuse(request, Refused(status, words, broke_contract=False))


class Connection(BaseHTTPRequestHandler):
    """Reads requests from one kept-alive connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 120

    def version_string(self) -> str:
        return "simulator"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the parent's name)
        """Silent: the page and `Line.rejected` tell."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        answer = self.server.answer(request)
        if answer is None:
            self.close_connection = True
            return
        self._write(answer, request.request_id)

    def _read(self) -> Request | None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        # A path is decoded segment by segment nowhere: ids hold no escaped slash.
        request = Request(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query)),
            headers,
            b"",
            new_request_id(),
        )
        if "transfer-encoding" in headers or not headers.get("content-length", "0").isdigit():
            self.close_connection = True
            self._write(Answer(411), request.request_id)
            return None
        length = int(headers.get("content-length", "0"))
        if length > (API_BYTES if request.path.startswith("/v2/") else PAGE_BYTES):
            self._refuse_size(request, length)
            return None
        return Request(**{**vars(request), "body": self.rfile.read(length)})

    def _refuse_size(self, request: Request, length: int) -> None:
        self.close_connection = True
        # Read on, within reason: a caller that still writes would see a reset, not the answer.
        left = min(length, DRAIN_BYTES)
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 16))) or left
        refused = Refused(413, "Request exceeds the max size of 2MB")
        self._write(self.server.api.refuse(request, refused), request.request_id)

    def _write(self, answer: Answer, request_id: str) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.mime)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("x-line-request-id", request_id)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)


@contextmanager
def running(line: "Line", host: str, port: int) -> Iterator[str]:
    """A server thread while the block runs; yields the address.

    Raises ValueError for a host that is not loopback, OSError for a port that is taken.
    """
    if not is_loopback(host):
        raise ValueError("the simulator serves on loopback only")
    line.courier.closing.clear()
    server = Server(line, (host, port))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        line.courier.closing.set()
        line.world.touch()
        server.shutdown()
        server.server_close()
        thread.join()


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine and only this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

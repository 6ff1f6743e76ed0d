"""The chat page: its files, its state as a long poll, its buttons.

Only this machine's browser may use it: the Host must be loopback (against a foreign name that
resolves here) and a POST must come from the page itself.
"""

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.acts import Acts
from simulator.errors import Refused
from simulator.http import Answer, Request, Routes, answer_json
from simulator.view import build_state

if TYPE_CHECKING:
    from simulator.line import Line

PAGE_BYTES = 20 * 1024 * 1024
POLL_S = 20.0
FILES = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
GUARDS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob: http://127.0.0.1:*"
    " http://localhost:*; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """Everything outside `/v2/`."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._acts = Acts(line)
        self._routes = Routes()
        self._routes.add("GET", "/", self._get_page)
        self._routes.add("GET", "/static/<>", self._get_file)
        self._routes.add("GET", "/ui/state", self._get_state)
        self._routes.add("GET", "/ui/media/<>", self._get_media)
        self._routes.add("GET", "/ui/menu/<>", self._get_menu)
        self._routes.add("POST", "/ui/act", self._act)

    def answer(self, request: Request) -> Answer:
        """The page's answer, errors included."""
        try:
            _check_origin(request)
            answer = self._routes.answer(request)
            if answer is None:
                raise Refused(404, "Not found")
        except Refused as refused:
            answer = answer_json(refused.body, refused.status)
        answer.headers.update(GUARDS)
        return answer

    def _get_page(self, request: Request) -> Answer:
        return self._get_file(request, "page.html")

    def _get_file(self, request: Request, name: str) -> Answer:
        file = FILES / name
        if file.parent != FILES or not file.is_file():
            raise Refused(404, "Not found")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind = "text/javascript" if name.endswith(".js") else kind
        words = kind.startswith("text/")
        return Answer(200, file.read_bytes(), f"{kind}; charset=utf-8" if words else kind)

    def _get_state(self, request: Request) -> Answer:
        """Waits until something is newer than `after`, or for `POLL_S`."""
        after = int(request.query.get("after", "0")) if _is_count(request) else 0
        world = self._line.world
        closing = self._line.courier.closing
        world.wait_for(lambda: world.revision > after or closing.is_set(), POLL_S)
        return answer_json(build_state(self._line, after))

    def _get_media(self, request: Request, message_id: str) -> Answer:
        with self._line.world.lock:
            content = self._line.world.content.find_for_page(message_id)
        if content is None:
            raise Refused(404, "Not found")
        if content.kind == "image":
            return Answer(200, content.data, content.mime)
        answer = Answer(200, content.data, "application/octet-stream")
        answer.headers["Content-Disposition"] = "attachment"
        return answer

    def _get_menu(self, request: Request, menu_id: str) -> Answer:
        with self._line.world.lock:
            menu = self._line.world.menus.get(menu_id)
        return Answer(200, menu.picture, menu.mime)

    def _act(self, request: Request) -> Answer:
        given = request.get_json()
        try:
            self._acts.perform(given)
        except (KeyError, LookupError, TypeError, ValueError) as fault:
            raise Refused(400, f"ทำรายการนี้ไม่ได้: {fault}") from fault
        return answer_json({})


def _is_count(request: Request) -> bool:
    return request.query.get("after", "").isdecimal()


def _check_origin(request: Request) -> None:
    """Raises Refused (403) for a foreign name of this host or another site's script."""
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        raise Refused(403, "loopback only")
    origin = request.headers.get("origin")
    if request.method != "GET" and origin is not None and origin != f"http://{host}":
        raise Refused(403, "same origin only")

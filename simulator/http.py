"""A request and its answer as the routes see them. Knows no sockets."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import Refused, bad_body
from simulator.records import Sent
from simulator.shapes import Problems

API_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names; `path` is without the query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    request_id: str = ""

    @property
    def mime(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def get_json(self) -> Any:
        """The body as JSON. Raises Refused (400, 415)."""
        if self.mime != "application/json":
            raise Refused(415, "Unsupported content type: application/json is needed")
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as fault:
            raise Refused(400, "The request body could not be parsed as JSON") from fault


@dataclass
class Answer:
    """What goes back; `sent` is what a send call sent, for the table of calls."""

    status: int
    body: bytes = b""
    mime: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    sent: Sent | None = None


Handler = Callable[..., Answer]


def answer_json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, written.encode("utf-8", "backslashreplace"), headers=headers or {})


def get_checked(request: Request, find: Callable[[Any], Problems]) -> Any:
    """The body as JSON in which `find` found no problem. Raises Refused (400, 415)."""
    body = request.get_json()
    problems = find(body)
    if problems:
        raise bad_body(problems)
    return body


def refuse_retry_key(request: Request) -> None:
    """Raises Refused (400): endpoints other than the sending ones take no retry key."""
    if "x-line-retry-key" in request.headers:
        raise Refused(400, "The retry key cannot be used with this endpoint")


class Routes:
    """`METHOD /path/<part>` → handler, which gets the request and the parts."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, list[str], Handler]] = []

    def add(self, method: str, path: str, handler: Handler) -> None:
        self._routes.append((method, path.split("/"), handler))

    def answer(self, request: Request) -> Answer | None:
        """The handler's answer, 405 for a known path, None for an unknown one.

        Fixed words in a path go before `<parts>` by order of `add`.
        """
        asked = request.path.split("/")
        other_method = False
        for method, path, handler in self._routes:
            parts = _match(path, asked)
            if parts is None:
                continue
            if method == request.method:
                return handler(request, *parts)
            other_method = True
        if other_method:
            raise Refused(405, "Method not allowed")
        return None


def _match(path: list[str], asked: list[str]) -> list[str] | None:
    if len(path) != len(asked):
        return None
    parts = []
    for wanted, given in zip(path, asked, strict=True):
        if wanted == "<>" and given:
            parts.append(given)
        elif wanted != given:
            return None
    return parts


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

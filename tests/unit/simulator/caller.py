"""A bot's side of the wire, reduced to the standard library."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECRET = "channel secret"
TOKEN = "channel access token"


class Now:
    """Seconds since the epoch that stand still until a test moves them."""

    def __init__(self) -> None:
        self.at = 1_793_000_000.0

    def __call__(self) -> float:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += seconds


@dataclass(frozen=True)
class Got:
    """An answer; `headers` with lower-case names."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Caller:
    """Calls the simulator's endpoints, one connection a call."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        token: str = TOKEN,
    ) -> Got:
        """`body` bytes go as they are, anything else as JSON; a header set to "" is left out."""
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent |= headers or {}
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            connection.request(method, path, raw, {k: v for k, v in sent.items() if v})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Got:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Got:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, body, names)

    def push(self, to: str, *messages: Any, key: str = "") -> Got:
        body = {"to": to, "messages": list(messages) or [text()]}
        return self.post("/v2/bot/message/push", body, x_line_retry_key=key)

    def reply(self, token: str, *messages: Any) -> Got:
        body = {"replyToken": token, "messages": list(messages) or [text()]}
        return self.post("/v2/bot/message/reply", body)


def text(words: str = "สวัสดีค่ะ", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}

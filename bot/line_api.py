"""The one place that calls LINE: bytes out, a typed answer back.

Never logs tokens, bodies or ids. Knows nothing of rows; what an answer means for a message is
judged in bot.outgoing. Sources: LINE, "Messaging API reference".
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import aiohttp

from bot.answers import Answer, LineFault, explain_silence, parse_object, read_answer

TIMEOUT_S = 8.0
_CONNECTIONS_MAX = 100
_READ_BYTES = 1 << 16
_STALLED_S = 30.0
T = TypeVar("T")


class Content:
    """The bytes of a message, as they come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.content_type: str | None = response.headers.get("Content-Type")
        self.byte_count: int | None = response.content_length

    async def read(self) -> bytes:
        """The next bytes, none at the end. Raises LineFault where the stream breaks or stalls."""
        try:
            return await self._response.content.read(_READ_BYTES)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise LineFault(explain_silence(fault)) from None


def open_session() -> aiohttp.ClientSession:
    """The process's one session; inside a running loop only."""
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS_MAX)
    return aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)
    )


def ask_line(
    host: str, content_host: str, token: str, question: Callable[["LineApi"], Awaitable[T]]
) -> T:
    """One errand from the command line. Raises LineFault."""

    async def ask() -> T:
        async with open_session() as session:
            return await question(LineApi(host, content_host, token, session))

    return asyncio.run(ask())


class LineApi:
    """One LINE account's calls over a shared session.

    `reply` and `push` always give an Answer; the others give what was asked or raise LineFault.
    """

    def __init__(
        self, host: str, content_host: str, token: str, session: aiohttp.ClientSession
    ) -> None:
        self._host = host
        self._content_host = content_host
        self._auth = {"Authorization": f"Bearer {token}"}
        self._session = session

    async def reply(self, body: bytes, timeout_s: float = TIMEOUT_S) -> Answer:
        """`body` from bot.bodies.build_reply. Has no retry key: LINE would refuse one."""
        return await self._send("/v2/bot/message/reply", body, {}, timeout_s)

    async def push(self, body: bytes, retry_key: UUID, timeout_s: float = TIMEOUT_S) -> Answer:
        """`body` from bot.bodies.build_push, the same at every try under one `retry_key`."""
        headers = {"X-Line-Retry-Key": str(retry_key)}
        return await self._send("/v2/bot/message/push", body, headers, timeout_s)

    async def get_quota(self) -> int | None:
        """How many people the month may reach; None where the plan has no limit."""
        said = await self.get("/v2/bot/message/quota")
        return int(said["value"]) if said.get("type") == "limited" else None

    async def get_consumption(self) -> int:
        return int((await self.get("/v2/bot/message/quota/consumption"))["totalUsage"])

    async def bot_info(self) -> dict[str, Any]:
        """Has `userId`, `basicId`, `displayName`, `chatMode`, `markAsReadMode`."""
        return await self.get("/v2/bot/info")

    async def get_date(self) -> str | None:
        """LINE's clock as its answer's Date header tells it; any answer will do."""
        url, limits = self._host + "/v2/bot/info", aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._session.get(url, headers=self._auth, timeout=limits) as response:
                return response.headers.get("Date")
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise LineFault(explain_silence(fault)) from None

    async def group_name(self, group_id: str) -> str | None:
        """None for a room: it has no name."""
        if group_id.startswith("R"):
            return None
        said = await self.get(f"/v2/bot/group/{group_id}/summary")
        return str(said.get("groupName", ""))

    async def group_member_count(self, group_id: str) -> int:
        path = f"/v2/bot/{_chat_kind(group_id)}/{group_id}/members/count"
        return int((await self.get(path))["count"])

    async def leave_group(self, group_id: str) -> None:
        await self.post(f"/v2/bot/{_chat_kind(group_id)}/{group_id}/leave")

    @asynccontextmanager
    async def content(self, message_id: str) -> AsyncIterator[Content]:
        """Raises LineFault also for 202, where LINE still prepares the file."""
        url = f"{self._content_host}/v2/bot/message/{message_id}/content"
        limits = aiohttp.ClientTimeout(sock_connect=TIMEOUT_S, sock_read=_STALLED_S)
        try:
            response = await self._session.get(url, headers=self._auth, timeout=limits)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise LineFault(explain_silence(fault)) from None
        async with response:
            if response.status != 200:
                raise LineFault(read_answer(response.status, response.headers, b""))
            yield Content(response)

    async def get(self, path: str) -> dict[str, Any]:
        return await self._ask("GET", self._host + path)

    async def post(self, path: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        return await self._ask("POST", self._host + path, body)

    async def put(self, path: str, payload: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(payload, ensure_ascii=False).encode()
        return await self._ask("PUT", self._host + path, body)

    async def delete(self, path: str) -> None:
        await self._ask("DELETE", self._host + path)

    async def upload(self, path: str, content: bytes, content_type: str) -> None:
        """To LINE's host for content."""
        await self._ask("POST", self._content_host + path, content, content_type)

    async def _send(
        self, path: str, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> Answer:
        more = headers | {"Content-Type": "application/json"}
        answer, _ = await self._call("POST", self._host + path, body, more, timeout_s)
        return answer

    async def _ask(
        self, method: str, url: str, body: bytes | None = None, kind: str = "application/json"
    ) -> dict[str, Any]:
        headers = {} if body is None else {"Content-Type": kind}
        answer, said = await self._call(method, url, body, headers, TIMEOUT_S)
        if not answer.is_accepted:
            raise LineFault(answer)
        return parse_object(said)

    async def _call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> tuple[Answer, bytes]:
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=self._auth | headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
                allow_redirects=False,
            ) as response:
                said = await response.read()
                return read_answer(response.status, response.headers, said), said
        except (aiohttp.ClientError, TimeoutError) as fault:
            return explain_silence(fault), b""


def _chat_kind(group_id: str) -> str:
    return "room" if group_id.startswith("R") else "group"

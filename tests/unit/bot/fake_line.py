"""A small LINE in the test's own loop: it does as it is told, and remembers what it accepted."""

import asyncio
from collections import deque

from aiohttp import web

TOKEN_WORDS = "Invalid reply token"
TARGET_WORDS = "Failed to send messages"
MONTH_WORDS = "You have reached your monthly limit."
BODY = {"message": "1 error", "details": [{"message": "too long", "property": "messages[0].text"}]}
ANSWERS = {
    "400-token": (400, {"message": TOKEN_WORDS}),
    "400-target": (400, {"message": TARGET_WORDS}),
    "400-body": (400, BODY),
    "401": (401, {"message": "Authentication failed"}),
    "403": (403, {}),
    "429": (429, {"message": "The API rate limit has been exceeded."}),
    "429-month": (429, {"message": MONTH_WORDS}),
    "500": (500, {}),
    "502": (502, None),
}


class FakeLine:
    """`script[kind]` holds what the next calls of a kind meet (reply, push, content, group, info);
    then all goes well. "drop" and "500-accepted" accept first; "hang" never answers.
    """

    def __init__(self):
        kinds = ("reply", "push", "content", "group", "info")
        self.script: dict[str, deque[str]] = {kind: deque() for kind in kinds}
        self.calls = []
        self.accepted = []
        self.bodies = {}
        self.keys = {}
        self.tokens_used = set()
        self.quota = {"type": "none"}
        self.used = 0
        self.content = b"picture"
        self.address = ""

    def count(self, kind):
        return self.calls.count(kind)

    async def __aenter__(self):
        app = web.Application()
        app.add_routes([
            web.post("/v2/bot/message/{kind}", self._message),
            web.get("/v2/bot/message/quota", self._quota),
            web.get("/v2/bot/message/quota/consumption", self._used),
            web.get("/v2/bot/message/{id}/content", self._content),
            web.get("/v2/bot/info", self._info),
            web.get("/v2/bot/group/{id}/summary", self._group),
            web.get("/v2/bot/{kind}/{id}/members/count", self._group),
        ])  # fmt: skip
        self._runner = web.AppRunner(app, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    async def _message(self, request):
        kind = request.match_info["kind"]
        self.calls.append(kind)
        body = await request.json()
        fault = self._next(kind)
        if fault in ANSWERS:
            return _answer(*ANSWERS[fault])
        if fault == "hang":
            await asyncio.sleep(3600)
        answer = self._accept(kind, body, request.headers.get("X-Line-Retry-Key"))
        if fault == "500-accepted":
            return _answer(500, {})
        if fault == "drop":
            request.transport.close()
        return answer

    def _accept(self, kind, body, key):
        if kind == "reply":
            assert key is None
            if body["replyToken"] in self.tokens_used:
                return _answer(400, {"message": TOKEN_WORDS})
            self.tokens_used.add(body["replyToken"])
        elif key in self.keys:
            assert self.bodies[key] == body, "another body under an old retry key"
            return _answer(409, {"sentMessages": [{"id": self.keys[key]}]})
        number = str(len(self.accepted) + 1000)
        if kind == "push":
            self.keys[key], self.bodies[key] = number, body
        self.accepted.append((kind, body.get("to"), body["messages"][0]["text"]))
        return _answer(200, {"sentMessages": [{"id": number}]})

    async def _quota(self, _):
        return _answer(200, self.quota)

    async def _used(self, _):
        return _answer(200, {"totalUsage": self.used})

    async def _info(self, _):
        self.calls.append("info")
        return _answer(*ANSWERS.get(self._next("info"), (200, {"chatMode": "bot"})))

    async def _group(self, request):
        fault = self._next("group")
        if fault:
            return _answer(int(fault), {})
        if request.path.endswith("/count"):
            return _answer(200, {"count": 120})
        return _answer(200, {"groupName": "หมู่บ้านร่มเย็น"})

    async def _content(self, _):
        self.calls.append("content")
        fault = self._next("content")
        if fault:
            return web.Response(status=int(fault))
        return web.Response(body=self.content, content_type="image/jpeg")

    def _next(self, kind):
        return self.script[kind].popleft() if self.script[kind] else None


def _answer(status, body):
    headers = {"x-line-request-id": f"request-{status}"}
    if body is None:
        return web.Response(status=status, text="<html>", headers=headers)
    return web.json_response(body, status=status, headers=headers)

"""A minimal LINE on loopback: takes replies and pushes after a delay, and counts them.

`python -m bench.line PORT DELAY_MS`; GET /seen gives {"count", "first_at": {reply token: s}}.
"""

import asyncio
import sys
import time

from aiohttp import web


def build_app(delay_s: float) -> web.Application:
    seen: dict[str, float] = {}
    count = 0

    async def take(request: web.Request) -> web.Response:
        nonlocal count
        body = await request.json()
        if delay_s:
            await asyncio.sleep(delay_s)
        count += 1
        seen.setdefault(body.get("replyToken") or body["to"], time.time())
        sent = [{"id": str(600_000_000 + count), "quoteToken": "q"} for _ in body["messages"]]
        return web.json_response({"sentMessages": sent}, headers={"x-line-request-id": str(count)})

    async def tell(_: web.Request) -> web.Response:
        return web.json_response({"count": count, "first_at": seen})

    async def quota(_: web.Request) -> web.Response:
        return web.json_response({"type": "none"})

    async def usage(_: web.Request) -> web.Response:
        return web.json_response({"totalUsage": 0})

    app = web.Application()
    app.router.add_post("/v2/bot/message/{kind}", take)
    app.router.add_get("/v2/bot/message/quota", quota)
    app.router.add_get("/v2/bot/message/quota/consumption", usage)
    app.router.add_get("/seen", tell)
    return app


if __name__ == "__main__":
    port, delay_ms = int(sys.argv[1]), float(sys.argv[2])
    web.run_app(build_app(delay_ms / 1000), host="127.0.0.1", port=port, print=None)

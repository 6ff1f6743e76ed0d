"""The measurements. Each gives lines of the report; see `Line`."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import aiohttp
from sqlalchemy import text

from bench.fill import fill_inbox, fill_log, fill_outbox, opened
from bench.load import Pairs, compare, drive, spread
from bench.town import Town, build_event, open_town, sign, wait

BACKLOG = 6000
PUSHES = 3000
_IN_FLIGHT = 50


@dataclass(frozen=True)
class Line:
    """One line of the report: what, how much, the bound, and whether it holds."""

    what: str
    value: str
    bound: str
    holds: bool


def webhook(folder: Path, pairs: int, postgres_url: str, log: int = 0) -> Iterator[Line]:
    """Webhook over the bare view, on SQLite (one process) and PostgreSQL (two)."""
    marked = f" with {log:,} logged messages" if log else ""
    for name, url, workers, threads, floor in (
        ("SQLite, 1 × 16 threads", None, 1, 16, 0.55),
        ("PostgreSQL, 2 × 8 threads", postgres_url, 2, 8, 0.35),
    ):
        with open_town(folder / f"webhook-{workers}-{log}", url) as town:
            if log:
                fill_log(town, log)
            found = compare(town, workers, threads, pairs)
        yield from _webhook_lines(f"webhook, {name}{marked}", found, floor)


def _webhook_lines(what: str, found: Pairs, floor: float) -> Iterator[Line]:
    ratio = statistics.median(found.ratios)
    shown = f"{ratio:.2f} ({spread(found.ratios)}), {found.rate:.0f}/s"
    yield Line(f"{what} / bare view", shown, f"≥ {floor}", ratio >= floor)
    yield Line(f"{what}, p99", f"{found.p99_ms:.0f} ms", "≤ 40 ms", found.p99_ms <= 40)
    failed = sum(load.failed for load in found.ours)
    yield Line(f"{what}, failed calls", str(failed), "0", failed == 0)


def busy_webhook(folder: Path, log: int = 0) -> Iterator[Line]:
    """The webhook on SQLite while worker and sender run flat out, with one and two processes."""
    marked = f", {log:,} logged messages" if log else ""
    for workers in (1, 2):
        with open_town(folder / f"busy-{workers}-{log}") as town:
            if log:
                fill_log(town, log)
            town.start_line(0)
            fill_inbox(town, BACKLOG)
            port = town.serve("wsgi:app", workers, 16 // workers)
            town.start("flask", "sender")
            town.start("flask", "worker")
            _wait_for_handled(town, _handled(town) + 100)
            begun, started = _handled(town), time.monotonic()
            load = drive(port, town.folder)
            per_s = (_handled(town) - begun) / (time.monotonic() - started)
        what = f"webhook, SQLite, worker and sender flat out, {workers} web{marked}"
        yield Line(what, f"{load.rate:.0f}/s", "≥ 500/s", load.rate >= 500)
        yield Line(f"{what}, p99", f"{load.p99_ms:.0f} ms", "≤ 60 ms", load.p99_ms <= 60)
        yield Line(f"{what}: worker", f"{per_s:.0f}/s", "≥ 100/s", per_s >= 100)


def worker(folder: Path, postgres_url: str) -> Iterator[Line]:
    """Events handled by one worker alone."""
    for name, url in (("SQLite", None), ("PostgreSQL", postgres_url)):
        with open_town(folder / f"worker-{name}", url) as town:
            fill_inbox(town, BACKLOG // 2)
            town.start("flask", "worker")
            _wait_for_handled(town, 200)
            begun, started = _handled(town), time.monotonic()
            _wait_for_handled(town, BACKLOG // 2 - 100)
            per_s = (_handled(town) - begun) / (time.monotonic() - started)
        yield Line(f"one worker alone, {name}", f"{per_s:.0f}/s", "≥ 150/s", per_s >= 150)


def answer_time(folder: Path, seconds: int) -> Iterator[Line]:
    """Message in → answer accepted by LINE, whose own delay is 50 ms, at 20 a second."""
    with open_town(folder / "answer") as town:
        town.start_line(50)
        port = town.serve("wsgi:app", 2, 8)
        for name in ("worker", "sender", "scheduler"):
            town.start("flask", name)
        time.sleep(6)
        posted = _post_evenly(port, 20, seconds)
        wait(lambda: len(_seen(town)) >= len(posted), 60)
        seen = _seen(town)
    taken = sorted((seen[token] - at) * 1000 for token, at in posted.items())
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    what = f"message in → answer accepted, 20/s for {seconds} s"
    yield Line(f"{what}, p50", f"{p50:.0f} ms", "≤ 300 ms", p50 <= 300)
    yield Line(f"{what}, p99", f"{p99:.0f} ms", "≤ 1,000 ms", p99 <= 1000)


def pushes(folder: Path) -> Iterator[Line]:
    """One sender, its marks durable, over a bare aiohttp client."""
    ratios, rates = [], []
    for turn in range(3):
        with open_town(folder / f"push-{turn}") as town:
            town.start_line(0)
            bare = asyncio.run(_push_bare(town.line_port))
            fill_outbox(town, PUSHES)
            before = len(_seen(town))
            town.start("flask", "sender")
            _wait_for_seen(town, before + 100)
            begun, started = len(_seen(town)), time.monotonic()
            _wait_for_seen(town, before + PUSHES)
            rate = (len(_seen(town)) - begun) / (time.monotonic() - started)
        ratios.append(rate / bare)
        rates.append(rate)
    ratio = statistics.median(ratios)
    shown = f"{ratio:.2f} ({spread(ratios)}), {statistics.median(rates):.0f}/s"
    yield Line("pushes of one sender / bare aiohttp client", shown, "≥ 0.5", ratio >= 0.5)


def _wait_for_handled(town: Town, count: int) -> None:
    wait(lambda: _handled(town) >= count, 300)


def _wait_for_seen(town: Town, count: int) -> None:
    wait(lambda: len(_seen(town)) >= count, 300)


def _handled(town: Town) -> int:
    with opened(town) as (database, _), database.read() as session:
        query = text(
            "SELECT count(*) FROM inbox_event WHERE state = 'handled' AND event_id NOT LIKE 'old-%'"
        )
        return int(session.connection().execute(query).scalar_one())


def _seen(town: Town) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{town.line_port}/seen", timeout=10) as answer:
        seen: dict[str, float] = json.load(answer)["first_at"]
    return seen


def _post_evenly(port: int, per_s: int, seconds: int) -> dict[str, float]:
    """Reply token → when its event was posted."""
    posted: dict[str, float] = {}
    with ThreadPoolExecutor(8) as pool:
        start = time.time()
        for number in range(per_s * seconds):
            time.sleep(max(0.0, start + number / per_s - time.time()))
            event = build_event(number)
            posted[str(event["replyToken"])] = time.time()
            pool.submit(_post, port, event)
    return posted


def _post(port: int, event: dict[str, object]) -> None:
    signature, body = sign([event])
    headers = {"x-line-signature": signature, "Content-Type": "application/json"}
    with urlopen(Request(f"http://127.0.0.1:{port}/callback", body, headers), timeout=5):
        return


async def _push_bare(port: int) -> float:
    """Pushes a second of a client that keeps nothing, as many at once as the sender."""
    limit = asyncio.Semaphore(_IN_FLIGHT)
    url = f"http://127.0.0.1:{port}/v2/bot/message/push"

    async def push(session: aiohttp.ClientSession) -> None:
        body = {
            "to": f"U{uuid4().hex}",
            "messages": [{"type": "text", "text": "ประกาศทดสอบความเร็ว"}],
        }
        async with limit, session.post(url, json=body) as answer:
            await answer.read()

    async with aiohttp.ClientSession() as session:
        started = time.monotonic()
        await asyncio.gather(*(push(session) for _ in range(PUSHES)))
        return PUSHES / (time.monotonic() - started)

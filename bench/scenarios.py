"""The measurements. Each gives lines of the report; see `Line`."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import aiohttp
from sqlalchemy import text

from bench.fill import fill_inbox, fill_log, fill_outbox, opened
from bench.load import Load, Pairs, compare, drive, spread
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


@dataclass(frozen=True)
class Setting:
    """How the web process is run, and its least rate over the bare view's."""

    name: str
    workers: int
    threads: int
    floor: float


_SQLITE = Setting("SQLite, 1 × 16 threads", 1, 16, 0.55)
_POSTGRES = Setting("PostgreSQL, 2 × 8 threads", 2, 8, 0.35)


def webhook(folder: Path, pairs: int, postgres_url: str) -> Iterator[Line]:
    """Webhook over the bare view, on SQLite (one process) and PostgreSQL (two)."""
    for how, url in ((_SQLITE, None), (_POSTGRES, postgres_url)):
        with open_town(folder / f"webhook-{how.workers}", url) as town:
            bare = town.serve("bench.bare:app", how.workers, how.threads)
            ours = town.serve("wsgi:app", how.workers, how.threads)
            found = compare(ours, bare, town.folder, pairs)
        yield from _webhook_lines(f"webhook, {how.name}", found, how.floor)


def million(
    folder: Path, pairs: int, new_database: Callable[[], str], logged: int
) -> Iterator[Line]:
    """The webhook and the worker on a long log, over the same on an empty one, in turn."""
    for how, is_sqlite in ((_SQLITE, True), (_POSTGRES, False)):
        urls = (None, None) if is_sqlite else (new_database(), new_database())
        marked = f"{how.name}, {logged:,} logged messages / none"
        with ExitStack() as towns:
            empty, full = (
                towns.enter_context(open_town(folder / f"log-{how.workers}-{number}", url))
                for number, url in enumerate(urls)
            )
            fill_log(full, logged)
            ours = full.serve("wsgi:app", how.workers, how.threads)
            other = empty.serve("wsgi:app", how.workers, how.threads)
            found = compare(ours, other, folder, pairs)
        yield _ratio_line(f"webhook, {marked}", found.ratios, 0.9)
    yield from _busy_million(folder, max(1, pairs // 2), logged)


def _busy_million(folder: Path, pairs: int, logged: int) -> Iterator[Line]:
    for workers in (1, 2):
        web, handled = [], []
        for turn in range(pairs):
            empty = _busy(folder / f"busy-{workers}-{turn}-0", workers, 0)
            full = _busy(folder / f"busy-{workers}-{turn}-1", workers, logged)
            web.append(full.load.rate / empty.load.rate)
            handled.append(full.handled_per_s / empty.handled_per_s)
        what = f"SQLite, all flat out, {workers} web, {logged:,} logged messages / none"
        yield _ratio_line(f"webhook, {what}", web, 0.9)
        yield _ratio_line(f"worker, {what}", handled, 0.9)


def _ratio_line(what: str, ratios: list[float], floor: float) -> Line:
    ratio = statistics.median(ratios)
    return Line(what, f"{ratio:.2f} ({spread(ratios)})", f"≥ {floor}", ratio >= floor)


def _webhook_lines(what: str, found: Pairs, floor: float) -> Iterator[Line]:
    ratio = statistics.median(found.ratios)
    shown = f"{ratio:.2f} ({spread(found.ratios)}), {found.rate:.0f}/s"
    yield Line(f"{what} / bare view", shown, f"≥ {floor}", ratio >= floor)
    yield Line(f"{what}, p99", f"{found.p99_ms:.0f} ms", "≤ 40 ms", found.p99_ms <= 40)
    failed = sum(load.failed for load in found.ours)
    yield Line(f"{what}, failed calls", str(failed), "0", failed == 0)


@dataclass(frozen=True)
class Busy:
    """The webhook's load, and events handled a second beside it."""

    load: Load
    handled_per_s: float


def busy_webhook(folder: Path) -> Iterator[Line]:
    """The webhook on SQLite while worker and sender run flat out, with one and two processes."""
    for workers in (1, 2):
        found = _busy(folder / f"busy-{workers}", workers, 0)
        load, per_s = found.load, found.handled_per_s
        what = f"webhook, SQLite, worker and sender flat out, {workers} web"
        yield Line(what, f"{load.rate:.0f}/s", "≥ 500/s", load.rate >= 500)
        yield Line(f"{what}, p99", f"{load.p99_ms:.0f} ms", "≤ 60 ms", load.p99_ms <= 60)
        yield Line(f"{what}: worker", f"{per_s:.0f}/s", "≥ 100/s", per_s >= 100)


def _busy(folder: Path, workers: int, logged: int) -> Busy:
    with open_town(folder) as town:
        if logged:
            fill_log(town, logged)
        town.start_line(0)
        fill_inbox(town, BACKLOG)
        port = town.serve("wsgi:app", workers, 16 // workers)
        town.start("flask", "sender")
        town.start("flask", "worker")
        _wait_for_handled(town, 100)
        begun, started = _handled(town), time.monotonic()
        load = drive(port, town.folder)
        return Busy(load, (_handled(town) - begun) / (time.monotonic() - started))


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

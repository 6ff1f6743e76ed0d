"""The sender as a process of its own: ready soon, small, and clean at SIGTERM and after SIGKILL."""

import asyncio
import base64
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from db.models import Heartbeat, Outbox
from tests.unit.bot.fake_line import FakeLine
from tests.unit.outbox_rows import load, put

ROOT = Path(__file__).resolve().parents[3]
RUN = "from bot.sender import run; from bot.settings import load_settings; run(load_settings())"
RSS_MAX_MB = 180


def now():
    return datetime.now(UTC)


@asynccontextmanager
async def sender(database_url, address, media):
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "LINE_API_HOST": address,
        "LINE_CHANNEL_SECRET": "secret",
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "SECRET_KEY": "k" * 32,
        "SEAL_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
        "MEDIA_DIR": str(media),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", RUN, cwd=ROOT, env=environ,
        stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until(holds, timeout_s=60.0):
    async with asyncio.timeout(timeout_s):
        while not holds():  # noqa: ASYNC110 -- it looks into the database
            await asyncio.sleep(0.02)


def rss_mb(process):
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def test_process_sends_stays_small_and_stops_cleanly(database, database_url, station, tmp_path):
    async def act():
        async with FakeLine() as line, sender(database_url, line.address, tmp_path) as process:
            rows = [put(database, station, now, chat=str(number)) for number in range(50)]
            await until(lambda: all(load(database, row).state == "sent" for row in rows))
            used_mb = rss_mb(process)
            process.send_signal(signal.SIGTERM)
            _, said = await process.communicate()
            return process.returncode, said.decode(), used_mb, line.count("push")

    code, said, used_mb, pushes = asyncio.run(act())
    assert (code, pushes) == (0, 50), said
    assert used_mb < RSS_MAX_MB
    with database.read() as session:
        assert session.exec(select(Heartbeat)).all() == []


def test_killed_in_a_call_the_next_one_repeats_it_under_its_key(
    database, database_url, station, tmp_path
):
    async def act():
        async with FakeLine() as line:
            line.script["push"].append("hang")
            row = put(database, station, now)
            async with sender(database_url, line.address, tmp_path) as process:
                await until(lambda: line.count("push") == 1)
                process.kill()
            with database.write() as session:
                stored = session.get_one(Outbox, row.id)
                assert stored.claimed_until is not None
                stored.claimed_until = now() - timedelta(seconds=1)
            async with sender(database_url, line.address, tmp_path):
                await until(lambda: load(database, row).state == "sent")
            return line

    line = asyncio.run(act())
    assert len(line.accepted) == 1
    assert list(line.keys) != []

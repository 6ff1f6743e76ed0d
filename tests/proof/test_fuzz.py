"""No webhook, however odd, brings an error, a 5xx or an event that the worker gives up."""

import io
import random
import time
from collections import Counter

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from bot.process import Parts
from bot.worker import Worker
from db.models import Case, InboxEvent
from handlers.dispatch import Dispatch
from handlers.ids import RandomIds
from handlers.operating import InviteGroup, InviteStaff
from handlers.snapshots import Role
from tests.proof.fuzz import GROUPS, USERS, Fuzz
from tests.unit.bot.web import build_event, build_settings, post_events, running, sign

SHORT_S = 30


class Bench:
    """One web process and one worker, both in here."""

    def __init__(self, app, worker, database, station, clock):
        self.app, self.worker, self.database = app, worker, database
        self.station, self.clock = station, clock
        self.statuses = Counter()

    def post(self, body):
        """Straight into the WSGI app: a test client takes four times as long."""
        given = []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/callback",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json",
            "HTTP_X_LINE_SIGNATURE": sign(body),
        }
        answer = self.app.wsgi_app(environ, lambda status, headers: given.append(status))
        answer.close()
        status = int(given[0][:3])
        self.statuses[status] += 1
        assert status < 500, body[:2000]

    def work(self):
        """Until nothing waits any more; a conversation gives its events one by one."""
        while self.worker.step():
            self.clock.forward(milliseconds=1)

    def references(self):
        with self.database.read() as session:
            found = select(Case.reference).order_by(col(Case.id).desc()).limit(50)
            return list(session.exec(found)) or ["KP-0001"]

    def events(self, state):
        with self.database.read() as session:
            found = session.exec(select(InboxEvent).where(InboxEvent.state == state))
            return [(row.kind, row.fault) for row in found]


@pytest.fixture
def bench(database, database_url, station, seals, clock, tmp_path):
    settings = build_settings(database_url, tmp_path / "media")
    parts = Parts(settings, database, seals, "worker", "w")
    worker = Worker(parts, [station], clock)
    with running(settings, clock) as app:
        bench = Bench(app, worker, database, station, clock)
        _settle_in(bench, seals, tmp_path)
        yield bench


def _settle_in(bench, seals, folder):
    """An officer and a group, so that the fuzz also meets what only they can do."""
    from db.media import MediaFolder

    media = MediaFolder(folder / "media", seals)
    dispatch = Dispatch(bench.database, [bench.station], "Asia/Bangkok", RandomIds(), media)
    orders = (InviteStaff(Role.OFFICER), InviteGroup())
    codes = [dispatch.operate(bench.station.id, one, bench.clock())["code"] for one in orders]
    group = {"type": "group", "groupId": GROUPS[0], "userId": USERS[1]}
    said = [
        {"source": {"type": "user", "userId": USERS[0]}},
        {"type": "join", "source": {"type": "group", "groupId": GROUPS[0]}, "message": None},
        {"source": group},
    ]
    for number, (changes, code) in enumerate(zip(said, (codes[0], "", codes[1]), strict=True)):
        words = {"id": str(number), "type": "text", "text": code, "quoteToken": "q"}
        event = build_event(f"E{number}", bench.clock(), **{"message": words, **changes})
        assert post_events(bench.app, event) == 200
        bench.work()


def _storm(bench, seed, is_over):
    fuzz = Fuzz(seed, int(bench.clock().timestamp() * 1000))
    with capture_logs() as logs:
        while not is_over(bench):
            for _ in range(100):
                bench.post(fuzz.body())
            bench.clock.forward(seconds=5)
            fuzz.now_ms = int(bench.clock().timestamp() * 1000)
            fuzz.references = bench.references()
            bench.work()
    worst = [line for line in logs if line["log_level"] in ("error", "critical")]
    assert worst == [], f"seed {seed}"
    assert bench.events("parked") == bench.events("new") == []
    assert bench.statuses[200] > bench.statuses[400]
    assert len(bench.events("handled")) > bench.statuses[200] / 2


def test_odd_webhooks_bring_no_fault(bench):
    end = time.monotonic() + SHORT_S
    _storm(bench, random.randrange(10**6), lambda _: time.monotonic() > end)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_two_hundred_thousand_odd_webhooks_bring_no_fault(bench):
    amount = 200_000 if bench.database.is_sqlite else 20_000
    _storm(bench, random.randrange(10**6), lambda bench: bench.statuses.total() >= amount)

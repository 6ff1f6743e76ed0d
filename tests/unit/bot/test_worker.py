"""The worker: what an outage costs its events."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.worker import LEASE_S, Worker
from db import inbox
from db.models import InboxEvent


@pytest.fixture
def worker(database, station, seals, clock, tmp_path):
    settings = SimpleNamespace(timezone=ZoneInfo("Asia/Bangkok"), media_dir=tmp_path)
    parts = SimpleNamespace(settings=settings, database=database, seals=seals, instance="w1")
    for number in range(3):
        event = inbox.NewEvent(
            station.id, f"e{number}", bytes([number]), clock(), clock(), True,
            seals.seal(b"{}", "inbox_event"),
        )  # fmt: skip
        with database.write() as session:
            inbox.store_events(session, [event])
    return Worker(parts, [station], clock)


def test_outage_does_not_count_as_an_attempt(worker, database, clock, monkeypatch):
    def away(*_):
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as outage:
        outage.setattr(worker, "_handle", away)
        for _ in range(30):
            with pytest.raises(OperationalError):
                worker.step()
            clock.forward(seconds=LEASE_S + 1)
    while worker.step():
        pass
    with database.read() as session:
        found = session.exec(select(InboxEvent)).all()
    assert [(row.state, row.attempts) for row in found] == [("handled", 1)] * 3

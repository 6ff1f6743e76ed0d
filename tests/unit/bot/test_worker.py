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


def test_event_that_cannot_be_opened_holds_up_no_neighbour(worker, database):
    with database.write() as session:
        session.exec(select(InboxEvent).where(InboxEvent.event_id == "e1")).one().sealed = b"x"
    worker.step()
    with database.read() as session:
        found = session.exec(select(InboxEvent).order_by(InboxEvent.event_id)).all()
    assert [row.state for row in found] == ["handled", "new", "handled"]
    assert found[1].fault == "SealFault"
    assert [row.attempts for row in found] == [1, 1, 1]


def test_event_that_another_worker_took_over_is_left_to_it(worker, database, clock, monkeypatch):
    def stolen(*asked):
        claimed = claim(*asked)
        claimed[0].claimed_by = "w2"
        return claimed

    claim = inbox.claim_events
    with monkeypatch.context() as theft:
        theft.setattr(inbox, "claim_events", stolen)
        worker.step()
    with database.read() as session:
        found = session.exec(select(InboxEvent).order_by(InboxEvent.event_id)).all()
    assert [row.state for row in found] == ["new", "handled", "handled"]


def test_deadlock_is_looked_at_again(worker, database, monkeypatch):
    class Deadlock(Exception):
        sqlstate = "40P01"

    faults = [OperationalError("", {}, Deadlock())]

    def once_deadlocked(*asked):
        if faults:
            raise faults.pop()
        return lock(*asked)

    lock = inbox.lock_claimed
    monkeypatch.setattr(inbox, "lock_claimed", once_deadlocked)
    worker.step()
    with database.read() as session:
        found = session.exec(select(InboxEvent)).all()
    assert [(row.state, row.attempts) for row in found] == [("handled", 1)] * 3

"""Results: written down whole, and never over what somebody else decided, unless LINE accepted."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db import deliveries, outbox, quota
from db.deliveries import Attempt, Result
from db.models import Outbox, SendAttempt, Station
from tests.unit.outbox_rows import load, put


@pytest.fixture
def sent_row(database, station, clock):
    """A row that instance "one" has claimed."""
    row = put(database, station, clock)
    with database.write() as session:
        outbox.claim_messages(session, station.id, "one", clock(), 20, 10)
    return row


def record(database, station, clock, row, action, **more):
    attempt = Attempt(clock(), "push", 200, "accepted", "r1", 12)
    with database.write() as session:
        result = Result(row.id, action, (attempt,), **more)
        deliveries.record(session, station, "one", [result], clock())


ACTIONS = [
    ("sent", "sent", True),
    ("failed", "failed", True),
    ("unknown", "unknown", True),
    ("parked", "parked", False),
    ("again", "queued", False),
]


@pytest.mark.parametrize(("action", "state", "is_final"), ACTIONS)
def test_result_and_attempt_are_recorded(
    database, station, clock, sent_row, action, state, is_final
):
    record(database, station, clock, sent_row, action, fault="x", wait_s=4.0)
    row = load(database, sent_row)
    assert (row.state, row.attempts, row.claimed_by) == (state, 1, None)
    assert (row.final_at == clock()) is is_final
    assert row.fault == (None if action == "sent" else "x")
    if action == "again":
        assert row.next_try_at == clock() + timedelta(seconds=4)
    with database.read() as session:
        attempt = session.exec(select(SendAttempt)).one()
    assert (attempt.outbox_id, attempt.status, attempt.request_id) == (sent_row.id, 200, "r1")


@pytest.mark.parametrize(
    ("action", "state"), [("failed", "queued"), ("again", "queued"), ("sent", "sent")]
)
def test_late_result_counts_only_where_line_accepted(
    database, station, clock, sent_row, action, state
):
    clock.forward(seconds=21)
    with database.write() as session:
        outbox.claim_messages(session, station.id, "two", clock(), 20, 10)
    record(database, station, clock, sent_row, action)
    row = load(database, sent_row)
    assert (row.state, row.attempts) == (state, 1)
    assert row.claimed_by == (None if state == "sent" else "two")


@pytest.mark.parametrize(("action", "state"), [("again", "cancelled"), ("sent", "sent")])
def test_cancelled_row_stays_cancelled_unless_line_had_taken_it(
    database, station, clock, sent_row, action, state
):
    with database.write() as session:
        session.get_one(Outbox, sent_row.id).state = "cancelled"
    record(database, station, clock, sent_row, action)
    assert load(database, sent_row).state == state


def test_result_of_a_row_that_is_no_more_is_dropped(database, station, clock, sent_row):
    with database.write() as session:
        session.delete(session.get_one(Outbox, sent_row.id))
    record(database, station, clock, sent_row, "sent")


def test_parked_rows_come_back_when_the_month_has_room(database, station, clock, sent_row):
    record(
        database, station, clock, sent_row, "parked", fault="month_quota",
        quota=quota.Quota(500, 500),
    )  # fmt: skip
    clock.forward(hours=1)
    with database.write() as session:
        quota.store_quota(session, station.id, quota.Quota(500, 500), clock())
    assert load(database, sent_row).state == "parked"
    with database.write() as session:
        quota.store_quota(session, station.id, quota.Quota(1000, 500), clock())
    assert (load(database, sent_row).state, load(database, sent_row).fault) == ("queued", None)


def test_parked_for_a_day_expires_instead(database, station, clock, sent_row):
    record(database, station, clock, sent_row, "parked", fault="month_quota")
    clock.forward(hours=24)
    with database.write() as session:
        quota.release_parked(session, station.id, clock())
        assert quota.expire_parked(session, station.id, clock()) == 1
    assert load(database, sent_row).state == "expired"


def test_second_refusal_of_the_token_keeps_the_time_of_the_first(database, station, clock):
    for _ in range(2):
        with database.write() as session:
            quota.mark_unauthorized(session, station.id, clock())
        clock.forward(minutes=1)
    with database.read() as session:
        assert session.get_one(Station, station.id).line_fault_at == clock() - timedelta(minutes=2)

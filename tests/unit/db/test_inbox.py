"""The inbox: each event once, in order within a conversation, to one worker at a time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from db import inbox
from db.engine import Database
from db.inbox import NewEvent
from db.models import InboxEvent
from tests.conftest import NOON

LEASE_S = 30.0


@pytest.fixture
def make(station: Any) -> Callable[..., NewEvent]:
    def build(event_id: str, chat: str = "a", at_s: float = 0, **changes: Any) -> NewEvent:
        values: dict[str, Any] = {
            "station_id": station.id,
            "event_id": event_id,
            "conversation_key": station.seals.key("conversation", chat),
            "occurred_at": NOON + timedelta(seconds=at_s),
            "received_at": NOON,
            "has_reply_token": True,
            "sealed": b"sealed",
        }
        return NewEvent(**(values | changes))

    return build


def store(database: Database, *events: NewEvent) -> int:
    with database.write() as session:
        return inbox.store_events(session, events)


def claim(database: Database, clock: Any, instance: str = "w1", limit: int = 10) -> list[str]:
    with database.write() as session:
        rows = inbox.claim_events(session, instance, clock(), LEASE_S, limit)
        return [row.event_id for row in rows]


def get(session: Session, event_id: str) -> InboxEvent:
    return session.exec(select(InboxEvent).where(InboxEvent.event_id == event_id)).one()


def look(database: Database, event_id: str) -> InboxEvent:
    with database.read() as session:
        return get(session, event_id)


def handle(database: Database, clock: Any, event_id: str, instance: str = "w1") -> bool:
    with database.write() as session:
        row_id = get(session, event_id).id
        held = inbox.lock_claimed(session, [row_id], instance)
        done = [inbox.Handled(one, clock(), "text", "case opened") for one in held]
        inbox.mark_handled(session, done)
        return bool(done)


def fail(database: Database, clock: Any, event_id: str, instance: str = "w1") -> None:
    with database.write() as session:
        row_id = get(session, event_id).id
        inbox.mark_failed(session, row_id, instance, clock(), "ValueError", "message")


def test_new_event_waits_with_what_the_webhook_knew(database: Any, make: Any) -> None:
    assert store(database, make("e1")) == 1
    row = look(database, "e1")
    assert (row.state, row.attempts, row.sealed, row.next_try_at) == ("new", 0, b"sealed", NOON)


def test_repeat_of_a_waiting_event_renews_only_its_arrival(database: Any, make: Any) -> None:
    later = NOON + timedelta(seconds=40)
    store(database, make("e1"))
    store(database, make("e1", received_at=later, sealed=b"other"))
    row = look(database, "e1")
    assert (row.received_at, row.sealed) == (later, b"sealed")


def test_repeat_that_comes_in_late_does_not_set_the_arrival_back(database: Any, make: Any) -> None:
    store(database, make("e1"))
    store(database, make("e1", received_at=NOON - timedelta(seconds=9)))
    assert look(database, "e1").received_at == NOON


def test_repeat_of_a_handled_event_changes_nothing(database: Any, make: Any, clock: Any) -> None:
    store(database, make("e1"))
    claim(database, clock)
    handle(database, clock, "e1")
    store(database, make("e1", received_at=NOON + timedelta(seconds=40)))
    row = look(database, "e1")
    assert (row.state, row.sealed, row.received_at) == ("handled", None, NOON)


def test_one_id_twice_in_a_batch_is_one_row(database: Any, make: Any) -> None:
    assert store(database, make("e1"), make("e2"), make("e1")) == 2
    assert store(database) == 0


def test_same_events_from_many_threads_in_any_order_are_stored_once(
    database: Any, make: Any
) -> None:
    events = [make(f"e{number}") for number in range(20)]
    faults: list[Exception] = []

    def run(number: int) -> None:
        try:
            store(database, *(events[number:] + events[:number]))
        except Exception as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    in_threads(run, 8)
    with database.read() as session:
        assert inbox.count_by_state(session) == {"new": 20, "parked": 0}
    assert faults == []


def test_claim_gives_the_oldest_of_each_conversation(database: Any, make: Any, clock: Any) -> None:
    store(database, make("b2", "b", 2), make("a1", "a", 1), make("a3", "a", 3), make("c0", "c", 0))
    assert claim(database, clock) == ["c0", "a1", "b2"]
    assert claim(database, clock) == []


def test_claim_gives_no_more_than_asked_for(database: Any, make: Any, clock: Any) -> None:
    store(database, *(make(f"e{number}", f"chat{number}", number) for number in range(5)))
    assert claim(database, clock, limit=2) == ["e0", "e1"]
    assert claim(database, clock, limit=2) == ["e2", "e3"]


def test_next_event_of_a_conversation_follows_the_handled_one(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("a1", "a", 1), make("a2", "a", 1))
    assert claim(database, clock) == ["a1"]
    handle(database, clock, "a1")
    assert claim(database, clock) == ["a2"]


def test_earlier_event_that_comes_in_late_waits_for_the_one_in_hand(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("a2", "a", 2))
    assert claim(database, clock) == ["a2"]
    store(database, make("a1", "a", 1))
    assert claim(database, clock, "w2") == []
    handle(database, clock, "a2")
    assert claim(database, clock, "w2") == ["a1"]


def test_event_of_a_dead_worker_goes_to_another_once_its_lease_ends(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("e1"))
    claim(database, clock)
    clock.forward(seconds=LEASE_S + 1)
    assert claim(database, clock, "w2") == ["e1"]
    assert not handle(database, clock, "e1", "w1")
    assert handle(database, clock, "e1", "w2")


def test_handled_event_is_nobodys_and_holds_no_words(database: Any, make: Any, clock: Any) -> None:
    store(database, make("e1"))
    claim(database, clock)
    assert handle(database, clock, "e1")
    row = look(database, "e1")
    assert (row.state, row.sealed, row.claimed_by, row.handled_at) == (
        "handled",
        None,
        None,
        clock(),
    )
    assert not handle(database, clock, "e1")


def test_failed_event_waits_longer_each_time_and_is_parked_the_fifth(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("e1"))
    waits = []
    for _ in range(4):
        assert claim(database, clock) == ["e1"]
        fail(database, clock, "e1")
        row = look(database, "e1")
        waits.append((row.next_try_at - clock()).total_seconds())
        assert claim(database, clock) == []
        clock.now = row.next_try_at
    assert claim(database, clock) == ["e1"]
    fail(database, clock, "e1")
    row = look(database, "e1")
    assert waits == [1, 2, 4, 8]
    assert (row.state, row.sealed, row.fault, row.kind) == (
        "parked",
        b"sealed",
        "ValueError",
        "message",
    )


def test_conversation_waits_for_a_failed_event_and_goes_on_after_a_parked_one(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("a1", "a", 1), make("a2", "a", 2))
    for _ in range(inbox.MAX_FAILURES):
        assert claim(database, clock) == ["a1"]
        fail(database, clock, "a1")
        clock.forward(seconds=10)
    assert claim(database, clock) == ["a2"]


def test_failure_of_an_event_that_another_has_changes_nothing(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("e1"))
    claim(database, clock)
    fail(database, clock, "e1", "w2")
    assert look(database, "e1").claimed_by == "w1"


def test_event_given_back_is_claimed_again_without_an_attempt(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, make("e1"))
    claim(database, clock)
    with database.write() as session:
        inbox.release_events(session, [get(session, "e1").id], "w1")
    assert claim(database, clock, "w2") == ["e1"]
    assert look(database, "e1").attempts == 1


def test_event_that_ends_every_worker_is_parked(database: Any, make: Any, clock: Any) -> None:
    store(database, make("e1"))
    for _ in range(inbox.MAX_LEASES):
        assert claim(database, clock) == ["e1"]
        clock.forward(seconds=LEASE_S + 1)
    assert claim(database, clock) == []
    assert look(database, "e1").state == "parked"


def test_workers_at_once_never_hold_two_events_of_a_conversation(
    database: Any, make: Any, clock: Any
) -> None:
    chats = [f"chat{number}" for number in range(6)]
    store(database, *(make(f"{c}-{n}", c, n) for c in chats for n in range(4)))
    claimed: list[list[str]] = [[] for _ in range(6)]

    def run(number: int) -> None:
        claimed[number] = claim(database, clock, f"w{number}", limit=2)

    in_threads(run, 6)
    events = [event for own in claimed for event in own]
    assert len(events) == len(set(events))
    assert all(event.endswith("-0") for event in events)


def test_due_only_what_a_claim_would_give(database: Any, make: Any, clock: Any) -> Any:
    def has_due() -> bool:
        with database.read() as session:
            return inbox.has_due(session, clock())

    assert not has_due()
    store(database, make("a1", "a", 1), make("a2", "a", 2))
    assert has_due()
    claim(database, clock)
    assert not has_due()
    clock.forward(seconds=LEASE_S + 1)
    assert has_due()


def test_counts_and_oldest_tell_what_waits(
    database: Any, make: Any, clock: Any, station: Any
) -> None:
    with database.read() as session:
        assert inbox.oldest_new_at(session) is None
    store(database, make("e1", "a"), make("e2", "b", received_at=NOON + timedelta(minutes=1)))
    clock.forward(minutes=2)
    for _ in range(inbox.MAX_FAILURES):
        claim(database, clock, limit=1)
        fail(database, clock, "e1")
        clock.forward(minutes=1)
    with database.read() as session:
        assert inbox.count_by_state(session) == {"new": 1, "parked": 1}
        assert inbox.oldest_new_at(session) == NOON + timedelta(minutes=1)
        assert [row.event_id for row in inbox.list_parked(session, station.id)] == ["e1"]


def test_check_writable_changes_nothing(database: Any, make: Any) -> None:
    store(database, make("e1"))
    with database.write() as session:
        inbox.check_writable(session)
    assert look(database, "e1").attempts == 0


def test_claim_reads_the_waiting_rows_only(database: Any, make: Any, clock: Any) -> None:
    """With a million handled rows a scan of the table would take a second each time."""
    store(database, *(make(f"e{number}", f"chat{number}") for number in range(200)))
    with database.write() as session:
        session.execute(text("UPDATE inbox_event SET state = 'handled' WHERE id % 50 <> 0"))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
            c.execute(text("ANALYZE inbox_event"))
            c.execute(text("SET enable_seqscan = off"))
            assert "ix_inbox_event_waiting" in plan(c)
        return
    with database.engine.connect() as connection:
        assert "SCAN inbox_event USING INDEX ix_inbox_event_waiting" in plan(connection)


def plan(connection: Any) -> str:
    query = select(InboxEvent.id).where(inbox._IS_DUE).order_by(col(InboxEvent.occurred_at))
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    names = compiled.positiontup or ()
    given: Any = ("2026-11-02",) * len(names) if names else {"now": NOON}
    return str(connection.exec_driver_sql(f"{how} {compiled.string}", given).all())


def in_threads(run: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_event_that_kills_its_worker_is_parked_without_its_neighbours(
    database: Any, make: Any, clock: Any
) -> None:
    store(database, *(make(f"e{number}", f"chat{number}", number) for number in range(5)))
    for _ in range(60):
        claimed = claim(database, clock)
        for event_id in claimed:
            if event_id == "e2":
                break
            handle(database, clock, event_id)
        clock.forward(seconds=LEASE_S + 1)
    states = {f"e{number}": look(database, f"e{number}").state for number in range(5)}
    assert states == dict.fromkeys(("e0", "e1", "e3", "e4"), "handled") | {"e2": "parked"}
    assert look(database, "e4").attempts <= 5


def park(database: Database, clock: Any, event_id: str) -> int:
    for _ in range(inbox.MAX_FAILURES):
        claim(database, clock)
        fail(database, clock, event_id)
        clock.forward(seconds=60)
    row = look(database, event_id)
    assert row.state == "parked"
    return row.id


def test_parked_event_can_be_tried_again_while_its_seal_is_there(
    database: Any, make: Any, clock: Any, station: Any
) -> None:
    store(database, make("e1"))
    row_id = park(database, clock, "e1")
    with database.write() as session:
        assert [row.id for row in inbox.list_parked(session, station.id)] == [row_id]
        assert inbox.retry_parked(session, station.id, [row_id], clock()) == 1
    assert claim(database, clock) == ["e1"]
    assert look(database, "e1").attempts == 1


def test_parked_event_without_its_seal_is_counted_no_more(
    database: Any, make: Any, clock: Any, station: Any
) -> None:
    store(database, make("e1"))
    row_id = park(database, clock, "e1")
    with database.write() as session:
        get(session, "e1").sealed = None
    with database.write() as session:
        assert inbox.list_parked(session, station.id) == []
        assert inbox.count_by_state(session)["parked"] == 0
        assert inbox.retry_parked(session, station.id, [row_id], clock()) == 0

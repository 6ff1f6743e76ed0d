"""Fills a database from within: events that wait, messages that wait, a long log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import uuid4

from sqlalchemy import insert, text
from sqlmodel import Session

from bench.town import Town, build_event
from bot.line_events import event_bytes
from db import inbox, outbox
from db.engine import Database
from db.models import InboxEvent, Outbox
from db.seals import Seals
from db.stations import FIRST_SLUG, OpenStation, find_station, open_station

_BATCH = 1000


@contextmanager
def opened(town: Town) -> Iterator[tuple[Database, OpenStation]]:
    """The town's database and station."""
    database = Database(town.database_url)
    with database.read() as session:
        row = find_station(session, FIRST_SLUG)
        if row is None:
            raise LookupError("the town is not migrated")
        station = open_station(row, Seals((bytes(32),)))
    try:
        yield database, station
    finally:
        database.dispose()


def fill_inbox(town: Town, count: int) -> None:
    """`count` texts of as many people, waiting for the worker."""
    with opened(town) as (database, station):
        for start in range(0, count, _BATCH):
            events = [_event(station, number) for number in range(start, start + _BATCH)]
            with database.write() as session:
                inbox.store_events(session, events)


def _event(station: OpenStation, number: int) -> inbox.NewEvent:
    event, now = build_event(number), datetime.now(UTC)
    event_id = str(event["webhookEventId"])
    return inbox.NewEvent(
        station_id=station.id,
        event_id=event_id,
        conversation_key=station.seals.key("conversation", event_id),
        occurred_at=now,
        received_at=now,
        has_reply_token=True,
        sealed=station.seals.seal(event_bytes(event), "inbox_event"),
    )


def fill_outbox(town: Town, count: int) -> None:
    """`count` pushes to as many people, waiting for the sender."""
    message = {"type": "text", "text": "ประกาศทดสอบความเร็ว ล็อกบ้านก่อนนอน"}
    with opened(town) as (database, station):
        for _ in range(0, count, _BATCH):
            with database.write() as session:
                for _ in range(_BATCH):
                    target = f"U{uuid4().hex}"
                    new = outbox.NewMessage(
                        uuid4(), station.seals.key("chat", target), target, (message,), "notice", 1
                    )
                    outbox.add_message(session, station, new, datetime.now(UTC))


def fill_log(town: Town, count: int) -> None:
    """`count` logged messages: half events that were handled, half answers that were sent."""
    with opened(town) as (database, station):
        rows = _log_rows(station, count // 2)
        while batch := list(islice(rows, 5 * _BATCH)):
            with database.write() as session:
                _insert(session, batch)
        with database.write() as session:
            session.connection().execute(text("ANALYZE"))


def _log_rows(station: OpenStation, count: int) -> Iterator[tuple[dict[str, object], ...]]:
    start = datetime.now(UTC) - timedelta(days=300)
    for number in range(count):
        at = start + timedelta(seconds=number)
        key = number.to_bytes(32)
        event = {
            "station_id": station.id, "event_id": f"old-{number}", "conversation_key": key,
            "occurred_at": at, "received_at": at, "has_reply_token": True, "state": "handled",
            "attempts": 1, "next_try_at": at, "kind": "TextSaid", "result": "talk",
            "handled_at": at,
        }  # fmt: skip
        message = {
            "station_id": station.id, "retry_key": uuid4(), "chat_key": key, "kind": "answer",
            "priority": 1, "to_group": False, "silent": False, "reply_only": False, "state": "sent",
            "attempts": 1, "next_try_at": at, "created_at": at, "final_at": at, "people_count": 0,
        }  # fmt: skip
        yield event, message


def _insert(session: Session, rows: list[tuple[dict[str, object], ...]]) -> None:
    connection = session.connection()
    connection.execute(insert(InboxEvent), [event for event, _ in rows])
    connection.execute(insert(Outbox), [message for _, message in rows])

"""Builds outbox rows for tests."""

from uuid import uuid4

from db import outbox
from db.models import Outbox
from db.outbox import NewMessage

_ROW_ONLY = ("next_try_at", "fault", "state", "created_at", "reply_only")


def put(database, station, clock, chat="alice", **changes):
    """A stored row; `changes` are fields of NewMessage or a few of the row itself."""
    of_row = {name: changes.pop(name) for name in _ROW_ONLY if name in changes}
    prefix = "C" if changes.get("to_group") else "U"
    given = {
        "retry_key": uuid4(),
        "chat_key": chat.encode(),
        "target": prefix + chat,
        "messages": ({"type": "text", "text": "สวัสดี"},),
        "kind": "answer",
        "priority": 1,
    }
    with database.write() as session:
        row_id = outbox.add_message(session, station, NewMessage(**given | changes), clock())
        row = session.get_one(Outbox, row_id)
        for name, value in of_row.items():
            setattr(row, name, value)
    return row


def load(database, row):
    with database.read() as session:
        return session.get_one(Outbox, row.id)

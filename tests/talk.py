"""Drives the handlers as the worker does, on a real database, and reads what would leave.

Every message that leaves is checked as a strict LINE would (simulator) and as the SDK would.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bot.bodies import build_push
from db import cases, inbox
from db import models as rows
from db.engine import Database
from db.inbox import NewEvent
from db.media import MediaFolder
from db.stations import OpenStation
from handlers import events as e
from handlers.dispatch import Claimed, Dispatch
from handlers.snapshots import Label, Understood
from simulator.flatten import list_texts
from simulator.messagecheck import find_problems
from tests.contract import JUDGE

NOTHING = Understood(Label.OTHER, "unclear", 0.2)
# What the test's texts mean; how nlp understands real ones is tested in its own room.
MEANINGS = {
    "ไฟไหม้": Understood(Label.EMERGENCY, "fire", 0.97),
    "ถูกทำร้าย": Understood(Label.EMERGENCY, "violence", 0.9),
    "ขายยา": Understood(Label.TIP, "drugs", 0.93),
    "ไฟทางดับ": Understood(Label.REQUEST, "lighting", 0.95),
    "ซอย 5": Understood(Label.OTHER, "unclear", 0.9, place="ซอย 5"),
    "สวัสดี": Understood(Label.OTHER, "greeting", 0.99),
    "ขอบคุณ": Understood(Label.OTHER, "thanks", 0.99),
    "ไม่มีอะไรแล้ว": Understood(Label.OTHER, "resolved", 0.9),
    "เบอร์ดับเพลิง": Understood(Label.REQUEST, "information", 0.9),
    "ติดตาม": Understood(Label.REQUEST, "case_status", 0.9),
}


def understand(text: str) -> Understood:
    for words, meaning in MEANINGS.items():
        if text.startswith(words):
            return meaning
    return NOTHING


class CountedIds:
    """Ids that a test can foretell."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def uuid(self) -> UUID:
        return UUID(int=next(self._numbers))

    def reference(self) -> str:
        return f"KP-{next(self._numbers):04}"

    def alias(self) -> str:
        return f"พลเมืองดี ก้านธูป {next(self._numbers)}"

    def code(self, prefix: str) -> str:
        return f"{prefix}-00000-{next(self._numbers):05}"


@dataclass(frozen=True)
class Left:
    """One outbox row, opened."""

    to: str
    kind: str
    messages: list[dict[str, Any]]
    row: rows.Outbox

    @property
    def words(self) -> str:
        return "\n".join(words for message in self.messages for words in list_texts(message, str))

    @property
    def actions(self) -> list[dict[str, Any]]:
        return list(_find_actions(self.messages))

    @property
    def taps(self) -> list[str]:
        return [action["data"] for action in self.actions if "data" in action]

    @property
    def dials(self) -> list[str]:
        return [
            action["uri"] for action in self.actions if action.get("uri", "").startswith("tel:")
        ]


class Talk:
    """The handlers of one station with everybody who talks to it."""

    def __init__(
        self, database: Database, station: OpenStation, seals: Any, clock: Any, folder: Path
    ) -> None:
        self.database, self.station, self.clock = database, station, clock
        self.media = MediaFolder(folder / "media", seals)
        self.ids = CountedIds()
        self.dispatch = Dispatch(
            database,
            [station],
            "Asia/Bangkok",
            self.ids,
            self.media,
            understand,
            lambda name, kind: f"https://yaam.example.org/media/{name[:8]}",
        )
        self._events = count(1)
        self._seen = 0
        self._gathered: list[e.Event] | None = None

    # What people do

    def says(self, user: str, text: str, **more: Any) -> list[Left]:
        return self.happens(e.TextSaid, user, message_id=self.message_id(), text=text, **more)

    def taps(self, user: str, data: str, **more: Any) -> list[Left]:
        return self.happens(e.Tapped, user, data=data, **more)

    def sends_location(self, user: str, **more: Any) -> list[Left]:
        fields = {"message_id": self.message_id(), "latitude": 13.8199, "longitude": 100.0645}
        return self.happens(e.LocationSent, user, **{**fields, **more})

    def sends_photo(self, user: str, message_id: str | None = None, **more: Any) -> list[Left]:
        return self.happens(
            e.MediaSent,
            user,
            message_id=message_id or self.message_id(),
            kind=e.MediaKind.IMAGE,
            **more,
        )

    def says_in(self, group: str, user: str | None, text: str, **more: Any) -> list[Left]:
        return self.happens(
            e.TextSaid, user, group=group, message_id=self.message_id(), text=text, **more
        )

    def happens(
        self, what: Any, user: str | None, /, group: str | None = None, **fields: Any
    ) -> list[Left]:
        """Handle one event and return what it put into the outbox."""
        number = next(self._events)
        options = {key: fields.pop(key) for key in _ORIGIN if key in fields}
        chat = e.Chat(e.ChatKind.GROUP, group) if group else _private(user)
        origin = e.Origin(
            event_id=f"E{number:05}",
            occurred_at=options.pop("occurred_at", self.clock()),
            chat=chat,
            user_id=user,
            reply_token=options.pop("reply_token", f"token-{number}"),
            **options,
        )
        event = what(origin, **fields)
        if self._gathered is not None:
            self._gathered.append(event)
            return []
        self.handle(event)
        return self.left()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What happens in the block is handled in one transaction at its end."""
        self._gathered = []
        yield
        events, self._gathered = self._gathered, None
        self.handle(*events)

    def handle(self, *events: e.Event) -> list[str | None]:
        row_ids = [self.store(event) for event in events]
        with self.database.write() as session:
            claimed = inbox.claim_events(session, "w", self.clock(), 15, 50)
        assert [row.id for row in claimed] == row_ids
        held = zip(row_ids, events, strict=True)
        claims = [Claimed(row_id, self.station.id, event) for row_id, event in held]
        return self.dispatch.handle(claims, "w", self.clock)

    def store(self, event: e.Event) -> int:
        origin = event.origin
        source = f"{origin.chat.line_id}/{origin.user_id}" if origin.chat else origin.event_id
        new = NewEvent(
            station_id=self.station.id,
            event_id=origin.event_id,
            conversation_key=self.station.seals.key("conversation", source),
            occurred_at=origin.occurred_at,
            received_at=self.clock(),
            has_reply_token=origin.reply_token is not None,
            sealed=b"",
        )
        with self.database.write() as session:
            inbox.store_events(session, [new])
        with self.database.read() as session:
            query = select(rows.InboxEvent.id).where(rows.InboxEvent.event_id == origin.event_id)
            return session.exec(query).one()

    def message_id(self) -> str:
        return f"{100_000 + next(self._events)}"

    # Staff and groups

    def officer(self, user: str, role: str = "officer", name: str = "ร.ต.ท. สมมติ") -> list[Left]:
        from handlers.operating import InviteStaff
        from handlers.snapshots import Role

        code = self.orders(InviteStaff(Role(role), name))["code"]
        return self.says(user, str(code))

    def group(self, group: str, leader: str) -> list[Left]:
        from handlers.operating import InviteGroup

        self.happens(e.BotJoined, None, group=group)
        return self.says_in(group, leader, str(self.orders(InviteGroup())["code"]))

    def orders(self, command: Any) -> dict[str, object]:
        return self.dispatch.operate(self.station.id, command, self.clock())

    # What is there now

    def left(self) -> list[Left]:
        """What went into the outbox since the last look."""
        with self.database.read() as session:
            query = select(rows.Outbox).where(col(rows.Outbox.id) > self._seen)
            new = session.exec(query.order_by(col(rows.Outbox.id))).all()
        self._seen = max((row.id for row in new), default=self._seen)
        return [self._open(row) for row in new]

    def _open(self, row: rows.Outbox) -> Left:
        seals = self.station.seals
        target = seals.open_text(row.target or b"", "outbox.target")
        messages = json.loads(seals.open_text(row.body or b"", "outbox.body"))
        body = {"to": target, "messages": messages}
        assert not find_problems("push", body), find_problems("push", body)
        JUDGE.look_at("push", body)
        build_push(target, messages, row.silent)
        return Left(target, row.kind, messages, row)

    def accept(self, left: Left) -> str:
        """LINE takes the message: its id, by which people quote it."""
        message_id = f"{700_000 + left.row.id}"
        with self.database.write() as session:
            row = session.get_one(rows.Outbox, left.row.id)
            row.state, row.final_at = "sent", self.clock()
            if row.case_id is not None:
                cases.link_message(session, self.station, message_id, row.case_id, self.clock())
        return message_id

    def cases(self) -> list[rows.Case]:
        with self.database.read() as session:
            return list(session.exec(select(rows.Case).order_by(col(rows.Case.id))))

    def entries(self) -> list[tuple[str, str]]:
        """(kind, actor) of all case entries in order."""
        with self.database.read() as session:
            query = select(rows.CaseEntry).order_by(col(rows.CaseEntry.id))
            return [(row.kind, row.actor) for row in session.exec(query)]

    def all(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(table).order_by(col(table.id))))

    def words(self) -> list[str]:
        """Every stored word, opened."""
        return [self.station.seals.open_text(row.sealed, "words") for row in self.all(rows.Words)]

    def results(self) -> list[str | None]:
        return [row.result for row in self.all(rows.InboxEvent)]

    def at(self, **by: float) -> datetime:
        now: datetime = self.clock()
        return now + timedelta(**by)


_ORIGIN = ("occurred_at", "reply_token", "is_standby", "is_redelivery")


def _private(user: str | None) -> e.Chat | None:
    return e.Chat(e.ChatKind.USER, user) if user else None


def _find_actions(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("action"), dict):
            yield value["action"]
        for inner in value.values():
            yield from _find_actions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _find_actions(inner)


def user(number: int) -> str:
    return f"U{number:032x}"


def group_id(number: int) -> str:
    return f"C{number:032x}"

"""Puts messages into the outbox: whom they go to, and by which road."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from db import outbox, people
from db.models import OutboxWords, Person
from db.rows import insert_row
from db.stations import OpenStation
from handlers.events import Origin
from handlers.ids import Ids
from handlers.messages import Message

REPLY_YOUNG = timedelta(seconds=50)
REPLY_AGE = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the sender must know of a message besides its words and its chat."""

    kind: str
    priority: int
    case_id: int | None = None
    silent: bool = False
    carries: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplyToken:
    token: str
    until: datetime


def reply_token(origin: Origin, received_at: datetime, now: datetime) -> ReplyToken | None:
    """The event's token while LINE takes it: 50 s from its latest arrival, 20 min in all."""
    if origin.reply_token is None:
        return None
    until = min(received_at + REPLY_YOUNG, origin.occurred_at + REPLY_AGE)
    return ReplyToken(origin.reply_token, until) if until > now else None


class Post:
    """The outbox of one station inside one transaction."""

    def __init__(self, session: Session, station: OpenStation, ids: Ids, now: datetime) -> None:
        self._session = session
        self._station = station
        self._ids = ids
        self._now = now

    def to_chat(
        self,
        line_id: str,
        messages: tuple[Message, ...],
        envelope: Envelope,
        token: ReplyToken | None = None,
        reply_only: bool = False,
    ) -> int:
        """The id of the row in the outbox."""
        new = outbox.NewMessage(
            retry_key=self._ids.uuid(),
            chat_key=self._station.seals.key("chat", line_id),
            target=line_id,
            messages=messages,
            kind=envelope.kind,
            priority=envelope.priority,
            to_group=not line_id.startswith("U"),
            silent=envelope.silent,
            reply_only=reply_only,
            reply_token=token.token if token else None,
            reply_until=token.until if token else None,
            case_id=envelope.case_id,
            expires_at=envelope.expires_at,
        )
        row_id = outbox.add_message(self._session, self._station, new, self._now)
        for message_id in envelope.carries:
            key = self._station.seals.key("message", message_id)
            insert_row(self._session, OutboxWords, outbox_id=row_id, message_key=key)
        return row_id

    def to_person(
        self, person_id: int, messages: tuple[Message, ...], envelope: Envelope
    ) -> int | None:
        person = self._session.get(Person, person_id)
        if person is None:
            return None
        user_id = people.open_user_id(self._station, person)
        return self.to_chat(user_id, messages, envelope)

"""What goes when its time is over. The table of times stands in docs/operating.md too.

Found by reading, erased in small transactions by number: looking through a large log never holds
the right to write.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlmodel import Session, SQLModel, col

from db.engine import Database
from db.heartbeats import forget_dead
from db.held import LIFE as HELD_LIFE
from db.held import RESTORED
from db.models import (
    Attachment,
    Case,
    CaseEntry,
    Conversation,
    InboxEvent,
    Invite,
    InviteTry,
    Outbox,
    Tombstone,
    Words,
)

PARKED_LIFE = timedelta(days=7)
SENT_LIFE = timedelta(hours=24)
DRAFT_LIFE = timedelta(hours=24)
TOMBSTONE_LIFE = timedelta(days=30)
INVITE_LIFE = timedelta(days=7)
# After the case was closed; opened again, it starts anew.
CASE_LIFE = {
    "emergency": timedelta(days=365),
    "tip": timedelta(days=365),
    "request": timedelta(days=180),
    "other": timedelta(days=180),
}
BATCH = 500
_FINAL = ("sent", "failed", "expired", "unknown", "cancelled")


@dataclass(frozen=True)
class Rule:
    """Rows of `model` that fit `is_over(now - life)` are deleted, or emptied by `values`."""

    kind: str
    life: timedelta
    model: type[SQLModel]
    is_over: Callable[[datetime], ColumnElement[bool]]
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        table: Table = self.model.__table__  # type: ignore[attr-defined]
        return table


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of a kind have had their time."""

    kind: str
    life: timedelta
    count: int


def list_rules() -> list[Rule]:
    return [
        # Its end stands in the row, 72 hours after it was said.
        Rule("words without a case", timedelta(0), Words, _by(Words.erase_at)),
        *(rule for label, life in CASE_LIFE.items() for rule in _case_rules(label, life)),
        Rule("parked events", PARKED_LIFE, InboxEvent, _is_parked, {"sealed": None}),
        Rule("messages to LINE", SENT_LIFE, Outbox, _is_final, _EMPTY_MESSAGE),
        Rule("held messages", HELD_LIFE, Outbox, _is_held, {"state": "expired"}),
        Rule("drafts", DRAFT_LIFE, Conversation, _is_asked, _EMPTY_QUESTION),
        Rule("marks of unsent messages", TOMBSTONE_LIFE, Tombstone, _by(Tombstone.at)),
        Rule("wrong codes", INVITE_LIFE, InviteTry, _by(InviteTry.at)),
        Rule("invitations", INVITE_LIFE, Invite, _by(Invite.expires_at)),
    ]


def count_due(session: Session, now: datetime) -> Iterator[Due]:
    """What `erase_due` would take now; changes nothing."""
    for rule in list_rules():
        query = select(func.count()).select_from(rule.table).where(rule.is_over(now - rule.life))
        yield Due(rule.kind, rule.life, session.connection().execute(query).scalar_one())


def erase_due(database: Database, now: datetime) -> int:
    """Erase or empty every row whose time is over. Returns how many."""
    erased = sum(_apply(database, rule, now) for rule in list_rules())
    with database.write() as session:
        forget_dead(session, now)
    return erased


def list_media_files(session: Session) -> set[str]:
    """The files that a row still names; all others in the media folder are strays."""
    query = select(Attachment.file_name).where(  # type: ignore[call-overload]
        col(Attachment.file_name).is_not(None)
    )
    return set(session.connection().execute(query).scalars())


def _apply(database: Database, rule: Rule, now: datetime) -> int:
    """Asked again in the writing, since a row may have come back to life meanwhile."""
    done, ids = 0, [0]
    while ids:
        with database.read() as session:
            query = select(rule.table.c.id).where(rule.is_over(now - rule.life)).limit(BATCH)
            ids = list(session.connection().execute(query).scalars())
        if ids:
            with database.write() as session:
                changed = session.connection().execute(_change(rule, ids, now)).rowcount
            done += changed
            if not changed:
                break
    return done


def _change(rule: Rule, ids: list[int], now: datetime) -> Any:
    chosen = rule.table.c.id.in_(ids)
    is_over = rule.is_over(now - rule.life)
    if not rule.values:
        return delete(rule.table).where(chosen, is_over)
    values = dict(rule.values)
    if rule.model is Outbox and "state" in values:
        values["final_at"] = now
    return update(rule.table).where(chosen, is_over).values(**values)


def _case_rules(label: str, life: timedelta) -> Iterator[Rule]:
    """The case itself, its log and its clocks stay; they hold no words."""

    def is_of_closed(case_id: Any) -> Callable[[datetime], ColumnElement[bool]]:
        return lambda since: case_id.in_(
            select(col(Case.id)).where(col(Case.label) == label, col(Case.closed_at) <= since)
        )

    def is_word(since: datetime) -> ColumnElement[bool]:
        entries = select(col(CaseEntry.id)).where(is_of_closed(CaseEntry.case_id)(since))
        return col(Words.entry_id).in_(entries)

    def has_place(since: datetime) -> ColumnElement[bool]:
        return is_of_closed(Case.id)(since) & col(Case.sealed_place).is_not(None)

    yield Rule(f"words of closed cases: {label}", life, Words, is_word)
    yield Rule(
        f"media of closed cases: {label}", life, Attachment, is_of_closed(Attachment.case_id)
    )
    yield Rule(f"places of closed cases: {label}", life, Case, has_place, {"sealed_place": None})


def _by(column: Any) -> Callable[[datetime], ColumnElement[bool]]:
    return lambda since: col(column) <= since


def _is_parked(since: datetime) -> ColumnElement[bool]:
    is_parked = (col(InboxEvent.state) == "parked") & col(InboxEvent.sealed).is_not(None)
    return is_parked & (col(InboxEvent.handled_at) <= since)


def _is_final(since: datetime) -> ColumnElement[bool]:
    is_full = or_(
        col(Outbox.target).is_not(None),
        col(Outbox.body).is_not(None),
        col(Outbox.reply_token).is_not(None),
    )
    return col(Outbox.state).in_(_FINAL) & (col(Outbox.final_at) <= since) & is_full


def _is_held(since: datetime) -> ColumnElement[bool]:
    is_held = (col(Outbox.state) == "parked") & (col(Outbox.fault) == RESTORED)
    return is_held & (col(Outbox.next_try_at) <= since)


def _is_asked(since: datetime) -> ColumnElement[bool]:
    is_full = or_(col(Conversation.question).is_not(None), col(Conversation.draft).is_not(None))
    return is_full & (col(Conversation.asked_at) <= since)


_EMPTY_MESSAGE = {"body": None, "target": None, "reply_token": None}
_EMPTY_QUESTION = {"question": None, "question_case_id": None, "draft": None}

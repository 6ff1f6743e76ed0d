"""Everything goes when its time is over, not before, and nothing else goes with it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from db import retention
from db.media import MediaFolder
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
from db.seals import Seals
from tests.unit.full_station import fill
from tests.unit.outbox_rows import put

A_MINUTE = timedelta(minutes=1)


def add(database, *rows):
    with database.write() as session:
        for row in rows:
            session.add(row)


def count(database, model, **where):
    query = select(func.count()).select_from(model)
    for name, value in where.items():
        query = query.where(getattr(model, name) == value)
    with database.read() as session:
        return session.connection().execute(query).scalar_one()


def due(database, now):
    with database.read() as session:
        return {one.kind: one.count for one in retention.count_due(session, now) if one.count}


@pytest.fixture
def make(station, clock):
    """One row of each kind, as old as it gets at `clock()`."""
    now, of = clock(), {"station_id": station.id}
    event = {"conversation_key": b"k", "occurred_at": now, "received_at": now, "next_try_at": now}
    return {
        "words without a case": lambda: Words(**of, sealed=b"s", at=now, erase_at=now),
        "parked events": lambda: InboxEvent(
            **of, **event, event_id="p", state="parked", handled_at=now, sealed=b"s"
        ),
        "drafts": lambda: Conversation(
            **of, key=b"k", question="which", draft=b"s", asked_at=now, last_at=now
        ),
        "marks of unsent messages": lambda: Tombstone(**of, message_key=b"m", at=now),
        "wrong codes": lambda: InviteTry(**of, key=b"k", at=now),
        "invitations": lambda: Invite(
            **of, kind="staff", code_key=b"c", created_at=now, expires_at=now
        ),
    }


LIVES = {rule.kind: rule.life for rule in retention.list_rules()}


@pytest.mark.parametrize(
    "kind",
    [
        "words without a case",
        "parked events",
        "drafts",
        "marks of unsent messages",
        "wrong codes",
        "invitations",
    ],
)
def test_goes_at_its_time_and_not_before(database, station, clock, make, kind):
    add(database, make[kind]())
    end = clock() + LIVES[kind]
    assert retention.erase_due(database, end - A_MINUTE) == 0
    assert due(database, end) == {kind: 1}
    assert retention.erase_due(database, end) == 1
    assert due(database, end) == {}
    assert retention.erase_due(database, end) == 0


def test_emptied_rows_stay_as_facts(database, station, clock, make):
    add(database, make["parked events"](), make["drafts"]())
    retention.erase_due(database, clock() + timedelta(days=8))
    assert count(database, InboxEvent, state="parked", sealed=None) == 1
    assert count(database, Conversation, draft=None, question=None) == 1


@pytest.mark.parametrize("state", ["sent", "failed", "expired", "unknown", "cancelled"])
def test_message_is_emptied_a_day_after_its_end(database, station, clock, state):
    row = put(database, station, clock, state=state, reply_token="token")
    with database.write() as session:
        session.get_one(Outbox, row.id).final_at = clock()
    assert retention.erase_due(database, clock() + timedelta(hours=23)) == 0
    assert retention.erase_due(database, clock() + timedelta(hours=24)) == 1
    assert count(database, Outbox, body=None, target=None, reply_token=None) == 1


def test_waiting_message_keeps_its_words(database, station, clock):
    put(database, station, clock)
    put(database, station, clock, state="parked", fault="month_quota")
    assert retention.erase_due(database, clock() + timedelta(days=900)) == 0


@pytest.fixture
def case(database, station, clock, tmp_path):
    """A case with words, a place and a photo; set `label` and `closed_at` with it."""
    media = MediaFolder(tmp_path / "media", Seals((bytes(range(32)),)))
    fill(database, station, clock, media)

    def change(**values):
        with database.write() as session:
            session.connection().execute(SQLModel.metadata.tables["case"].update().values(**values))

    return change


@pytest.mark.parametrize(
    ("label", "days"), [("emergency", 365), ("tip", 365), ("request", 180), ("other", 180)]
)
def test_closed_case_loses_its_words_after_its_labels_time(database, clock, case, label, days):
    case(label=label, state="closed", closed_at=clock())
    retention.erase_due(database, clock() + timedelta(days=days) - A_MINUTE)
    assert (count(database, Words), count(database, Attachment)) == (1, 1)
    retention.erase_due(database, clock() + timedelta(days=days))
    assert (count(database, Words), count(database, Attachment)) == (0, 0)
    assert count(database, Case, sealed_place=None, label=label) == 1
    assert count(database, CaseEntry) == 1


def test_open_case_keeps_all(database, clock, case):
    case(label="request", state="reopened", closed_at=None)
    retention.erase_due(database, clock() + timedelta(days=4000))
    assert (count(database, Words), count(database, Attachment)) == (1, 1)
    assert count(database, Case, sealed_place=None) == 0


def test_dry_run_counts_each_kind_of_a_closed_case(database, clock, case):
    case(label="tip", state="closed", closed_at=clock())
    found = due(database, clock() + timedelta(days=365))
    assert {kind: n for kind, n in found.items() if "tip" in kind} == {
        "words of closed cases: tip": 1,
        "media of closed cases: tip": 1,
        "places of closed cases: tip": 1,
    }
    assert count(database, Words) == 1


def test_more_than_a_batch_goes_in_small_transactions(database, station, clock, make, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    add(database, *(make["words without a case"]() for _ in range(8)))
    assert retention.erase_due(database, clock()) == 8


def test_every_label_of_a_case_has_a_time():
    from handlers.snapshots import Label

    assert retention.CASE_LIFE.keys() == {label.value for label in Label}


def test_table_in_the_handbook_names_every_kind():
    from pathlib import Path

    handbook = (Path(__file__).parents[3] / "docs/operating.md").read_text("utf-8")
    for rule in retention.list_rules():
        assert rule.kind.partition(":")[0] in handbook

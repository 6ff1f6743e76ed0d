"""The queue: who may go now, in which order, and what is left to try."""

from datetime import timedelta
from uuid import uuid4

import pytest

from db import outbox, quota
from db.models import Outbox, Station
from db.outbox import NewMessage, OpenMessage
from tests.unit.outbox_rows import put

HI = {"type": "text", "text": "สวัสดี"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def claim(database, station, clock):
    """Claims as one sender would; gives the claims as (id, call)."""

    def run(instance="one", limit=50, only_emergencies=False):
        with database.write() as session:
            claims = outbox.claim_messages(
                session, station.id, instance, clock(), 20, limit, only_emergencies
            )
        return [(claim.row.id, claim.call) for claim in claims]

    return run


def state_of(database, row):
    with database.read() as session:
        return session.get_one(Outbox, row.id).state


def change(database, row, **values):
    with database.write() as session:
        stored = session.get_one(Outbox, row.id)
        for name, value in values.items():
            setattr(stored, name, value)


def test_what_goes_in_comes_out_and_lies_sealed(database, station, clock):
    row = put(database, station, clock, reply_token="token", reply_until=clock() + MINUTE)
    with database.read() as session:
        stored = session.get_one(Outbox, row.id)
    assert "สวัสดี".encode() not in stored.body
    assert b"Ualice" not in stored.target
    opened = outbox.open_message(station, stored)
    assert opened == OpenMessage("Ualice", [HI], "token")


@pytest.mark.parametrize(("messages", "target"), [((), "U1"), ((HI,) * 6, "U1"), ((HI,), "")])
def test_message_that_line_cannot_take_is_refused(database, station, clock, messages, target):
    message = NewMessage(uuid4(), b"c", target, messages, "answer", 1)
    with pytest.raises(ValueError, match=r"LINE|target"), database.write() as session:
        outbox.add_message(session, station, message, clock())


YOUNG, OLD = MINUTE, -MINUTE
NEXT_CALLS = [
    # token, reply_until, reply tried, first push, to → decision
    (True, YOUNG, False, None, "person", "reply"),
    (True, YOUNG, False, None, "group", "reply"),
    (True, OLD, False, None, "person", "push"),
    (True, OLD, False, None, "group", "push"),
    (False, None, False, None, "person", "push"),
    (True, YOUNG, True, None, "person", "push"),
    (True, YOUNG, True, None, "group", "give_up_unknown"),
    (True, OLD, True, None, "group", "give_up_unknown"),
    (False, YOUNG, True, None, "group", "push"),
    (False, None, False, timedelta(hours=-22), "person", "push"),
    (False, None, False, timedelta(hours=-23), "person", "expire"),
    (True, OLD, True, timedelta(hours=-23), "person", "expire"),
    (True, YOUNG, False, timedelta(hours=-23), "person", "reply"),
    (True, YOUNG, False, None, "only", "reply"),
    (True, OLD, False, None, "only", "expire"),
    (True, YOUNG, True, None, "only", "give_up_unknown"),
    (False, YOUNG, True, None, "only", "expire"),
]


@pytest.mark.parametrize(("token", "until", "tried", "first_push", "to", "expected"), NEXT_CALLS)
def test_next_call(token, until, tried, first_push, to, expected, clock):
    row = Outbox(
        station_id=1, retry_key=uuid4(), chat_key=b"c", kind="answer",
        to_group=to == "group", reply_only=to == "only",
        next_try_at=clock(), created_at=clock(),
        reply_token=b"t" if token else None,
        reply_until=None if until is None else clock() + until,
        reply_tried_at=clock() if tried else None,
        first_push_at=None if first_push is None else clock() + first_push,
    )  # fmt: skip
    assert outbox.next_call(row, clock()) == expected


def test_urgent_goes_first_then_older(database, station, clock, claim):
    priorities = {"courtesy": 3, "alert": 2, "first": 1, "second": 1, "fire": 0}
    rows = {
        name: put(database, station, clock, chat=name, priority=priority)
        for name, priority in priorities.items()
    }
    order = ["fire", "first", "second", "alert", "courtesy"]
    assert [row_id for row_id, _ in claim()] == [rows[name].id for name in order]


def test_claim_is_limited_and_can_be_for_emergencies_alone(database, station, clock, claim):
    put(database, station, clock, chat="a")
    put(database, station, clock, chat="b")
    fire = put(database, station, clock, chat="c", priority=0)
    assert claim(only_emergencies=True) == [(fire.id, "push")]
    assert len(claim(limit=1)) == 1


def test_in_a_chat_only_the_oldest_may_go(database, station, clock, claim):
    first = put(database, station, clock)
    second = put(database, station, clock)
    assert claim() == [(first.id, "push")]
    assert claim() == []
    change(database, first, state="sent")
    assert claim() == [(second.id, "push")]


def test_row_that_waits_for_its_next_try_holds_its_chat_but_no_other(
    database, station, clock, claim
):
    put(database, station, clock, next_try_at=clock() + MINUTE)
    put(database, station, clock)
    other = put(database, station, clock, chat="other")
    assert claim() == [(other.id, "push")]


def test_emergency_overtakes(database, station, clock, claim):
    put(database, station, clock, next_try_at=clock() + MINUTE)
    fire = put(database, station, clock, priority=0)
    assert claim() == [(fire.id, "push")]


def test_emergencies_of_one_chat_keep_their_order(database, station, clock, claim):
    first = put(database, station, clock, priority=0)
    second = put(database, station, clock, priority=0)
    assert claim() == [(first.id, "push")]
    assert claim(only_emergencies=True) == []
    change(database, first, state="sent")
    assert claim(only_emergencies=True) == [(second.id, "push")]


def test_news_that_was_never_tried_goes_no_more_after_its_time(database, station, clock, claim):
    row = put(database, station, clock, expires_at=clock() + MINUTE)
    clock.forward(seconds=60)
    assert claim() == []
    assert state_of(database, row) == "expired"


def test_news_that_may_have_arrived_is_repeated_under_its_key(database, station, clock, claim):
    row = put(database, station, clock, expires_at=clock() + MINUTE)
    assert claim("killed") == [(row.id, "push")]
    clock.forward(minutes=5)
    assert claim() == [(row.id, "push")]


def test_parked_news_expires_when_it_is_released_too_late(database, station, clock, claim):
    row = put(database, station, clock, state="parked", fault="month_quota", priority=2,
              expires_at=clock() + MINUTE)  # fmt: skip
    clock.forward(hours=10)
    with database.write() as session:
        quota.release_parked(session, station.id, clock())
    assert claim() == []
    assert state_of(database, row) == "expired"


def test_emergency_held_by_the_month_does_not_hold_free_replies(database, station, clock, claim):
    put(
        database, station, clock, priority=0, fault="month_quota", next_try_at=clock() + MINUTE
    )  # fmt: skip
    answer = put(database, station, clock, reply_token="t", reply_until=clock() + MINUTE)
    assert claim() == [(answer.id, "reply")]


def test_claimed_row_is_nobody_elses_until_its_lease_ends(database, station, clock, claim):
    row = put(database, station, clock)
    assert claim("one") == [(row.id, "push")]
    assert claim("two") == []
    clock.forward(seconds=20)
    assert claim("two") == [(row.id, "push")]


def test_claim_writes_down_what_is_about_to_be_tried(database, station, clock, claim):
    reply = put(database, station, clock, chat="a", reply_token="t", reply_until=clock() + MINUTE)
    push = put(database, station, clock, chat="b")
    claim()
    with database.read() as session:
        assert session.get_one(Outbox, reply.id).reply_tried_at == clock()
        assert session.get_one(Outbox, reply.id).first_push_at is None
        assert session.get_one(Outbox, push.id).first_push_at == clock()


@pytest.mark.parametrize(
    ("to_group", "call", "state"), [(False, "push", "queued"), (True, None, "unknown")]
)
def test_after_a_crash_in_a_reply(database, station, clock, claim, to_group, call, state):
    row = put(
        database, station, clock, to_group=to_group, reply_token="t", reply_until=clock() + MINUTE
    )
    assert claim("killed") == [(row.id, "reply")]
    clock.forward(seconds=21)
    assert claim("next") == ([(row.id, call)] if call else [])
    assert state_of(database, row) == state


def test_row_whose_key_nears_its_end_expires(database, station, clock, claim):
    row = put(database, station, clock)
    claim()
    clock.forward(hours=23)
    assert claim() == []
    assert state_of(database, row) == "expired"


def test_nothing_is_claimed_while_the_token_is_refused(database, station, clock, claim):
    row = put(database, station, clock)
    with database.write() as session:
        quota.mark_unauthorized(session, station.id, clock())
    assert claim() == []
    with database.read() as session:
        assert not outbox.has_due(session, station.id, clock())
        assert session.get_one(Station, station.id).line_fault == "unauthorized"
    with database.write() as session:
        quota.clear_line_fault(session, station.id)
    assert claim() == [(row.id, "push")]


def test_spent_month_parks_pushes_but_not_emergencies_nor_replies(database, station, clock, claim):
    push = put(database, station, clock, chat="a")
    fire = put(database, station, clock, chat="b", priority=0)
    reply = put(database, station, clock, chat="c", reply_token="t", reply_until=clock() + MINUTE)
    with database.write() as session:
        quota.store_quota(session, station.id, quota.Quota(500, 500), clock())
    assert claim() == [(fire.id, "push"), (reply.id, "reply")]
    assert state_of(database, push) == "parked"


def test_due_is_seen_without_writing(database, station, clock, claim):
    row = put(database, station, clock)
    put(database, station, clock)
    with database.read() as session:
        assert outbox.has_due(session, station.id, clock())
        assert not outbox.has_due(session, station.id, clock(), only_emergencies=True)
    claim()
    with database.read() as session:
        assert not outbox.has_due(session, station.id, clock())
        assert outbox.count_by_state(session, station.id) == {"queued": 2}
        assert outbox.oldest_queued_at(session, station.id) == row.created_at


def test_erased_row_has_nothing_to_open(database, station, clock):
    row = put(database, station, clock)
    row.body = None
    assert outbox.open_message(station, row) is None

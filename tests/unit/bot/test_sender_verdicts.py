"""What each answer of LINE means, as a table; and how long the sender waits."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Answer, Outcome
from bot.verdicts import BACKOFF_MAX_S, Verdict, backoff_s, judge_push, judge_reply
from db.models import Outbox
from db.quota import Quota

ROOM, SPENT, NO_LIMIT = Quota(500, 450), Quota(500, 500), Quota(None, 9999)


def later(fault, **more):
    return Verdict("again", fault, is_backed_off=True, **more)


def over(action, fault, **more):
    return Verdict(action, fault, reply="over", **more)


def row(to_group=False, priority=1):
    return Outbox(to_group=to_group, priority=priority, retry_key=uuid4())


PUSHES = [
    # answer, to a group, priority, quota → verdict
    (Answer(200, Outcome.ACCEPTED), False, 1, None, Verdict("sent")),
    (Answer(409, Outcome.ACCEPTED), True, 2, None, Verdict("sent")),
    (Answer(400, Outcome.REFUSED, detail_code="not_reached"), False, 1, None,
     Verdict("failed", "not_reached")),
    (Answer(400, Outcome.REFUSED, detail_code="not_reached"), True, 1, None,
     Verdict("failed", "not_reached", is_group_gone=True)),
    (Answer(400, Outcome.REFUSED, detail_code="retry_key"), True, 1, None,
     Verdict("failed", "retry_key")),
    (Answer(400, Outcome.BODY, detail_code="body:to"), True, 1, None, Verdict("failed", "body:to")),
    (Answer(401, Outcome.UNAUTHORIZED, detail_code="http_401"), True, 1, None,
     Verdict("again", "http_401", is_unauthorized=True)),
    (Answer(403, Outcome.REFUSED, detail_code="http_403"), True, 1, None,
     Verdict("failed", "http_403")),
    (Answer(404, Outcome.REFUSED, detail_code="http_404"), True, 1, None,
     Verdict("failed", "http_404")),
    (Answer(413, Outcome.REFUSED, detail_code="http_413"), True, 1, None,
     Verdict("failed", "http_413")),
    (Answer(429, Outcome.LIMITED), False, 1, None, later("rate")),
    (Answer(429, Outcome.LIMITED), False, 1, ROOM, later("rate")),
    (Answer(429, Outcome.LIMITED), False, 1, NO_LIMIT, later("rate")),
    (Answer(429, Outcome.LIMITED), False, 1, SPENT, Verdict("parked", "month_quota")),
    (Answer(429, Outcome.LIMITED), False, 0, SPENT, later("month_quota")),
    (Answer(429, Outcome.LIMITED, detail_code="monthly_limit"), True, 2, ROOM,
     Verdict("parked", "month_quota")),
    (Answer(429, Outcome.LIMITED, detail_code="monthly_limit"), True, 2, NO_LIMIT,
     later("rate")),
    (Answer(503, Outcome.BROKEN, detail_code="http_503"), True, 2, None,
     later("http_503")),
    (Answer(0, Outcome.SILENT, detail_code="timeout"), True, 2, None,
     later("timeout")),
    (Answer(0, Outcome.UNREACHABLE, detail_code="unreachable"), True, 2, None,
     later("unreachable")),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "to_group", "priority", "quota", "expected"), PUSHES)
def test_push(answer, to_group, priority, quota, expected):
    assert judge_push(answer, row(to_group, priority), quota) == expected


REPLIES = [
    # answer → verdict for a person, and for a group where that differs
    (Answer(200, Outcome.ACCEPTED), Verdict("sent"), None),
    (Answer(400, Outcome.REFUSED, detail_code="reply_token"),
     over("push", "reply_token"), None),
    (Answer(400, Outcome.BODY, detail_code="body:x"), Verdict("failed", "body:x"), None),
    (Answer(401, Outcome.UNAUTHORIZED, detail_code="http_401"),
     over("again", "http_401", is_unauthorized=True), None),
    (Answer(403, Outcome.REFUSED, detail_code="http_403"), Verdict("failed", "http_403"), None),
    (Answer(429, Outcome.LIMITED), over("again", "rate", is_backed_off=True), None),
    (Answer(500, Outcome.BROKEN, detail_code="http_500"), over("push", "http_500"),
     Verdict("unknown", "http_500")),
    (Answer(0, Outcome.SILENT, detail_code="timeout"), over("push", "timeout"),
     Verdict("unknown", "timeout")),
    (Answer(0, Outcome.UNREACHABLE, detail_code="unreachable"),
     later("unreachable", reply="untried"), None),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "person", "group"), REPLIES)
def test_reply(answer, person, group):
    assert judge_reply(answer, row()) == person
    assert judge_reply(answer, row(to_group=True)) == (group or person)


@given(st.integers(0, 5000), st.uuids())
def test_wait_doubles_from_two_and_ends_at_a_quarter_of_an_hour(attempts, seed):
    wait_s = backoff_s(attempts, seed)
    assert wait_s == backoff_s(attempts, seed)
    assert wait_s <= BACKOFF_MAX_S
    assert 0.8 <= wait_s / min(2.0 ** min(max(attempts, 1), 10), BACKOFF_MAX_S) <= 1.2


def test_two_rows_do_not_wait_in_step():
    assert backoff_s(3, UUID(int=1)) != backoff_s(3, UUID(int=2))

"""What LINE refuses for a while, or we are too slow for: everybody gets each message exactly once.

One story, told with one trouble at a time, and once more without.
"""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from db.models import SendAttempt
from tests.conftest import NOON
from tests.proof.play import Play
from tests.proof.traces import check_same

ACTS = ((0, "say", "ไฟไหม้ ซอย 5"), (1, "say", "ขายยา ท้ายซอย"), (2, "say", "สวัสดี"))
OFFICER_ACTS = ("seen", "take", "quote", "answer", "close")


def _token_is_revoked(play):
    play.revoke_token()
    play.do_all()
    play.forward(40)
    play.do_all()
    play.renew_token()


def _token_is_refused_for_a_moment(play):
    play.line.faults.add("401", 2)
    play.do_all()


def _month_is_spent(play):
    play.spend_month()
    play.do_all()
    play.forward(700)
    play.do_all()
    play.raise_limit()


def _month_has_less_than_a_group(play):
    play.spend_month(left=5)
    play.do_all()
    play.forward(10)


def _month_is_reserved(play):
    play.line.faults.add("429-month", 3, "push")
    play.do_all()


def _rate_is_exceeded(play):
    play.line.faults.add("429", 4)
    play.do_all()


def _senders_come_too_late(play):
    play.hear()
    play.forward(55)
    play.do_all()


def _line_takes_no_reply_token(play):
    play.hear()
    play.spoil_reply_tokens()
    play.do_all()


def _pushes_hang(play):
    play.line.faults.add("hang", 3, "push")
    play.do_all()


def _answers_to_pushes_are_lost(play):
    play.line.faults.add("drop", 3, "push")
    play.do_all()


def _sender_dies_after_a_push(play):
    play.hear()
    play.forward(55)
    play.tick(0)
    sender = play.senders[0]
    sender.take()
    while sender.calls:
        sender.call_line()
    sender.forget()
    play.forward(25)
    play.do_all()


def _worker_outlives_its_lease(play):
    play.claim(0)
    play.forward(16)
    play.claim(1)
    for worker in (1, 0):
        while play.held[worker]:
            play.handle(worker)


# The trouble, and what of it must be seen: (call, status of LINE's answer).
TROUBLES = {
    _token_is_revoked: {("push", 401)},
    _token_is_refused_for_a_moment: {("reply", 401)},
    _month_is_spent: {("reply", 200), ("push", 429)},
    _month_has_less_than_a_group: {("push", 429)},
    _month_is_reserved: {("push", 429)},
    _rate_is_exceeded: {("reply", 429)},
    _senders_come_too_late: {("push", 200)},
    _line_takes_no_reply_token: {("reply", 400), ("push", 200)},
    _pushes_hang: {("push", 0)},
    _answers_to_pushes_are_lost: {("push", 0), ("push", 409)},
    _sender_dies_after_a_push: {("push", 409)},
    _worker_outlives_its_lease: set(),
}


@pytest.fixture(scope="module")
def new_play(make_database, tmp_path_factory):
    plays = []

    def begin(start=NOON):
        plays.append(Play(make_database(), tmp_path_factory.mktemp("media"), start))
        return plays[-1]

    yield begin
    for play in plays:
        play.close()


@pytest.fixture(scope="module")
def calm(new_play):
    """The story without trouble."""
    play = new_play()
    _tell_story(play, Play.work_off)
    return play


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one.__name__.strip("_"))
def test_trouble_neither_loses_nor_doubles_a_message(new_play, calm, trouble):
    play = new_play()
    acts = _tell_story(play, trouble)
    check_same(play, calm)
    assert _list_calls(play) >= TROUBLES[trouble]
    assert not any(map(play.may_be_doubled, play.everybody))
    heard = ["\n".join(play.said(one)) for one in play.people]
    for case, what, words in acts:
        is_told = what in {"quote", "answer"}
        told = [int(is_told and one.id == case[0]) for one in play.people]
        assert [said.count(f'{words}"') for said in heard] == told


def test_free_replies_go_on_while_the_month_is_spent(new_play):
    """LINE's month ends at midnight of UTC+9, two hours before Bangkok's: then the rest goes."""
    play, well = [new_play(datetime(2026, 10, 31, 14, 50, tzinfo=UTC)) for _ in range(2)]
    play.spend_month()
    for one in (play, well):
        _begin_story(one)
        one.forward(5)
        one.do_all()
        one.do_all()
    for person, well_one in zip(play.people, well.people, strict=True):
        assert play.said(person) == well.said(well_one) != []
    assert play.said(play.groups[0]) == well.said(well.groups[0])[:-1]
    for one in (play, well):
        one.forward(12 * 60)
        one.do_all()
    assert play.said(play.groups[0]) == well.said(well.groups[0])
    for one in (play, well):
        one.settle()
    check_same(play, well)


def _tell_story(play, trouble):
    """Returns what the officer did."""
    _begin_story(play)
    trouble(play)
    play.settle()
    acts = [
        (case, what, f"{what} ของ {number}")
        for number, case in enumerate(sorted(play.list_carded()))
        for what in OFFICER_ACTS
    ]
    for act in acts:
        play.officer_acts(*act)
    trouble(play)
    play.settle()
    return acts


def _begin_story(play):
    play.announce("น้ำท่วม หมู่ 3", 3)
    play.happen(ACTS)


def _list_calls(play):
    with play.database.read() as session:
        return {(one.call, one.status) for one in session.exec(select(SendAttempt))}

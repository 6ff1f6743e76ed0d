"""Who speaks, what the talk remembers, and which of his cases he may mean."""

from datetime import timedelta

import pytest

from db import chats, people
from db.models import Case
from db.speakers import Since, find_speaker

USER, OTHER, TALK = "U" + "1" * 32, "U" + "2" * 32, b"t" * 32


@pytest.fixture
def ask(database, station, clock):
    """find_speaker for cases said of within half an hour, answered within two, closed in a day."""

    def asked(user=USER, key=TALK):
        now = clock()
        hours = timedelta(hours=1)
        since = Since(now - hours / 2, now - 2 * hours, now - 24 * hours)
        with database.read() as session:
            return find_speaker(session, station, user, key, since)

    return asked


@pytest.fixture
def person(database, station, clock):
    with database.write() as session:
        return people.add_person(session, station, USER, clock())


@pytest.fixture
def open_case(database, station, clock, person):
    def opened(reference, state="new", **ago):
        times = {name: clock() - timedelta(minutes=minutes) for name, minutes in ago.items()}
        case = Case(
            station_id=station.id, reference=reference, alias=reference, label="tip",
            category="drugs", confidence=1.0, state=state, reporter_id=person.id,
            opened_at=clock(), last_from_reporter_at=times.pop("said", clock()), **times,
        )  # fmt: skip
        with database.write() as session:
            session.add(case)
        return case

    return opened


def test_nobody_is_known_at_first(ask):
    found = ask()
    assert (found.person, found.talk, found.open_case, found.closed_case) == (None,) * 4


def test_talk_is_found_where_the_person_is_not(ask, database, station, clock):
    with database.write() as session:
        chats.add_conversation(session, station, TALK, clock())
    found = ask()
    assert found.person is None
    assert found.talk.key == TALK


def test_newest_open_case_is_his(ask, open_case):
    open_case("a", said=20)
    open_case("b", said=5)
    assert ask().open_case.reference == "b"
    assert ask(OTHER).open_case is None


def test_old_case_counts_only_where_it_was_answered_lately(ask, open_case):
    open_case("old", said=60)
    assert ask().open_case is None
    open_case("answered", said=60, answered_at=90)
    assert ask().open_case.reference == "answered"


def test_last_case_closed_within_a_day(ask, open_case):
    open_case("older", state="closed", closed_at=300)
    open_case("newer", state="resolved", closed_at=100)
    open_case("gone", state="closed", closed_at=3000)
    found = ask()
    assert found.closed_case.reference == "newer"
    assert found.open_case is None

"""Downloads to do: one sender at a time, and nothing recorded for what was unsent."""

from datetime import timedelta

import pytest

from db import attachments, quota
from db.models import Attachment, Case


@pytest.fixture
def wanted(database, station, clock):
    with database.write() as session:
        case = Case(
            station_id=station.id, reference="YA-1", alias="นก 1", label="tip", category="other",
            confidence=0.9, state="new", opened_at=clock(), last_from_reporter_at=clock(),
        )  # fmt: skip
        session.add(case)
        session.flush()
        row = Attachment(
            station_id=station.id, case_id=case.id, message_key=b"m", kind="image", at=clock(),
            sealed_message_id=station.seals.seal_text("555", "attachment.message_id"),
            next_try_at=clock(),
        )  # fmt: skip
        session.add(row)
    return row


@pytest.fixture
def claim(database, station, clock):
    def run(instance="one"):
        with database.write() as session:
            return attachments.claim_attachments(session, station, instance, clock(), 60, 2)

    return run


def load(database, row):
    with database.read() as session:
        return session.get_one(Attachment, row.id)


def test_claim_opens_the_message_id_and_counts_the_try(wanted, claim, database):
    (one,) = claim()
    assert (one.message_id, one.attempts) == ("555", 1)
    assert claim("two") == []


def test_lease_that_ends_goes_to_another_and_can_be_renewed(wanted, claim, database, clock):
    claim("one")
    with database.write() as session:
        until = clock() + timedelta(seconds=90)
        assert attachments.renew_lease(session, wanted.id, "one", until)
    clock.forward(seconds=61)
    assert claim("two") == []
    clock.forward(seconds=30)
    assert len(claim("two")) == 1
    with database.write() as session:
        assert not attachments.renew_lease(session, wanted.id, "one", clock())


MARKS = {
    "stored": lambda s, i: attachments.mark_stored(s, i, "one", "f" * 32, "image/png", 9),
    "gone": lambda s, i: attachments.mark_gone(s, i, "one", "http_410"),
    "failed": lambda s, i: attachments.mark_failed(s, i, "one", "too_large"),
}


@pytest.mark.parametrize("state", MARKS)
def test_result_is_recorded_once_and_only_by_its_holder(wanted, claim, database, clock, state):
    claim("one")
    with database.write() as session:
        assert MARKS[state](session, wanted.id)
    assert load(database, wanted).state == state
    with database.write() as session:
        assert not MARKS[state](session, wanted.id)
    clock.forward(hours=2)
    assert claim("two") == []


def test_result_of_a_lost_lease_is_refused(wanted, claim, database, clock):
    claim("one")
    clock.forward(seconds=61)
    claim("two")
    with database.write() as session:
        assert not MARKS["stored"](session, wanted.id)
    assert load(database, wanted).state == "wanted"


def test_what_was_unsent_meanwhile_is_not_stored(wanted, claim, database):
    claim("one")
    with database.write() as session:
        session.delete(session.get_one(Attachment, wanted.id))
    with database.write() as session:
        assert not MARKS["stored"](session, wanted.id)


def test_nothing_is_fetched_while_the_token_is_refused(wanted, claim, database, station, clock):
    with database.write() as session:
        quota.mark_unauthorized(session, station.id, clock())
    with database.read() as session:
        assert not attachments.has_wanted(session, station.id, clock())
    assert claim() == []


def test_later_means_later(wanted, claim, database, station, clock):
    claim("one")
    with database.write() as session:
        later = clock() + timedelta(seconds=30)
        assert attachments.mark_later(session, wanted.id, "one", later, "http_500")
    with database.read() as session:
        assert not attachments.has_wanted(session, station.id, clock())
    assert claim() == []
    clock.forward(seconds=30)
    assert claim()[0].attempts == 2

"""A copy of either database comes back whole in either; what was unsent is held."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from db import backup, held, outbox, people, quota, retention
from db.engine import Database
from db.media import MediaFolder
from db.migrate import is_current
from db.models import Outbox, Person
from db.outbox import claim_messages
from db.seals import SealFault, Seals
from db.stations import list_stations, open_station
from tests.unit.full_station import fill, is_known
from tests.unit.outbox_rows import load, put


@pytest.fixture
def media(tmp_path):
    return MediaFolder(tmp_path / "media", Seals((bytes(range(32)),)))


def read_all(database):
    with database.read() as session:
        return {
            table.name: session.connection().execute(select(table).order_by(table.c.id)).all()
            for table in backup._tables()
        }


def move(database, seals, clock, tmp_path, url):
    copy = tmp_path / "copy.db"
    backup.save(database, copy)
    held_count = backup.prepare(copy, seals, clock(), "operator")
    backup.load(copy, url)
    return held_count


def test_all_rows_come_back(database, station, clock, seals, media, tmp_path, target_url):
    fill(database, station, clock, media)
    before = read_all(database)
    assert move(database, seals, clock, tmp_path, target_url) == 1
    target = Database(target_url)
    after = read_all(target)
    assert is_current(target)
    for table in before.keys() - {"outbox", "audit_entry"}:
        assert after[table] == before[table]
    assert [row.action for row in after["audit_entry"]] == ["restored"]
    with target.read() as session:
        opened = open_station(list_stations(session)[0], seals)
        assert is_known(session, opened, "U" + "1" * 32)
        row = session.exec(select(Outbox)).scalars().one()
        assert outbox.open_message(opened, row).messages[0]["text"] == "สวัสดี"
        assert (row.state, row.fault, row.reply_token) == ("parked", "restored", None)
    target.dispose()


def test_new_rows_get_new_numbers(database, station, clock, seals, tmp_path, target_url):
    with database.write() as session:
        for n in range(3):
            people.add_person(session, station, "U" + str(n) * 32, clock())
    move(database, seals, clock, tmp_path, target_url)
    target = Database(target_url)
    with target.write() as session:
        opened = open_station(list_stations(session)[0], seals)
        assert people.add_person(session, opened, "U" + "f" * 32, clock()).id == 4
        assert len(session.exec(select(Person)).all()) == 4
    target.dispose()


def test_what_was_there_is_replaced(database, station, clock, seals, tmp_path, target_url):
    copy = tmp_path / "copy.db"
    backup.save(database, copy)
    backup.prepare(copy, seals, clock(), "operator")
    if not target_url.startswith("sqlite"):
        with database.write() as session:
            people.add_person(session, station, "U" + "7" * 32, clock())
        later = tmp_path / "later.db"
        backup.save(database, later)
        backup.load(later, target_url)
        assert not backup.is_empty(target_url)
    backup.load(copy, target_url)
    target = Database(target_url)
    assert read_all(target)["person"] == []
    target.dispose()


def test_logs_stay_append_only_after_a_restore(
    database, station, clock, seals, tmp_path, target_url
):
    move(database, seals, clock, tmp_path, target_url)
    target = Database(target_url)
    with pytest.raises(Exception, match="append-only"), target.write() as session:
        session.connection().exec_driver_sql("DELETE FROM audit_entry")
    target.dispose()


def test_copy_holds_what_was_committed_before_it_began(database, station, clock, tmp_path):
    with database.write() as session:
        people.add_person(session, station, "U" + "1" * 32, clock())
        session.flush()
        if not database.is_sqlite:  # there a copy waits for nobody
            backup.save(database, tmp_path / "during.db")
            assert backup.describe(tmp_path / "during.db")["tables"]["person"] == 0
    backup.save(database, tmp_path / "after.db")
    assert backup.describe(tmp_path / "after.db")["tables"]["person"] == 1


def test_copy_that_the_key_does_not_open_is_refused(database, station, clock, tmp_path):
    backup.save(database, tmp_path / "copy.db")
    with pytest.raises(SealFault):
        backup.prepare(tmp_path / "copy.db", Seals((bytes(32),)), clock(), "operator")


def test_empty_means_without_a_row(database_url, database, seals, clock, tmp_path):
    from db.stations import create_station

    assert backup.is_empty(database_url)
    assert backup.is_empty(f"sqlite:///{tmp_path}/absent.db")
    with database.write() as session:
        create_station(session, seals, "ส", clock())
    assert not backup.is_empty(database_url)


def hold(database, clock):
    with database.write() as session:
        return held.hold_unsent(session, clock())


def claim(database, station, clock):
    with database.write() as session:
        return [one.row.id for one in claim_messages(session, station.id, "me", clock(), 20.0, 10)]


def test_unsent_is_held_and_sent_stays_sent(database, station, clock):
    rows = {
        state: put(database, station, clock, chat=state, state=state)
        for state in ("queued", "parked", "sent", "cancelled", "unknown")
    }
    courtesy = put(database, station, clock, reply_only=True)
    assert hold(database, clock) == 2
    states = {name: load(database, row).state for name, row in rows.items()}
    assert states == {name: name for name in rows} | {"queued": "parked"}
    assert load(database, courtesy).state == "expired"
    assert claim(database, station, clock) == []


def test_held_waits_for_a_person_not_for_the_quota(database, station, clock):
    row = put(database, station, clock)
    hold(database, clock)
    clock.forward(hours=25)
    with database.write() as session:
        quota.expire_parked(session, station.id, clock())
        quota.release_parked(session, station.id, clock())
    assert load(database, row).fault == "restored"


def release(database, station, clock, *rows):
    with database.write() as session:
        ids = [row.id for row in rows]
        return held.release(session, station.id, ids, [uuid4() for _ in ids], clock())


def test_released_goes_and_a_stranger_does_not(database, station, clock):
    held_row = put(database, station, clock)
    hold(database, clock)
    other = put(database, station, clock, chat="bob", state="parked", fault="month_quota")
    assert release(database, station, clock, held_row, other) == 1
    assert claim(database, station, clock) == [held_row.id]


def test_young_retry_key_stays_and_an_old_one_is_renewed(database, station, clock):
    young, old = (put(database, station, clock, chat=chat) for chat in ("a", "b"))
    with database.write() as session:
        session.get_one(Outbox, young.id).first_push_at = clock() - timedelta(hours=1)
        session.get_one(Outbox, old.id).first_push_at = clock() - timedelta(hours=30)
    hold(database, clock)
    release(database, station, clock, young, old)
    assert load(database, young).retry_key == young.retry_key
    assert load(database, old).retry_key != old.retry_key
    assert claim(database, station, clock) == [young.id, old.id]


def test_dropped_never_goes(database, station, clock):
    row = put(database, station, clock)
    hold(database, clock)
    with database.write() as session:
        assert held.drop(session, station.id, [row.id], clock()) == 1
    assert load(database, row).state == "cancelled"
    assert claim(database, station, clock) == []


def test_undecided_ends_after_a_week(database, station, clock):
    row = put(database, station, clock)
    hold(database, clock)
    for days, state in ((6, "parked"), (1.1, "expired")):
        clock.forward(days=days)
        retention.erase_due(database, clock())
        assert load(database, row).state == state

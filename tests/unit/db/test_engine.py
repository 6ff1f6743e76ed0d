"""The engine: what is written stays, what fails leaves nothing, writers take turns."""

import fcntl
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from db import engine, stations
from db.engine import Database, sqlite_path
from db.migrate import is_current
from db.models import Alert, Heartbeat, Station


def test_write_that_fails_leaves_nothing(database, clock):
    def fail() -> None:
        with database.write() as session:
            session.add(Heartbeat(instance="a", kind="web", started_at=clock(), at=clock()))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as session:
        assert session.get(Heartbeat, "a") is None


def test_times_come_back_aware_and_equal(database, station, clock):
    with database.read() as session:
        assert stations.get_station(session, station.id).created_at == clock()


def test_many_writers_all_get_their_turn(database, station):
    def add() -> None:
        for _ in range(10):
            with database.write() as session:
                row = session.get(Station, station.id, with_for_update=True)
                row.quota_used = (row.quota_used or 0) + 1
                session.add(row)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.get(Station, station.id).quota_used == 80


def is_locked(path: str) -> bool:
    with Path(path).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def wait_until(check) -> None:
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_who_goes_first_waits_for_one_of_the_others_at_most(database, database_url):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no turnstile")
    order = []

    def write(name: str, through: Database) -> None:
        with through.turn():
            order.append(name)

    web = Database(database_url, goes_first=True)
    with database.turn():
        queue = [("worker", database), ("sender", database), ("web", web)]
        threads = [threading.Thread(target=write, args=one) for one in queue]
        for thread in threads:
            thread.start()
        # The first of the others waits before the turn; who goes first has it.
        wait_until(lambda: is_locked(f"{sqlite_path(database_url)}.turn"))
    for thread in threads:
        thread.join()
    assert order[0] == "web"
    web.dispose()


def test_threads_that_ended_leave_no_file_open(database):
    def write() -> None:
        with database.turn():
            pass

    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    write()
    before = count()
    for _ in range(5):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert count() == before


def test_second_of_two_changes_to_one_version_is_refused(database, station, clock):
    with database.write() as session:
        alert = Alert(
            station_id=station.id, title="t", text="x", state="draft", drafted_by="op",
            created_at=clock(),
        )  # fmt: skip
        session.add(alert)
    with database.read() as early:
        stale = early.get(Alert, alert.id)
    with database.write() as session:
        session.get(Alert, alert.id).title = "first"
    stale.title = "second"

    def change() -> None:
        with database.write() as session:
            session.merge(stale)

    with pytest.raises(StaleDataError):
        change()


def test_connection_that_died_while_idle_is_not_used_again(database, database_url, monkeypatch):
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    monkeypatch.setattr(engine, "_TRUSTED_S", 0.0)
    other = Database(database_url)
    with database.read() as session, other.read() as second:
        session.connection()
        second.connection()
    with other.write() as session:
        session.connection().execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    with database.read() as session:
        assert session.connection().execute(text("SELECT 1")).scalar_one() == 1
    other.dispose()


def test_only_migrate_creates_the_file(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(OperationalError), database.read() as session:
        session.get(Heartbeat, "a")
    assert not (tmp_path / "none.db").exists()


def test_migrated_database_is_current(database):
    assert is_current(database)

"""Alive always; ready only where an event can be stored; reasons in plain words."""

from typing import Any

import pytest
from sqlalchemy import text

from bot import health
from db import inbox, stations
from db.engine import sqlite_path
from tests.unit.bot.web import blocked, build_settings, running, stored


def ask(app: Any, path: Any) -> Any:
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_data(as_text=True)


def written_bytes(database: Any) -> int:
    """How far the log of the database has come."""
    if database.is_sqlite:
        return sqlite_path(str(database.engine.url) + "-wal").stat().st_size
    with database.read() as session:
        lsn = "SELECT pg_current_wal_insert_lsn() - '0/0'"
        return int(session.connection().execute(text(lsn)).scalar_one())


def test_ready_with_a_database_and_a_station(database_url: Any, station: Any, clock: Any) -> None:
    with running(build_settings(database_url), clock) as app:
        assert ask(app, "/healthz") == (200, "ok\n")
        assert ask(app, "/readyz") == (200, "ok\n")


def test_alive_but_not_ready_without_a_station_until_there_is_one(
    database_url: Any, database: Any, seals: Any, clock: Any
) -> None:
    with running(build_settings(database_url), clock) as app:
        assert ask(app, "/readyz") == (503, "no station: run flask migrate\n")
        with database.write() as session:
            stations.create_station(session, seals, "ส", clock())
        clock.forward(seconds=1)
        assert ask(app, "/readyz")[0] == 200


def test_not_ready_while_the_file_is_away(
    database_url: Any, database: Any, station: Any, clock: Any
) -> None:
    if not database.is_sqlite:
        pytest.skip("a file can be moved away")
    path = sqlite_path(database_url)
    with running(build_settings(database_url), clock) as app:
        assert ask(app, "/readyz")[0] == 200
        path.rename(path.with_name("away.db"))
        clock.forward(seconds=1)
        status, words = ask(app, "/readyz")
        assert ask(app, "/healthz")[0] == 200
        path.with_name("away.db").rename(path)
        clock.forward(seconds=1)
        assert ask(app, "/readyz")[0] == 200
    assert status == 503
    assert str(path) not in words


def test_not_ready_where_no_server_is(clock: Any) -> None:
    nowhere = "postgresql+psycopg://nobody:word@127.0.0.1:9/none"
    with running(build_settings(nowhere), clock) as app:
        status, words = ask(app, "/readyz")
    assert status == 503
    assert "word" not in words


def test_not_ready_while_nobody_can_write(
    database_url: Any, database: Any, station: Any, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(health, "CHECK_WITHIN_S", 0.1)
    with running(build_settings(database_url), clock) as app:
        assert ask(app, "/readyz")[0] == 200
        clock.forward(seconds=1)
        with blocked(database):
            assert ask(app, "/readyz") == (503, "cannot store events now: late\n")


def test_a_look_writes_as_much_as_an_event(database: Any, station: Any) -> None:
    """Else it would not meet a full disk; tests/proof/test_outage.py fills one."""
    before = written_bytes(database)
    with database.write() as session:
        inbox.check_writable(session)
    assert written_bytes(database) - before > 1000
    assert stored(database) == []


def test_who_asks_again_within_a_second_gets_the_last_answer(
    database_url: Any, station: Any, clock: Any, monkeypatch: Any
) -> None:
    looks: list[object] = []
    monkeypatch.setattr(inbox, "check_writable", looks.append)
    with running(build_settings(database_url), clock) as app:
        assert {ask(app, "/readyz") for _ in range(20)} == {(200, "ok\n")}
        assert len(looks) == 1
        clock.forward(seconds=1)
        ask(app, "/readyz")
        assert len(looks) == 2
        clock.forward(hours=-1)
        ask(app, "/readyz")
        assert len(looks) == 3


def test_not_ready_with_the_seal_key_of_another_database(
    database_url: Any, station: Any, clock: Any
) -> None:
    settings = build_settings(database_url, seal_key=(b"x" * 32,))
    with running(settings, clock) as app:
        assert ask(app, "/readyz") == (503, "SEAL_KEY does not fit this database\n")

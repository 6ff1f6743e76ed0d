"""Alive always; ready only where an event can be stored; reasons in plain words."""

from typing import Any

import pytest

from bot import health
from db import stations
from db.engine import sqlite_path
from tests.unit.bot.web import blocked, build_settings, running


def ask(app: Any, path: Any) -> Any:
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_data(as_text=True)


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
        status, words = ask(app, "/readyz")
        assert ask(app, "/healthz")[0] == 200
        path.with_name("away.db").rename(path)
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
        with blocked(database):
            assert ask(app, "/readyz") == (503, "cannot store events now: late\n")


def test_not_ready_with_the_seal_key_of_another_database(
    database_url: Any, station: Any, clock: Any
) -> None:
    settings = build_settings(database_url, seal_key=(b"x" * 32,))
    with running(settings, clock) as app:
        assert ask(app, "/readyz") == (503, "SEAL_KEY does not fit this database\n")

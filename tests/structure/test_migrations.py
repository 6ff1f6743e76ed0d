"""The migrations make what the models say, on both databases, and the log cannot be rewritten."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from db.cases import NewEntry, add_entry
from db.engine import Database
from db.migrate import is_current, upgrade
from db.stations import add_audit, create_station, open_station

APPEND_ONLY = ("audit_entry", "case_entry")


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without a table; on PostgreSQL a schema of its own inside a fresh database."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty/yaam.db"
        return
    make: Callable[[str], str] = request.getfixturevalue("new_postgres")
    url = make(tmp_path.name)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.dispose()
    yield url


@pytest.fixture
def fresh(empty_url: str) -> Iterator[Database]:
    upgrade(empty_url)
    database = Database(empty_url)
    yield database
    database.dispose()


def test_migrations_from_empty_make_what_the_models_say(fresh: Database) -> None:
    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, SQLModel.metadata)

    assert found == []
    assert is_current(fresh)


def test_second_upgrade_changes_nothing(fresh: Database, empty_url: str) -> None:
    before = list_objects(fresh.engine)

    upgrade(empty_url)

    assert list_objects(fresh.engine) == before


def list_objects(engine: Engine) -> list[tuple[object, ...]]:
    names = (
        "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger ORDER BY 1, 2"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(names))]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_log_can_be_added_to_but_not_rewritten(
    database, seals, clock, table: str, change: str
) -> None:
    with database.write() as session:
        station = create_station(session, seals, "สภ.ทดสอบ", clock())
        add_audit(session, station.id, clock(), "operator", "named", "station 1")
        case = build_case(station.id, clock())
        session.add(case)
        session.flush()
        entry = NewEntry("opened", "bot", clock())
        add_entry(session, open_station(station, seals), case.id, entry)

    with pytest.raises(DatabaseError, match="append-only"), database.write() as session:
        session.connection().execute(text(change.format(table)))


def build_case(station_id: int, now):
    from db.models import Case

    return Case(
        station_id=station_id, reference="KP-1", alias="พลเมืองดี", label="tip", category="drugs",
        confidence=0.9, state="new", opened_at=now, last_from_reporter_at=now,
    )  # fmt: skip


def test_migrations_are_numbered_in_a_row() -> None:
    folder = Path(__file__).parents[2] / "db" / "migrations" / "versions"
    numbers = sorted(int(path.name[:4]) for path in folder.glob("[0-9]*.py"))

    assert numbers == list(range(1, len(numbers) + 1))

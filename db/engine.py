"""The database: SQLite with its fair turnstile, or PostgreSQL, behind one small class.

Nothing slow happens inside `write()`: no call to LINE, no understanding of Thai.
"""

import fcntl
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

_BUSY_MS = 5000
_FREE_SINCE = "free_since"
_TRUSTED_S = 1.0
PRAGMAS: tuple[str, ...] = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA journal_size_limit=67108864",
)


class Turnstile:
    """A fair queue for the writers of one SQLite file, across threads and processes.

    SQLite's own lock is unfair: a waiter sleeps and looks again, so a busy worker starves the
    webhook. Here the next writer waits inside `flock`, which wakes it when its turn comes; the
    kernel frees all locks of a killed process. Writers that LINE does not wait for queue among
    themselves first, so that the webhook never waits for more than one of them.
    See docs/adr/0003-sqlite-turnstile.md.
    """

    def __init__(self, database: Path, goes_first: bool) -> None:
        names = ("turn", "writer") if goes_first else ("background", "turn", "writer")
        self._paths = [database.with_name(f"{database.name}.{name}") for name in names]
        self._held = threading.local()

    @contextmanager
    def hold(self) -> Iterator[None]:
        *background, turn, writer = self._files()
        with ExitStack() as locked:
            for file in background:
                locked.enter_context(file.hold())
            with turn.hold():
                locked.enter_context(writer.hold())
            yield

    def _files(self) -> list["_LockFile"]:
        """A lock belongs to an open file, so every thread of every process opens its own."""
        if getattr(self._held, "pid", None) != os.getpid():
            self._held.files = [_LockFile(path) for path in self._paths]
            self._held.pid = os.getpid()
        files: list[_LockFile] = self._held.files
        return files


class _LockFile:
    """Open as long as its thread lives."""

    def __init__(self, path: Path) -> None:
        self._number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Not at exit: a thread may still hold it then, and the kernel closes all.
        weakref.finalize(self, os.close, self._number).atexit = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        fcntl.flock(self._number, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._number, fcntl.LOCK_UN)


class Database:
    """Sessions on one database. Rolls back unless the block of `write()` ends without a fault."""

    def __init__(self, url: str, pool_size: int = 5, *, goes_first: bool = False) -> None:
        """`url` as SQLAlchemy writes it: `sqlite:////full/path` or `postgresql+psycopg://…`.

        `goes_first`: LINE waits for what is written here.
        """
        self.is_sqlite = url.startswith("sqlite")
        self._turnstile: Turnstile | None = None
        if self.is_sqlite:
            path = sqlite_path(url)
            self._turnstile = Turnstile(path, goes_first)
            self.engine = _sqlite_engine(path, pool_size)
        else:
            self.engine = _postgres_engine(url, pool_size)
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that is rolled back at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction, committed at the end of the block; its rows stay readable after."""
        with self.turn(), Session(self._writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    def turn(self) -> AbstractContextManager[None]:
        """The right to write: the turnstile on SQLite, nothing on PostgreSQL."""
        return self._turnstile.hold() if self._turnstile else nullcontext()

    def checkpoint(self) -> None:
        """Fold SQLite's log into the file and cut it, so that erased words leave the disk."""
        if self.is_sqlite:
            with self.turn(), self.engine.connect() as connection:
                connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )

    def dispose(self) -> None:
        self.engine.dispose()


def sqlite_path(url: str) -> Path:
    database = make_url(url).database
    if not database or database == ":memory:":
        raise ValueError("Yaam's processes meet in the database: SQLite needs a file")
    return Path(database)


def _sqlite_engine(path: Path, pool_size: int) -> Engine:
    def connect() -> sqlite3.Connection:
        # mode=rw: only `flask migrate` creates the file.
        uri = f"file:{path}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=_BUSY_MS / 1000, check_same_thread=False, isolation_level=None
        )
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    engine = create_engine(
        f"sqlite:///{path}",
        creator=connect,
        pool_size=pool_size,
        max_overflow=20,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """pysqlite begins late and only for writes; we begin as the caller asked."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _postgres_engine(url: str, pool_size: int) -> Engine:
    """A server that vanished without a word is given up after seconds, not minutes."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=20,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": "-c timezone=UTC -c statement_timeout=30000",
        },
    )
    event.listen(engine, "checkin", _note_free)
    event.listen(engine, "checkout", partial(_check_alive, engine))
    return engine


def _note_free(_: object, record: ConnectionPoolEntry) -> None:
    record.info[_FREE_SINCE] = time.monotonic()


def _check_alive(engine: Engine, raw: DBAPIConnection, record: ConnectionPoolEntry, _: Any) -> None:
    """Ask a connection that lay idle whether the server is still there; a busy one just was.

    SQLAlchemy's own pre-ping asks before each transaction, a fifth of a short one's time.
    """
    now = time.monotonic()
    if now - record.info.get(_FREE_SINCE, now) < _TRUSTED_S:
        return
    try:
        engine.dialect.do_ping(raw)
    except engine.dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None

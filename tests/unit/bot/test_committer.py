"""The committer: together what gathers, one by one what is refused, and never without an answer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bot import committer as committer_module
from bot.committer import Committer, NotStoredError
from db.engine import Database
from db.inbox import NewEvent
from tests.conftest import NOON
from tests.unit.bot.web import stored


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def committer(database: Database) -> Iterator[Committer]:
    committer = Committer(lambda: database)
    yield committer
    committer.close()


@pytest.fixture
def make(station: Any) -> Callable[..., NewEvent]:
    def build(event_id: str, station_id: int = station.id) -> NewEvent:
        return NewEvent(station_id, event_id, b"k" * 32, NOON, NOON, True, b"sealed")

    return build


class Requests:
    """Threads that each store some rows; what became of each is in `results`."""

    def __init__(self, committer: Committer, *groups: list[NewEvent]) -> None:
        self.results: dict[int, str] = {}
        self._threads = [
            threading.Thread(target=self._store, args=(committer, number, rows))
            for number, rows in enumerate(groups)
        ]
        for thread in self._threads:
            thread.start()
        wait_for(lambda: len(committer._queue) == len(groups))

    def join(self) -> dict[int, str]:
        for thread in self._threads:
            thread.join()
        return self.results

    def _store(self, committer: Committer, number: int, rows: list[NewEvent]) -> None:
        try:
            committer.store(rows, 5)
            self.results[number] = "stored"
        except NotStoredError as fault:
            self.results[number] = fault.reason


@contextmanager
def held(committer: Committer) -> Iterator[None]:
    """The thread of the committer is busy meanwhile, so that a group gathers."""
    begun, go = threading.Event(), threading.Event()

    def wait(_: Database) -> None:
        begun.set()
        go.wait(10)

    waiting = threading.Thread(target=lambda: committer.ask(wait, 10))
    waiting.start()
    begun.wait(10)
    try:
        yield
    finally:
        go.set()
        waiting.join()


def wait_for(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_what_gathers_is_committed_together(committer: Any, database: Any, make: Any) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    with held(committer):
        requests = Requests(committer, *([make(f"e{number}")] for number in range(30)))
    assert set(requests.join().values()) == {"stored"}
    assert len(stored(database)) == 30
    assert len(commits) == 1


def test_group_is_bounded(committer: Any, database: Any, make: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(committer_module, "GROUP_ROWS", 10)
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    with held(committer):
        requests = Requests(committer, *([make(f"e{number}")] for number in range(30)))
    requests.join()
    assert len(commits) == 3


def test_refused_row_does_not_sink_the_others(committer: Any, database: Any, make: Any) -> None:
    with held(committer):
        requests = Requests(
            committer, [make("e1")], [make("bad", station_id=999), make("e2")], [make("e3")]
        )
    results = requests.join()
    assert sorted(results.values()) == ["refused", "stored", "stored"]
    assert results[1] == "refused"
    assert {row.event_id for row in stored(database)} == {"e1", "e2", "e3"}


def test_row_that_is_late_is_stored_all_the_same(committer: Any, database: Any, make: Any) -> None:
    with held(committer), pytest.raises(NotStoredError, match="late"):
        committer.store([make("e1")], 0.05)
    committer.ask(lambda _: None, 5)
    assert [row.event_id for row in stored(database)] == ["e1"]


def test_full_queue_refuses_at_once_and_recovers(
    committer: Any, database: Any, make: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(committer_module, "QUEUE_BYTES", 2000)
    with held(committer):
        requests = Requests(committer, *([make(f"e{number}")] for number in range(3)))
        with pytest.raises(NotStoredError, match="full"):
            committer.store([make("e4")], 5)
    requests.join()
    committer.store([make("e5")], 5)
    assert {row.event_id for row in stored(database)} == {"e0", "e1", "e2", "e5"}


def test_database_that_is_away_fails_the_group_at_once_and_comes_back(
    database: Any, make: Any
) -> Any:
    is_away = True
    asked: list[int] = []

    def find() -> Database:
        asked.append(1)
        if is_away:
            raise FileNotFoundError
        return cast(Database, database)

    committer = Committer(find)
    with pytest.raises(NotStoredError, match="database"):
        committer.store([make("e1"), make("e2")], 5)
    assert len(asked) == 1
    is_away = False
    committer.store([make("e1")], 5)
    committer.close()
    assert len(stored(database)) == 1


def test_task_gives_its_result_or_its_fault(committer: Any) -> None:
    assert committer.ask(lambda database: database.is_sqlite, 5) in {True, False}
    with pytest.raises(ZeroDivisionError):
        committer.ask(lambda _: 1 // 0, 5)
    with pytest.raises(TimeoutError, match="its own"):
        committer.ask(_time_out, 5)


def _time_out(_: Database) -> None:
    raise TimeoutError("its own")


def test_closing_stores_what_waits_and_refuses_what_comes_later(database: Any, make: Any) -> None:
    committer = Committer(lambda: database)
    with held(committer):
        requests = Requests(committer, [make("e1")], [make("e2")])
    committer.close()
    assert set(requests.join().values()) == {"stored"}
    with pytest.raises(NotStoredError, match="closing"):
        committer.store([make("e3")], 5)


def test_repeat_in_one_group_is_one_row(committer: Any, database: Any, make: Any) -> None:
    later = NewEvent(
        **{name: getattr(make("e1"), name) for name in NewEvent.__slots__}
        | {"received_at": NOON + timedelta(seconds=1)}
    )
    with held(committer):
        requests = Requests(committer, [make("e1")], [later])
    assert set(requests.join().values()) == {"stored"}
    assert len(stored(database)) == 1


def test_nothing_starts_before_the_first_job(database: Any) -> None:
    before = threading.active_count()
    committer = Committer(lambda: database)
    assert threading.active_count() == before
    committer.close()

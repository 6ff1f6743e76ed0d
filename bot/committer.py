"""One thread of a web process does all its writing, and commits together what has gathered.

A commit waits for the disk; fifty waiting requests need one such wait, not fifty. Nothing is
delayed to make a group: while one commit runs, the next group gathers by itself.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot import metrics
from db import inbox
from db.engine import Database
from db.inbox import NewEvent

log = structlog.get_logger()

GROUP_ROWS = 200
QUEUE_BYTES = 16 << 20
_ROW_BYTES = 500
_CLOSE_S = 5.0
# The database is away, locked or full: row by row it would only fail more slowly.
_AWAY = (OperationalError, InterfaceError, OSError)

T = TypeVar("T")


class NotStoredError(Exception):
    """The rows are not known to be stored. `reason`: full, late, database, refused or closing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False, slots=True)
class _Job:
    """Rows to store, or a task to run alone; `outcome` tells the thread that waits, once.

    A queue of the standard library's C part: a Future wakes its thread into a lock still held.
    """

    rows: Sequence[NewEvent] = ()
    task: Callable[[Database], object] | None = None
    outcome: "SimpleQueue[object]" = field(default_factory=SimpleQueue)

    @property
    def byte_count(self) -> int:
        return sum(len(row.sealed) + _ROW_BYTES for row in self.rows)


class Committer:
    """The queue and its thread, which starts with the first job (so after gunicorn's fork)."""

    def __init__(self, database: Callable[[], Database]) -> None:
        """`database` is asked before each group; it may raise where there is none now."""
        self._database = database
        self._queue: deque[_Job] = deque()
        self._queued_bytes = 0
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def store(self, rows: Sequence[NewEvent], wait_s: float) -> None:
        """Return once `rows` are committed. Raises NotStoredError, at the latest after `wait_s`.

        Rows that were late are still stored when their turn comes: LINE delivers them again, and
        the repeat changes nothing.
        """
        self._run(_Job(rows), wait_s)

    def ask(self, task: Callable[[Database], T], wait_s: float) -> T:
        """The task's result. Raises what it raises, or NotStoredError (full, late, closing)."""
        return self._run(_Job(task=task), wait_s)  # type: ignore[return-value]

    def close(self) -> None:
        """Store what waits and end; rows that come later are refused."""
        with self._wake:
            self._is_closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def _run(self, job: _Job, wait_s: float) -> object:
        self._put(job)
        try:
            outcome = job.outcome.get(timeout=max(wait_s, 0))
        except Empty:
            raise NotStoredError("late") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _put(self, job: _Job) -> None:
        with self._wake:
            if self._is_closed:
                raise NotStoredError("closing")
            if self._queue and self._queued_bytes + job.byte_count > QUEUE_BYTES:
                raise NotStoredError("full")
            self._queue.append(job)
            self._queued_bytes += job.byte_count
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _work(self) -> None:
        while group := self._next_group():
            task = group[0].task
            if task is not None:
                self._do(group[0], task)
            else:
                self._store(group)

    def _next_group(self) -> list[_Job]:
        """What has gathered, at most about GROUP_ROWS rows; a task alone; nothing at the end."""
        with self._wake:
            while not self._queue and not self._is_closed:
                self._wake.wait()
            group: list[_Job] = []
            row_count = 0
            while self._queue and row_count < GROUP_ROWS:
                if group and self._queue[0].task is not None:
                    break
                job = self._queue.popleft()
                self._queued_bytes -= job.byte_count
                group.append(job)
                row_count += len(job.rows)
                if job.task is not None:
                    break
            return group

    def _do(self, job: _Job, task: Callable[[Database], object]) -> None:
        try:
            job.outcome.put(task(self._database()))
        except Exception as fault:  # noqa: BLE001 - handed to the thread that waits
            job.outcome.put(fault)

    def _store(self, group: list[_Job]) -> None:
        rows = [row for job in group for row in job.rows]
        try:
            self._write(rows)
        except _AWAY as fault:
            _fail(group, "database", fault)
        except Exception as fault:
            log.error("group_not_stored", rows=len(rows), exc_info=fault)
            self._store_one_by_one(group)
        else:
            _finish(group)

    def _store_one_by_one(self, group: list[_Job]) -> None:
        """So that one row that the database refuses does not sink the others."""
        for place, job in enumerate(group):
            try:
                self._store_rows(job.rows)
            except _AWAY as fault:
                _fail(group[place:], "database", fault)
                return
            except Exception as fault:  # noqa: BLE001 - the loop of a process goes on
                _fail([job], "refused", fault)
            else:
                _finish([job])

    def _store_rows(self, rows: Sequence[NewEvent]) -> None:
        """Each by itself, all of them tried; raises the last refusal."""
        refused: Exception | None = None
        for row in rows:
            try:
                self._write([row])
            except _AWAY:
                raise
            except Exception as fault:  # noqa: BLE001 - raised below
                refused = fault
        if refused is not None:
            raise refused

    def _write(self, rows: Sequence[NewEvent]) -> None:
        """A connection that was lost since its last use is replaced: that is tried once more."""
        try:
            self._write_once(rows)
        except OperationalError as fault:
            if not fault.connection_invalidated:
                raise
            self._write_once(rows)
        metrics.COMMIT_ROWS.observe(len(rows))

    def _write_once(self, rows: Sequence[NewEvent]) -> None:
        with self._database().write() as session:
            inbox.store_events(session, rows)


def _finish(group: Sequence[_Job]) -> None:
    for job in group:
        job.outcome.put(None)


def _fail(group: Sequence[_Job], reason: str, fault: Exception) -> None:
    log.error(
        "events_not_stored",
        reason=reason,
        requests=len(group),
        rows=sum(len(job.rows) for job in group),
        exc_info=fault,
    )
    for job in group:
        job.outcome.put(NotStoredError(reason))

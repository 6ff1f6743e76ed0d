"""What all parts of the sender share for one station, and the loop that each of them runs in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog
from aiolimiter import AsyncLimiter
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.line_api import TIMEOUT_S, LineApi
from db.engine import Database
from db.stations import OpenStation
from handlers.ids import Ids, RandomIds

log = structlog.get_logger()
T = TypeVar("T")

# LINE's own limit for an account and an endpoint; all senders together stay under four fifths.
LINE_RATE = 2000 * 0.8
# A short window keeps the burst small: LINE's bucket is not published.
_RATE_WINDOW_S = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the sender goes; tests choose other numbers."""

    timeout_s: float = TIMEOUT_S
    # Longer than a reply and the push that follows it: else another sender takes the row meanwhile.
    lease_s: float = 20.0
    in_flight_max: int = 50
    kept_for_emergencies: int = 8
    idle_min_s: float = 0.05
    idle_max_s: float = 0.2
    watch_s: float = 1.0
    probe_s: float = 30.0
    quota_s: float = 600.0
    stop_s: float = 9.0


@dataclass
class Desk:
    """One station's account, database and clock. `stop` is set once and for all.

    `is_month_spent` is the newest known; the database decides.
    """

    database: Database
    station: OpenStation
    instance: str
    api: LineApi
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    is_month_spent: bool = False
    ids: Ids = field(default_factory=RandomIds)
    limiter: AsyncLimiter = field(
        default_factory=lambda: AsyncLimiter(LINE_RATE * _RATE_WINDOW_S, _RATE_WINDOW_S)
    )

    def share_rate(self, sender_count: int) -> None:
        """Take this sender's part of the rate that LINE allows the account."""
        burst = max(LINE_RATE * _RATE_WINDOW_S / max(sender_count, 1), 1.0)
        if burst != self.limiter.max_rate:
            self.limiter = AsyncLimiter(burst, _RATE_WINDOW_S)

    async def read(self, question: Callable[[Session], T]) -> T:
        def ask() -> T:
            with self.database.read() as session:
                return question(session)

        return await asyncio.to_thread(ask)

    async def write(self, change: Callable[[Session], T]) -> T:
        """One transaction. A caller that is cancelled must not count on it either way."""

        def apply() -> T:
            with self.database.write() as session:
                return change(session)

        return await asyncio.to_thread(apply)


class Loop:
    """Does a step over and over until `desk.stop`: at once after work, else after a pause.

    A fault is logged once, then tried again ever more slowly: a database that comes back finds
    the sender still there.
    """

    def __init__(
        self, desk: Desk, name: str, step: Callable[[], Awaitable[bool]], min_s: float, max_s: float
    ) -> None:
        self._desk = desk
        self._name = name
        self._step = step
        self._min_s, self._max_s = min_s, max_s
        self._wake = asyncio.Event()
        self._fault: str | None = None

    def wake(self) -> None:
        """End the present pause."""
        self._wake.set()

    async def run(self) -> None:
        pause_s = self._min_s
        while not self._desk.stop.is_set():
            self._wake.clear()
            worked = await self._try_step()
            if worked:
                pause_s = self._min_s
                continue
            await self._rest(pause_s)
            pause_s = min(pause_s * 2, 5.0 if self._fault else self._max_s)

    async def _try_step(self) -> bool:
        try:
            worked = await self._step()
        except Exception as fault:  # noqa: BLE001 -- a process loop goes on
            self._tell(fault)
            return False
        if self._fault is not None:
            log.info("sender_part_recovered", part=self._name, station=self._desk.station.slug)
            self._fault = None
        return worked

    def _tell(self, fault: Exception) -> None:
        kind = type(fault).__name__
        if kind != self._fault:
            tell = log.warning if isinstance(fault, DBAPIError) else log.error
            tell("sender_part_failed", part=self._name, fault=kind, station=self._desk.station.slug)
        self._fault = kind

    async def _rest(self, pause_s: float) -> None:
        """The pause, cut short by `wake`, but never while faults come: that would be a hot loop."""
        waiting = self._desk.stop if self._fault else self._wake
        try:
            await asyncio.wait_for(waiting.wait(), pause_s)
        except TimeoutError:
            return

"""The sender process: what waits in the outbox goes to LINE, what people sent comes from it.

Also looks groups up and watches the quota. Safe to run many times over: rows are leased.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlmodel import Session

from bot.bodies import load_models
from bot.desk import Desk, Loop
from bot.downloads import Downloader
from bot.line_api import LineApi, open_session
from bot.lookups import GroupDesk
from bot.outgoing import Courier, explain_crash
from bot.process import Parts, build_parts, give_way, heartbeat, stop_on_signals, utc_now
from bot.quota import Watch
from bot.settings import Settings
from db import deliveries, outbox
from db.deliveries import Result
from db.media import MediaFolder
from db.outbox import Claim
from db.stations import FIRST_SLUG, OpenStation
from handlers.notices import warn_month_spent

log = structlog.get_logger()
_THREADS = 8
_DOWNLOADS = 2
_LOOK_S = 0.1


def run(settings: Settings) -> None:
    """Until SIGTERM. Raises SettingsFault, and SealFault where SEAL_KEY is not this database's."""
    token = settings.get_line_token()
    give_way()
    stop = stop_on_signals()
    parts = build_parts(settings, "sender", pool_size=_THREADS)
    try:
        with heartbeat(parts):
            asyncio.run(_serve(parts, token, stop))
    finally:
        parts.database.dispose()
    log.info("sender_stopped")


class Deliveries:
    """Claims rows, has them delivered side by side, and records together what gathered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._courier = Courier(desk)
        self._done: list[Result] = []
        self._tasks: set[asyncio.Task[None]] = set()
        pace = desk.pace
        self.loop = Loop(desk, "outbox", self.step, pace.idle_min_s, pace.idle_max_s)

    async def step(self) -> bool:
        done, self._done = self._done, []
        try:
            if not done and not await self._desk.read(self._has_due):
                return False
            claims = await self._desk.write(lambda session: self._turn(session, done))
        except (OperationalError, InterfaceError):
            self._done = done + self._done
            raise
        except Exception:
            await self._record_each(done)
            raise
        for claim in claims:
            task = asyncio.create_task(self._deliver(claim))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return bool(done or claims)

    async def finish(self) -> None:
        """Wait for the calls in flight, record them, and drop those that hang: their rows say
        themselves how far they got.
        """
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._desk.pace.stop_s)
        for task in self._tasks:
            task.cancel()
        done, self._done = self._done, []
        try:
            await self._desk.write(lambda session: self._record(session, done))
        except SQLAlchemyError as fault:
            log.error("results_lost", count=len(done), fault=type(fault).__name__)

    async def _deliver(self, claim: Claim) -> None:
        try:
            result = await self._courier.deliver(claim)
        except Exception as fault:
            log.error("delivery_failed", outbox=claim.row.id, exc_info=fault)
            result = explain_crash(claim, fault, self._desk.now())
        self._done.append(result)
        self.loop.wake()

    def _has_due(self, session: Session) -> bool:
        room, only_emergencies = self._room()
        desk = self._desk
        return room > 0 and outbox.has_due(session, desk.station.id, desk.now(), only_emergencies)

    def _turn(self, session: Session, done: list[Result]) -> list[Claim]:
        self._record(session, done)
        desk = self._desk
        if desk.stop.is_set():
            return []
        room, only_emergencies = self._room()
        return outbox.claim_messages(
            session, desk.station.id, desk.instance, desk.now(), desk.pace.lease_s, room,
            only_emergencies,
        )  # fmt: skip

    def _room(self) -> tuple[int, bool]:
        """How many rows may be claimed; the last places are for emergencies."""
        pace = self._desk.pace
        free = pace.in_flight_max - len(self._tasks)
        common = free - pace.kept_for_emergencies
        return (common, False) if common > 0 else (free, True)

    def _record(self, session: Session, done: list[Result]) -> None:
        desk, now = self._desk, self._desk.now()
        if deliveries.record(session, desk.station, desk.instance, done, now):
            warn_month_spent(session, desk.station, desk.ids, now)

    async def _record_each(self, done: list[Result]) -> None:
        """One result that the database refuses must not hold up the others."""
        for result in done:
            try:
                await self._desk.write(partial(self._record, done=[result]))
            except SQLAlchemyError as fault:
                log.error("result_lost", outbox=result.outbox_id, fault=type(fault).__name__)


async def serve(desk: Desk, media: MediaFolder) -> None:
    """Everything for one station, until `desk.stop`; then at most ten seconds more."""
    deliverer = Deliveries(desk)
    pace = desk.pace
    loops = [
        Loop(desk, "watch", Watch(desk).step, pace.watch_s, pace.watch_s),
        Loop(desk, "groups", GroupDesk(desk).step, pace.idle_max_s, pace.watch_s),
        *(
            Loop(desk, "downloads", Downloader(desk, media).step, pace.idle_max_s, pace.watch_s)
            for _ in range(_DOWNLOADS)
        ),
    ]
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    await deliverer.loop.run()
    await deliverer.finish()
    _, late = await asyncio.wait(tasks, timeout=1.0)
    for task in late:
        task.cancel()


async def _serve(parts: Parts, token: str, stop: threading.Event) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    stopping = asyncio.Event()
    relay = asyncio.create_task(_relay(stop, stopping))
    settings = parts.settings
    station = await _first_station(parts, stopping)
    if station is not None:
        await asyncio.to_thread(load_models)
        async with open_session() as session:
            api = LineApi(settings.line_api_host, settings.line_content_host, token, session)
            desk = Desk(parts.database, station, parts.instance, api, utc_now, stop=stopping)
            log.info("sender_started", station=station.slug)
            await serve(desk, MediaFolder(settings.media_dir, parts.seals))
    await relay


async def _relay(stop: threading.Event, stopping: asyncio.Event) -> None:
    """From the signal's event to the loop's."""
    while not stop.is_set():  # noqa: ASYNC110 -- a signal sets it, outside of the loop
        await asyncio.sleep(_LOOK_S)
    stopping.set()


async def _first_station(parts: Parts, stopping: asyncio.Event) -> OpenStation | None:
    """The station that the credentials in the environment belong to, when there is one."""
    is_told = False
    while not stopping.is_set():
        try:
            for station in await asyncio.to_thread(parts.list_stations):
                if station.slug == FIRST_SLUG:
                    return station
        except DBAPIError as fault:
            if not is_told:
                log.warning("database_not_there", fault=type(fault).__name__)
            is_told = True
        await asyncio.sleep(_LOOK_S)
    return None

"""The scheduler: a tick each second that asks the tables what is due.

It decides nothing and keeps nothing in memory: a second scheduler, a restart, a jump of the
clock find the same rows.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot.alarm import Alarm
from bot.process import (
    Parts,
    build_parts,
    give_way,
    heartbeat,
    stop_on_signals,
    utc_now,
    wait_for_stations,
)
from bot.settings import Settings
from db.media import MediaFolder
from db.stations import OpenStation
from handlers.dispatch import Dispatch
from handlers.ids import RandomIds

log = structlog.get_logger()
TICK_S = 1
CLEAN_S = 300
ALARM_S = 60
CHECK_S = 3600
# The other processes may start later than this one.
_FIRST_CHECK_S = 60
_JOB = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def run(settings: Settings) -> None:
    """Tick until SIGTERM; a tick under way is finished."""
    give_way()
    stop = stop_on_signals()
    parts = build_parts(settings, "scheduler")
    stations = wait_for_stations(parts, stop)
    if not stations:
        return
    ticker = Ticker(parts, stations)
    alarm = Alarm(parts.database, settings.alarm_url)
    clock = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(4)})
    clock.add_job(ticker.tick, "interval", seconds=TICK_S, next_run_time=utc_now(), **_JOB)
    soon = utc_now() + timedelta(seconds=10)
    clock.add_job(ticker.clean, "interval", seconds=CLEAN_S, next_run_time=soon, **_JOB)
    look = lambda: alarm.look(utc_now())  # noqa: E731 (the job's one line)
    clock.add_job(look, "interval", seconds=ALARM_S, next_run_time=soon, **_JOB)
    later = utc_now() + timedelta(seconds=_FIRST_CHECK_S)
    check = partial(examine_and_log, parts, stop)
    clock.add_job(check, "interval", seconds=CHECK_S, next_run_time=later, **_JOB)
    with heartbeat(parts):
        clock.start()
        log.info("scheduler_ready", instance=parts.instance)
        stop.wait()
        clock.shutdown(wait=True)
    log.info("scheduler_stopped", instance=parts.instance)


def examine_and_log(parts: Parts, stop: threading.Event) -> None:
    """What `flask doctor` asks, into the log. Loads the client for LINE, so only when it runs."""
    from bot.doctor import examine, log_ill

    findings = examine(parts.settings, parts.database, stop=stop)
    if not stop.is_set():
        log_ill(findings)


class Ticker:
    """The two jobs. A fault is logged once until it is over; the next tick tries again."""

    def __init__(self, parts: Parts, stations: list[OpenStation]) -> None:
        settings = parts.settings
        self._parts = parts
        self._dispatch = Dispatch(
            parts.database,
            stations,
            str(settings.timezone),
            RandomIds(),
            MediaFolder(settings.media_dir, parts.seals),
        )
        # job → the fault that was told last
        self._faults: dict[str, str] = {}

    def tick(self, now: datetime | None = None) -> None:
        done = self._once("tick", lambda: self._dispatch.tick(now or utc_now()))
        if done:
            log.info("tick", done=done)

    def clean(self, now: datetime | None = None) -> None:
        """Erase what has had its time, and cut SQLite's log so that it leaves the disk."""

        def act() -> int:
            erased = self._dispatch.clean(now or utc_now())
            self._parts.database.checkpoint()
            return erased

        erased = self._once("clean", act)
        if erased:
            log.info("cleaned", rows=erased)

    def _once(self, job: str, act: Callable[[], int]) -> int:
        try:
            done = act()
        except Exception as fault:  # noqa: BLE001 -- a process loop goes on
            kind = type(fault).__name__
            if self._faults.get(job) != kind:
                tell = log.warning if isinstance(fault, SQLAlchemyError) else log.error
                tell(f"{job}_failed", exc_info=fault)
            self._faults[job] = kind
            return 0
        self._faults.pop(job, None)
        return done

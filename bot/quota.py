"""Watches how the station stands with LINE: the month's quota, the token, the other senders."""

import asyncio
import time
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.answers import Answer, LineFault, Outcome
from bot.desk import Desk
from db import heartbeats, stations
from db import quota as quotas
from db.models import Station
from db.quota import Quota
from handlers.notices import warn_month_spent

log = structlog.get_logger()
_FRESH_S = 5.0
_ASK_TIMEOUT_S = 4.0
_RETRY_S = 60.0


async def read_quota(desk: Desk) -> Quota:
    """Raises LineFault, also where LINE's answer holds no number."""
    try:
        limit, used = await asyncio.gather(desk.api.get_quota(), desk.api.get_consumption())
    except (KeyError, TypeError, ValueError):
        raise LineFault(Answer(200, Outcome.BROKEN, detail_code="unreadable")) from None
    return Quota(limit, used)


class QuotaDesk:
    """Asks LINE for the month's quota after a 429, once for a whole burst of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._last: Quota | None = None

    async def ask_again(self) -> Quota | None:
        """None where LINE does not tell."""
        async with self._lock:
            if time.monotonic() - self._asked_at > _FRESH_S:
                self._last = await self._ask()
                self._asked_at = time.monotonic()
            return self._last

    async def _ask(self) -> Quota | None:
        try:
            async with asyncio.timeout(_ASK_TIMEOUT_S):
                quota = await read_quota(self._desk)
        except (LineFault, TimeoutError):
            return None
        self._desk.is_month_spent = quota.is_spent
        return quota


class Watch:
    """One `step` a second; calls LINE only where something is due. The first step finds all due."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._probe_at = desk.now()
        self._quota_at = desk.now()

    async def step(self) -> bool:
        now = self._desk.now()
        station = await self._desk.read(self._look)
        self._desk.is_month_spent = station.quota_spent_at is not None
        if station.line_fault is not None:
            if now >= self._probe_at:
                self._probe_at = now + timedelta(seconds=self._desk.pace.probe_s)
                await self._probe()
        elif now >= self._quota_at:
            self._quota_at = now + timedelta(seconds=_RETRY_S)
            await self._refresh()
        return False

    def _look(self, session: Session) -> Station:
        senders = heartbeats.list_live(session, self._desk.now(), kind="sender")
        self._desk.share_rate(len(senders))
        return stations.get_station(session, self._desk.station.id)

    async def _probe(self) -> None:
        """Whether LINE takes the token again; if so, what waited goes on at once."""
        try:
            await self._desk.api.bot_info()
        except LineFault:
            return
        station_id = self._desk.station.id
        await self._desk.write(lambda session: quotas.clear_line_fault(session, station_id))
        log.info("line_token_works_again", station=self._desk.station.slug)

    async def _refresh(self) -> None:
        """Read the quota, and give what it holds back another chance or its end."""
        station_id = self._desk.station.id
        now = self._desk.now()
        await self._desk.write(lambda session: quotas.expire_parked(session, station_id, now))
        try:
            quota = await read_quota(self._desk)
        except LineFault as fault:
            if fault.answer.outcome is Outcome.UNAUTHORIZED:
                await self._desk.write(lambda s: quotas.mark_unauthorized(s, station_id, now))
            return
        await self._desk.write(lambda session: _store(session, self._desk, quota, now))
        self._desk.is_month_spent = quota.is_spent
        self._quota_at = now + timedelta(seconds=self._desk.pace.quota_s)


def _store(session: Session, desk: Desk, quota: Quota, now: datetime) -> None:
    station_id = desk.station.id
    if quotas.store_quota(session, station_id, quota, now):
        warn_month_spent(session, desk.station, desk.ids, now)
    if not quota.is_spent:
        quotas.release_parked(session, station_id, now)

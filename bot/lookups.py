"""Asks LINE for names and sizes of the groups that the bot is in: sizes are what alerts cost."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.answers import LineFault, Outcome
from bot.desk import Desk
from db import lookups
from db.lookups import LookUp
from db.quota import mark_unauthorized

_HOLD_S = 60.0
_AT_ONCE = 5
_WAIT_MAX_S = 3600.0


class GroupDesk:
    """`step` asks for a few due groups. How often a group failed is only remembered here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._failures: dict[int, int] = {}

    async def step(self) -> bool:
        now, station = self._desk.now(), self._desk.station
        if not await self._desk.read(lambda s: lookups.has_look_up(s, station.id, now)):
            return False
        due = await self._desk.write(
            lambda s: lookups.claim_look_ups(s, station, now, _HOLD_S, _AT_ONCE)
        )
        for look_up in due:
            await self._ask(look_up, now)
        return bool(due)

    async def _ask(self, look_up: LookUp, now: datetime) -> None:
        api, station, group_id = self._desk.api, self._desk.station, look_up.group_chat_id
        try:
            async with self._desk.limiter:
                name = await api.group_name(look_up.line_id)
            count = await api.group_member_count(look_up.line_id)
        except LineFault as fault:
            is_unauthorized = fault.answer.outcome is Outcome.UNAUTHORIZED
            await self._desk.write(lambda s: self._put_off(s, group_id, is_unauthorized, now))
            return
        self._failures.pop(group_id, None)
        await self._desk.write(
            lambda s: lookups.mark_looked_up(s, station, group_id, name, count, now)
        )

    def _put_off(
        self, session: Session, group_id: int, is_unauthorized: bool, now: datetime
    ) -> None:
        failures = self._failures[group_id] = self._failures.get(group_id, 0) + 1
        wait_s = min(30.0 * 2 ** min(failures, 10), _WAIT_MAX_S)
        lookups.put_off(session, group_id, now + timedelta(seconds=wait_s))
        if is_unauthorized:
            mark_unauthorized(session, self._desk.station.id, now)

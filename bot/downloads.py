"""Downloads what people sent, sealed and piece by piece: a large video never lies in memory."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta

import structlog
from sqlmodel import Session

from bot.answers import Answer, LineFault, Outcome
from bot.desk import Desk
from bot.line_api import Content
from db import attachments
from db.attachments import Wanted
from db.media import MediaFolder
from db.quota import mark_unauthorized

log = structlog.get_logger()
BYTES_MAX = 210 * 1000 * 1000  # LINE's own limit is 200 MB
_LEASE_S = 60.0
_RENEW_S = 20.0
_TRIES_MAX = 20
_NOT_READY_LIFE = timedelta(hours=1)
_LOOK_AROUND_S = 0.5


class TooLarge(Exception):
    """More bytes than LINE would take from a person."""


class NotWanted(Exception):
    """It was unsent meanwhile, or another sender has it."""


class Stopped(Exception):
    """The process ends."""


def later_s(answer: Answer, attempts: int) -> float:
    """Seconds until the next try; a file in the making is asked for more often."""
    longest = 60.0 if answer.outcome is Outcome.NOT_READY else 900.0
    return float(min(2.0 ** min(attempts, 10), longest))


class Downloader:
    """`step` fetches one attachment; several may run beside each other."""

    def __init__(self, desk: Desk, media: MediaFolder) -> None:
        self._desk = desk
        self._media = media

    async def step(self) -> bool:
        desk, now = self._desk, self._desk.now()
        if not await desk.read(lambda s: attachments.has_wanted(s, desk.station.id, now)):
            return False
        claimed = await desk.write(
            lambda s: attachments.claim_attachments(
                s, desk.station, desk.instance, now, _LEASE_S, limit=1
            )
        )
        for wanted in claimed:
            await self._fetch(wanted)
        return bool(claimed)

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            async with self._desk.api.content(wanted.message_id) as content:
                if (content.byte_count or 0) > BYTES_MAX:
                    raise TooLarge
                await self._store(wanted, content)
        except LineFault as fault:
            answer = fault.answer
            await self._desk.write(lambda s: self._record_fault(s, wanted, answer))
        except TooLarge:
            me = self._desk.instance
            await self._desk.write(lambda s: attachments.mark_failed(s, wanted.id, me, "too_large"))
        except Stopped:
            now, me = self._desk.now(), self._desk.instance
            await self._desk.write(lambda s: attachments.mark_later(s, wanted.id, me, now, None))
        except NotWanted:
            log.info("attachment_not_wanted", attachment=wanted.id)

    async def _store(self, wanted: Wanted, content: Content) -> None:
        loop = asyncio.get_running_loop()
        pump = _Pump(self._desk, wanted, content, loop)
        name = await asyncio.to_thread(self._media.write, pump.chunks())
        kept = await self._desk.write(
            lambda s: attachments.mark_stored(
                s, wanted.id, self._desk.instance, name, content.content_type, pump.byte_count
            )
        )
        if not kept:
            await asyncio.to_thread(self._media.erase, name)

    def _record_fault(self, session: Session, wanted: Wanted, answer: Answer) -> None:
        now, me = self._desk.now(), self._desk.instance
        fault = answer.detail_code or answer.outcome.value
        if answer.outcome is Outcome.UNAUTHORIZED:
            mark_unauthorized(session, self._desk.station.id, now)
            attachments.mark_later(session, wanted.id, me, now, fault)
        elif answer.status in (404, 410):
            attachments.mark_gone(session, wanted.id, me, fault)
        elif answer.is_retryable and not self._is_hopeless(wanted, answer):
            wait = timedelta(seconds=later_s(answer, wanted.attempts))
            attachments.mark_later(session, wanted.id, me, now + wait, fault)
        else:
            attachments.mark_failed(session, wanted.id, me, fault)

    def _is_hopeless(self, wanted: Wanted, answer: Answer) -> bool:
        if wanted.attempts < _TRIES_MAX:
            return False
        is_old = self._desk.now() - wanted.at > _NOT_READY_LIFE
        return is_old or answer.outcome is not Outcome.NOT_READY


class _Pump:
    """Hands the bytes from the event loop to the thread that seals and writes them."""

    def __init__(
        self, desk: Desk, wanted: Wanted, content: Content, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._desk, self._wanted, self._content, self._loop = desk, wanted, content, loop
        self._renewed_at = time.monotonic()
        self.byte_count = 0

    def chunks(self) -> Iterator[bytes]:
        """Raises LineFault, TooLarge, NotWanted, Stopped."""
        while chunk := self._next():
            self.byte_count += len(chunk)
            if self.byte_count > BYTES_MAX:
                raise TooLarge
            self._renew()
            yield chunk

    def _next(self) -> bytes:
        coming = asyncio.run_coroutine_threadsafe(self._content.read(), self._loop)
        while True:
            if self._desk.stop.is_set():
                coming.cancel()
                raise Stopped
            try:
                return coming.result(_LOOK_AROUND_S)
            except NotYet:
                continue

    def _renew(self) -> None:
        if time.monotonic() - self._renewed_at < _RENEW_S:
            return
        self._renewed_at = time.monotonic()
        until = self._desk.now() + timedelta(seconds=_LEASE_S)
        with self._desk.database.write() as session:
            if not attachments.renew_lease(session, self._wanted.id, self._desk.instance, until):
                raise NotWanted

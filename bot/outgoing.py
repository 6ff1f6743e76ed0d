"""The courier: takes one claimed row to LINE and comes back with what is to be recorded.

Writes nothing to the database; what answers mean stands in bot.verdicts.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.answers import Answer
from bot.bodies import BodyFault, build_push, build_reply
from bot.desk import Desk
from bot.quota import QuotaDesk
from bot.verdicts import Verdict, backoff_s, judge_push, judge_reply
from db.deliveries import Attempt, Result
from db.models import Outbox
from db.outbox import EMERGENCY, Call, Claim, OpenMessage, open_message
from db.quota import Quota
from db.seals import SealFault

log = structlog.get_logger()
_TOO_MANY = 429
_CRASHES_MAX = 5


class Courier:
    """Never raises for what LINE does, nor for a broken row: those are results."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._quota = QuotaDesk(desk)

    async def deliver(self, claim: Claim) -> Result:
        try:
            message = open_message(self._desk.station, claim.row)
            if message is None:
                return _give_up(claim.row, "erased")
            return await self._deliver(claim, message)
        except SealFault:
            return _give_up(claim.row, "seal")
        except BodyFault as fault:
            return _give_up(claim.row, f"body:{fault}")

    async def _deliver(self, claim: Claim, message: OpenMessage) -> Result:
        row = claim.row
        if not self._has_time(row):
            return Result(row.id, "again", reply="untried" if claim.call == "reply" else "keep")
        answer, attempt = await self._call(claim.call, row, message)
        if claim.call == "push":
            result = await self._push_result(row, answer, (attempt,))
            return replace(result, is_push_untried=claim.is_first_push and _is_refused(answer))
        verdict = judge_reply(answer, row)
        if verdict.action == "push":
            return await self._push_after_reply(row, message, attempt, verdict)
        return _result(row, verdict, answer, (attempt,))

    async def _push_after_reply(
        self, row: Outbox, message: OpenMessage, first: Attempt, verdict: Verdict
    ) -> Result:
        """The free way is closed: the paid one, at once, where this claim has time for it.

        Where it may not be taken, the next claim says what becomes of the row.
        """
        is_held = self._desk.is_month_spent and row.priority > EMERGENCY
        if row.reply_only or is_held or self._desk.stop.is_set() or not self._has_time(row):
            return Result(row.id, "again", (first,), verdict.fault, reply="over")
        answer, second = await self._call("push", row, message)
        return replace(await self._push_result(row, answer, (first, second)), reply="over")

    async def _push_result(
        self, row: Outbox, answer: Answer, attempts: tuple[Attempt, ...]
    ) -> Result:
        quota = await self._quota.ask_again() if answer.status == _TOO_MANY else None
        verdict = judge_push(answer, row, quota)
        return _result(row, verdict, answer, attempts, quota)

    async def _call(self, call: Call, row: Outbox, message: OpenMessage) -> tuple[Answer, Attempt]:
        timeout_s = self._desk.pace.timeout_s
        body = _build(call, row, message)
        async with self._desk.limiter:
            at, started = self._desk.now(), time.monotonic()
            if call == "reply":
                answer = await self._desk.api.reply(body, timeout_s)
            else:
                answer = await self._desk.api.push(body, row.retry_key, timeout_s)
        took_ms = round((time.monotonic() - started) * 1000)
        outcome = answer.outcome.value
        return answer, Attempt(at, call, answer.status, outcome, answer.request_id, took_ms)

    def _has_time(self, row: Outbox) -> bool:
        """A call that outlives its lease could meet another sender's."""
        until = row.claimed_until
        left = timedelta(seconds=self._desk.pace.timeout_s)
        return until is not None and self._desk.now() + left <= until


def _is_refused(answer: Answer) -> bool:
    """LINE certainly did not carry it out."""
    return not answer.is_accepted and not answer.is_unknown


def explain_crash(claim: Claim, fault: Exception, now: datetime) -> Result:
    """A fault of ours: the row is neither lost at once nor sent in a circle for ever.

    What LINE made of the call, if there was one, is not known: it counts as an attempt.
    """
    row, name = claim.row, f"crash:{type(fault).__name__}"[:80]
    has_crashed = (row.fault or "").startswith("crash:")
    attempt = Attempt(now, claim.call, 0, "crash", None, 0)
    is_over = has_crashed and row.attempts >= _CRASHES_MAX
    wait_s = backoff_s(row.attempts + 1, row.retry_key)
    return Result(row.id, "failed" if is_over else "again", (attempt,), name, wait_s)


def _build(call: Call, row: Outbox, message: OpenMessage) -> bytes:
    if call == "reply":
        return build_reply(message.reply_token or "", message.messages, row.silent)
    return build_push(message.target, message.messages, row.silent)


def _result(
    row: Outbox,
    verdict: Verdict,
    answer: Answer,
    attempts: tuple[Attempt, ...],
    quota: Quota | None = None,
) -> Result:
    if verdict.action == "failed":
        _tell_failed(row, answer)
    tried = row.attempts + len(attempts)
    return Result(
        row.id,
        "again" if verdict.action == "push" else verdict.action,
        attempts,
        fault=verdict.fault,
        wait_s=backoff_s(tried, row.retry_key) if verdict.is_backed_off else 0.0,
        reply=verdict.reply,
        message_ids=answer.message_ids if verdict.action == "sent" else (),
        is_group_gone=verdict.is_group_gone,
        is_unauthorized=verdict.is_unauthorized,
        quota=quota,
    )


def _tell_failed(row: Outbox, answer: Answer) -> None:
    tell = log.error if answer.is_ours else log.warning
    tell(
        "message_refused",
        outbox=row.id,
        kind=row.kind,
        status=answer.status,
        code=answer.detail_code,
    )


def _give_up(row: Outbox, fault: str) -> Result:
    log.error("message_unsendable", outbox=row.id, kind=row.kind, fault=fault[:80])
    return Result(row.id, "failed", fault=fault[:80])

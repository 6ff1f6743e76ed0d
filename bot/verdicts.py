"""What LINE's answer to a message means for its row: a pure table, without a call or a row changed.

Source: LINE, "Retrying an API request" and "Status codes".
"""

import random
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bot.answers import Answer, Outcome
from db.deliveries import Action
from db.models import Outbox
from db.outbox import EMERGENCY, MONTH_QUOTA, may_repeat
from db.quota import Quota

BACKOFF_MAX_S = 900.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`action` "push" means: at once, in the same claim. Else as in db.deliveries.Result."""

    action: Action | Literal["push"]
    fault: str | None = None
    reply: Literal["keep", "over", "untried"] = "keep"
    is_backed_off: bool = False
    is_group_gone: bool = False
    is_unauthorized: bool = False


def backoff_s(attempts: int, seed: UUID) -> float:
    """Seconds before attempt `attempts + 1`: doubling from 2, at most 900, ±20 % by seed."""
    wait_s = min(2.0 ** min(max(attempts, 1), 10), BACKOFF_MAX_S)
    spread = random.Random(seed.int + attempts).uniform(0.8, 1.2)
    return min(wait_s * spread, BACKOFF_MAX_S)


def judge_reply(answer: Answer, row: Outbox) -> Verdict:
    """A reply goes out at most once. Where it may have arrived, a person gets a push as well; a
    group does not: there it would be read twice by all, and paid for by the head.
    """
    fault = answer.detail_code
    if answer.is_accepted:
        return Verdict("sent")
    if answer.is_unknown:
        repeats = Verdict("push", fault, reply="over")
        return repeats if may_repeat(row) else Verdict("unknown", fault)
    if answer.outcome is Outcome.UNREACHABLE:
        return Verdict("again", fault, reply="untried", is_backed_off=True)
    if answer.outcome is Outcome.UNAUTHORIZED:
        return Verdict("again", fault, reply="over", is_unauthorized=True)
    if answer.outcome is Outcome.LIMITED:
        return Verdict("again", "rate", reply="over", is_backed_off=True)
    if answer.outcome is Outcome.REFUSED and answer.status == 400:
        return Verdict("push", fault, reply="over")
    return Verdict("failed", fault)


def judge_push(answer: Answer, row: Outbox, quota: Quota | None) -> Verdict:
    """`quota` is what LINE said when asked after a 429; None where it was not asked or silent."""
    fault = answer.detail_code
    if answer.is_accepted:
        return Verdict("sent")
    if answer.outcome is Outcome.UNAUTHORIZED:
        return Verdict("again", fault, is_unauthorized=True)
    if answer.outcome is Outcome.LIMITED:
        return _judge_limited(answer, row.priority, quota)
    if answer.is_retryable:
        return Verdict("again", fault, is_backed_off=True)
    is_ours = answer.is_ours or fault == "retry_key"
    is_gone = row.to_group and answer.status == 400 and not is_ours
    return Verdict("failed", fault, is_group_gone=is_gone)


def _judge_limited(answer: Answer, priority: int, quota: Quota | None) -> Verdict:
    """The month or the rate? The quota decides. LINE's words only count where the month has room
    left, but less than this chat has people.
    """
    if quota is None or quota.limit is None:
        return Verdict("again", "rate", is_backed_off=True)
    if not quota.is_spent and answer.detail_code != "monthly_limit":
        return Verdict("again", "rate", is_backed_off=True)
    if priority == EMERGENCY:
        return Verdict("again", MONTH_QUOTA, is_backed_off=True)
    return Verdict("parked", MONTH_QUOTA)

"""What LINE answered to a call, as a value: may it be tried again, and whose fault was it?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp


class Outcome(StrEnum):
    """How a call ended, as far as we can know."""

    ACCEPTED = "accepted"
    NOT_READY = "not_ready"  # 202: the content is still being made
    BODY = "body"  # 400 that names properties: the fault is ours
    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    GONE = "gone"
    LIMITED = "limited"
    BROKEN = "broken"  # 5xx: may have been carried out
    SILENT = "silent"  # no answer: may have been carried out
    UNREACHABLE = "unreachable"  # no connection: certainly not carried out


_BY_STATUS = {
    202: Outcome.NOT_READY,
    401: Outcome.UNAUTHORIZED,
    409: Outcome.ACCEPTED,
    410: Outcome.GONE,
    429: Outcome.LIMITED,
}
# LINE may change its words at any time: they are a hint where a status has several causes.
_WORDS = {
    "reply token": "reply_token",
    "retry key": "retry_key",
    "failed to send": "not_reached",
    "monthly limit": "monthly_limit",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where none came; `detail_code` is ours and tells no content."""

    status: int
    outcome: Outcome
    request_id: str | None = None
    message_ids: tuple[str, ...] = ()
    detail_code: str | None = None

    @property
    def is_accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED

    @property
    def is_unknown(self) -> bool:
        """LINE may have carried it out."""
        return self.outcome in (Outcome.BROKEN, Outcome.SILENT)

    @property
    def is_retryable(self) -> bool:
        """The same call may succeed later, without anybody mending anything."""
        later = (Outcome.NOT_READY, Outcome.LIMITED, Outcome.UNREACHABLE)
        return self.is_unknown or self.outcome in later

    @property
    def is_ours(self) -> bool:
        """What we sent was wrong, and our code is to be mended."""
        return self.outcome is Outcome.BODY or self.status in (413, 415)


class LineFault(Exception):
    """A question that LINE did not answer. Ask `answer.is_retryable`, `answer.is_ours`."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"LINE answered {answer.status} ({answer.detail_code or answer.outcome})")


def read_answer(status: int, headers: Mapping[str, str], said: bytes) -> Answer:
    parsed = parse_object(said)
    accepted_id = headers.get("x-line-accepted-request-id")
    request_id = accepted_id or headers.get("x-line-request-id")
    if status in (200, 409):
        return Answer(status, Outcome.ACCEPTED, request_id, _message_ids(parsed))
    outcome = Outcome.BROKEN if status >= 500 else _BY_STATUS.get(status, Outcome.REFUSED)
    if status == 400 and parsed.get("details"):
        return Answer(status, Outcome.BODY, request_id, (), _property(parsed["details"]))
    return Answer(status, outcome, request_id, (), _code(status, parsed.get("message")))


def explain_silence(fault: Exception) -> Answer:
    """From what aiohttp raised: did the call leave this machine?"""
    never_left = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(fault, never_left):
        return Answer(0, Outcome.UNREACHABLE, detail_code="unreachable")
    code = "timeout" if isinstance(fault, TimeoutError) else "disconnected"
    return Answer(0, Outcome.SILENT, detail_code=code)


def _code(status: int, message: object) -> str:
    words = str(message or "").lower()
    return next((code for part, code in _WORDS.items() if part in words), f"http_{status}")


def _property(details: object) -> str:
    """The property that LINE names ("messages[0].text"); never its value."""
    first = details[0] if isinstance(details, list) and details else None
    name = first.get("property") if isinstance(first, dict) else None
    return f"body:{name}"[:80]


def _message_ids(parsed: dict[str, Any]) -> tuple[str, ...]:
    sent = parsed.get("sentMessages")
    if not isinstance(sent, list):
        return ()
    return tuple(str(one["id"]) for one in sent if isinstance(one, dict) and "id" in one)


def parse_object(said: bytes) -> dict[str, Any]:
    """Empty where it is not a JSON object."""
    try:
        parsed = json.loads(said or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}

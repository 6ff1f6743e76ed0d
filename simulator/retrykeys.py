"""Retry keys: what makes a repeated send call harmless for 24 hours.

Source: LINE, "Retrying an API request".
"""

import json
import re
from dataclasses import dataclass

from simulator.records import Body

LIFE_S = 24 * 3600.0
FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Accepted:
    """The first request that was accepted under a key."""

    at: float
    request_id: str
    path: str
    written: str
    answer: Body

    def is_same(self, path: str, body: Body) -> bool:
        """Whether a later request asks for the same thing of the same endpoint."""
        return self.path == path and self.written == canonical(body)


class RetryKeys:
    """Keys of accepted requests. Not locked: the platform holds its lock."""

    def __init__(self) -> None:
        self._kept: dict[str, Accepted] = {}

    def find(self, key: str, now: float) -> Accepted | None:
        """The accepted request under `key`, unless 24 hours have passed."""
        found = self._kept.get(key.lower())
        return found if found and now - found.at < LIFE_S else None

    def keep(self, key: str, accepted: Accepted) -> None:
        self._kept[key.lower()] = accepted


def is_retry_key(value: str) -> bool:
    """Whether this is a hexadecimal UUID."""
    return FORM.fullmatch(value) is not None


def canonical(body: Body) -> str:
    """One spelling for equal JSON."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False)

"""Faults on demand: what the platform does instead of, or after, what it should.

| kind | what the caller sees | was the call carried out? |
| --- | --- | --- |
| 429 | 429, the rate limit's words | no |
| 429-month | 429, the monthly limit's words | no |
| 500 | 500 | no |
| 500-accepted | 500 | yes |
| 401 | 401 | no |
| hang | nothing, for `seconds` (60) | no |
| drop | the connection closes without an answer | yes |
| slow | the answer, after `seconds` (3) | yes |
"""

import threading
from dataclasses import dataclass

from simulator.errors import MONTH_WORDS, RATE_WORDS, UNAUTHORIZED_WORDS

KINDS = ("429", "429-month", "500", "500-accepted", "401", "hang", "drop", "slow")
ANSWERS = {
    "429": (429, RATE_WORDS),
    "429-month": (429, MONTH_WORDS),
    "500": (500, "Internal Server Error"),
    "500-accepted": (500, "Internal Server Error"),
    "401": (401, UNAUTHORIZED_WORDS),
}
DEFAULT_SECONDS = {"hang": 60.0, "slow": 3.0}


@dataclass
class Fault:
    """One kind of fault, `left` times, on calls whose path has the segment `path` (None: any)."""

    kind: str
    left: int
    path: str | None
    seconds: float

    def matches(self, path: str) -> bool:
        parts = path.split("/")
        if self.path is None:
            return True
        return self.path in parts and ("validate" not in parts or self.path == "validate")


class Faults:
    """The faults still to come, oldest first."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self, kind: str, times: int = 1, path: str | None = None, seconds: float | None = None
    ) -> None:
        """Raises ValueError for a kind that is not in the module's table."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        wait_s = DEFAULT_SECONDS.get(kind, 0.0) if seconds is None else seconds
        with self._lock:
            self._pending.append(Fault(kind, times, path, wait_s))

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets, if any; it counts as met."""
        with self._lock:
            for fault in self._pending:
                if fault.matches(path):
                    fault.left -= 1
                    if fault.left <= 0:
                        self._pending.remove(fault)
                    return fault
        return None

    def list_pending(self) -> list[Fault]:
        with self._lock:
            return list(self._pending)

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

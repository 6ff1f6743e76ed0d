"""The month's quota: counted by people reached, on the calendar of UTC+9.

Source: LINE, "Messaging API pricing", "Get the target limit for sending messages this month".
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

TOKYO = timezone(timedelta(hours=9))


class Quota:
    """`limit` is None on a plan without a limit."""

    def __init__(self, limit: int | None, now: Callable[[], float]) -> None:
        self.limit = limit
        self._now = now
        self._used: dict[str, int] = {}

    @property
    def used(self) -> int:
        """People reached in the present month."""
        return self._used.get(self._month(), 0)

    @used.setter
    def used(self, count: int) -> None:
        self._used[self._month()] = count

    def has_room(self, cost: int) -> bool:
        return not cost or self.limit is None or self.used + cost <= self.limit

    def _month(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).astimezone(TOKYO).strftime("%Y-%m")

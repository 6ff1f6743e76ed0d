"""A platform on loopback with a clock that stands still, and a webhook that only listens."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator import Line
from tests.unit.simulator.caller import SECRET, TOKEN, Caller, Now


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def posted() -> list[dict[str, Any]]:
    """What the webhook got: parsed bodies, oldest first."""
    return []


@pytest.fixture
def line(now: Now, posted: list[dict[str, Any]]) -> Line:
    line = Line(SECRET, TOKEN, now=now)

    def listen(body: bytes, headers: dict[str, str]) -> int:
        posted.append(json.loads(body))
        return 200

    line.webhook = listen
    return line


@pytest.fixture
def caller(line: Line) -> Iterator[Caller]:
    with line.serve() as address:
        yield Caller(address)

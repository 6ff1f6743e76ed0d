"""The loop that every part of the sender runs in: it outlives faults, and tells each once."""

import asyncio
from typing import Any

import structlog

from bot.desk import Desk, Loop
from db.stations import OpenStation


def run_steps(steps):
    """A loop over these steps (a fault to raise, or whether there was work), then a stop."""
    left = list(steps)

    async def act():
        nothing: Any = None
        desk = Desk(nothing, OpenStation(1, "main", "x", nothing), "one", nothing, nothing)

        async def step():
            said = left.pop(0)
            if not left:
                desk.stop.set()
            if isinstance(said, Exception):
                raise said
            return said

        await asyncio.wait_for(Loop(desk, "outbox", step, 0.001, 0.002).run(), 5)

    with structlog.testing.capture_logs() as logs:
        asyncio.run(act())
    return [line["event"] for line in logs]


def test_fault_is_told_once_and_so_is_its_end():
    gone = ConnectionError("the database")
    assert run_steps([True, gone, gone, gone, True, False]) == [
        "sender_part_failed",
        "sender_part_recovered",
    ]


def test_another_fault_is_told_too():
    told = run_steps([ConnectionError(), ValueError(), True, True])
    assert told == ["sender_part_failed", "sender_part_failed", "sender_part_recovered"]

"""The sender against the simulator, which is as strict as LINE: what do people read?"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.bodies import load_models
from bot.desk import Desk, Pace
from bot.line_api import LineApi, open_session
from bot.sender import serve
from db.media import MediaFolder
from simulator import Line
from tests.unit.outbox_rows import load, put

FAST = Pace(timeout_s=5.0, idle_min_s=0.005, idle_max_s=0.01, watch_s=0.02, stop_s=2)


@pytest.fixture
def line(clock):
    line = Line("secret", "token", now=lambda: clock().timestamp())
    line.webhook = lambda body, headers: 200
    with line.serve():
        yield line
    assert line.rejected == []


@pytest.fixture
def send(database, station, seals, clock, line, tmp_path):
    """Puts one row, lets a sender work while time flies, and gives the row in its final state."""

    load_models()  # takes its time, which would count as LINE's

    async def act(row, pace):
        async with open_session() as session:
            api = LineApi(line.base_url, line.base_url, "token", session)
            desk = Desk(database, station, "one", api, clock, pace)
            task = asyncio.create_task(serve(desk, MediaFolder(tmp_path / "m", seals)))
            async with asyncio.timeout(20):
                while load(database, row).final_at is None:
                    await asyncio.sleep(0.02)
                    tried = load(database, row)
                    if tried.claimed_by is None:
                        clock.forward(seconds=1)
            desk.stop.set()
            await task
        return load(database, row)

    def run(pace=FAST, **changes):
        return asyncio.run(act(put(database, station, clock, **changes), pace))

    return run


@pytest.mark.parametrize("kind", ["500", "500-accepted", "drop", "hang", "429"])
def test_person_reads_a_push_once_whatever_happens(line, send, kind):
    alice = line.add_person("สมศรี")
    line.faults.add(kind, times=2, path="push", seconds=2)
    row = send(target=alice.id, pace=replace(FAST, timeout_s=0.5) if kind == "hang" else FAST)
    assert (row.state, row.attempts) == ("sent", 3)
    assert line.texts(alice) == ["สวัสดี"]
    assert line.quota_used == 1


def test_reply_is_free_and_an_old_token_costs_a_push(line, send, clock):
    alice = line.add_person("สมศรี")
    token = alice.say("ไฟไหม้")["replyToken"]
    until = clock() + timedelta(seconds=300)
    first = send(target=alice.id, reply_token=token, reply_until=until)
    token = alice.say("อยู่ซอย 5")["replyToken"]
    clock.forward(seconds=120)
    second = send(target=alice.id, reply_token=token, reply_until=until)
    assert (first.people_count, first.attempts) == (0, 1)
    assert (second.people_count, second.attempts) == (1, 2)
    assert line.texts(alice).count("สวัสดี") == 2
    assert line.quota_used == 1


def test_group_reply_of_unknown_outcome_is_read_once(line, send, clock):
    alice = line.add_person("สมศรี")
    group = line.add_group("ร่มเย็น", [alice], extra_members=40)
    group.invite_bot(alice)
    token = alice.say("ยาม", to=group)["replyToken"]
    line.faults.add("drop", path="reply")
    row = send(
        target=group.id, to_group=True, reply_token=token,
        reply_until=clock() + timedelta(seconds=50),
    )  # fmt: skip
    assert (row.state, line.texts(group).count("สวัสดี"), line.quota_used) == ("unknown", 1, 0)

"""The sender against a LINE that fails in every way it can: what arrives, and what is recorded."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.bodies import load_models
from bot.desk import Desk, Pace
from bot.line_api import LineApi, open_session
from bot.sender import serve
from db import people
from db.media import MediaFolder
from db.models import (
    Attachment,
    AuditEntry,
    Case,
    GroupChat,
    LineMessage,
    Outbox,
    SendAttempt,
    Station,
)
from tests.unit.bot.fake_line import FakeLine
from tests.unit.outbox_rows import load, put

FAST = Pace(timeout_s=5.0, idle_min_s=0.005, idle_max_s=0.01, watch_s=0.01, stop_s=2)
MINUTE = timedelta(minutes=1)


class Bench:
    """A sender at work. `until` lets it work till something holds, on the real clock."""

    def __init__(self, database, station, clock, seals, line, pace):
        self.database, self.station, self.clock, self.line = database, station, clock, line
        self.seals, self.pace = seals, pace

    def put(self, **changes):
        return put(self.database, self.station, self.clock, **changes)

    def row(self, row):
        return load(self.database, row)

    def attempts(self, row):
        with self.database.read() as session:
            found = session.exec(select(SendAttempt).where(SendAttempt.outbox_id == row.id))
            return [(one.call, one.status) for one in found]

    async def until(self, holds, timeout_s=20.0):
        async with asyncio.timeout(timeout_s):
            while not holds():  # noqa: ASYNC110 -- it looks into the database
                await asyncio.sleep(0.005)

    async def until_state(self, row, state):
        await self.until(lambda: self.row(row).state == state)

    async def until_tried(self, row, times):
        await self.until(lambda: self.row(row).attempts == times)

    @asynccontextmanager
    async def sender(self, media, name="one"):
        async with open_session() as session:
            api = LineApi(self.line.address, self.line.address, "token", session)
            desk = Desk(self.database, self.station, name, api, self.clock, self.pace)
            task = asyncio.create_task(serve(desk, MediaFolder(media, self.seals)))
            try:
                yield desk
            finally:
                desk.stop.set()
                await task


@pytest.fixture
def play(database, station, clock, seals, tmp_path):
    """Runs `scene(bench)` beside a sender, until the scene ends."""

    load_models()  # takes its time, which would count as LINE's

    def run(scene, prepare=None, met=()):
        pace = replace(FAST, timeout_s=0.4) if "hang" in met else FAST

        async def act():
            async with FakeLine() as line:
                bench = Bench(database, station, clock, seals, line, pace)
                if prepare:
                    prepare(bench)
                async with bench.sender(tmp_path / "media"):
                    await scene(bench)
            return bench

        return asyncio.run(act())

    return run


def young(clock):
    return {"reply_token": "t1", "reply_until": clock() + MINUTE}


# What a message to a person, pushed, meets → calls made, how often accepted, state.
PUSHES = [
    ([], 1, 1, "sent"),
    (["500"], 2, 1, "sent"),
    (["502", "500"], 3, 1, "sent"),
    (["500-accepted"], 2, 1, "sent"),
    (["drop"], 2, 1, "sent"),
    (["hang"], 2, 1, "sent"),
    (["429"], 2, 1, "sent"),
    (["400-target"], 1, 0, "failed"),
    (["400-body"], 1, 0, "failed"),
    (["403"], 1, 0, "failed"),
]


@pytest.mark.parametrize(("faults", "calls", "accepted", "state"), PUSHES)
def test_push_to_a_person(play, faults, calls, accepted, state):
    async def scene(bench):
        bench.line.script["push"].extend(faults)
        row = bench.put()
        for times in range(1, calls + 1):
            await bench.until_tried(row, times)
            bench.clock.forward(seconds=10)
        await bench.until_state(row, state)
        assert bench.line.count("push") == calls
        assert len(bench.line.accepted) == accepted
        assert bench.row(row).people_count == (1 if accepted else None)

    play(scene, met=faults)


# What a young reply meets → to a person: replies, pushes, state; to a group: the same.
REPLIES = [
    (None, (1, 0, "sent"), (1, 0, "sent")),
    ("400-token", (1, 1, "sent"), (1, 1, "sent")),
    ("500", (1, 1, "sent"), (1, 0, "unknown")),
    ("hang", (1, 1, "sent"), (1, 0, "unknown")),
    ("drop", (1, 1, "sent"), (1, 0, "unknown")),
    ("400-body", (1, 0, "failed"), (1, 0, "failed")),
    ("403", (1, 0, "failed"), (1, 0, "failed")),
    ("429", (1, 1, "sent"), (1, 1, "sent")),
]


@pytest.mark.parametrize("to_group", [False, True])
@pytest.mark.parametrize(("fault", "person", "group"), REPLIES)
def test_reply(play, fault, person, group, to_group):
    replies, pushes, state = group if to_group else person

    async def scene(bench):
        bench.line.script["reply"].extend([fault] if fault else [])
        row = bench.put(to_group=to_group, **young(bench.clock))
        await bench.until(lambda: bench.row(row).attempts >= 1)
        bench.clock.forward(seconds=10)
        await bench.until_state(row, state)
        assert (bench.line.count("reply"), bench.line.count("push")) == (replies, pushes)

    play(scene, met=[fault])


def test_reply_costs_nothing_and_its_message_finds_the_case(play, database):
    def prepare(bench):
        with database.write() as session:
            bench.case = Case(
                station_id=bench.station.id, reference="YA-1", alias="นก 1", label="tip",
                category="other", confidence=0.9, state="new", opened_at=bench.clock(),
                last_from_reporter_at=bench.clock(),
            )  # fmt: skip
            session.add(bench.case)

    async def scene(bench):
        row = bench.put(case_id=bench.case.id, **young(bench.clock))
        await bench.until_state(row, "sent")
        assert bench.row(row).people_count == 0
        assert bench.attempts(row) == [("reply", 200)]
        with database.read() as session:
            stored = session.exec(select(LineMessage)).one()
        assert stored.message_key == bench.station.seals.key("message", "1000")
        assert (stored.case_id, stored.outbox_id) == (bench.case.id, row.id)

    play(scene, prepare)


ONLY_REPLIES = [(None, "sent"), ("400-token", "expired"), ("429", "expired"), ("hang", "unknown")]


@pytest.mark.parametrize(("fault", "state"), ONLY_REPLIES)
def test_courtesy_that_is_only_worth_a_reply_is_never_pushed(play, fault, state):
    async def scene(bench):
        bench.line.script["reply"].extend([fault] if fault else [])
        row = bench.put(reply_only=True, **young(bench.clock))
        await bench.until_tried(row, 1)
        bench.clock.forward(seconds=10)
        await bench.until_state(row, state)
        assert bench.line.count("push") == 0

    play(scene, met=[fault])


def add_group(bench, database, **changes):
    with database.write() as session:
        seal = bench.station.seals.seal_text
        given = {
            "station_id": bench.station.id,
            "key": bench.station.seals.key("group", "Cvillage"),
            "sealed_id": seal("Cvillage", "group.id"),
            "state": "registered",
            "joined_at": bench.clock(),
            "member_count": 120,
        }
        group = GroupChat(**given | changes)
        session.add(group)
    return group


def test_group_that_the_bot_was_removed_from_becomes_inactive(play, database):
    async def scene(bench):
        group = add_group(bench, database)
        bench.line.script["push"].append("400-target")
        row = bench.put(chat="village", to_group=True)
        await bench.until_state(row, "failed")
        with database.read() as session:
            assert session.get_one(GroupChat, group.id).state == "inactive"

    play(scene)


def test_push_to_a_group_costs_its_members(play, database):
    async def scene(bench):
        group = add_group(bench, database)
        row = bench.put(to_group=True, group_chat_id=group.id)
        await bench.until_state(row, "sent")
        assert bench.row(row).people_count == 120

    play(scene)


def test_group_is_looked_up_and_asked_again_where_line_fails(play, database):
    async def scene(bench):
        bench.line.script["group"].append("500")
        group = add_group(bench, database, member_count=None, look_up_due_at=bench.clock())

        def stored():
            with database.read() as session:
                return session.get_one(GroupChat, group.id)

        # First the hold of the claim, then the later end of the wait after the failure.
        await bench.until(lambda: not bench.line.script["group"])
        await asyncio.sleep(0.05)
        bench.clock.forward(seconds=61)
        await bench.until(lambda: stored().member_count == 120)
        name = bench.station.seals.open_text(stored().sealed_name, "group.name")
        assert name == "หมู่บ้านร่มเย็น"
        assert stored().look_up_due_at == bench.clock() + timedelta(hours=24)

    play(scene)


def station_of(bench):
    with bench.database.read() as session:
        return session.get_one(Station, bench.station.id)


def test_refused_token_pauses_all_loses_nothing_and_recovers_by_itself(play):
    async def scene(bench):
        bench.line.script["push"].append("401")
        bench.line.script["info"].extend(["401"])
        rows = [bench.put(chat=str(number)) for number in range(3)]
        await bench.until(lambda: bench.line.count("info") == 1)
        assert station_of(bench).line_fault == "unauthorized"
        calls = bench.line.count("push")
        late = bench.put(chat="late")
        await asyncio.sleep(0.05)
        assert bench.line.count("push") == calls
        bench.clock.forward(seconds=31)
        for row in [*rows, late]:
            await bench.until_state(row, "sent")
        assert station_of(bench).line_fault is None
        assert len(bench.line.accepted) == 4

    play(scene)


def test_spent_month_parks_all_but_emergencies_until_it_has_room(play):
    async def scene(bench):
        bench.line.quota, bench.line.used = {"type": "limited", "value": 500}, 500
        bench.line.script["push"].extend(["429-month", "429-month"])
        push = bench.put(chat="a")
        await bench.until_state(push, "parked")
        assert station_of(bench).quota_spent_at is not None
        fire = bench.put(chat="b", priority=0)
        await bench.until_tried(fire, 1)
        held = bench.put(chat="c")
        await bench.until_state(held, "parked")
        assert bench.line.count("push") == 2
        assert bench.row(fire).fault == "month_quota"
        bench.line.used = 0
        bench.clock.forward(minutes=11)
        for row in (push, fire, held):
            await bench.until_state(row, "sent")
        assert station_of(bench).quota_spent_at is None

    play(scene)


def test_spent_month_is_told_once_to_those_on_duty(play, database):
    def on_duty(bench):
        with database.write() as session:
            person = people.add_person(session, bench.station, "U" + "9" * 32, bench.clock())
            people.register_staff(session, person, "officer", "ร.ต.ท. สมมติ", bench.clock())

    async def scene(bench):
        bench.line.quota, bench.line.used = {"type": "limited", "value": 500}, 500
        bench.line.script["push"].extend(["429-month"] * 20)
        for number in range(3):
            await bench.until_state(bench.put(chat=str(number)), "parked")
        with database.read() as session:
            notices = session.exec(select(Outbox).where(Outbox.kind == "notice")).all()
            audit = session.exec(select(AuditEntry).where(AuditEntry.action == "quota_spent"))
            assert len(notices) == len(audit.all()) == 1
        assert (notices[0].priority, notices[0].expires_at is not None) == (0, True)

    play(scene, on_duty)


def test_quota_that_line_does_not_tell_loses_no_message(play):
    async def scene(bench):
        bench.line.used = None
        bench.line.quota = {"type": "limited"}
        bench.line.script["push"].append("429")
        row = bench.put()
        await bench.until_tried(row, 1)
        bench.clock.forward(seconds=10)
        await bench.until_state(row, "sent")

    play(scene)


def test_fault_of_ours_is_tried_again_and_not_for_ever(play, monkeypatch):
    async def crash(*_):
        raise KeyError("totalUsage")

    async def scene(bench):
        monkeypatch.setattr("bot.outgoing.Courier.deliver", crash)
        row = bench.put()
        for times in range(1, 6):
            await bench.until_tried(row, times)
            assert bench.row(row).state == "queued"
            bench.clock.forward(seconds=1000)
        await bench.until_state(row, "failed")
        assert bench.row(row).fault == "crash:KeyError"

    play(scene)


def test_news_refused_for_certain_goes_no_more_after_its_time(play):
    async def scene(bench):
        bench.line.script["push"].append("429")
        row = bench.put(expires_at=bench.clock() + MINUTE)
        await bench.until_tried(row, 1)
        await bench.until(lambda: bench.row(row).first_push_at is None)
        bench.clock.forward(minutes=2)
        await bench.until_state(row, "expired")
        assert bench.line.accepted == []

    play(scene)


def test_news_of_unknown_outcome_is_repeated_also_after_its_time(play):
    async def scene(bench):
        bench.line.script["push"].append("drop")
        row = bench.put(expires_at=bench.clock() + MINUTE)
        await bench.until_tried(row, 1)
        bench.clock.forward(minutes=2)
        await bench.until_state(row, "sent")
        assert len(bench.line.accepted) == 1

    play(scene)


def test_group_too_large_for_the_rest_of_the_month_is_parked_alone(play):
    async def scene(bench):
        bench.line.quota, bench.line.used = {"type": "limited", "value": 500}, 450
        await bench.until(lambda: station_of(bench).quota_read_at is not None)
        bench.line.script["push"].append("429-month")
        alert = bench.put(chat="g", to_group=True, priority=2)
        await bench.until_state(alert, "parked")
        person = bench.put(chat="p")
        await bench.until_state(person, "sent")
        assert station_of(bench).quota_spent_at is None

    play(scene)


def test_what_is_parked_for_a_day_expires(play):
    async def scene(bench):
        bench.line.quota, bench.line.used = {"type": "limited", "value": 500}, 500
        bench.line.script["push"].append("429-month")
        row = bench.put()
        await bench.until_state(row, "parked")
        bench.clock.forward(hours=25)
        await bench.until_state(row, "expired")

    play(scene)


def test_month_that_is_known_to_be_spent_spares_the_call(play, database):
    async def scene(bench):
        bench.line.quota, bench.line.used = {"type": "limited", "value": 500}, 500
        await bench.until(lambda: station_of(bench).quota_spent_at is not None)
        push, answer = bench.put(chat="a"), bench.put(chat="b", **young(bench.clock))
        await bench.until_state(push, "parked")
        await bench.until_state(answer, "sent")
        assert bench.line.count("push") == 0

    play(scene, lambda bench: setattr(bench.line, "quota", {"type": "limited", "value": 0}))


def test_body_that_line_would_not_take_never_leaves(play):
    async def scene(bench):
        strange = {"type": "text", "text": "ก", "colour": "red"}
        row = bench.put(messages=(strange,))
        await bench.until_state(row, "failed")
        assert bench.row(row).fault == "body:messages[0].colour"
        assert bench.line.count("push") == 0

    play(scene)


def test_row_cancelled_while_it_is_sent_is_sent_where_line_took_it(play, database):
    async def scene(bench):
        bench.line.script["push"].append("drop")
        row = bench.put()
        await bench.until_tried(row, 1)
        with database.write() as session:
            session.get_one(Outbox, row.id).state = "cancelled"
        bench.clock.forward(seconds=10)
        await asyncio.sleep(0.05)
        assert bench.row(row).state == "cancelled"
        assert bench.line.count("push") == 1

    play(scene)


def test_two_senders_send_each_row_once_and_in_order(play, tmp_path):
    async def scene(bench):
        rows = [
            bench.put(chat=f"chat{number % 10}", messages=({"type": "text", "text": str(number)},))
            for number in range(60)
        ]
        async with bench.sender(tmp_path / "media", "two"):
            for row in rows:
                await bench.until_state(row, "sent")
        assert bench.line.count("push") == 60
        for chat in range(10):
            texts = [int(text) for _, to, text in bench.line.accepted if to == f"Uchat{chat}"]
            assert texts == sorted(texts)
            assert len(texts) == 6

    play(scene)


def test_sender_that_is_stopped_finishes_its_calls(play, tmp_path):
    async def scene(bench):
        row = bench.put(chat="slow")
        async with bench.sender(tmp_path / "media", "two") as desk:
            await bench.until(lambda: bench.line.count("push") >= 1)
            desk.stop.set()
        await bench.until_state(row, "sent")

    play(scene)


def add_attachment(bench):
    with bench.database.write() as session:
        case = Case(
            station_id=bench.station.id, reference="YA-2", alias="นก 2", label="tip",
            category="other", confidence=0.9, state="new", opened_at=bench.clock(),
            last_from_reporter_at=bench.clock(),
        )  # fmt: skip
        session.add(case)
        session.flush()
        row = Attachment(
            station_id=bench.station.id, case_id=case.id, message_key=b"m", kind="image",
            sealed_message_id=bench.station.seals.seal_text("555", "attachment.message_id"),
            next_try_at=bench.clock(), at=bench.clock(),
        )  # fmt: skip
        session.add(row)
    return row


def attachment(bench, row):
    with bench.database.read() as session:
        return session.get(Attachment, row.id)


# What the download meets → calls, state.
CONTENTS = [
    ([], 1, "stored"),
    (["202", "202"], 3, "stored"),
    (["500"], 2, "stored"),
    (["410"], 1, "gone"),
    (["404"], 1, "gone"),
    (["400"], 1, "failed"),
]


@pytest.mark.parametrize(("faults", "calls", "state"), CONTENTS)
def test_download(play, tmp_path, seals, faults, calls, state):
    async def scene(bench):
        bench.line.content = b"picture" * 100_000
        bench.line.script["content"].extend(faults)
        row = add_attachment(bench)
        for times in range(1, calls + 1):
            await bench.until(lambda times=times: bench.line.count("content") == times)
            await bench.until(lambda: attachment(bench, row).claimed_by is None)
            bench.clock.forward(seconds=61)
        await bench.until(lambda: attachment(bench, row).state == state)
        stored = attachment(bench, row)
        if state == "stored":
            assert (stored.content_type, stored.byte_count) == ("image/jpeg", 700_000)
            media = MediaFolder(tmp_path / "media", seals)
            assert b"".join(media.read(stored.file_name)) == bench.line.content
        else:
            assert list((tmp_path).glob("media/*")) == []

    play(scene)


def test_download_with_a_refused_token_waits_for_a_better_one(play):
    async def scene(bench):
        bench.line.script["content"].append("401")
        row = add_attachment(bench)
        await bench.until(lambda: attachment(bench, row).state == "stored")
        assert bench.line.count("info") == 1

    play(scene)


def test_attachment_unsent_while_it_is_loaded_leaves_no_file(play, tmp_path, monkeypatch):
    async def scene(bench):
        write = MediaFolder.write

        def write_then_unsend(self, chunks):
            name = write(self, chunks)
            with bench.database.write() as session:
                session.delete(session.get_one(Attachment, row.id))
            return name

        monkeypatch.setattr(MediaFolder, "write", write_then_unsend)
        row = add_attachment(bench)
        await bench.until(lambda: bench.line.count("content") == 1)
        await bench.until(lambda: attachment(bench, row) is None)
        await bench.until(lambda: not list(tmp_path.glob("media/*")))

    play(scene)

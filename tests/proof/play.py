"""A whole station inside one process, moved step by step: who dies when is the caller's choice.

Real database, webhook, worker, courier and scheduler rules; the simulator is LINE, called without
a socket. Nothing happens by itself.
"""

import asyncio
import json
import re
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import timedelta
from unittest.mock import patch

from pydantic import SecretStr
from sqlalchemy import func
from sqlmodel import col, select

from bot.answers import Answer, Outcome, read_answer
from bot.bodies import load_models
from bot.desk import Desk, Pace
from bot.outgoing import Courier
from bot.process import Parts
from bot.worker import LEASE_S, Worker
from db import deliveries, inbox, outbox
from db.engine import Database
from db.models import (
    AlertRun,
    AlertSchedule,
    Case,
    CaseEntry,
    GroupChat,
    InboxEvent,
    Outbox,
    Person,
)
from db.seals import Seals
from db.stations import create_station, open_station
from handlers import planning
from handlers.changes import ScheduleAlert
from handlers.dispatch import Dispatch
from handlers.operating import InviteGroup, InviteStaff
from handlers.snapshots import Role
from simulator import Line
from simulator.errors import Refused
from simulator.faults import ANSWERS
from simulator.sending import new_call
from tests.conftest import Clock
from tests.talk import CountedIds, understand
from tests.unit.bot.web import SECRET, build_settings, running

SEALS = Seals((bytes(range(32)),))
TWO = (0, 1)
_VARIES = re.compile(r"KP-\d{4}|ก้านธูป \d+|\d{1,2}[:.]\d{2}|[A-Z]{2}-\d{5}-\d{5}|=\d+\b")


class Died(BaseException):
    """The process ended here."""


class DirectApi:
    """LINE without a socket; meets the faults that were ordered from the simulator."""

    def __init__(self, line):
        self._line = line

    async def reply(self, body, timeout_s):
        return self._call("reply", body, None)

    async def push(self, body, retry_key, timeout_s):
        return self._call("push", body, str(retry_key))

    async def get_quota(self):
        return self._line.quota_limit

    async def get_consumption(self):
        return self._line.quota_used

    def _call(self, kind, body, retry_key):
        call = new_call(kind, json.loads(body), retry_key)
        fault = self._line.faults.take(call.path)
        if fault is None:
            return self._carry_out(call)
        if fault.kind in ("drop", "500-accepted", "slow"):
            self._carry_out(call)
        if fault.kind in ("drop", "hang", "slow"):
            return Answer(0, Outcome.SILENT, detail_code="timeout")
        status, words = ANSWERS[fault.kind]
        return read_answer(status, {}, json.dumps({"message": words}).encode())

    def _carry_out(self, call):
        try:
            outcome = self._line.sending.carry_out(call)
        except Refused as refused:
            written = {"message": refused.message, "details": refused.details}
            if refused.broke_contract:
                self._line.world.rejected.append((call.path, written))
            return read_answer(refused.status, {}, json.dumps(written).encode())
        return read_answer(outcome.status, outcome.headers, json.dumps(outcome.body).encode())


class Play:
    """`held` are the leases of the two workers, `calls` those of the two senders, `done` what the
    senders know and have not yet written down.
    """

    def __init__(self, database_url, folder, start):
        # LINE's clock is not ours: it never goes back.
        self.clock, self.line_clock = Clock(start), Clock(start)
        self._stack = ExitStack()
        self.database = Database(database_url)
        self._stack.callback(self.database.dispose)
        with self.database.write() as session:
            row = create_station(session, SEALS, "สภ.ทดสอบ", self.clock())
        self.station = open_station(row, SEALS)
        settings = build_settings(
            database_url, folder, line_channel_access_token=SecretStr("token")
        )
        self.line = Line(SECRET, "token", now=lambda: self.line_clock().timestamp())
        app = self._stack.enter_context(running(settings, self.clock))
        self._client = app.test_client()
        self.line.webhook = self._receive
        self._runner = self._stack.enter_context(asyncio.Runner())
        self._ids = CountedIds()
        with patch("bot.worker.understand", understand), patch("bot.worker.RandomIds", self._give):
            self.workers = [
                Worker(
                    Parts(settings, self.database, SEALS, "worker", f"w{n}"),
                    [self.station],
                    self.clock,
                )
                for n in TWO
            ]
        self._stack.enter_context(patch("bot.worker.understand", understand))
        self.schedulers = [self._dispatch(folder) for _ in TWO]
        self.desks, self.couriers = self._runner.run(self._open_senders())
        self.held = [[] for _ in TWO]
        self.calls = [[] for _ in TWO]
        self.done = [[] for _ in TWO]
        self._set_up()

    def close(self):
        self._stack.close()

    def _give(self):
        return self._ids

    def _dispatch(self, folder):
        from db.media import MediaFolder

        media = MediaFolder(folder / "media", SEALS)
        return Dispatch(self.database, [self.station], "Asia/Bangkok", self._ids, media)

    async def _open_senders(self):
        load_models()
        api = DirectApi(self.line)
        desks = [
            Desk(self.database, self.station, f"s{n}", api, self.clock, Pace(in_flight_max=4))
            for n in TWO
        ]
        return desks, [Courier(desk) for desk in desks]

    def _receive(self, body, headers):
        return self._client.post("/callback", data=body, headers=headers).status_code

    def _set_up(self):
        self.people = [self.line.add_person(f"คน {n}", key=f"p{n}") for n in range(3)]
        self.officer = self.line.add_person("ตำรวจ", key="officer")
        leader = self.line.add_person("ผู้ใหญ่", key="leader")
        self.groups = [
            self.line.add_group(f"ชุมชน {n}", [leader], extra_members=9, key=f"g{n}") for n in TWO
        ]
        self.officer.say(self.orders(InviteStaff(Role.OFFICER))["code"])
        for group in self.groups:
            group.invite_bot(by=leader)
            leader.say(self.orders(InviteGroup())["code"], to=group)
        self.settle()
        with self.database.read() as session:
            states = list(session.exec(select(GroupChat.state)))
        assert states == ["registered"] * len(self.groups)

    # What happens

    def forward(self, seconds):
        self.clock.forward(seconds=seconds)
        self.line_clock.forward(seconds=seconds)

    def set_time(self, at):
        """At least `at`, for everybody."""
        self.clock.now = self.line_clock.now = max(at, self.line_clock.now)

    def orders(self, command):
        return self.schedulers[0].operate(self.station.id, command, self.clock())

    def happen(self, acts, order="sent", times=1):
        """People act one after another; the events arrive in another order, perhaps repeatedly."""
        self.line.hold()
        for who, what, words in acts:
            self.forward(1)
            person = self.people[who]
            if what == "say":
                person.say(words)
            elif what == "locate":
                person.send_location(13.8199, 100.0645, title="วัด")
            else:
                person.send_photo()
        events = list(self.line.courier.held)
        statuses = self.line.release(order)
        for _ in range(times - 1):
            statuses += [self.line.redeliver(event) for event in events]
        assert set(statuses) == {200}
        return events

    def announce(self, words, after_s):
        at = self.line_clock() + timedelta(seconds=after_s)
        self.orders(ScheduleAlert(words, words, at, None, "operator"))

    # Workers

    def claim(self, worker, limit=3):
        with self.database.write() as session:
            claimed = inbox.claim_events(session, f"w{worker}", self.clock(), LEASE_S, limit)
        self.held[worker] += claimed

    def handle(self, worker):
        if self.held[worker]:
            self.workers[worker]._handle(self.held[worker].pop(0))

    def die_while_saving(self, worker):
        """All rows are written and the commit does not come; the other leases go too."""
        if not self.held[worker]:
            return
        dying = patch("db.inbox.mark_handled", side_effect=KeyboardInterrupt)
        with dying, suppress(KeyboardInterrupt):
            self.workers[worker]._handle(self.held[worker][0])
        self.held[worker] = []

    # Senders

    def take(self, sender):
        with self.database.write() as session:
            self.calls[sender] += outbox.claim_messages(
                session, self.station.id, f"s{sender}", self.clock(), Pace().lease_s, 4
            )

    def call_line(self, sender):
        if self.calls[sender]:
            claim = self.calls[sender].pop(0)
            self.done[sender].append(self._runner.run(self.couriers[sender].deliver(claim)))

    def write_down(self, sender):
        done, self.done[sender] = self.done[sender], []
        with self.database.write() as session:
            for result in done:
                deliveries.record(session, self.station, f"s{sender}", result, self.clock())

    def forget(self, sender):
        """It dies: what it holds and what it knows is lost."""
        self.calls[sender], self.done[sender] = [], []

    # Schedulers

    def tick(self, scheduler):
        self.schedulers[scheduler].tick(self.clock())

    def die_while_ticking(self, scheduler, step):
        """`step`: a function of handlers.planning that it does not come back from."""
        with patch.object(planning, step, side_effect=Died), suppress(Died):
            self.tick(scheduler)

    # The end

    def settle(self):
        """All live again, LINE is well, time goes on until nothing is left to do."""
        self.line.faults.clear()
        for one in TWO:
            self.held[one] = []
            self.forget(one)
        for _ in range(300):
            self.do_all()
            if self._is_settled():
                return
            self.forward(10)
        raise AssertionError("it does not come to an end")

    def do_all(self):
        for one in TWO:
            self.tick(one)
            self.claim(one, 20)
            while self.held[one]:
                self.handle(one)
            self.take(one)
            while self.calls[one]:
                self.call_line(one)
            self.write_down(one)

    def _is_settled(self):
        with self.database.read() as session:
            waiting = (
                select(func.count()).where(col(InboxEvent.state) == "new"),
                select(func.count()).where(col(Outbox.state) == "queued"),
                select(func.count()).where(col(AlertRun.finished_at).is_(None)),
                select(func.count()).where(col(AlertSchedule.next_at).is_not(None)),
            )
            return not any(session.exec(query).one() for query in waiting)

    def rows(self):
        """What must be the same however it came about: cases with their logs, events, alerts."""
        with self.database.read() as session:
            people = {row.id: row.key.hex() for row in session.exec(select(Person))}
            cases = {
                case.id: (people.get(case.reporter_id), case.label, case.category, case.state)
                for case in session.exec(select(Case))
            }
            entries = [
                (cases[entry.case_id], entry.kind, entry.actor)
                for entry in session.exec(select(CaseEntry))
            ]
            events = [(row.state, row.kind, row.result) for row in session.exec(select(InboxEvent))]
            runs = [
                (run.title, run.state, run.group_count) for run in session.exec(select(AlertRun))
            ]
        return {
            "cases": Counter(_without_keys(cases.values())),
            "entries": Counter(_without_keys(entries)),
            "events": Counter(map(_spell, events)),
            "runs": Counter(map(_spell, runs)),
        }

    def said(self, who):
        """What the bot wrote into a chat, without what changes from run to run."""
        return [_VARIES.sub("…", _spell(one.body)) for one in self.line.chat(who) if one.is_bot]


def _without_keys(rows):
    """Lookup keys are another station's in another run: only whether there is one counts."""
    return [re.sub(r"'[0-9a-f]{64}'", "'person'", str(row)) for row in rows]


def _spell(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)

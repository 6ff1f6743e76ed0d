"""A whole station inside one process, moved step by step: who dies when is the caller's choice.

Real database, webhook, worker, courier and scheduler rules; the simulator is LINE, called without
a socket. Nothing happens by itself.
"""

import asyncio
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from pydantic import SecretStr
from sqlalchemy import func
from sqlmodel import col, select

from bot.bodies import load_models
from bot.process import Parts
from bot.worker import LEASE_S, Worker
from db import inbox, people
from db.engine import Database
from db.media import MediaFolder
from db.models import (
    AlertRun,
    AlertSchedule,
    Case,
    GroupChat,
    InboxEvent,
    LineMessage,
    Outbox,
    Person,
    Station,
)
from db.seals import Seals
from db.stations import create_station, open_station
from handlers import planning
from handlers.changes import ScheduleAlert
from handlers.dispatch import Dispatch
from handlers.operating import InviteGroup, InviteStaff
from handlers.snapshots import Role
from simulator import Line
from simulator.buttons import list_actions
from simulator.tokens import REPLY_LIFE_S
from tests.conftest import Clock
from tests.proof.sending import Sender
from tests.proof.traces import list_rows, list_said
from tests.talk import CountedIds, understand
from tests.unit.bot.web import SECRET, build_settings, running

SEALS = Seals((bytes(range(32)),))
TWO = (0, 1)


class Died(BaseException):
    """The process ended here."""


class Play:
    """`held` are the leases of the two workers."""

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
        self.ids = CountedIds()
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
        load_models()
        self.senders = [self._open_sender(n) for n in TWO]
        self.held = [[] for _ in TWO]
        self._set_up()

    def close(self):
        self._stack.close()

    def _give(self):
        return self.ids

    def _dispatch(self, folder):
        media = MediaFolder(folder / "media", SEALS)
        return Dispatch(self.database, [self.station], "Asia/Bangkok", self.ids, media)

    def _open_sender(self, number):
        run = self._stack.enter_context(asyncio.Runner()).run
        return Sender(self, f"s{number}", run)

    def _receive(self, body, headers):
        return self._client.post("/callback", data=body, headers=headers).status_code

    def _set_up(self):
        self.people = [self.line.add_person(f"คน {n}", key=f"p{n}") for n in range(3)]
        self.officer = self.line.add_person("ตำรวจ", key="officer")
        leader = self.line.add_person("ผู้ใหญ่", key="leader")
        self.groups = [
            self.line.add_group(f"ชุมชน {n}", [leader], extra_members=9, key=f"g{n}") for n in TWO
        ]
        self.everybody = [*self.people, self.officer]
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
        self._bring([partial(self._act, *act) for act in acts], order, times)

    def officer_acts(self, case, what, words, order="sent", times=1):
        """He quotes a card of this case, or taps its buttons. `case` as in `list_carded`."""
        reference = self._references()[case]
        tap = partial(self._tap, reference)
        acts = {
            "quote": [partial(self.officer.say, words, quote=self._cards(reference)[-1])],
            "answer": [partial(tap, "answer"), partial(self.officer.say, words)],
            "close": [partial(tap, "close"), partial(tap, "close", "&r=done")],
        }
        self._bring(acts.get(what) or [partial(tap, what)], order, times)

    def announce(self, words, after_s):
        at = self.line_clock() + timedelta(seconds=after_s)
        self.orders(ScheduleAlert(words, words, at, None, "operator"))

    def list_carded(self):
        """The cases that the officer has a card of which he may quote: (LINE id of who told it,
        his how manieth it is).
        """
        return [case for case, reference in self._references().items() if self._cards(reference)]

    def _references(self):
        found, counts = {}, Counter()
        with self.database.read() as session:
            query = select(Case, Person).where(Case.reporter_id == Person.id)
            for case, person in session.exec(query.order_by(Case.id)):
                who = people.open_user_id(self.station, person)
                found[who, counts[who]] = case.reference
                counts[who] += 1
        return found

    def _cards(self, reference):
        """The database knows what LINE showed as soon as the sender wrote it down, not earlier."""
        with self.database.read() as session:
            known = set(session.exec(select(LineMessage.message_key)))
        return [
            one
            for one in self.line.chat(self.officer)
            if one.kind == "flex"
            and reference in one.body["altText"]
            and self.station.seals.key("message", one.id) in known
        ]

    def _tap(self, reference, what, more=""):
        """A button of a card, or of the question behind it."""
        wanted = f"a={what}&c={reference}"
        actions = list_actions(self.line.world, self.officer.id)
        tapped = next(one for one in actions if one.get("data") == wanted)
        self.officer.tap({**tapped, "data": wanted + more})

    def _act(self, who, what, words):
        person = self.people[who]
        if what == "say":
            person.say(words)
        elif what == "locate":
            person.send_location(13.8199, 100.0645, title="วัด")
        else:
            person.send_photo()

    def _bring(self, acts, order, times):
        self.line.hold()
        for act in acts:
            self.forward(1)
            act()
        events = list(self.line.courier.held)
        statuses = self.line.release(order)
        for _ in range(times - 1):
            statuses += [self.line.redeliver(event) for event in events]
        assert set(statuses) == {200}

    # LINE's moods that last

    def revoke_token(self):
        self.line.access_token += "+"

    def renew_token(self):
        """The operator gives LINE's new token to processes that he starts anew."""
        for sender in self.senders:
            sender.forget()

    def spend_month(self, left=0):
        self.line.quota_used = self.line.quota_limit - left

    def give_month(self):
        """A later month begins."""
        self.line.quota_used = 0

    def raise_limit(self):
        self.line.quota_limit = self.line.quota_used + 1000

    def spoil_reply_tokens(self):
        """LINE may take them for a shorter time than it says."""
        for token in self.line.tokens.reply.values():
            if token.received_at is not None:
                token.received_at -= REPLY_LIFE_S

    # Workers

    def claim(self, worker, limit=3):
        with self.database.write() as session:
            claimed = inbox.claim_events(session, f"w{worker}", self.clock(), LEASE_S, limit)
        self.held[worker] += claimed

    def handle(self, worker, count=1):
        """The first `count` that it holds, together."""
        rows, self.held[worker] = self.held[worker][:count], self.held[worker][count:]
        if rows:
            self.workers[worker]._handle(rows)

    def die_while_saving(self, worker):
        """All rows are written and the commit does not come; the other leases go too."""
        if not self.held[worker]:
            return
        dying = patch("db.inbox.mark_handled", side_effect=KeyboardInterrupt)
        with dying, suppress(KeyboardInterrupt):
            self.workers[worker]._handle(self.held[worker][:2])
        self.held[worker] = []

    def hear(self):
        """Workers handle all that has come: what is done next is about the same cases."""
        while self._count(InboxEvent.state == "new"):
            for one in TWO:
                self.claim(one, 20)
                while self.held[one]:
                    self.handle(one)
            if self._count(InboxEvent.state == "new"):
                self.forward(5)

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
        self.give_month()
        for one in TWO:
            self.held[one] = []
            self.senders[one].forget()
        for _ in range(300):
            self.do_all()
            if self._is_settled():
                return
            self.forward(30)
        raise AssertionError("it does not come to an end")

    def do_all(self):
        for one in TWO:
            self._do(one)

    def work_off(self):
        """One of each does all that can be done at this moment."""
        self._do(0)
        while self._count(InboxEvent.state == "new") or self._count(Outbox.state == "queued"):
            self._do(0)

    def _do(self, one):
        self.tick(one)
        self.claim(one, 20)
        while self.held[one]:
            self.handle(one)
        sender = self.senders[one]
        sender.watch()
        sender.take()
        while sender.calls:
            sender.call_line()
        sender.write_down()

    def _is_settled(self):
        waiting = (
            InboxEvent.state == "new",
            col(Outbox.state).in_(("queued", "parked")),
            col(AlertRun.finished_at).is_(None),
            col(AlertSchedule.next_at).is_not(None),
            col(Station.line_fault).is_not(None),
        )
        return not any(map(self._count, waiting))

    def _count(self, term):
        with self.database.read() as session:
            return session.exec(select(func.count()).where(term)).one()

    def rows(self):
        with self.database.read() as session:
            return list_rows(session, self.station)

    def said(self, who):
        """What the bot wrote into a chat, without what changes from run to run."""
        return list_said(self.line.chat(who))

    def may_be_doubled(self, who):
        """Bubbles that he may have got once more than meant: see `Sender.unsure`."""
        return sum((sender.unsure.get(who.id, Counter()) for sender in self.senders), Counter())

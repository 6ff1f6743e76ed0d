"""One sender process, moved step by step; knows which replies may be told twice."""

from collections import Counter
from types import SimpleNamespace
from unittest.mock import patch

from bot.desk import Desk, Pace
from bot.outgoing import Courier
from bot.quota import Watch
from bot.sender import Deliveries
from db import outbox
from db.models import Outbox
from tests.proof.direct import DirectApi
from tests.proof.traces import spell


class Sender:
    """`calls` are its leases, `done` what it knows and has not yet written down.

    `unsure` are bubbles by chat that LINE showed by a reply of which the database never learnt, or
    learnt too late: these alone may be told once more.
    """

    def __init__(self, play, name, run):
        """`run` is that of an asyncio.Runner."""
        self._play, self._name, self._run = play, name, run
        self.unsure = {}
        self.start()

    def start(self):
        """A new process, with the token that is LINE's now. What the old one held is lost."""
        self.calls, self.done = [], []
        self._run(self._open())

    async def _open(self):
        play, api = self._play, DirectApi(self._play.line)
        desk = Desk(play.database, play.station, self._name, api, play.clock, Pace(), ids=play.ids)
        self._courier, self._watch = Courier(desk), Watch(desk)
        self._deliveries = Deliveries(desk)

    def take(self):
        play = self._play
        with play.database.write() as session:
            self.calls += outbox.claim_messages(
                session, play.station.id, self._name, play.clock(), Pace().lease_s, 4
            )

    def call_line(self):
        if not self.calls:
            return
        line = self._play.line
        claim, before = self.calls.pop(0), len(line.sent)
        # How old an answer about the quota is, the play's time tells.
        with patch("bot.quota.time", SimpleNamespace(monotonic=line.world.now)):
            result = self._run(self._courier.deliver(claim))
        replies = [sent for sent in line.sent[before:] if sent.kind == "reply"]
        is_known = result.action == "sent" and result.attempts[-1].call == "reply"
        self._doubt([] if is_known else replies)
        self.done.append((claim, result, replies if is_known else []))

    def write_down(self):
        done, self.done = self.done, []
        with self._play.database.write() as session:
            for claim, _, replies in done:
                if session.get_one(Outbox, claim.row.id).claimed_until != claim.row.claimed_until:
                    self._doubt(replies)
            self._deliveries._record(session, [result for _, result, _ in done])

    def watch(self):
        self._run(self._watch.step())

    def forget(self):
        """It dies: what it holds and what it knows is lost."""
        for _, _, replies in self.done:
            self._doubt(replies)
        self.start()

    def _doubt(self, replies):
        for sent in replies:
            said = self.unsure.setdefault(sent.to, Counter())
            said.update(spell(message) for message in sent.messages)

"""Whatever dies, repeats, comes late or out of order: the same rows and messages as without.

A state machine breaks a station step by step; an undisturbed one then lives through the same.
"""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.conftest import NOON
from tests.proof.play import TWO, Play
from tests.proof.traces import check_same

SAYINGS = ("ไฟไหม้ ซอย 5", "ขายยา ท้ายซอย", "ไฟทางดับ หน้าวัด", "สวัสดี", "ขอบคุณ", "ซอย 5")
ACTS = st.tuples(
    st.sampled_from((0, 1, 2)),
    st.sampled_from(("say", "say", "say", "locate", "photo")),
    st.sampled_from(SAYINGS),
)
OFFICER_ACTS = st.sampled_from(("seen", "take", "answer", "quote", "quote", "close"))
ORDERS = st.sampled_from(("sent", "reversed", "shuffled"))
TIMES = st.sampled_from((1, 1, 2, 3))
WHO = st.sampled_from(TWO)
FAULTS = st.sampled_from(("429", "429-month", "401", "500", "500-accepted", "hang", "drop", "slow"))
# An alert that stays back longer than half an hour is rightly no more sent.
LONGEST = timedelta(minutes=12)


class Disorder(RuleBasedStateMachine):
    """`make_database` gives the address of an empty one."""

    make_database = None

    def __init__(self):
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="yaam-play-"))
        self.play = Play(type(self).make_database(), self._folder, NOON)
        self.history = []
        self._last = None

    @rule(acts=st.lists(ACTS, min_size=1, max_size=4), order=ORDERS, times=TIMES)
    def people_act(self, acts, order, times):
        self._let("people")
        self.history.append(("people", self.play.line_clock(), (acts,)))
        self.play.happen(acts, order, times)

    @rule(which=st.integers(0, 9), what=OFFICER_ACTS, order=ORDERS, times=TIMES)
    def officer_acts(self, which, what, order, times):
        self._let("officer")
        if cases := self.play.list_carded():
            words = f"คำตอบที่ {len(self.history)}"
            act = (cases[which % len(cases)], what, words)
            self.history.append(("officer", self.play.line_clock(), act))
            self.play.officer_acts(*act, order, times)

    @rule(after_s=st.integers(2, 40))
    def alert_is_planned(self, after_s):
        words = f"ประกาศ ({len(self.history)})"
        self.history.append(("alert", self.play.line_clock(), (words, after_s)))
        self.play.announce(words, after_s)

    @rule(who=WHO, limit=st.sampled_from((1, 3)), together=st.lists(st.integers(1, 3), max_size=3))
    def worker_goes_on(self, who, limit, together):
        self.play.claim(who, limit)
        for count in together:
            self.play.handle(who, count)

    @rule(who=WHO, is_saving=st.booleans())
    def worker_dies(self, who, is_saving):
        if is_saving:
            self.play.die_while_saving(who)
        self.play.held[who] = []

    @rule(who=WHO, far=st.sampled_from(("take", "call", "write")))
    def sender_goes_on(self, who, far):
        sender = self.play.senders[who]
        sender.watch()
        sender.take()
        while far != "take" and sender.calls:
            sender.call_line()
        if far == "write":
            sender.write_down()

    @rule(who=WHO)
    def sender_dies(self, who):
        self.play.senders[who].forget()

    @rule(who=WHO)
    def scheduler_ticks(self, who):
        self.play.tick(who)

    @rule(who=WHO, step=st.sampled_from(("start_due", "expand", "finish")))
    def scheduler_dies(self, who, step):
        self.play.die_while_ticking(who, step)

    @rule(kind=FAULTS, times=st.integers(1, 3), path=st.sampled_from((None, "reply", "push")))
    def line_fails(self, kind, times, path):
        self.play.line.faults.add(kind, times, path)

    @rule(what=st.sampled_from(("spend_month", "give_month", "raise_limit")))
    def month_changes(self, what):
        getattr(self.play, what)()

    @rule(what=st.sampled_from(("revoke_token", "renew_token", "spoil_reply_tokens")))
    def tokens_change(self, what):
        getattr(self.play, what)()

    @rule(seconds=st.sampled_from((0.5, 5, 16, 21, 65, 130)))
    def time_goes_on(self, seconds):
        is_long = self.play.line_clock() - NOON > LONGEST
        self.play.forward(0.5 if is_long else seconds)

    @rule()
    def clock_is_set_back(self):
        self.play.clock.forward(seconds=-3)

    @rule()
    def all_work(self):
        self.play.do_all()

    def teardown(self):
        try:
            self._compare()
        finally:
            self.play.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _compare(self):
        disturbed = self.play
        disturbed.settle()
        calm = Play(type(self).make_database(), self._folder, NOON)
        try:
            self._live_through(calm)
            check_same(disturbed, calm)
            self._check_answers(disturbed)
        finally:
            calm.close()

    def _let(self, side):
        """The officer and the people write in chats of their own, so that LINE tells no order
        between them: what one says is heard before the other speaks.
        """
        if self._last not in (None, side):
            self.play.hear()
        self._last = side

    def _live_through(self, calm):
        """The same acts at the same times, all done at once after each."""
        do = {"people": calm.happen, "officer": calm.officer_acts, "alert": calm.announce}
        for kind, at, what in self.history:
            calm.set_time(at)
            do[kind](*what)
            calm.work_off()
        calm.settle()

    def _check_answers(self, disturbed):
        """An officer's own words come by push alone, and so exactly once: to one person."""
        heard = "\n".join(said for one in disturbed.people for said in disturbed.said(one))
        for kind, _, what in self.history:
            if kind == "officer" and what[1] in {"answer", "quote"}:
                assert heard.count(f'{what[2]}"') == 1, what


def _run(make_database, examples, steps, *more_phases):
    machine = type("Disorder", (Disorder,), {"make_database": staticmethod(make_database)})
    checks = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        database=None,
        # To shrink a failure takes longer than a test may.
        phases=(Phase.explicit, Phase.generate, *more_phases),
    )
    run_state_machine_as_test(machine, settings=checks)


@pytest.mark.timeout(240)
def test_disorder_changes_neither_rows_nor_messages(make_database, database_kind):
    _run(make_database, 8 if database_kind == "sqlite" else 6, 40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_much_disorder_changes_neither_rows_nor_messages(make_database, database_kind):
    _run(make_database, 600 if database_kind == "sqlite" else 100, 80, Phase.shrink)

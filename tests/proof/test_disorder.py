"""Whatever dies, repeats, comes late or out of order: the same rows and messages as without.

A state machine breaks a station step by step; an undisturbed one then lives through the same.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.conftest import NOON
from tests.proof.play import TWO, Play

SAYINGS = ("ไฟไหม้ ซอย 5", "ขายยา ท้ายซอย", "ไฟทางดับ หน้าวัด", "สวัสดี", "ขอบคุณ", "ซอย 5")
ACTS = st.tuples(
    st.sampled_from((0, 1, 2)),
    st.sampled_from(("say", "say", "say", "locate", "photo")),
    st.sampled_from(SAYINGS),
)
WHO = st.sampled_from(TWO)
FAULTS = st.sampled_from(("429", "500", "500-accepted", "hang", "drop", "slow"))


class Disorder(RuleBasedStateMachine):
    """`make_database` gives the address of an empty one."""

    make_database = None

    def __init__(self):
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="yaam-play-"))
        self.play = Play(type(self).make_database(), self._folder, NOON)
        self.history = []

    @rule(
        acts=st.lists(ACTS, min_size=1, max_size=4),
        order=st.sampled_from(("sent", "reversed", "shuffled")),
        times=st.sampled_from((1, 1, 2, 3)),
    )
    def people_act(self, acts, order, times):
        self.history.append(("people", self.play.line_clock(), acts))
        self.play.happen(acts, order, times)

    @rule(after_s=st.integers(2, 40))
    def alert_is_planned(self, after_s):
        words = f"ประกาศ ({len(self.history)})"
        self.history.append(("alert", self.play.line_clock(), (words, after_s)))
        self.play.announce(words, after_s)

    @rule(who=WHO, limit=st.sampled_from((1, 3)))
    def worker_claims(self, who, limit):
        self.play.claim(who, limit)

    @rule(who=WHO)
    def worker_handles(self, who):
        self.play.handle(who)

    @rule(who=WHO)
    def worker_dies(self, who):
        self.play.held[who] = []

    @rule(who=WHO)
    def worker_dies_while_saving(self, who):
        self.play.die_while_saving(who)

    @rule(who=WHO)
    def sender_takes(self, who):
        self.play.take(who)

    @rule(who=WHO)
    def sender_calls_line(self, who):
        self.play.call_line(who)

    @rule(who=WHO)
    def sender_writes_down(self, who):
        self.play.write_down(who)

    @rule(who=WHO)
    def sender_dies(self, who):
        self.play.forget(who)

    @rule(who=WHO)
    def scheduler_ticks(self, who):
        self.play.tick(who)

    @rule(who=WHO, step=st.sampled_from(("start_due", "expand", "finish")))
    def scheduler_dies(self, who, step):
        self.play.die_while_ticking(who, step)

    @rule(kind=FAULTS, times=st.integers(1, 3), path=st.sampled_from((None, "reply", "push")))
    def line_fails(self, kind, times, path):
        self.play.line.faults.add(kind, times, path)

    @rule(seconds=st.sampled_from((0.5, 5, 16, 21, 65, 130)))
    def time_goes_on(self, seconds):
        self.play.forward(seconds)

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
            self._check_same(disturbed, calm)
        finally:
            calm.close()

    def _live_through(self, calm):
        """The same acts at the same times, all done at once after each."""
        for kind, at, what in self.history:
            calm.set_time(at)
            if kind == "people":
                calm.happen(what)
            else:
                calm.announce(*what)
            calm.do_all()
            calm.do_all()
        calm.settle()

    def _check_same(self, disturbed, calm):
        meant = calm.rows()
        for kind, rows in disturbed.rows().items():
            assert (rows - meant[kind], meant[kind] - rows) == (Counter(), Counter()), kind
        for place, person in enumerate([*disturbed.people, disturbed.officer]):
            told = Counter(disturbed.said(person))
            meant = Counter(calm.said([*calm.people, calm.officer][place]))
            assert (set(told) - set(meant), meant - told) == (set(), Counter()), place
        for place, group in enumerate(disturbed.groups):
            assert disturbed.said(group) == calm.said(calm.groups[place])
        assert disturbed.line.rejected == []


@pytest.fixture
def make_database(database_kind, request, tmp_path):
    if database_kind == "postgresql":
        make = request.getfixturevalue("new_postgres")
        return lambda: make("")
    template = request.getfixturevalue("migrated_file")

    def copy():
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copy(template, folder / "yaam.db")
        return f"sqlite:///{folder}/yaam.db"

    return copy


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
    _run(make_database, 10 if database_kind == "sqlite" else 3, 40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_much_disorder_changes_neither_rows_nor_messages(make_database, database_kind):
    _run(make_database, 1000 if database_kind == "sqlite" else 100, 80, Phase.shrink)

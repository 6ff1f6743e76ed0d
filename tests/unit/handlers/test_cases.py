"""The table of a case's moves, whole."""

import pytest

from handlers.cases import MOVES, label_after, next_state
from handlers.snapshots import Case, CaseId, CaseState, Label, Understood
from tests.conftest import NOON

ALLOWED = {
    "see": "new",
    "take": "new seen waiting reopened",
    "wait": "working",
    "resolve": "new seen working waiting reopened",
    "close": "resolved",
    "reopen": "resolved closed",
    "pass_on": "seen working waiting reopened",
    "merge": "new seen working waiting reopened",
}
ENDS = {
    "see": "seen", "take": "working", "wait": "waiting", "resolve": "resolved", "close": "closed",
    "reopen": "reopened", "pass_on": "passed_on", "merge": "merged",
}  # fmt: skip


@pytest.mark.parametrize("action", MOVES)
@pytest.mark.parametrize("state", CaseState)
def test_every_move_of_every_state(action, state):
    expected = ENDS[action] if state in ALLOWED[action].split() else None
    assert next_state(state, action) == expected


@pytest.mark.parametrize("now", Label)
@pytest.mark.parametrize("said", Label)
def test_label_only_rises_and_an_emergency_never_falls(now, said):
    case = Case(CaseId(1), "KP-0001", "พลเมืองดี", now, "x", CaseState.NEW, NOON, NOON, None)
    after = label_after(case, Understood(said, "y", 0.9))
    if now is Label.EMERGENCY:
        assert after is None
    elif said is Label.EMERGENCY:
        assert after is not None
    else:
        assert (after is not None) == (now is Label.OTHER and said is not Label.OTHER)

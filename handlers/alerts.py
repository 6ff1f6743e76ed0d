"""Safety alerts: their moves, their times, and the talk in which an officer plans one.

An officer or the operator may schedule; that a second person must approve is still to come
(docs/adr/0008-alerts.md).
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from handlers.changes import (
    Answer,
    Ask,
    Decision,
    EndAlert,
    NotAllowed,
    ScheduleAlert,
    StopAsking,
)
from handlers.messages import cut
from handlers.recurrence import times_from
from handlers.snapshots import Question, Situation, Staff
from handlers.wording import alerts as words

TITLE_LETTERS = 100
TEXT_LETTERS = 3000
GRACE_S = 1800
AHEAD = timedelta(days=3660)


class AlertState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ENDED = "ended"
    RETURNED = "returned"
    REJECTED = "rejected"


class RunState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    PARTLY = "partly"
    MISSED = "missed"
    CANCELLED = "cancelled"


A, R = AlertState, RunState
# action → the states it may start from, and where it leads.
MOVES: dict[str, tuple[frozenset[AlertState], AlertState]] = {
    "submit": (frozenset({A.DRAFT, A.RETURNED}), A.SUBMITTED),
    "approve": (frozenset({A.SUBMITTED}), A.APPROVED),
    "return": (frozenset({A.SUBMITTED}), A.RETURNED),
    "reject": (frozenset({A.SUBMITTED}), A.REJECTED),
    "end": (frozenset({A.DRAFT, A.SUBMITTED, A.APPROVED, A.RETURNED}), A.ENDED),
}
RUN_MOVES: dict[str, tuple[frozenset[RunState], frozenset[RunState]]] = {
    "start": (frozenset({R.DUE}), frozenset({R.SENDING})),
    "finish": (frozenset({R.SENDING}), frozenset({R.SENT, R.PARTLY})),
    "miss": (frozenset({R.DUE}), frozenset({R.MISSED})),
    "cancel": (frozenset({R.DUE, R.SENDING}), frozenset({R.CANCELLED})),
}


def next_state(state: AlertState, action: str) -> AlertState | None:
    starts, end = MOVES[action]
    return end if state in starts else None


def next_run_state(state: RunState, action: str, to: RunState) -> RunState | None:
    """`to` where the table allows it by this action, else None."""
    starts, ends = RUN_MOVES[action]
    return to if state in starts and to in ends else None


def check_alert(title: str, text: str) -> None:
    """Raises ValueError where LINE or a reader could not take it."""
    if not title.strip() or not text.strip():
        raise ValueError("title and text must not be empty")
    if len(title) > TITLE_LETTERS:
        raise ValueError(f"the title is longer than {TITLE_LETTERS} letters")
    if len(text) > TEXT_LETTERS:
        raise ValueError(f"the text is longer than {TEXT_LETTERS:,} letters")


def is_missed(due_at: datetime, now: datetime, grace_s: int) -> bool:
    return now - due_at > timedelta(seconds=grace_s)


def run_end(sent_count: int, group_count: int) -> RunState:
    return R.SENT if sent_count == group_count else R.PARTLY


# The talk


def on_start(situation: Situation) -> Decision:
    if situation.group_count == 0:
        return Decision("alert_no_groups", (Answer(tuple(words.no_groups())),))
    answer = Answer(tuple(words.ask_text(situation.group_count)))
    return Decision("alert_started", (Ask(Question.ALERT_TEXT), answer))


def on_text(situation: Situation, text: str, message_id: str) -> Decision:
    """The first line is the title; one line alone, or a very long first one, is also the text."""
    whole = text.strip()
    first, _, rest = whole.partition("\n")
    title = cut(first.strip(), TITLE_LETTERS)
    body = rest.strip() if rest.strip() and title == first.strip() else whole
    if not body:
        return on_start(situation)
    if len(body) > TEXT_LETTERS:
        return Decision("alert_too_long", (Answer(tuple(words.text_too_long(TEXT_LETTERS))),))
    draft = {"title": title, "text": body, "message_id": message_id}
    ask = Ask(Question.ALERT_PLAN, draft=draft)
    answer = Answer(tuple(words.ask_time(situation.now, situation.timezone)))
    return Decision("alert_text", (ask, answer))


def on_other_text(situation: Situation) -> Decision:
    """Typed while buttons are asked for: the draft stays, and the same buttons come again."""
    plan = situation.conversation.draft or {}
    if "rule" in plan and "at" in plan:
        return _confirm(situation, plan)
    asked = (
        words.ask_repeat() if "at" in plan else words.choose_time(situation.now, situation.timezone)
    )
    return Decision("alert_by_button", (Answer(tuple(asked)),))


def on_tap(
    situation: Situation, staff: Staff, action: str, fields: dict[str, str], picked_at: str | None
) -> Decision:
    if action == "alert_end":
        return _end(situation, staff, fields)
    plan = dict(situation.conversation.draft or {})
    if situation.conversation.question is not Question.ALERT_PLAN or "text" not in plan:
        return Decision("alert_forgotten", (Answer(tuple(words.plan_forgotten())),))
    match action:
        case "alert_at":
            return _on_time(situation, plan, picked_at)
        case "alert_now":
            return _confirm(situation, plan | {"at": situation.now.isoformat(), "rule": ""})
        case "alert_every" if "at" in plan and fields.get("r", "") in _RULES:
            return _confirm(situation, plan | {"rule": fields.get("r", "")})
        case "alert_ok" if "at" in plan:
            return _schedule(situation, staff, plan)
    return Decision("alert_forgotten", (Answer(tuple(words.plan_forgotten())),))


def on_status(situation: Situation) -> Decision:
    listed = words.status(situation.alerts, situation.timezone)
    return Decision("alert_status", (Answer(tuple(listed)),))


_RULES = ("", "FREQ=DAILY", "FREQ=WEEKLY")


def _on_time(situation: Situation, plan: dict[str, str], picked_at: str | None) -> Decision:
    at = _local_time(picked_at, situation.timezone)
    if at is None or at <= situation.now:
        return Decision("alert_past", (Answer(tuple(words.time_is_past())),))
    ask = Ask(Question.ALERT_PLAN, draft=plan | {"at": at.isoformat()})
    return Decision("alert_time", (ask, Answer(tuple(words.ask_repeat()))))


def _local_time(picked_at: str | None, timezone: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(picked_at or "")
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _confirm(situation: Situation, plan: dict[str, str]) -> Decision:
    at = datetime.fromisoformat(plan["at"])
    before = at - timedelta(seconds=1)
    times = times_from(at, plan["rule"], situation.timezone, before, 3)
    shown = words.confirm(
        plan["title"], plan["text"], times, plan["rule"], situation.timezone,
        situation.group_count, situation.people_count,
    )  # fmt: skip
    ask = Ask(Question.ALERT_PLAN, draft=plan)
    return Decision("alert_confirm", (ask, Answer(tuple(shown))))


def _schedule(situation: Situation, staff: Staff, plan: dict[str, str]) -> Decision:
    at = datetime.fromisoformat(plan["at"])
    if is_missed(at, situation.now, GRACE_S):
        return Decision("alert_past", (Answer(tuple(words.time_is_past())),))
    rule = plan.get("rule") or None
    change = ScheduleAlert(
        plan["title"], plan["text"], at, rule, f"staff {staff.id}", drafter=staff.id
    )
    told = words.scheduled(plan["title"], at, situation.timezone, rule, at <= situation.now)
    return Decision("alert_scheduled", (StopAsking(), change, Answer(tuple(told))))


def _end(situation: Situation, staff: Staff, fields: dict[str, str]) -> Decision:
    known = {str(view.id): view for view in situation.alerts}
    view = known.get(fields.get("n", ""))
    if view is None or next_state(AlertState(view.state), "end") is None:
        raise NotAllowed("ประกาศนี้จบไปแล้ว")
    answer = Answer(tuple(words.ended(view.id)))
    return Decision("alert_ended", (EndAlert(view.id, f"staff {staff.id}"), answer))

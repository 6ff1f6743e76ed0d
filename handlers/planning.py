"""Alerts as rows: planned, ended, due, expanded to their groups, finished.

Run inside the transactions of `handlers.dispatch`, one for each schedule and each chunk of a run.
A second scheduler is harmless: a run is unique by alert and due time, its messages by run and
group.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from db import alerts as alert_rows
from db import chats, outbox, stations
from db import models as rows
from db.stations import OpenStation
from handlers import alerts, changes, recurrence
from handlers.alerts import AlertState, RunState
from handlers.changes import Priority
from handlers.ids import Ids, run_key
from handlers.messages import Message
from handlers.posting import Envelope, Post
from handlers.wording import alerts as words

# Times marked missed in one transaction, and told in one message.
_MISSED_MAX = 1000


def check(plan: changes.ScheduleAlert, timezone: str, now: datetime) -> None:
    """Raises ValueError, in plain words, where the alert could never go out as meant.

    Looks at no row: a rule may take a while to read, and no writer should wait for it.
    """
    alerts.check_alert(plan.title, plan.text)
    if alerts.is_missed(plan.first_at, now, plan.grace_s):
        raise ValueError("the time is already past")
    if plan.first_at > now + alerts.AHEAD:
        raise ValueError("the time is more than ten years ahead")
    if plan.rrule:
        recurrence.parse_rrule(plan.rrule, plan.first_at, timezone)


def schedule(
    session: Session, station: OpenStation, plan: changes.ScheduleAlert, now: datetime
) -> rows.Alert:
    """What `check` let through. Raises ValueError where a group is not there."""
    _check_groups(session, station, plan.group_ids)
    alert = rows.Alert(
        station_id=station.id,
        title=plan.title.strip(),
        text=plan.text.strip(),
        all_groups=not plan.group_ids,
        state=AlertState.SUBMITTED,
        drafted_by=plan.actor,
        drafter_id=plan.drafter,
        created_at=now,
    )
    session.add(alert)
    session.flush()
    for group_id in plan.group_ids:
        session.add(rows.AlertGroup(alert_id=alert.id, group_chat_id=group_id))
    session.add(
        rows.AlertSchedule(
            station_id=station.id,
            alert_id=alert.id,
            first_at=plan.first_at,
            rrule=plan.rrule,
            next_at=plan.first_at if plan.approve else None,
            grace_s=plan.grace_s,
        )
    )
    if plan.approve:
        move(session, alert, "approve", plan.actor, now)
    session.flush()
    return alert


def move(
    session: Session,
    alert: rows.Alert,
    action: str,
    actor: str,
    now: datetime,
    fault: str | None = None,
) -> None:
    """Raises ValueError where the alert's state does not allow it."""
    to = alerts.next_state(AlertState(alert.state), action)
    if to is None:
        raise ValueError(f"alert {alert.id} is {alert.state}: cannot {action}")
    alert.state = to
    if to is AlertState.APPROVED:
        alert.approved_by, alert.approved_at = actor, now
    if to is AlertState.ENDED:
        alert.ended_at = now
    subject, facts = f"alert {alert.id}", {"fault": fault} if fault else {}
    stations.add_audit(session, alert.station_id, now, actor, f"alert_{action}", subject, **facts)


def approve(
    session: Session,
    station_id: int,
    change: changes.ApproveAlert,
    timezone: str,
    now: datetime,
) -> rows.AlertSchedule:
    """From now on it goes at its times. Raises ValueError, LookupError."""
    alert = alert_rows.get_alert(session, station_id, change.alert_id)
    plan = alert_rows.find_schedule(session, alert.id)
    if plan is None:
        raise ValueError(f"alert {alert.id} has no time")
    since = now - timedelta(seconds=plan.grace_s)
    is_ahead = not alerts.is_missed(plan.first_at, now, plan.grace_s)
    later = recurrence.times_from(plan.first_at, plan.rrule, timezone, since, 1)
    if not is_ahead and not later:
        raise ValueError(f"the time of alert {alert.id} is already past")
    move(session, alert, "approve", change.actor, now)
    plan.next_at = plan.first_at if is_ahead else later[0]
    return plan


def end(session: Session, station_id: int, change: changes.EndAlert, now: datetime) -> None:
    """No further run; what of a running one has not left is taken back. Raises ValueError."""
    alert = alert_rows.get_alert(session, station_id, change.alert_id)
    move(session, alert, "end", change.actor, now)
    plan = alert_rows.find_schedule(session, alert.id)
    if plan is not None:
        plan.next_at = None
    for run in alert_rows.list_unfinished_runs(session, alert.id):
        _move_run(run, "cancel", RunState.CANCELLED, now)
        alert_rows.cancel_unsent(session, run.id, now)


def _move_run(run: rows.AlertRun, action: str, to: RunState, now: datetime) -> None:
    """The only place where a run changes its state. Raises ValueError where that is not allowed."""
    if alerts.next_run_state(RunState(run.state), action, to) is None:
        raise ValueError(f"run {run.id} is {run.state}: cannot {action}")
    run.state = to
    if to is not RunState.SENDING:
        run.finished_at = now


def start_due(
    session: Session, schedule_id: int, timezone: str, now: datetime, post: "Posts"
) -> int:
    """Make a run of every time that has come, and find the next. Returns how many came."""
    plan = alert_rows.claim_schedule(session, schedule_id, now)
    if plan is None or plan.next_at is None:
        return 0
    alert = session.get_one(rows.Alert, plan.alert_id)
    first, before = plan.next_at, plan.next_at - timedelta(seconds=1)
    later = recurrence.times_from(plan.first_at, plan.rrule, timezone, first, _MISSED_MAX + 1)
    come = [at for at in (first, *later) if at <= now][:_MISSED_MAX]
    known = alert_rows.list_run_times(session, alert.id, before)
    runs = [_new_run(alert, at, now) for at in come if at not in known]
    session.add_all(runs)
    missed = [run for run in runs if alerts.is_missed(run.due_at, now, plan.grace_s)]
    for run in missed:
        _move_run(run, "miss", RunState.MISSED, now)
    plan.next_at = next((at for at in later if at > come[-1]), None)
    session.flush()
    if missed:
        times = [run.due_at for run in missed]
        _tell_drafter(session, post, alert, words.runs_missed(alert.title, times, timezone))
    if len(missed) == len(runs):
        _end_if_over(session, alert, now)
    return len(come)


def _new_run(alert: rows.Alert, at: datetime, now: datetime) -> rows.AlertRun:
    return rows.AlertRun(
        station_id=alert.station_id,
        alert_id=alert.id,
        due_at=at,
        state=RunState.DUE,
        title=alert.title,
        text=alert.text,
        alert_version=alert.version,
        started_at=now,
    )


def expand(session: Session, run_id: int, now: datetime, post: "Posts") -> int:
    """Put one chunk of a due run's groups into the outbox. Returns how many rows were put."""
    run = alert_rows.claim_run(session, run_id, RunState.DUE)
    if run is None:
        return 0
    alert = session.get_one(rows.Alert, run.alert_id)
    groups = alert_rows.list_target_groups(session, alert, run.expanded_to)
    if not groups and run.group_count == 0:
        _miss_without_groups(session, run, alert, now, post)
        return 0
    _put(session, post.station(run.station_id), run, groups, now)
    run.group_count += len(groups)
    run.people_count += sum(group.member_count or 0 for group in groups)
    run.expanded_to = groups[-1].id if groups else run.expanded_to
    if len(groups) < alert_rows.CHUNK:
        _move_run(run, "start", RunState.SENDING, now)
    return len(groups)


def _miss_without_groups(
    session: Session, run: rows.AlertRun, alert: rows.Alert, now: datetime, post: "Posts"
) -> None:
    _move_run(run, "miss", RunState.MISSED, now)
    _tell_drafter(session, post, alert, words.run_without_groups(run.title))
    _end_if_over(session, alert, now)


def _put(
    session: Session,
    station: OpenStation,
    run: rows.AlertRun,
    groups: Sequence[rows.GroupChat],
    now: datetime,
) -> None:
    """The words are built once; each group's row carries them under a seal of its own."""
    messages = tuple(words.alert(run.title, run.text, station.name))
    plan = alert_rows.find_schedule(session, run.alert_id)
    grace_s = plan.grace_s if plan else alerts.GRACE_S
    expires_at = run.due_at + timedelta(seconds=grace_s)
    line_ids = [chats.open_group_id(station, group) for group in groups]
    new = [
        outbox.NewMessage(
            retry_key=run_key(run.id, group.id),
            chat_key=station.seals.key("chat", line_id),
            target=line_id,
            messages=messages,
            kind="alert",
            priority=Priority.ALERT,
            to_group=True,
            group_chat_id=group.id,
            alert_run_id=run.id,
            people_count=group.member_count,
            expires_at=expires_at,
        )
        for group, line_id in zip(groups, line_ids, strict=True)
    ]
    outbox.add_messages(session, station, new, now)


def finish(session: Session, run_id: int, now: datetime, post: "Posts") -> int:
    """End a run whose every message is final, and tell the drafter. Returns whether it ended."""
    run = alert_rows.claim_run(session, run_id, RunState.SENDING)
    if run is None:
        return 0
    alert_rows.expire_late(session, run.id, now)
    session.flush()
    outcomes = alert_rows.count_outcomes(session, run.id)
    if outcomes.get("queued", 0) or outcomes.get("parked", 0):
        return 0
    sent = outcomes.get("sent", 0)
    _move_run(run, "finish", alerts.run_end(sent, run.group_count), now)
    people = alert_rows.sum_people(session, run.id)
    alert = session.get_one(rows.Alert, run.alert_id)
    told = words.run_finished(run.title, run.state, sent, run.group_count, people)
    _tell_drafter(session, post, alert, told)
    _end_if_over(session, alert, now)
    return 1


def give_up_schedule(session: Session, schedule_id: int, fault: str, now: datetime) -> None:
    """What cannot be planned must not be tried each second for ever: the alert ends here."""
    plan = session.get_one(rows.AlertSchedule, schedule_id, with_for_update=True)
    plan.next_at = None
    alert = session.get_one(rows.Alert, plan.alert_id)
    if alerts.next_state(AlertState(alert.state), "end") is not None:
        move(session, alert, "end", "clock", now, fault)


def give_up_run(session: Session, run_id: int, fault: str, now: datetime) -> None:
    """What cannot be expanded or ended; what of it has not left is taken back."""
    run = session.get_one(rows.AlertRun, run_id, with_for_update=True)
    if alerts.next_run_state(RunState(run.state), "cancel", RunState.CANCELLED) is None:
        return
    _move_run(run, "cancel", RunState.CANCELLED, now)
    alert_rows.cancel_unsent(session, run.id, now)
    subject = f"alert run {run.id}"
    stations.add_audit(
        session, run.station_id, now, "clock", "alert_run_cancel", subject, fault=fault
    )


def _end_if_over(session: Session, alert: rows.Alert, now: datetime) -> None:
    plan = alert_rows.find_schedule(session, alert.id)
    is_over = plan is None or plan.next_at is None
    if is_over and alert.state == AlertState.APPROVED:
        move(session, alert, "end", "clock", now)


def _tell_drafter(
    session: Session, post: "Posts", alert: rows.Alert, messages: list[Message]
) -> None:
    staff = session.get(rows.Staff, alert.drafter_id) if alert.drafter_id else None
    if staff is not None and staff.removed_at is None:
        envelope = Envelope("notice", Priority.COURTESY)
        post.of(alert.station_id).to_person(staff.person_id, tuple(messages), envelope)


def _check_groups(session: Session, station: OpenStation, group_ids: tuple[int, ...]) -> None:
    known = {row.id for row in chats.list_groups(session, station.id, "registered")}
    for group_id in group_ids:
        if group_id not in known:
            raise ValueError(f"no registered group {group_id} (see: flask group list)")


class Posts:
    """The outboxes of all stations inside one transaction."""

    def __init__(
        self, session: Session, open_stations: dict[int, OpenStation], ids: Ids, now: datetime
    ) -> None:
        self._session, self._stations, self._ids, self._now = session, open_stations, ids, now

    def station(self, station_id: int) -> OpenStation:
        return self._stations[station_id]

    def of(self, station_id: int) -> Post:
        return Post(self._session, self.station(station_id), self._ids, self._now)

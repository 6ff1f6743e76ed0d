"""Alerts as rows: planned, ended, due, expanded to their groups, finished.

Run inside the transactions of `handlers.dispatch`. A second scheduler is harmless: a run is
unique by alert and due time, its messages by run and group.
"""

from datetime import datetime

from sqlmodel import Session

from db import alerts as alert_rows
from db import chats, outbox, stations
from db import models as rows
from db.stations import OpenStation
from handlers import alerts, changes
from handlers.alerts import AlertState, RunState
from handlers.changes import Priority
from handlers.ids import Ids, run_key
from handlers.messages import Message
from handlers.posting import Envelope, Post
from handlers.wording import alerts as words


def schedule(
    session: Session,
    station: OpenStation,
    timezone: str,
    plan: changes.ScheduleAlert,
    now: datetime,
) -> rows.Alert:
    """Raises ValueError, in plain words, where the alert could never go out as meant."""
    alerts.check_alert(plan.title, plan.text)
    if alerts.is_missed(plan.first_at, now, plan.grace_s):
        raise ValueError("the time is already past")
    if plan.rrule:
        alerts.parse_rrule(plan.rrule, plan.first_at, timezone)
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


def move(session: Session, alert: rows.Alert, action: str, actor: str, now: datetime) -> None:
    """Raises ValueError where the alert's state does not allow it."""
    to = alerts.next_state(AlertState(alert.state), action)
    if to is None:
        raise ValueError(f"alert {alert.id} is {alert.state}: cannot {action}")
    alert.state = to
    if to is AlertState.APPROVED:
        alert.approved_by, alert.approved_at = actor, now
    if to is AlertState.ENDED:
        alert.ended_at = now
    subject = f"alert {alert.id}"
    stations.add_audit(session, alert.station_id, now, actor, f"alert_{action}", subject)


def end(session: Session, station_id: int, change: changes.EndAlert, now: datetime) -> None:
    """No further run; what of a running one has not left is taken back. Raises ValueError."""
    alert = alert_rows.get_alert(session, station_id, change.alert_id)
    move(session, alert, "end", change.actor, now)
    plan = alert_rows.find_schedule(session, alert.id)
    if plan is not None:
        plan.next_at = None
    for run in alert_rows.list_unfinished_runs(session, alert.id):
        run.state, run.finished_at = RunState.CANCELLED, now
        alert_rows.cancel_unsent(session, run.id, now)


def start_due(session: Session, timezone: str, now: datetime, post: "Posts") -> int:
    """Make a run of every time that has come, and find the next. Returns how many came."""
    due = alert_rows.list_due_schedules(session, now)
    for plan in due:
        alert = session.get_one(rows.Alert, plan.alert_id)
        at = plan.next_at or plan.first_at
        if alert_rows.find_run(session, alert.id, at) is None:
            _start(session, timezone, now, post, alert, plan, at)
        later = alerts.times_from(plan.first_at, plan.rrule, timezone, at, 1)
        plan.next_at = later[0] if later else None
    return len(due)


def _start(
    session: Session,
    timezone: str,
    now: datetime,
    post: "Posts",
    alert: rows.Alert,
    plan: rows.AlertSchedule,
    at: datetime,
) -> None:
    missed = alerts.is_missed(at, now, plan.grace_s)
    run = rows.AlertRun(
        station_id=alert.station_id,
        alert_id=alert.id,
        due_at=at,
        state=RunState.MISSED if missed else RunState.DUE,
        title=alert.title,
        text=alert.text,
        alert_version=alert.version,
        started_at=now,
        finished_at=now if missed else None,
    )
    session.add(run)
    session.flush()
    if missed:
        _tell_drafter(session, post, alert, words.run_missed(alert.title, at, timezone))


def expand(session: Session, now: datetime, post: "Posts") -> int:
    """Put due runs into the outbox, one chunk of groups each. Returns how many rows were put."""
    count = 0
    for run in alert_rows.list_runs(session, RunState.DUE):
        alert = session.get_one(rows.Alert, run.alert_id)
        station = post.station(run.station_id)
        groups = alert_rows.list_target_groups(session, alert, run.expanded_to)
        for group in groups:
            _put(session, station, run, group, now)
        run.group_count += len(groups)
        run.people_count += sum(group.member_count or 0 for group in groups)
        run.expanded_to = groups[-1].id if groups else run.expanded_to
        if len(groups) < alert_rows.CHUNK:
            run.state = RunState.SENDING
        count += len(groups)
    return count


def _put(
    session: Session, station: OpenStation, run: rows.AlertRun, group: rows.GroupChat, now: datetime
) -> None:
    line_id = chats.open_group_id(station, group)
    outbox.add_message(
        session,
        station,
        outbox.NewMessage(
            retry_key=run_key(run.id, group.id),
            chat_key=station.seals.key("chat", line_id),
            target=line_id,
            messages=tuple(words.alert(run.title, run.text, station.name)),
            kind="alert",
            priority=Priority.ALERT,
            to_group=True,
            group_chat_id=group.id,
            alert_run_id=run.id,
            people_count=group.member_count,
        ),
        now,
    )


def finish(session: Session, now: datetime, post: "Posts") -> int:
    """End the runs whose every message is final, and tell the drafter. Returns how many."""
    count = 0
    for run in alert_rows.list_runs(session, RunState.SENDING):
        if alerts.is_missed(run.due_at, now, alerts.STALE_S):
            alert_rows.cancel_unsent(session, run.id, now)
        outcomes = alert_rows.count_outcomes(session, run.id)
        if outcomes.get("queued", 0) or outcomes.get("parked", 0):
            continue
        sent = outcomes.get("sent", 0)
        run.state, run.finished_at = alerts.run_end(sent, run.group_count), now
        people = alert_rows.sum_people(session, run.id)
        alert = session.get_one(rows.Alert, run.alert_id)
        told = words.run_finished(run.title, run.state, sent, run.group_count, people)
        _tell_drafter(session, post, alert, told)
        _end_if_over(session, alert, now)
        count += 1
    return count


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

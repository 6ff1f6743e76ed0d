"""`flask alert`: what the operator plans, approves and ends. Every order goes through dispatch."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from bot import orders
from bot.orders import ROW_ID, ROW_ID_MAX
from db import alerts as alert_rows
from handlers import views
from handlers.changes import ApproveAlert, EndAlert, ScheduleAlert
from handlers.events import clean
from handlers.operating import OPERATOR
from nlp.moments import Point, find_plan

# A week: what is older is no news.
_GRACE = click.IntRange(60, 7 * 24 * 3600)


@click.group()
def alert() -> None:
    """Safety alerts: schedule, list, approve, end."""


@alert.command("schedule")
@click.option("--title", required=True)
@click.option("--text", required=True)
@click.option(
    "--at",
    "at",
    required=True,
    help="ISO 8601 or Thai words (พรุ่งนี้ 6 โมงเย็น); without zone, in the station's.",
)
@click.option("--every", "rrule", help="RFC 5545, for example FREQ=DAILY or FREQ=WEEKLY;BYDAY=FR")
@click.option("--groups", default="all", help="all, or ids of `flask group list` with commas.")
@click.option("--grace", "grace_s", default=1800, type=_GRACE, help="Seconds.")
@click.option(
    "--approve",
    is_flag=True,
    help="Approve it as well; without, it waits for `flask alert approve`.",
)
@orders.as_json
def schedule_alert(
    title: str,
    text: str,
    at: str,
    rrule: str | None,
    groups: str,
    grace_s: int,
    approve: bool,
    is_json: bool,
) -> None:
    """Plan an alert to registered groups, once or repeating."""
    with orders.open_desk("alert") as desk:
        plan = ScheduleAlert(
            title=clean(title),
            text=clean(text),
            first_at=_read_time(at, desk.settings.timezone),
            rrule=rrule,
            actor=OPERATOR,
            group_ids=_read_groups(groups),
            approve=approve,
            grace_s=grace_s,
        )
        desk.show(desk.order(plan), is_json)


@alert.command("list")
@orders.as_json
def list_alerts(is_json: bool) -> None:
    """Each alert with its times and how its last run went; `submitted` waits for approval."""
    with orders.open_desk("alert") as desk, desk.database.read() as session:
        for row in alert_rows.list_alerts(session, desk.station.id):
            view = views.alert(session, row)
            shown = {
                "alert": view.id,
                "title": view.title,
                "state": view.state,
                "first_at": view.first_at,
                "next_at": view.next_at,
                "last_run": view.last_run_state,
                "last_run_at": view.last_run_at,
                "sent": view.sent_count,
                "groups": view.group_count,
            }
            desk.show(shown, is_json)


@alert.command("approve")
@click.argument("alert_id", type=ROW_ID)
@orders.as_json
def approve_alert(alert_id: int, is_json: bool) -> None:
    """From now on it goes at its times."""
    with orders.open_desk("alert") as desk:
        desk.show(desk.order(ApproveAlert(alert_id, OPERATOR)), is_json)


@alert.command("end")
@click.argument("alert_id", type=ROW_ID)
@orders.as_json
def end_alert(alert_id: int, is_json: bool) -> None:
    """No further run; what has not left LINE's way is taken back."""
    with orders.open_desk("alert") as desk:
        desk.show(desk.order(EndAlert(alert_id, OPERATOR)), is_json)


def _read_time(at: str, timezone: ZoneInfo) -> datetime:
    """ISO 8601, or the words of a message: พรุ่งนี้ 18:00. The zone is the station's."""
    try:
        time = datetime.fromisoformat(at)
        return (time if time.tzinfo else time.replace(tzinfo=timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        told = find_plan(at, datetime.now(timezone))
    if isinstance(told, Point) and not told.within:
        return told.at.astimezone(UTC)
    raise click.BadParameter(
        f"{at[:40]!r} tells no minute (examples: 2026-12-31T18:00, 'พรุ่งนี้ 6 โมงเย็น', "
        "'31 ธ.ค. 69 เวลา 18:00')",
        param_hint="--at",
    )


def _read_groups(groups: str) -> tuple[int, ...]:
    if groups.strip() == "all":
        return ()
    try:
        ids = dict.fromkeys(int(part) for part in groups.split(","))
    except ValueError:
        raise click.BadParameter(
            "all, or numbers of `flask group list` with commas", param_hint="--groups"
        ) from None
    if any(one not in range(1, ROW_ID_MAX + 1) for one in ids):
        raise click.BadParameter("there is no such group", param_hint="--groups")
    return tuple(ids)

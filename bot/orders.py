"""What the operator orders at the server's shell. Every order goes through handlers.dispatch."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot import logs
from bot.process import build_parts, utc_now
from bot.settings import Settings, load_settings_or_exit
from db import alerts as alert_rows
from db import chats, people
from db.engine import Database
from db.media import MediaFolder
from db.seals import SealFault
from db.stations import FIRST_SLUG, OpenStation
from handlers.changes import EndAlert, ScheduleAlert
from handlers.dispatch import Dispatch
from handlers.ids import RandomIds
from handlers.operating import (
    OPERATOR,
    Command,
    InviteGroup,
    InviteStaff,
    NameStation,
    RemoveStaff,
)
from handlers.snapshots import Role

as_json = click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")


@dataclass(frozen=True)
class Desk:
    """What a command works with."""

    settings: Settings
    database: Database
    station: OpenStation
    dispatch: Dispatch

    def order(self, command: Command) -> dict[str, object]:
        """Raises ClickException with the reason in plain words."""
        try:
            return self.dispatch.operate(self.station.id, command, utc_now())
        except (ValueError, LookupError) as refusal:
            raise click.ClickException(str(refusal)) from refusal


@contextmanager
def open_desk(process: str) -> Iterator[Desk]:
    """The first station's desk. Raises ClickException where there is no database or station."""
    logs.configure(process, stream="stderr")
    settings = load_settings_or_exit()
    parts = build_parts(settings, process)
    try:
        stations = {one.slug: one for one in parts.list_stations()}
        if FIRST_SLUG not in stations:
            raise click.ClickException("there is no station yet: run `flask migrate`")
        media = MediaFolder(settings.media_dir, parts.seals)
        dispatch = Dispatch(
            parts.database, list(stations.values()), str(settings.timezone), RandomIds(), media
        )
        yield Desk(settings, parts.database, stations[FIRST_SLUG], dispatch)
    except SealFault:
        raise click.ClickException("SEAL_KEY is not the key of this database") from None
    except (OperationalError, ProgrammingError):
        raise click.ClickException(
            "the database is not there or not migrated: run `flask migrate`"
        ) from None
    finally:
        parts.database.dispose()


def show(row: dict[str, Any], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    click.echo("  ".join(f"{name}: {value}" for name, value in row.items() if value is not None))


@click.group()
def staff() -> None:
    """Officers: invite, list, remove."""


@staff.command("invite")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", help="How colleagues know the officer, for example: ร.ต.ท. สมมติ")
@as_json
def invite_staff(role: str, name: str | None, is_json: bool) -> None:
    """A code for one officer: sent to the bot in a private chat within 24 hours, once."""
    with open_desk("staff") as desk:
        show(desk.order(InviteStaff(Role(role), name)), is_json)


@staff.command("list")
@as_json
def list_staff(is_json: bool) -> None:
    with open_desk("staff") as desk, desk.database.read() as session:
        for row in people.list_staff(session, desk.station.id):
            shown = {"staff": row.id, "role": row.role, "name": row.name, "on_duty": row.on_duty}
            show(shown, is_json)


@staff.command("remove")
@click.argument("staff_id", type=int)
@as_json
def remove_staff(staff_id: int, is_json: bool) -> None:
    """At once: no card, no answer, no list any more."""
    with open_desk("staff") as desk:
        show(desk.order(RemoveStaff(staff_id)), is_json)


@click.group()
def group() -> None:
    """Neighbourhood groups: invite, list."""


@group.command("invite")
@as_json
def invite_group(is_json: bool) -> None:
    """A code for one group: sent there by its leader within 24 hours, once."""
    with open_desk("group") as desk:
        show(desk.order(InviteGroup()), is_json)


@group.command("list")
@as_json
def list_groups(is_json: bool) -> None:
    with open_desk("group") as desk, desk.database.read() as session:
        for row in chats.list_groups(session, desk.station.id):
            shown = {
                "group": row.id,
                "name": chats.open_group_name(desk.station, row),
                "state": row.state,
                "members": row.member_count,
            }
            show(shown, is_json)


@click.group()
def alert() -> None:
    """Safety alerts: schedule, list, end."""


@alert.command("schedule")
@click.option("--title", required=True)
@click.option("--text", required=True)
@click.option("--at", "at", required=True, help="ISO 8601; without zone, in the station's.")
@click.option("--every", "rrule", help="RFC 5545, for example FREQ=DAILY or FREQ=WEEKLY;BYDAY=FR")
@click.option("--groups", default="all", help="all, or ids of `flask group list` with commas.")
@click.option("--grace", "grace_s", default=1800, type=click.IntRange(60), help="Seconds.")
@click.option("--approve", is_flag=True, help="Approve it as well; without, it waits unsent.")
@as_json
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
    with open_desk("alert") as desk:
        plan = ScheduleAlert(
            title=title,
            text=text,
            first_at=_read_time(at, desk.settings.timezone),
            rrule=rrule,
            actor=OPERATOR,
            group_ids=_read_groups(groups),
            approve=approve,
            grace_s=grace_s,
        )
        show(desk.order(plan), is_json)


@alert.command("list")
@as_json
def list_alerts(is_json: bool) -> None:
    """Each alert with its next time and how its last run went."""
    from handlers import views

    with open_desk("alert") as desk, desk.database.read() as session:
        for row in alert_rows.list_alerts(session, desk.station.id):
            view = views.alert(session, row)
            shown = {
                "alert": view.id,
                "title": view.title,
                "state": view.state,
                "next_at": view.next_at,
                "last_run": view.last_run_state,
                "last_run_at": view.last_run_at,
                "sent": view.sent_count,
                "groups": view.group_count,
            }
            show(shown, is_json)


@alert.command("end")
@click.argument("alert_id", type=int)
@as_json
def end_alert(alert_id: int, is_json: bool) -> None:
    """No further run; what has not left LINE's way is taken back."""
    with open_desk("alert") as desk:
        show(desk.order(EndAlert(alert_id, OPERATOR)), is_json)


@click.group()
def station() -> None:
    """The station: its name, its rich menu."""


@station.command("name")
@click.argument("name")
@as_json
def name_station(name: str, is_json: bool) -> None:
    """How the account calls its station, for example: สภ.เมืองสมมติ"""
    with open_desk("station") as desk:
        show(desk.order(NameStation(name)), is_json)


@station.command("menu")
@as_json
def publish_menu(is_json: bool) -> None:
    """Publish the rich menu as the account's default, and take our older ones away."""
    from bot import menu
    from bot.answers import LineFault
    from bot.line_api import ask_line

    with open_desk("station") as desk:
        settings = desk.settings
        token = settings.get_line_token()
        try:
            menu_id = ask_line(
                settings.line_api_host, settings.line_content_host, token, menu.publish
            )
        except LineFault as fault:
            raise click.ClickException(f"LINE did not take the menu: {fault}") from fault
        show({"menu": menu_id}, is_json)


def _read_time(at: str, timezone: ZoneInfo) -> datetime:
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(
            f"{at!r} is no ISO 8601 time (example: 2026-12-31T18:00)", param_hint="--at"
        ) from None
    return (time if time.tzinfo else time.replace(tzinfo=timezone)).astimezone(UTC)


def _read_groups(groups: str) -> tuple[int, ...]:
    if groups.strip() == "all":
        return ()
    try:
        return tuple(int(part) for part in groups.split(","))
    except ValueError:
        raise click.BadParameter(
            "all, or numbers of `flask group list` with commas", param_hint="--groups"
        ) from None

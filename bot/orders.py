"""What the operator orders at the server's shell. Every order goes through handlers.dispatch."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import click

from bot import logs
from bot.process import build_parts, utc_now
from bot.refusals import plain_faults
from bot.settings import Settings, load_settings_or_exit
from db import chats, people
from db.engine import Database
from db.media import MediaFolder
from db.stations import FIRST_SLUG, OpenStation
from handlers.dispatch import Dispatch
from handlers.events import clean
from handlers.ids import RandomIds
from handlers.operating import (
    Command,
    InviteGroup,
    InviteStaff,
    NameStation,
    RemoveStaff,
)
from handlers.snapshots import Role

NAME_LETTERS = 80
# What a row's id can be; beyond, a database refuses the number itself.
ROW_ID_MAX = 2**63 - 1
ROW_ID = click.IntRange(1, ROW_ID_MAX)
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

    def show(self, row: Mapping[str, object], is_json: bool) -> None:
        """Times in the station's zone."""
        zone = self.settings.timezone
        local = {
            name: value.astimezone(zone) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        show(local, is_json)


@contextmanager
def open_desk(process: str) -> Iterator[Desk]:
    """The first station's desk. Raises ClickException where there is no database or station."""
    logs.configure(process, stream="stderr")
    settings = load_settings_or_exit()
    with plain_faults():
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
        finally:
            parts.database.dispose()


def show(row: Mapping[str, object], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(row, ensure_ascii=False, default=_plain))
        return
    shown = {name: value for name, value in row.items() if value is not None}
    warning = shown.pop("warning", None)
    click.echo("  ".join(f"{name}: {_plain(value)}" for name, value in shown.items()))
    if warning is not None:
        click.echo(f"warning: {warning}", err=True)


def _plain(value: object) -> str:
    """Times as ISO 8601, with their offset."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def read_name(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A name as it may be stored and shown."""
    name = clean(value).strip() if value is not None else None
    if name is not None and not 1 <= len(name) <= NAME_LETTERS:
        raise click.BadParameter(f"1 to {NAME_LETTERS} letters")
    return name


@click.group()
def staff() -> None:
    """Officers: invite, list, remove."""


@staff.command("invite")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option(
    "--name", callback=read_name, help="How colleagues know the officer, for example: ร.ต.ท. สมมติ"
)
@as_json
def invite_staff(role: str, name: str | None, is_json: bool) -> None:
    """A code for one officer: sent to the bot in a private chat within 24 hours, once."""
    with open_desk("staff") as desk:
        desk.show(desk.order(InviteStaff(Role(role), name)), is_json)


@staff.command("list")
@as_json
def list_staff(is_json: bool) -> None:
    with open_desk("staff") as desk, desk.database.read() as session:
        for row in people.list_staff(session, desk.station.id):
            shown = {"staff": row.id, "role": row.role, "name": row.name, "on_duty": row.on_duty}
            desk.show(shown, is_json)


@staff.command("remove")
@click.argument("staff_id", type=ROW_ID)
@as_json
def remove_staff(staff_id: int, is_json: bool) -> None:
    """At once: no card, no answer, no list any more."""
    with open_desk("staff") as desk:
        desk.show(desk.order(RemoveStaff(staff_id)), is_json)


@click.group()
def group() -> None:
    """Neighbourhood groups: invite, list."""


@group.command("invite")
@as_json
def invite_group(is_json: bool) -> None:
    """A code for one group: sent there by its leader within 24 hours, once."""
    with open_desk("group") as desk:
        desk.show(desk.order(InviteGroup()), is_json)


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
            desk.show(shown, is_json)


@click.group()
def station() -> None:
    """The station: its name, its rich menu."""


@station.command("name")
@click.argument("name")
@as_json
def name_station(name: str, is_json: bool) -> None:
    """How the account calls its station, for example: สภ.เมืองสมมติ"""
    with open_desk("station") as desk:
        desk.show(desk.order(NameStation(name)), is_json)


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

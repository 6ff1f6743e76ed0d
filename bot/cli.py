"""The `flask` commands: the processes, migration, reading exports and classifying.

A process is imported inside its command, so that the others stay small. What an operator orders
(staff, groups, alerts, the station) stands in bot.orders, what he asks for in bot.doctor.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from bot import announcing, backup, logs, orders, parked
from bot.doctor import doctor
from bot.keeping import keep
from bot.refusals import plain_faults, run_or_exit
from bot.seal import seal
from bot.settings import Settings, load_settings_or_exit
from handlers.events import clean

if TYPE_CHECKING:
    from db.engine import Database


def register(app: Flask) -> None:
    processes = (migrate, worker, sender, scheduler)
    care = (doctor, backup.backup, backup.restore, keep)
    for command in (*processes, *care, classify, export):
        app.cli.add_command(command)
    rows = (announcing.alert, backup.outbox, parked.inbox)
    for group in (orders.staff, orders.group, orders.station, *rows, seal):
        app.cli.add_command(group)


@click.command()
def migrate() -> None:
    """Bring the database to this version; make the first station from the LINE credentials."""
    logs.configure("migrate", stream="stderr")
    settings = load_settings_or_exit()
    with plain_faults(), open_newest(settings) as database:
        make_first_station(settings, database)
    click.echo("The database is up to date. / ฐานข้อมูลพร้อมใช้งาน", err=True)


@contextmanager
def open_newest(settings: Settings) -> Iterator["Database"]:
    """The database, brought to this version."""
    from db.engine import Database
    from db.migrate import upgrade

    try:
        upgrade(settings.database_url)
    except SQLAlchemyError as fault:
        reason = type(getattr(fault, "orig", None) or fault).__name__
        raise click.ClickException(_NOT_BROUGHT.format(reason)) from None
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def make_first_station(settings: Settings, database: "Database") -> None:
    """Raises SealFault where SEAL_KEY is not the key of a station that is there."""
    from bot.process import utc_now
    from db import stations
    from db.seals import Seals

    seals = Seals(settings.seal_key)
    with database.write() as session:
        for row in stations.list_stations(session):
            stations.open_station(row, seals)
        has_account = settings.line_channel_secret and settings.line_channel_access_token
        if has_account and stations.find_station(session, stations.FIRST_SLUG) is None:
            stations.create_station(session, seals, _UNNAMED, utc_now())


_UNNAMED = "สถานีตำรวจ"
_NOT_BROUGHT = (
    "the database at DATABASE_URL does not answer, or this user may not change it ({}) / "
    "ติดต่อฐานข้อมูลใน DATABASE_URL ไม่ได้ หรือผู้ใช้นี้ไม่มีสิทธิ์แก้ไข"
)


def _start(process: str) -> Settings:
    logs.configure(process)
    return load_settings_or_exit(needs_line=True)


@click.command()
def worker() -> None:
    """Understand and answer what came in."""
    settings = _start("worker")
    from bot import worker as process

    run_or_exit(process.run, settings)


@click.command()
def sender() -> None:
    """Send what waits, download what people sent."""
    settings = _start("sender")
    from bot import sender as process

    run_or_exit(process.run, settings)


@click.command()
def scheduler() -> None:
    """Start what has come due."""
    settings = _start("scheduler")
    from bot import scheduler as process

    run_or_exit(process.run, settings)


@click.command()
def classify() -> None:
    """One message a line in (plain, or a JSON string), one JSON object a line out."""
    logs.configure("classify", stream="stderr")
    from nlp.understanding import understand

    texts = (
        clean(_message(line.decode("utf-8", "replace").rstrip("\r\n"))) for line in sys.stdin.buffer
    )
    for text in texts:
        (found,) = understand([text])
        _print(
            {
                "text": text,
                "label": found.label,
                "category": found.category,
                "confidence": found.confidence,
                "place": found.place,
                "when": found.when,
                "lang": found.language,
                "why": found.judgement.why,
            }
        )


def _message(line: str) -> str:
    """A line in quotes is read as JSON, so that a message may hold line breaks."""
    if line.startswith('"'):
        try:
            value = json.loads(line)
        except ValueError:
            return line
        if isinstance(value, str):
            return value
    return line


@click.command()
@click.argument("what", type=click.Choice(["cases", "messages", "deliveries"]))
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@click.option("--with-text", is_flag=True, help="Also the words of cases; mind who will read it.")
def export(what: str, form: str, with_text: bool) -> None:
    """Rows without LINE ids, oldest first."""
    from db import exports

    with orders.open_desk("export") as desk, desk.database.read() as session:
        if what == "cases":
            table = exports.list_cases(session, desk.station, with_text)
        elif what == "messages":
            table = exports.list_messages(session, desk.station, with_text)
        else:
            table = exports.list_deliveries(session, desk.station)
        _write(table.rows, table.columns, form)


def _write(rows: Iterator[dict[str, Any]], columns: Sequence[str], form: str) -> None:
    if form == "jsonl":
        for row in rows:
            _print(row)
        return
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    writer.writerows(_harmless(rows))


def _harmless(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A spreadsheet runs a cell that begins like a formula; words of people may."""
    for row in rows:
        yield {
            name: f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
            for name, value in row.items()
        }


def _print(row: dict[str, Any]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))

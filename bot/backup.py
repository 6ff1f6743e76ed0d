"""`flask backup` and `flask restore`, and `flask outbox` for what a restore holds back."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import logs, orders
from bot.process import utc_now
from bot.settings import Settings, load_settings_or_exit
from db import archive, held
from db import backup as copies
from db.archive import ArchiveFault
from db.media import MediaFolder
from db.migrate import is_known
from db.models import Case, Outbox
from db.outbox import open_message
from db.seals import SealFault, Seals
from db.stations import add_audit
from handlers.operating import OPERATOR

_LEFT_S = 86_400
_NOT_EMPTY = (
    "the database of DATABASE_URL is not empty: with --replace everything in it is lost / "
    "ฐานข้อมูลปลายทางมีข้อมูลอยู่ ใช้ --replace ถ้ายอมให้ข้อมูลเดิมหายทั้งหมด"
)
_RUNNING = "stop all processes first, also on other hosts / หยุดทุกโปรเซสก่อน; running: "
_HELD = (
    "{count} messages that were unsent then are held back: look at them with `flask outbox list`, "
    "then `flask outbox release` or `flask outbox drop` / ข้อความที่ยังไม่ได้ส่ง {count} รายการถูกพักไว้ "
    "ตรวจด้วย `flask outbox list`"
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@orders.as_json
def backup(file: Path, is_json: bool) -> None:
    """Everything into one new FILE, sealed with SEAL_KEY; processes may run meanwhile.

    Keep SEAL_KEY apart from it: without the key it cannot be opened, with the key everybody can.
    """
    with orders.open_desk("backup") as desk, _plain_faults(), _workshop(desk.settings) as folder:
        seals = Seals(desk.settings.seal_key)
        copy = folder / archive.DATABASE
        copies.save(desk.database, copy)
        facts = copies.describe(copy) | {"made_at": utc_now().isoformat()}
        media = MediaFolder(desk.settings.media_dir, seals).list_paths()
        manifest = archive.write(file, seals, copy, media, facts)
    orders.show(_sum_up(file, manifest), is_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Also where the database is not empty; that is lost.")
@orders.as_json
def restore(file: Path, replace: bool, is_json: bool) -> None:
    """Put what FILE holds into DATABASE_URL and MEDIA_DIR; no process may run.

    From either kind of database into either. Alerts whose time passed meanwhile follow their
    grace: late by less they go, by more they are marked missed.
    """
    logs.configure("restore", stream="stderr")
    settings = load_settings_or_exit()
    seals = Seals(settings.seal_key)
    now = utc_now()
    with _plain_faults(), _workshop(settings) as folder:
        if running := copies.list_live(settings.database_url, now):
            raise click.ClickException(_RUNNING + ", ".join(running))
        if not replace and not copies.is_empty(settings.database_url):
            raise click.ClickException(_NOT_EMPTY)
        manifest = archive.unpack(file, seals, folder)
        copy = folder / archive.DATABASE
        _check_rows(copy, manifest)
        count = copies.prepare(copy, seals, now, OPERATOR)
        _put_media(folder / archive.MEDIA, settings.media_dir)
        copies.load(copy, settings.database_url)
    orders.show(_sum_up(file, manifest) | {"held": count}, is_json)
    if count:
        click.echo(_HELD.format(count=count), err=True)


@click.group()
def outbox() -> None:
    """Messages that a restore holds back: list, release, drop."""


@outbox.command("list")
@click.option("--with-text", is_flag=True, help="Also the words; mind who looks on.")
@orders.as_json
def list_held(with_text: bool, is_json: bool) -> None:
    with orders.open_desk("outbox") as desk, desk.database.read() as session:
        for row in held.list_held(session, desk.station.id):
            case = session.get(Case, row.case_id) if row.case_id else None
            shown: dict[str, Any] = {
                "message": row.id,
                "kind": row.kind,
                "to": "group" if row.to_group else "person",
                "written_at": row.created_at,
                "tried": row.first_push_at is not None,
                "case": case and case.reference,
            }
            orders.show(shown | (_words(desk, row) if with_text else {}), is_json)


@outbox.command("release")
@click.argument("messages", type=int, nargs=-1)
@click.option("--all", "is_all", is_flag=True)
def release(messages: tuple[int, ...], is_all: bool) -> None:
    """Send them after all. One that was tried more than a day ago may arrive a second time."""
    with orders.open_desk("outbox") as desk, desk.database.write() as session:
        station_id, now = desk.station.id, utc_now()
        chosen = _choose(held.list_held(session, station_id), messages, is_all)
        held.release(session, station_id, chosen, [uuid4() for _ in chosen], now)
        _note(session, station_id, "released", chosen)
    click.echo(f"released: {len(chosen)}")


@outbox.command("drop")
@click.argument("messages", type=int, nargs=-1)
@click.option("--all", "is_all", is_flag=True)
def drop(messages: tuple[int, ...], is_all: bool) -> None:
    """Never send them."""
    with orders.open_desk("outbox") as desk, desk.database.write() as session:
        station_id = desk.station.id
        chosen = _choose(held.list_held(session, station_id), messages, is_all)
        held.drop(session, station_id, chosen, utc_now())
        _note(session, station_id, "dropped", chosen)
    click.echo(f"dropped: {len(chosen)}")


def _choose(rows: list[Outbox], messages: tuple[int, ...], is_all: bool) -> list[int]:
    known = [row.id for row in rows]
    if is_all == bool(messages):
        raise click.UsageError("name messages of `flask outbox list`, or --all")
    if unknown := set(messages) - set(known):
        raise click.ClickException(f"not held: {', '.join(map(str, sorted(unknown)))}")
    return known if is_all else sorted(set(messages))


def _note(session: Any, station_id: int, action: str, chosen: list[int]) -> None:
    for row_id in chosen:
        add_audit(session, station_id, utc_now(), OPERATOR, f"message_{action}", f"outbox {row_id}")


def _words(desk: orders.Desk, row: Outbox) -> dict[str, str]:
    message = open_message(desk.station, row)
    texts = (
        [one.get("text") or one.get("altText") or one["type"] for one in message.messages]
        if message
        else ["(erased)"]
    )
    return {"text": " / ".join(texts)}


def _sum_up(file: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "file": str(file),
        "made_at": manifest["made_at"],
        "schema": manifest["schema"],
        "rows": sum(manifest["tables"].values()),
        "media": len(manifest["files"]) - 1,
    }


def _check_rows(copy: Path, manifest: dict[str, Any]) -> None:
    if not is_known(manifest["schema"]):
        raise ArchiveFault("a newer version of Yaam made it: update first")
    found = copies.describe(copy)
    if any(found[name] != manifest[name] for name in ("schema", "tables")):
        raise ArchiveFault("its rows are not those that its manifest counts")


def _put_media(source: Path, folder: Path) -> None:
    """Before the rows that name them: a file that nothing names goes by itself after a day."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in source.iterdir():
        shutil.move(path, folder / path.name)


@contextmanager
def _workshop(settings: Settings) -> Iterator[Path]:
    """A private folder on the disk where the data lie; gone at the end."""
    place = settings.media_dir.parent
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in place.glob(".backup-*"):
        if left.stat().st_mtime < time.time() - _LEFT_S:
            shutil.rmtree(left, ignore_errors=True)  # of one that was killed
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=place) as folder:
        yield Path(folder)


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except ArchiveFault as fault:
        raise click.ClickException(f"this file was not restored: {fault}") from None
    except SealFault:
        raise click.ClickException(
            "SEAL_KEY opens the file, but not what is in it: put the older key behind the first"
        ) from None
    except FileExistsError:
        raise click.ClickException("there is a file of that name already") from None
    except (SQLAlchemyError, sqlite3.Error) as fault:
        raise click.ClickException(f"the database refused: {type(fault).__name__}") from None
    except OSError as fault:
        raise click.ClickException(f"{fault.strerror}: {fault.filename or 'disk'}") from None

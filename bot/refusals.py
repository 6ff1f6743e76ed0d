"""What a command says where it cannot do its work: one plain sentence, never a traceback."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from bot.settings import Settings, SettingsFault
from db.seals import SealFault

WRONG_KEY = (
    "SEAL_KEY is not the key that this database was sealed with; nothing in it could be read. "
    "/ SEAL_KEY ไม่ตรงกับฐานข้อมูลนี้"
)
_NO_DATABASE = (
    "the database is not there or not migrated: run `flask migrate` / "
    "ไม่พบฐานข้อมูล หรือยังไม่ได้สั่ง `flask migrate`"
)
_BROKEN = "the database refused: {} / ฐานข้อมูลไม่รับคำสั่ง"
_OUT_OF_RANGE = "a number or a time is out of range / ตัวเลขหรือเวลาเกินขอบเขต"
_REFUSED = 2


@contextmanager
def plain_faults() -> Iterator[None]:
    """Raises ClickException, which ends the command with 1, for what a person can mend."""
    try:
        yield
    except SealFault:
        raise click.ClickException(WRONG_KEY) from None
    except SettingsFault as fault:
        raise click.ClickException(str(fault)) from None
    except (OperationalError, ProgrammingError):
        raise click.ClickException(_NO_DATABASE) from None
    except (SQLAlchemyError, sqlite3.Error) as fault:
        reason = type(getattr(fault, "orig", None) or fault).__name__
        raise click.ClickException(_BROKEN.format(reason)) from None
    except OverflowError:
        raise click.ClickException(_OUT_OF_RANGE) from None
    except BrokenPipeError:
        raise  # the reader had enough; click ends quietly
    except OSError as fault:
        raise click.ClickException(f"{fault.strerror}: {fault.filename or 'disk'}") from None


def run_or_exit(process: Callable[[Settings], None], settings: Settings) -> None:
    """Where trying again would not help, end with 2: whoever keeps the processes lets it be."""
    try:
        process(settings)
    except SealFault:
        print(WRONG_KEY, file=sys.stderr)
        sys.exit(_REFUSED)
    except SettingsFault as fault:
        print(fault, file=sys.stderr)
        sys.exit(_REFUSED)


def check_key_or_exit(settings: Settings) -> None:
    """End with 2 where SEAL_KEY is not this database's. One that is not there yet is no fault."""
    from bot.process import build_parts

    parts = build_parts(settings, "check", pool_size=1)
    try:
        parts.list_stations()
    except SealFault:
        print(WRONG_KEY, file=sys.stderr)
        sys.exit(_REFUSED)
    except (SQLAlchemyError, OSError):
        return
    finally:
        parts.database.dispose()

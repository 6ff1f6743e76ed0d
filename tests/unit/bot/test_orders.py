"""The operator's commands: what they show, and one plain sentence where they cannot do it."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot import announcing, cli, orders, parked
from bot.process import utc_now
from db import inbox
from db.models import AuditEntry, InboxEvent
from tests.unit.bot.shell import Shell

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def shell(monkeypatch, database_url, station, tmp_path):
    return Shell(monkeypatch, database_url, tmp_path / "media")


def soon(**by):
    return (utc_now() + timedelta(**(by or {"hours": 1}))).isoformat()


def schedule(shell, *more, at=None):
    words = ("--title", "ระวัง", "--text", "ล็อกบ้าน", "--at", at or soon())
    return shell.run(announcing.alert, "schedule", *words, *more, "--json")


def test_alert_is_scheduled_listed_and_approved(shell):
    made = json.loads(schedule(shell).stdout)
    assert made["state"] == "submitted"
    assert made["at"].endswith("+07:00")
    assert "no group" in made["warning"]
    (listed,) = shell.run(announcing.alert, "list", "--json").stdout.splitlines()
    assert json.loads(listed)["state"] == "submitted"
    assert json.loads(listed)["first_at"] == made["at"]
    approved = json.loads(shell.run(announcing.alert, "approve", made["alert"], "--json").stdout)
    assert approved["state"] == "approved"
    assert "T" in approved["next_at"]
    again = shell.run(announcing.alert, "approve", made["alert"])
    assert (again.exit_code, "cannot approve" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "hour"), [("พรุ่งนี้ 6 โมงเย็น", 18), ("พรุ่งนี้ 2 ทุ่มครึ่ง", 20), ("๓๑ ธ.ค. ๒๕๗๕ ๐๖.๐๐ น.", 6)]
)
def test_alert_is_scheduled_in_thai_words(shell, words, hour):
    made = json.loads(schedule(shell, at=words).stdout)
    assert datetime.fromisoformat(made["at"]).hour == hour


@pytest.mark.parametrize(
    "words", ["พรุ่งนี้", "ทุกวันศุกร์ 18:00", "31 ก.พ. 70 เวลา 18:00", "เร็วๆ นี้", "2026-13-31T18:00"]
)
def test_alert_without_a_minute_is_refused_with_examples(shell, words):
    refused = schedule(shell, at=words)
    assert (refused.exit_code, "tells no minute" in refused.output) == (2, True)


def test_invite_tells_its_end_in_the_stations_zone(shell):
    shown = json.loads(shell.run(orders.staff, "invite", "--role", "officer", "--json").stdout)
    assert datetime.fromisoformat(shown["expires_at"]).utcoffset() == timedelta(hours=7)


BIG = "1" * 23
REFUSED = [
    (announcing.alert, ("end", BIG)),
    (announcing.alert, ("approve", BIG)),
    (orders.staff, ("remove", BIG)),
    (parked.inbox, ("retry", BIG)),
    (orders.staff, ("invite", "--role", "officer", "--name", "ก" * 81)),
    (orders.station, ("name", "ก" * 121)),
]
BAD_ALERTS = [
    ("--at", "0001-01-01T00:00"),
    ("--at", "9999-12-31T23:59Z", "--every", "FREQ=DAILY"),
    ("--at", "9999-12-31T23:59-12:00"),
    ("--grace", "99999999999999"),
    ("--groups", "1,1"),
    ("--groups", BIG),
    ("--every", "FREQ=DAILY;BYHOUR=" + "8," * 300 + "8"),
    ("--every", "DTSTART:20260101T000000\nRRULE:FREQ=DAILY"),
]


@pytest.mark.parametrize(("command", "args"), REFUSED)
def test_bad_argument_gets_a_sentence(shell, command, args):
    done = shell.run(command, *args)
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Error" in done.output


@pytest.mark.parametrize("args", BAD_ALERTS)
def test_bad_alert_gets_a_sentence(shell, args):
    done = schedule(shell, *args)
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Error" in done.output


def test_wrong_key_is_told(shell):
    shell.set_keys(bytes(32))
    done = shell.run(orders.staff, "list")
    assert (done.exit_code, "SEAL_KEY" in done.output) == (1, True)


@pytest.mark.parametrize("process", [cli.worker, cli.sender, cli.scheduler])
def test_process_with_a_wrong_key_ends_with_2(shell, process, monkeypatch):
    monkeypatch.setattr("bot.process.signal.signal", lambda *_: None)
    shell.set_keys(bytes(32))
    done = shell.run(process)
    assert (done.exit_code, "SEAL_KEY" in done.output) == (2, True)


def test_web_checks_the_key_before_it_starts(shell):
    from bot.refusals import check_key_or_exit
    from bot.settings import load_settings

    check_key_or_exit(load_settings())
    shell.set_keys(bytes(32))
    with pytest.raises(SystemExit, match="2"):
        check_key_or_exit(load_settings())


@pytest.fixture
def bare(monkeypatch, tmp_path):
    return Shell(monkeypatch, f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "media")


COMMANDS = [
    (orders.staff, ("list",)),
    (announcing.alert, ("list",)),
    (cli.export, ("cases",)),
    (parked.inbox, ("list",)),
]


@pytest.mark.parametrize(("command", "args"), COMMANDS)
@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 100])
def test_database_that_is_none_is_told(bare, tmp_path, command, args, content):
    if content is not None:
        (tmp_path / "none.db").write_bytes(content)
    done = bare.run(command, *args)
    assert done.exit_code == 1
    assert "database" in done.output


@pytest.mark.parametrize(
    "url",
    ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/none/yaam.db", "sqlite:////proc"],
)
def test_migration_that_cannot_be_is_told(bare, url):
    bare.set("DATABASE_URL", url)
    done = bare.run(cli.migrate)
    assert (done.exit_code, "Error" in done.output) == (1, True), done.exception


def test_migration_of_what_is_no_database_is_told(bare, tmp_path):
    (tmp_path / "none.db").write_bytes(b"no database at all" * 100)
    done = bare.run(cli.migrate)
    assert (done.exit_code, "database" in done.output) == (1, True), done.exception


def test_menu_without_an_account_is_told(shell, monkeypatch):
    from bot.settings import load_settings

    here = load_settings(may_simulate=False)
    none = here.model_copy(update={"line_channel_secret": None, "line_channel_access_token": None})
    monkeypatch.setattr("bot.orders.load_settings_or_exit", lambda: none)
    done = shell.run(orders.station, "menu")
    assert (done.exit_code, "LINE_CHANNEL_ACCESS_TOKEN" in done.output) == (1, True)


@pytest.mark.parametrize("what", ["cases", "messages", "deliveries"])
@pytest.mark.parametrize("more", [(), ("--with-text",)])
def test_csv_of_nothing_has_its_header(shell, what, more):
    done = shell.run(cli.export, what, "--format", "csv", *more)
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 1


def test_parked_event_is_listed_and_tried_again(shell, database, station, clock):
    event = inbox.NewEvent(station.id, "e1", b"k", clock(), clock(), True, b"sealed")
    with database.write() as session:
        inbox.store_events(session, [event])
        row = session.exec(select(InboxEvent)).one()
        row.state, row.handled_at, row.fault = "parked", clock(), "KeyError"
    shown = json.loads(shell.run(parked.inbox, "list", "--json").stdout)
    assert (shown["event"], shown["fault"]) == (row.id, "KeyError")
    assert shell.run(parked.inbox, "retry", row.id).output == "retried: 1\n"
    with database.read() as session:
        assert session.exec(select(InboxEvent.state)).one() == "new"
        assert session.exec(select(AuditEntry.action)).all() == ["event_retried"]
    assert shell.run(parked.inbox, "retry", row.id).exit_code == 1


def test_classify_needs_no_settings_and_bears_any_bytes(tmp_path):
    said = b'"\\ud800 \xe0\xb9\x84\xe0\xb8\x9f"\n\xff\xfe\n\n"open\n"\n'
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi:app", "classify"],
        cwd=ROOT,
        env={"PATH": "", "HOME": str(tmp_path), "FLASK_SKIP_DOTENV": "1", "SEAL_KEY": "none"},
        input=said,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    texts = [json.loads(line)["text"] for line in done.stdout.splitlines()]
    assert texts == [
        "\N{REPLACEMENT CHARACTER} ไฟ",
        "\N{REPLACEMENT CHARACTER}" * 2,
        "",
        '"open',
        '"',
    ]

"""What the doctor finds: each illness with what to do; no check takes the rest along."""

import json
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from bot import checks, doctor, findings, line_checks
from bot.advice import ADVICE
from bot.findings import Finding, run_checks
from bot.line_checks import find_unreachable, look_at_certificate, month_start
from bot.settings import LINE_API
from db import heartbeats, held, inbox
from db.engine import Database
from db.inbox import NewEvent
from simulator import Line
from tests.unit.bot.shell import Shell
from tests.unit.bot.web import SECRET, build_settings, running
from tests.unit.outbox_rows import put

NOBODY = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture
def line():
    line = Line(SECRET, "a-token")
    with line.serve() as host:
        line.host = host
        line.webhook = f"{NOBODY}/callback"
        yield line


@pytest.fixture
def settings(database_url, line, tmp_path):
    return build_settings(
        database_url, tmp_path / "media", line_api_host=line.host, public_url=NOBODY
    )


@pytest.fixture
def examine(settings, database, station, monkeypatch):
    """The findings by name; the certificate is looked at by its own tests."""

    def look(now=None, **changes):
        monkeypatch.setattr(
            line_checks, "look_at_certificate", lambda *_: Finding("certificate", True, "")
        )
        chosen = settings.model_copy(update=changes)
        clock = (lambda: now) if now else (lambda: datetime.now(UTC))
        return {one.check: one for one in doctor.examine(chosen, database, clock)}

    return look


def beat(database, *kinds):
    with database.write() as session:
        for kind in kinds:
            heartbeats.beat(session, f"{kind}@1", kind, datetime.now(UTC))


def test_well_station_has_one_ill_check_left(examine, database):
    """The registered address is not served here, so that LINE's test call cannot get through."""
    beat(database, *checks.PROCESSES)
    found = examine()
    assert [name for name, one in found.items() if not one.is_well] == ["webhook"]
    assert found.keys() == ADVICE.keys() - {"database"}


def test_every_illness_has_advice_in_both_languages(examine):
    for words in ADVICE.values():
        assert " / " in words
        assert any(
            "\N{THAI CHARACTER KO KAI}" <= letter <= "\N{THAI CHARACTER KHOMUT}" for letter in words
        )
    assert all(one.advice for one in examine().values() if not one.is_well)


def test_missing_processes_are_named(examine, database):
    beat(database, "web", "sender")
    found = examine()["processes"]
    assert not found.is_well
    assert "worker, scheduler" in found.advice


def test_refused_token_is_told_and_the_rest_is_still_looked_at(examine, line):
    line.faults.add("401", times=20)
    found = examine()
    assert not found["line"].is_well
    assert found["schema"].is_well
    assert "not asked" in found["quota"].found


def test_chat_mode_is_told(examine, monkeypatch):
    async def say_chat(_):
        return {"chatMode": "chat"}

    monkeypatch.setattr(line_checks.LineApi, "bot_info", say_chat)
    found = examine()["chat_mode"]
    assert not found.is_well
    assert "Response settings" in found.advice


@pytest.mark.parametrize("url", ["http://127.0.0.1:10/callback", f"{NOBODY}/webhook"])
def test_other_webhook_address_is_told(examine, line, url):
    line.webhook = url
    found = examine()
    assert not found["webhook_address"].is_well
    assert "Use webhook" in found["webhook_address"].advice


def test_webhook_that_answers_is_well(examine, line, settings, clock):
    with running(settings, clock) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        line.webhook = f"{url}/callback"
        found = examine(public_url=url)
        server.shutdown()
        thread.join()
        server.server_close()
    assert found["webhook"].is_well, found["webhook"].found
    assert found["webhook_address"].is_well


def test_spent_month_and_use_outside_are_told(examine, line, database, station, clock):
    line.quota_limit, line.quota_used = 500, 500
    with_own = put(database, station, clock, state="sent", people_count=480)
    with database.write() as session:
        row = session.get_one(type(with_own), with_own.id)
        row.final_at = datetime.now(UTC)
    found = examine()
    assert not found["quota"].is_well
    assert found["quota_outside"].is_well
    assert found["quota_outside"].found.startswith("about 20 of 500")


def test_large_use_outside_is_ill(examine, line):
    line.quota_limit, line.quota_used = 5000, 300
    found = examine()
    assert found["quota"].is_well
    assert not found["quota_outside"].is_well


def test_month_begins_at_midnight_in_japan():
    assert month_start(datetime(2026, 11, 30, 16, tzinfo=UTC)).isoformat() == (
        "2026-11-30T15:00:00+00:00"
    )


@pytest.mark.parametrize(("minutes", "is_well"), [(0, True), (2, False), (-2, False)])
def test_clock_is_compared_with_that_of_line(examine, minutes, is_well):
    found = examine(now=datetime.now(UTC) + timedelta(minutes=minutes))
    assert found["clock"].is_well is is_well


def test_old_event_old_message_parked_and_held_are_told(examine, database, station, clock):
    now = clock()
    event = NewEvent(station.id, "e1", b"k" * 32, now, now, False, b"sealed")
    put(database, station, clock)
    with database.write() as session:
        held.hold_unsent(session, now)
        inbox.store_events(session, [event])
    put(database, station, clock)
    found = examine(now=now + timedelta(minutes=10))
    ill = {name for name in ("inbox", "outbox", "held") if not found[name].is_well}
    assert ill == {"inbox", "outbox", "held"}


def test_wrong_key_is_told(examine):
    assert not examine(seal_key=(b"x" * 32,))["seal_key"].is_well
    assert "1 older" in examine(seal_key=(bytes(range(32)), b"x" * 32))["seal_key"].found


def test_full_disk_is_told(examine, monkeypatch):
    monkeypatch.setattr(checks, "_FREE_BYTES", 1 << 60)
    assert not examine()["disk"].is_well


def test_database_away_is_one_finding(settings, tmp_path, monkeypatch):
    gone = Database(f"sqlite:///{tmp_path}/none.db")
    found = {one.check: one for one in doctor.examine(settings, gone)}
    assert not found["database"].is_well
    assert found["line"].is_well
    assert "schema" not in found


@pytest.mark.parametrize(
    ("url", "is_reachable"),
    [
        ("https://yaam.example.go.th", True),
        ("http://yaam.example.go.th", False),
        ("https://yaam", False),
        ("https://192.168.1.5", False),
        ("https://127.0.0.1:8000", False),
        ("https://box.local", False),
    ],
)
def test_address_that_phones_cannot_open_is_told(examine, settings, database, url, is_reachable):
    assert (find_unreachable(url) is None) is is_reachable
    looked = line_checks.LineChecks(
        settings.model_copy(update={"public_url": url, "line_api_host": LINE_API}), database, None
    )
    assert looked._look_at_address().is_well is is_reachable


def test_certificate_that_ends_soon_is_told(monkeypatch, clock):
    for days, is_well in ((90, True), (13, False), (-1, False)):
        ends_at = clock() + timedelta(days=days, hours=1)
        monkeypatch.setattr(line_checks, "read_certificate_end", lambda *_, at=ends_at: at)
        assert look_at_certificate("https://yaam.example.org", clock()).is_well is is_well


def test_certificate_of_nobody_is_not_asked(clock):
    assert "not asked" in look_at_certificate("https://127.0.0.1:9", clock()).found
    assert "not asked" in look_at_certificate("http://127.0.0.1:9", clock()).found


def test_check_that_fails_is_told_and_a_slow_one_is_left():
    release = threading.Event()

    def fall():
        raise KeyError("secret words")

    def hang():
        release.wait(30)

    begun = time.monotonic()
    found = run_checks(
        {"inbox": fall, "line": hang, "disk": lambda: findings.judge("disk", True, "room")},
        limit_s=0.5,
    )
    release.set()
    assert time.monotonic() - begun < 5
    assert [(one.check, one.is_well) for one in found] == [
        ("inbox", False), ("line", False), ("disk", True),
    ]  # fmt: skip
    assert "secret" not in found[0].found
    assert "KeyError" in found[0].found


def test_stopping_process_does_not_wait_for_checks():
    stop, release = threading.Event(), threading.Event()
    stop.set()
    begun = time.monotonic()
    run_checks({"line": lambda: release.wait(30)}, stop)
    release.set()
    assert time.monotonic() - begun < 5


def test_scheduler_logs_one_line_for_each_illness():
    ill = Finding("disk", False, "0.1 GiB free", "words")
    with capture_logs() as logs:
        doctor.log_ill([ill, Finding("inbox", True, "")])
    assert [(one["event"], one.get("check")) for one in logs] == [
        ("check_ill", "disk"), ("checked", None),
    ]  # fmt: skip


@contextmanager
def _shell(monkeypatch, database_url, tmp_path, line):
    shell = Shell(monkeypatch, database_url, tmp_path / "media")
    shell.set("LINE_API_HOST", line.host)
    shell.set("LINE_CHANNEL_ACCESS_TOKEN", "a-token")
    yield shell


def test_command_prints_ends_with_one_and_shows_no_secret(
    monkeypatch, database_url, station, tmp_path, line
):
    with _shell(monkeypatch, database_url, tmp_path, line) as shell:
        plain = shell.run(doctor.doctor)
        rows = [json.loads(row) for row in shell.run(doctor.doctor, "--json").stdout.splitlines()]
    assert plain.exit_code == 1
    assert "ILL processes: alive: none" in plain.stdout
    assert "ok  schema: current" in plain.stdout
    assert "→" in plain.stdout
    assert {"check", "is_well", "found", "advice"} == rows[0].keys()
    assert "a-token" not in plain.stdout

"""LINE's door: what is answered with 200 is stored once; everything else is said plainly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from bot import webhook
from bot.line_events import parse_event_bytes
from bot.webhook import MAX_BODY_BYTES, SEALED_AS, Seldom
from db.engine import sqlite_path
from db.stations import OpenStation
from handlers.events import Ignored, TextSaid
from tests.unit.bot.test_line_events import JSON, MUTATED
from tests.unit.bot.web import (
    blocked,
    build_event,
    build_settings,
    metric,
    post,
    post_events,
    running,
    sign,
    stored,
)


@pytest.fixture
def app(database_url: str, station: OpenStation, clock: Any) -> Iterator[Flask]:
    with running(build_settings(database_url), clock) as app:
        yield app


@pytest.fixture(autouse=True)
def every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_seldom", Seldom(0))


def opened(station: OpenStation, sealed: bytes | None) -> Any:
    assert sealed is not None
    return json.loads(station.seals.open(sealed, SEALED_AS))


def test_signed_event_is_stored_sealed(app: Any, database: Any, station: Any, clock: Any) -> None:
    event = build_event("01EVENT", clock())
    assert post_events(app, event) == 200
    (row,) = stored(database)
    assert (row.event_id, row.state, row.has_reply_token) == ("01EVENT", "new", True)
    assert (row.occurred_at, row.received_at) == (clock(), clock())
    assert "ไฟไหม้".encode() not in (row.sealed or b"")
    assert opened(station, row.sealed) == event


def test_events_of_a_conversation_share_a_key_that_tells_nothing(
    app: Any, database: Any, clock: Any
) -> None:
    other = {"type": "user", "userId": "U" + "9" * 32}
    post_events(
        app,
        build_event("e1", clock()),
        build_event("e2", clock()),
        build_event("e3", clock(), source=other),
    )
    keys = [row.conversation_key for row in stored(database)]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {32}


def test_address_of_the_first_station_has_two_spellings(
    app: Any, database: Any, clock: Any
) -> None:
    body = json.dumps({"events": [build_event("e", clock())]}).encode()
    assert post(app, body, "/callback/main").status_code == 200
    assert len(stored(database)) == 1
    assert post(app, body, "/callback/elsewhere").status_code == 404


def test_verification_without_events_is_answered(app: Any, database: Any) -> None:
    assert post(app, b'{"destination":"U0","events":[]}').status_code == 200
    assert stored(database) == []


BODY = b'{"events":[{"type":"follow"}]}'


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Line-Signature": ""},
        {"X-Line-Signature": sign(BODY, "another-secret")},
        {"X-Line-Signature": sign(BODY + b" ")},
        {"X-Line-Signature": sign(BODY) + "="},
        {"X-Line-Signature": "ลายเซ็น".encode().decode("latin-1")},
    ],
)
def test_wrong_signature_is_refused_and_counted(app: Any, database: Any, headers: Any) -> None:
    before = metric(app, 'yaam_webhook_rejected_total{reason="signature"}')
    answer = app.test_client().post("/callback", data=BODY, headers=headers)
    assert answer.status_code == 400
    assert stored(database) == []
    assert metric(app, 'yaam_webhook_rejected_total{reason="signature"}') == before + 1


def test_header_name_in_any_case(app: Any) -> None:
    headers = {"x-LINE-signature": sign(BODY)}
    assert app.test_client().post("/callback", data=BODY, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "not_json"),
        (b"ping", 400, "not_json"),
        (b"\xff\xfe\x00", 400, "not_json"),
        (b"[" * 200_000, 400, "not_json"),
        (b'{"events":[' + b"9" * 5000 + b"]}", 400, "not_json"),
        (b"[]", 400, "no_events"),
        (b"null", 400, "no_events"),
        (b"{}", 400, "no_events"),
        (b'{"events":{}}', 400, "no_events"),
        (b'{"events":null}', 400, "no_events"),
        (b'{"events":[' + b"0," * 1000 + b"0]}", 400, "too_many"),
        (b" " * (MAX_BODY_BYTES + 1), 413, "too_large"),
    ],
)
def test_unusable_body_is_refused_with_one_line(
    app: Any, database: Any, body: Any, status: Any, reason: Any
) -> None:
    with capture_logs() as lines:
        assert post(app, body).status_code == status
    assert stored(database) == []
    assert [(line["event"], line["reason"]) for line in lines] == [("webhook_refused", reason)]
    assert set(lines[0]) == {"event", "log_level", "reason", "bytes"}


def test_body_over_a_mebibyte_is_refused_also_without_a_length(app: Any) -> None:
    body = b'{"events":[]}' + b" " * MAX_BODY_BYTES
    answer = app.test_client().post(
        "/callback",
        headers={"X-Line-Signature": sign(body), "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": BytesIO(body), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


def test_body_of_exactly_a_mebibyte_is_taken(app: Any) -> None:
    body = b'{"events":[]}'
    assert post(app, body + b" " * (MAX_BODY_BYTES - len(body))).status_code == 200


def test_odd_events_are_stored_and_the_good_one_beside_them_is_unharmed(
    app: Any, database: Any, station: Any, clock: Any
) -> None:
    odd = [
        {"type": "moonLanding", "x": 1},
        {"type": "message"},
        {"type": "message", "source": None, "message": {"type": "text", "text": 5}},
        build_event("weird", clock(), mode="weird"),
        build_event("none", clock(), webhookEventId=None, source=None),
        5,
        None,
        [],
        "words",
        {},
    ]
    assert post_events(app, *odd, build_event("good", clock())) == 200
    parsed = {
        row.event_id: parse_event_bytes(
            station.seals.open(row.sealed or b"", SEALED_AS), row.event_id, row.received_at
        )
        for row in stored(database)
    }
    assert len(parsed) == len(odd) + 1
    assert isinstance(parsed.pop("good"), TextSaid)
    assert all(isinstance(event, Ignored) for event in parsed.values())


@pytest.mark.parametrize(
    "words", ["ก" * 5000, "\N{ZERO WIDTH SPACE}", "😀😀", "\0", "\ud83d", "မီး", "  "]
)
def test_odd_text_is_kept_as_it_came(
    app: Any, database: Any, station: Any, clock: Any, words: Any
) -> None:
    event = build_event("e", clock(), message={"id": "1", "type": "text", "text": words})
    assert post_events(app, event) == 200
    assert opened(station, stored(database)[0].sealed) == event


def test_one_event_twenty_times_at_once_to_two_processes_is_stored_once(
    app: Any, database_url: Any, database: Any, clock: Any
) -> None:
    event, codes = build_event("e", clock()), []
    with running(build_settings(database_url), clock) as other:
        at_once(lambda number: codes.append(post_events((app, other)[number % 2], event)), 20)
    assert codes == [200] * 20
    assert len(stored(database)) == 1


def test_delivered_again_renews_the_arrival(app: Any, database: Any, clock: Any) -> None:
    event = build_event("e", clock())
    post_events(app, event)
    clock.forward(seconds=70)
    again = {**event, "deliveryContext": {"isRedelivery": True}}
    assert post_events(app, again) == 200
    (row,) = stored(database)
    assert row.received_at == clock()


def test_blocked_database_is_answered_in_time_and_recovers(
    app: Any, database: Any, clock: Any
) -> None:
    event = build_event("e", clock())
    with blocked(database):
        began = time.monotonic()
        assert post_events(app, event) == 500
        assert 1.4 < time.monotonic() - began < 2.5
    assert post_events(app, event) == 200
    assert len(stored(database)) == 1
    assert metric(app, 'yaam_webhook_not_stored_total{reason="late"}') >= 1


def test_database_that_comes_later_is_taken_up_without_a_restart(
    database_url: Any, database: Any, station: Any, clock: Any
) -> None:
    if not database.is_sqlite:
        pytest.skip("a file can be moved away; a server is tried below")
    path, event = sqlite_path(database_url), build_event("e", clock())
    away = path.with_name("away.db")
    path.rename(away)
    with running(build_settings(database_url), clock) as app:
        assert post_events(app, event) == 500
        away.rename(path)
        assert post_events(app, event) == 200
        path.rename(away)
        assert post_events(app, event) == 500
        away.rename(path)
        assert post_events(app, event) == 200
    assert len(stored(database)) == 1


def test_server_that_drops_its_connections_costs_no_event(
    app: Any, database: Any, clock: Any
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    assert post_events(app, build_event("e1", clock())) == 200
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    codes = {post_events(app, build_event("e2", clock())) for _ in range(3)}
    assert codes <= {200, 500}
    assert {row.event_id for row in stored(database)} == {"e1", "e2"}


def test_server_that_is_not_there_is_a_500(clock: Any) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    with running(build_settings(nowhere), clock) as app:
        assert post_events(app, build_event("e", clock())) == 500
        assert post(app, b'{"events":[]}').status_code == 200


def test_database_without_a_station_is_a_500_with_a_hint(
    database_url: Any, database: Any, clock: Any
) -> None:
    with running(build_settings(database_url), clock) as app, capture_logs() as lines:
        assert post_events(app, build_event("e", clock())) == 500
    assert "flask migrate" in next(
        line["hint"] for line in lines if line["event"] == "webhook_not_stored"
    )


def test_seal_key_of_another_database_is_a_500(
    database_url: Any, station: Any, database: Any, clock: Any
) -> None:
    settings = build_settings(database_url, seal_key=(b"x" * 32,))
    with running(settings, clock) as app, capture_logs() as lines:
        assert post_events(app, build_event("e", clock())) == 500
    assert [line["reason"] for line in lines if "reason" in line] == ["seal_key"]
    assert stored(database) == []


def test_missing_credential_is_a_500(database_url: Any, station: Any, clock: Any) -> None:
    settings = build_settings(database_url, line_channel_secret=None)
    with running(settings, clock) as app:
        assert post_events(app, build_event("e", clock())) == 500


def test_no_line_of_the_log_holds_content(database_url: Any, database: Any, clock: Any) -> None:
    with running(build_settings(database_url), clock) as app, capture_logs() as lines:
        post_events(app, build_event("e", clock()))
        post(app, "ไฟไหม้บ้าน".encode())
        app.test_client().post("/callback", data="ไฟไหม้บ้าน".encode())
    said = " ".join(
        f"{key}={value}" for line in lines for key, value in line.items() if key != "exc_info"
    )
    assert "ไฟไหม้" not in said
    assert "U1111" not in said


def test_any_signed_bytes_get_200_or_a_refusal(app: Any, database: Any) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.binary(max_size=300)
        | JSON.map(lambda value: json.dumps(value).encode())
        | st.lists(JSON | MUTATED, max_size=5).map(
            lambda events: json.dumps({"events": events}).encode()
        )
    )
    def check(body: bytes) -> None:
        assert post(app, body).status_code in {200, 400}

    check()


def test_same_thing_is_logged_seldom() -> None:
    seldom = Seldom(3600)
    assert [seldom.is_due(key) for key in ("a", "a", "b", "a")] == [True, False, True, False]


def at_once(run: Callable[[int], None], count: int) -> None:
    gate = threading.Barrier(count)

    def start(number: int) -> None:
        gate.wait()
        run(number)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

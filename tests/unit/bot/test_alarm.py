"""ALARM_URL is called for what cannot wait, once, with facts only."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from structlog.testing import capture_logs

from bot.alarm import Alarm
from db import inbox
from db.engine import Database
from db.inbox import NewEvent
from db.models import Case


class Listener:
    """Somebody's alarm system; answers as `statuses` says, then 200."""

    def __init__(self):
        self.heard, self.statuses = [], []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append(json.loads(body))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=geheim"


@pytest.fixture
def listener():
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


@pytest.fixture
def alarm(database, listener):
    return Alarm(database, listener.url, rest=lambda _: None)


def add_event(database, station, at, event_id="e1"):
    event = NewEvent(station.id, event_id, b"k" * 32, at, at, False, b"sealed")
    with database.write() as session:
        inbox.store_events(session, [event])


def add_case(database, station, at, label="emergency", state="new", ref="A1"):
    with database.write() as session:
        session.add(
            Case(
                station_id=station.id, reference=ref, alias="a", label=label, category="fire",
                confidence=1.0, state=state, opened_at=at, last_from_reporter_at=at,
            )
        )  # fmt: skip


def test_old_event_calls_with_facts_only(database, station, clock, alarm, listener):
    add_event(database, station, clock() - timedelta(seconds=90))
    add_event(database, station, clock() - timedelta(seconds=5), "e2")
    assert alarm.look(clock()) == 1
    assert listener.heard == [
        {"source": "yaam", "kind": "old_event", "count": 2, "age_s": 90, "at": clock().isoformat()}
    ]


def test_unseen_emergency_calls(database, station, clock, alarm, listener):
    add_case(database, station, clock() - timedelta(minutes=3))
    alarm.look(clock())
    assert [(one["kind"], one["count"], one["age_s"]) for one in listener.heard] == [
        ("unseen_emergency", 1, 180)
    ]


@pytest.mark.parametrize(
    ("age_s", "label", "state"),
    [(100, "emergency", "new"), (999, "tip", "new"), (999, "emergency", "seen")],
)
def test_what_can_wait_does_not_call(
    database, station, clock, alarm, listener, age_s, label, state
):
    add_case(database, station, clock() - timedelta(seconds=age_s), label, state)
    add_event(database, station, clock() - timedelta(seconds=50))
    assert alarm.look(clock()) == 0
    assert listener.heard == []


def test_each_kind_at_most_once_in_five_minutes(database, station, clock, alarm, listener):
    add_case(database, station, clock() - timedelta(minutes=3))
    for _ in range(11):
        alarm.look(clock())
        clock.forward(minutes=1)
    add_event(database, station, clock() - timedelta(minutes=9))
    alarm.look(clock())
    kinds = [one["kind"] for one in listener.heard]
    assert (kinds.count("unseen_emergency"), kinds.count("old_event")) == (3, 1)


def test_two_schedulers_at_once_call_once(database_url, database, station, clock, listener):
    add_case(database, station, clock() - timedelta(minutes=3))
    barrier = threading.Barrier(4)

    def look():
        own = Database(database_url)
        barrier.wait()
        Alarm(own, listener.url).look(clock())
        own.dispose()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(listener.heard) == 1


def test_refused_call_is_tried_again_at_once_and_a_minute_later(
    database, station, clock, alarm, listener
):
    add_case(database, station, clock() - timedelta(minutes=3))
    listener.statuses = [500, 503, 500]
    with capture_logs() as logs:
        assert alarm.look(clock()) == 0
    (told,) = [one for one in logs if one["event"] == "alarm_not_taken"]
    assert told["fault"] == "http_503"
    assert "geheim" not in str(logs)
    clock.forward(minutes=1)
    assert alarm.look(clock()) == 1
    clock.forward(minutes=1)
    assert alarm.look(clock()) == 0
    assert len(listener.heard) == 4


def test_nobody_listens_is_logged(database, station, clock):
    add_case(database, station, clock() - timedelta(minutes=3))
    with capture_logs() as logs:
        Alarm(database, "http://127.0.0.1:9/geheim", rest=lambda _: None).look(clock())
    assert logs[-1] | {"fault": "-"} == {
        "event": "alarm_not_taken", "log_level": "error", "kind": "unseen_emergency", "fault": "-",
    }  # fmt: skip
    assert "geheim" not in str(logs)


def test_without_an_address_the_log_tells(database, station, clock):
    add_case(database, station, clock() - timedelta(minutes=3))
    with capture_logs() as logs:
        Alarm(database, None).look(clock())
        Alarm(database, None).look(clock())
    assert [one["event"] for one in logs] == ["alarm"]


def test_database_away_is_no_crash(tmp_path, clock):
    with capture_logs() as logs:
        assert Alarm(Database(f"sqlite:///{tmp_path}/none.db"), None).look(clock()) == 0
    assert logs[0]["event"] == "alarm_not_looked"

"""/metrics: counters of all processes, and what the database knows, without ids."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

from db import heartbeats, inbox
from db.models import Station
from tests.unit.bot.web import build_event, build_settings, metric, post_events, running

COUNT = """
from bot import metrics
metrics.REJECTED.labels("signature").inc()
print(metrics.render(metrics.away_gauges()).decode())
"""


def test_queue_station_and_processes_are_told(
    database_url: Any, database: Any, station: Any, clock: Any
) -> None:
    with database.write() as session:
        row = session.get(Station, station.id)
        row.quota_limit, row.quota_used, row.line_fault = 300, 12, "401"
        session.add(row)
        heartbeats.beat(session, "w", "worker", clock())
    with running(build_settings(database_url), clock) as app:
        post_events(app, build_event("e1", clock()), build_event("e2", clock()))
        clock.forward(seconds=8)
        told = {
            name: metric(app, name)
            for name in (
                "yaam_database_up",
                'yaam_inbox_events{state="new"}',
                "yaam_inbox_oldest_seconds",
                'yaam_station_line_fault{station="main"}',
                'yaam_quota_limit{station="main"}',
                'yaam_quota_used{station="main"}',
                'yaam_processes{kind="worker"}',
                'yaam_processes{kind="sender"}',
            )
        }
    assert list(told.values()) == [1, 2, 8, 1, 300, 12, 1, 0]


def test_requests_and_events_are_counted(database_url: Any, station: Any, clock: Any) -> None:
    with running(build_settings(database_url), clock) as app:
        before = metric(app, "yaam_webhook_events_total")
        post_events(app, build_event("e1", clock()), build_event("e2", clock()))
        assert metric(app, "yaam_webhook_events_total") == before + 2
        assert metric(app, 'yaam_webhook_requests_total{status="200"}') >= 1
        assert metric(app, "yaam_webhook_commit_rows_count") >= 1


def test_counters_are_told_while_the_database_is_away(clock: Any) -> None:
    with running(build_settings("sqlite:////nonexistent/yaam.db"), clock) as app:
        answer = app.test_client().get("/metrics")
        text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "yaam_database_up 0.0" in text
    assert 'yaam_webhook_rejected_total{reason="signature"}' in text
    assert "yaam_inbox_events" not in text


def test_parked_events_are_told(database_url: Any, database: Any, station: Any, clock: Any) -> None:
    with running(build_settings(database_url), clock) as app:
        post_events(app, build_event("e1", clock()))
        for _ in range(inbox.MAX_FAILURES):
            with database.write() as session:
                (row,) = inbox.claim_events(session, "w", clock(), 1, 1)
                inbox.mark_failed(session, row.id, "w", clock(), "Fault", "message")
            clock.now += timedelta(seconds=10)
        assert metric(app, 'yaam_inbox_events{state="parked"}') == 1


def test_counters_of_several_processes_are_summed(tmp_path: Any) -> None:
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        text = subprocess.run(
            [sys.executable, "-c", COUNT], env=environ, capture_output=True, text=True, check=True
        ).stdout
    assert 'yaam_webhook_rejected_total{reason="signature"} 2.0' in text


def test_no_id_of_line_is_told(database_url: Any, station: Any, clock: Any) -> None:
    with running(build_settings(database_url), clock) as app:
        post_events(app, build_event("01EVENTID", clock()))
        text = app.test_client().get("/metrics").get_data(as_text=True)
    assert "U1111" not in text
    assert "01EVENTID" not in text

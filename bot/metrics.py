"""What the program tells Prometheus. Labels are words of ours: never an id, never content.

Counters are summed over gunicorn's processes where PROMETHEUS_MULTIPROC_DIR is set; what the
database knows is read from it at each scrape, so it is the same whichever process is asked.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlmodel import Session

from db import heartbeats, inbox, outbox, stations
from db.engine import Database
from db.models import Station

REJECTIONS = ("signature", "too_large", "cut", "not_json", "no_events", "too_many")

_UP = "Whether the database answers"
_COUNTERS = CollectorRegistry()
REQUESTS = Counter(
    "yaam_webhook_requests", "Webhook calls by answer", ["status"], registry=_COUNTERS
)
REJECTED = Counter(
    "yaam_webhook_rejected", "Webhook calls refused, by reason", ["reason"], registry=_COUNTERS
)
NOT_STORED = Counter(
    "yaam_webhook_not_stored",
    "Webhook calls answered 500, by reason",
    ["reason"],
    registry=_COUNTERS,
)
EVENTS = Counter("yaam_webhook_events", "Events answered with 200", registry=_COUNTERS)
SECONDS = Histogram(
    "yaam_webhook_seconds",
    "Time to answer a webhook call",
    registry=_COUNTERS,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2),
)
COMMIT_ROWS = Histogram(
    "yaam_webhook_commit_rows",
    "Events committed together",
    registry=_COUNTERS,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
)
for _reason in REJECTIONS:
    REJECTED.labels(_reason)


def render(gauges: Iterable[Metric]) -> bytes:
    """The counters of all processes and `gauges`, as Prometheus reads them."""
    counters = _COUNTERS
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counters = CollectorRegistry()
        MultiProcessCollector(counters)  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    registry.register(_Given(gauges))
    return generate_latest(counters) + generate_latest(registry)


def read_gauges(database: Database, now: datetime) -> list[Metric]:
    """Raises what the database raises."""
    with database.read() as session:
        rows = stations.list_stations(session)
        return [
            GaugeMetricFamily("yaam_database_up", _UP, value=1),
            *_queue_gauges(session, rows, now),
            *_station_gauges(rows),
            _process_gauge(session, now),
        ]


def away_gauges() -> list[Metric]:
    return [GaugeMetricFamily("yaam_database_up", _UP, value=0)]


class _Given(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _queue_gauges(session: Session, rows: list[Station], now: datetime) -> Iterator[Metric]:
    events = GaugeMetricFamily(
        "yaam_inbox_events", "Events that wait or were given up", labels=["state"]
    )
    for state, count in inbox.count_by_state(session).items():
        events.add_metric([state], count)
    yield events
    oldest_at = inbox.oldest_new_at(session)
    age_s = max((now - oldest_at).total_seconds(), 0) if oldest_at else 0
    yield GaugeMetricFamily("yaam_inbox_oldest_seconds", "Age of the oldest waiting event", age_s)
    messages = GaugeMetricFamily(
        "yaam_outbox_messages", "Messages to LINE by state", labels=["station", "state"]
    )
    for row in rows:
        for state, count in outbox.count_by_state(session, row.id).items():
            messages.add_metric([row.slug, state], count)
    yield messages


def _station_gauges(rows: list[Station]) -> Iterator[Metric]:
    fault = GaugeMetricFamily(
        "yaam_station_line_fault", "1 while LINE refuses our token", labels=["station"]
    )
    limit = GaugeMetricFamily("yaam_quota_limit", "Messages a month", labels=["station"])
    used = GaugeMetricFamily("yaam_quota_used", "Messages sent this month", labels=["station"])
    for row in rows:
        fault.add_metric([row.slug], float(row.line_fault is not None))
        if row.quota_limit is not None:
            limit.add_metric([row.slug], row.quota_limit)
        if row.quota_used is not None:
            used.add_metric([row.slug], row.quota_used)
    yield from (fault, limit, used)


def _process_gauge(session: Session, now: datetime) -> Metric:
    live = [row.kind for row in heartbeats.list_live(session, now)]
    gauge = GaugeMetricFamily("yaam_processes", "Live processes by kind", labels=["kind"])
    for kind in sorted({"web", "worker", "sender", "scheduler", *live}):
        gauge.add_metric([kind], live.count(kind))
    return gauge

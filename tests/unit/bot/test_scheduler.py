"""The ticker outlives every fault, and tells each once."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.scheduler import Ticker


def test_fault_is_told_once_until_it_is_over(database, station, seals, tmp_path):
    settings = SimpleNamespace(timezone=ZoneInfo("Asia/Bangkok"), media_dir=tmp_path)
    ticker = Ticker(SimpleNamespace(settings=settings, database=database, seals=seals), [station])
    away = OperationalError("", {}, Exception())
    left = [TypeError(), TypeError(), away, 3, TypeError()]

    def tick(_):
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    ticker._dispatch.tick = tick
    with capture_logs() as logs:
        for _ in range(5):
            ticker.tick()
    assert [one["event"] for one in logs] == ["tick_failed", "tick_failed", "tick", "tick_failed"]

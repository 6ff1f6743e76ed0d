"""How gunicorn serves `wsgi:app`; read by itself from the project's root, options win over it.

Settings are checked before anything is bound or forked: a fault ends the master with 2, and no
worker is born to fail again and again.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

_ROOT = Path(__file__).resolve().parent
if str(_ROOT) not in sys.path:
    # The gunicorn command has its own folder there, not the project's.
    sys.path.insert(0, str(_ROOT))

from bot.logs import configure  # noqa: E402 - needs the path above
from bot.settings import load_settings_or_exit, read_values  # noqa: E402 - the same


class LineLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own log, through the project's: one line an event, no query strings."""

    def setup(self, cfg: Any) -> None:
        configure("web")
        self.error_log.propagate = True


_port = read_values(os.environ, _ROOT)[0].get("PORT", "8000")
# A host that hands out PORT routes to it from outside; elsewhere a proxy stands on this machine.
bind = f"{'0.0.0.0' if 'PORT' in os.environ else '127.0.0.1'}:{_port}"  # noqa: S104 - see above
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 8
preload_app = False
timeout = 30
graceful_timeout = 10
keepalive = 5
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# The heartbeat file of a worker; on a disk it may stall for as long as the disk does.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - made by mkstemp
accesslog = None
logger_class = LineLogger
# A second way into a running server that nobody here uses.
control_socket_disable = True

_METRICS = "PROMETHEUS_MULTIPROC_DIR"
_own_metrics: list[str] = []


def on_starting(server: Any) -> None:
    from bot.refusals import check_key_or_exit

    check_key_or_exit(load_settings_or_exit(needs_line=True))
    if not os.environ.get(_METRICS):
        _own_metrics.append(tempfile.mkdtemp(prefix="yaam-metrics-"))
        os.environ[_METRICS] = _own_metrics[0]


def pre_exec(server: Any) -> None:
    """A new master (USR2) makes a folder of its own: ours goes when we do."""
    if _own_metrics:
        os.environ.pop(_METRICS, None)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # half of that module is typed


def on_exit(server: Any) -> None:
    for folder in _own_metrics:
        shutil.rmtree(folder, ignore_errors=True)

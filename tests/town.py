"""The whole program as separate processes, with the simulator as LINE."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from db.engine import Database
from db.media import MediaFolder
from db.seals import Seals
from db.stations import OpenStation, list_stations, open_station
from simulator import Line

ROOT = Path(__file__).resolve().parent.parent
SECRET, TOKEN = "town-channel-secret", "town-access-token"
PROCESSES = ("web", "worker", "sender", "scheduler")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Town:
    """Processes, LINE and the operator's shell of one station."""

    def __init__(self, line: Line, line_host: str, database_url: str, folder: Path) -> None:
        self.line, self.folder, self.port = line, folder, free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "FLASK_SKIP_DOTENV": "1",
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LINE_API_HOST": line_host,
            "DATABASE_URL": database_url,
            "SECRET_KEY": "town-signing-key-of-no-account",
            "SEAL_KEY": "J2u1mC4gqD2pJ8m0l7vJ7p0J9mVf6pYh2d8h3Yk0m3s=",
            "MEDIA_DIR": str(folder / "media"),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
        }
        line.webhook = f"http://127.0.0.1:{self.port}/callback"

    def start(self, *names: str, before: Sequence[str] = ()) -> None:
        """`before` is put in front of the command, as `nice` would be."""
        for name in names:
            command = ["gunicorn", "wsgi:app"] if name == "web" else ["flask", name]
            command = [*before, *command]
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
                )

    def stop(self, name: str) -> int:
        """End a process by SIGTERM; its exit status."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(timeout=20)

    def kill(self, name: str) -> None:
        """End a process and its children as the loss of power would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def order(self, command: Any) -> dict[str, object]:
        """What an operator's `flask` command would do, in a hundredth of its time."""
        from handlers.dispatch import Dispatch
        from handlers.ids import RandomIds

        with self.open_database() as (database, station):
            dispatch = Dispatch(
                database,
                [station],
                "Asia/Bangkok",
                RandomIds(),
                MediaFolder(self.folder / "media", self.seals),
            )
            return dispatch.operate(station.id, command, datetime.now(UTC))

    @property
    def seals(self) -> Seals:
        return Seals((base64.urlsafe_b64decode(self.env["SEAL_KEY"]),))

    @contextmanager
    def open_database(self) -> Iterator[tuple[Database, OpenStation]]:
        """The town's own database, beside its processes."""
        database = Database(self.env["DATABASE_URL"])
        try:
            with database.read() as session:
                (row,) = list_stations(session)
            yield database, open_station(row, self.seals)
        finally:
            database.dispose()

    def flask(self, *args: str, stdin: str | None = None) -> str:
        """Raises AssertionError with what the command said where it fails."""
        done = subprocess.run(
            ["flask", *args],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            input=stdin,
            check=False,
        )
        assert done.returncode == 0, f"{args}: {done.stderr}"
        return done.stdout

    def rows(self, *args: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.flask(*args).splitlines()]

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except HTTPError as fault:
            return fault.code, fault.read()
        except (URLError, OSError):
            return 0, b""

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8") for path in self.folder.glob("*.log"))

    def wait(self, check: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        """What `check` gives once it is true. Raises AssertionError with the logs' end."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if found := check():
                return found
            self.line.wait_for(lambda: False, 0.05)
        raise AssertionError(f"it did not come about in {timeout_s} s\n{self.logs()[-3000:]}")


@contextmanager
def run_town(database_url: str, folder: Path, names: tuple[str, ...] = PROCESSES) -> Iterator[Town]:
    """A town that is up: migrated, its processes ready, LINE listening."""
    line = Line(SECRET, TOKEN)
    with line.serve() as host, ExitStack() as stack:
        town = Town(line, host, database_url, folder)
        town.flask("migrate")
        stack.callback(_end, town)
        town.start(*names)
        town.wait(lambda: town.get("/readyz")[0] == 200, 30)
        yield town


def _end(town: Town) -> None:
    for name in list(town.processes):
        town.stop(name)

"""Processes, databases and bodies that the measurements share."""

import base64
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
SECRET = "bench-channel-secret"  # noqa: S105 - of no account
TEXTS = (
    "ไฟทางหน้าโรงเรียนดับมาสามวันแล้ว ช่วยมาซ่อมหน่อยครับ",
    "เห็นคนแปลกหน้าขี่มอเตอร์ไซค์วนดูบ้านทุกคืน ซอยเทศบาล 5",
    "รถชนกันหน้าตลาด มีคนเจ็บ เลือดออกเยอะ ช่วยด้วยค่ะ",
    "สวัสดีตอนเช้าค่ะ",
)


@dataclass
class Town:
    """One database, and what is started beside it."""

    folder: Path
    database_url: str
    line_port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "FLASK_SKIP_DOTENV": "1",
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "bench-token",
            "LINE_API_HOST": f"http://127.0.0.1:{self.line_port or 9}",
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": "k" * 32,
            "SEAL_KEY": base64.urlsafe_b64encode(bytes(32)).decode(),
            "MEDIA_DIR": str(self.folder / "media"),
        }

    def run(self, *command: str) -> None:
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command[-1].replace('/', '_')[:40]}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def serve(self, app: str, workers: int, threads: int) -> int:
        """Start gunicorn on a free port and wait until it answers; returns the port."""
        port = free_port()
        self.start(
            "gunicorn", app, "-b", f"127.0.0.1:{port}", "-w", str(workers), "-k", "gthread",
            "--threads", str(threads),
        )  # fmt: skip
        wait(lambda: answers(port))
        return port

    def start_line(self, delay_ms: int) -> None:
        self.line_port = free_port()
        self.start(sys.executable, "-m", "bench.line", str(self.line_port), str(delay_ms))
        wait(lambda: answers(self.line_port))

    def stop(self, *processes: subprocess.Popen[bytes]) -> None:
        """End these processes, or all."""
        for process in processes or tuple(self.processes):
            process.terminate()
        for process in processes or tuple(self.processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.processes.remove(process)


@contextmanager
def open_town(folder: Path, database_url: str | None = None) -> Iterator[Town]:
    """A migrated database with nothing in it, by default a new SQLite file."""
    folder.mkdir(parents=True, exist_ok=True)
    town = Town(folder, database_url or f"sqlite:///{folder}/yaam.db")
    town.run("flask", "migrate")
    try:
        yield town
    finally:
        town.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except URLError as fault:
        return getattr(fault, "code", None) == 404
    except OSError:
        return False


def wait(check: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def build_event(number: int) -> dict[str, object]:
    """A text of a person of its own, with an id and a reply token of its own."""
    unique = secrets.token_hex(13)
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{secrets.token_hex(16)}"},
        "webhookEventId": f"01{unique[:24].upper()}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": secrets.token_hex(16),
        "message": {
            "id": str(10**17 + int(unique[:14], 16)),
            "type": "text",
            "quoteToken": unique,
            "text": TEXTS[number % len(TEXTS)],
        },
    }


def sign(events: list[dict[str, object]]) -> tuple[str, bytes]:
    """(signature, body) of one webhook call."""
    body = json.dumps({"destination": f"U{'0' * 32}", "events": events}, ensure_ascii=False)
    digest = hmac.digest(SECRET.encode(), body.encode(), "sha256")
    return base64.b64encode(digest).decode(), body.encode()


def write_bodies(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for number in range(count):
            signature, body = sign([build_event(number)])
            file.write(signature.encode() + b"\t" + body + b"\n")

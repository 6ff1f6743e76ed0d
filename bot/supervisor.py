"""`make run`: everything on one machine, each process started again when it ends.

Web listens on loopback only: on a server a proxy with the certificate stands before it.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from bot.launch import Program, Refused, flask, list_programs, prepare
from bot.settings import ROOT, Settings, SettingsFault

SETTINGS_FAULT = 2
_STEADY_S = 60.0
_STOP_S = 10.0
_READY_S = 60.0
_LOOK_S = 0.2
_LAST_WORDS_S = 2.0


def backoff_s(falls: int) -> float:
    """Seconds until a process that fell `falls` times in a row is started again: 1, 2, 4 … 30."""
    return min(30.0, 2.0 ** (min(falls, 10) - 1))


class Child:
    """One program, its present process, and when to start it again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[str] | None = None
        self._teller: threading.Thread | None = None
        self.falls = 0
        self.started_at = 0.0
        self.start_at = 0.0

    def start(self, now: float) -> None:
        self.started_at = now
        self.process = subprocess.Popen(
            self.program.command,
            cwd=ROOT,
            env={**_environment(), **self.program.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._teller = threading.Thread(target=self._tell, args=(self.process,), daemon=True)
        self._teller.start()

    def look(self, now: float) -> int | None:
        """Start what is due; the exit status of a process that has just ended, else None."""
        if self.process is None:
            if now >= self.start_at:
                self.start(now)
            return None
        status = self.process.poll()
        if status is not None:
            self.finish()
            self.falls = 1 if now - self.started_at >= _STEADY_S else self.falls + 1
            self.start_at = now + backoff_s(self.falls)
        return status

    def finish(self) -> None:
        """Leave nothing of the process's group behind."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        if self._teller is not None:
            # Its last words are often the ones that matter.
            self._teller.join(timeout=_LAST_WORDS_S)

    def _tell(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    say(f"{self.program.name:<9} | {line.rstrip()}")


class Supervisor:
    """Keeps programs alive until `stop` is set or one of them finds the settings wrong."""

    def __init__(
        self, programs: list[Program], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.children = [Child(program) for program in programs]
        self.stop = threading.Event()
        self._clock = clock

    def run(self) -> int:
        """The exit status for the whole: 0 after `stop`, 2 where a child ended with 2."""
        try:
            while not self.stop.is_set():
                for child in self.children:
                    status = child.look(self._clock())
                    if status == SETTINGS_FAULT:
                        say(f"{child.program.name}: การตั้งค่าไม่ถูกต้อง / settings refused, all stopped")
                        return SETTINGS_FAULT
                    if status is not None:
                        wait_s = child.start_at - self._clock()
                        say(f"{child.program.name} ended ({status}); again in {wait_s:.0f} s")
                self.stop.wait(_LOOK_S)
            return 0
        finally:
            self.stop.set()
            self._stop_children()

    def _stop_children(self) -> None:
        """TERM to each leader, which ends its own; after 10 s KILL to what is left."""
        alive = [child.process for child in self.children if child.process is not None]
        for process in alive:
            process.terminate()
        until = time.monotonic() + _STOP_S
        for process in alive:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
        for child in self.children:
            child.finish()


def _environment() -> dict[str, str]:
    # Flask would take a .env from any folder above ours; bot.settings reads the right one.
    return os.environ | {"PYTHONUNBUFFERED": "1", "FLASK_SKIP_DOTENV": "1"}


def say(line: str) -> None:
    """One whole line for the person at the terminal; threads do not cut each other's."""
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def describe(settings: Settings) -> str:
    """The addresses and the next steps, for the person who started Yaam."""
    web = f"http://127.0.0.1:{settings.port}"
    rows = [("Webhook", f"{web if settings.is_simulated else settings.public_url}/callback")]
    if settings.is_simulated:
        page = f"http://127.0.0.1:{settings.port + 1}/"
        rows.insert(0, ("เปิดตัวจำลอง LINE ในเบราว์เซอร์ / open the simulator", page))
    rows += [
        ("เชิญเจ้าหน้าที่ / invite an officer", ".venv/bin/flask staff invite --role officer"),
        ("ลงทะเบียนกลุ่ม / register a group", ".venv/bin/flask group invite"),
        ("หยุด / stop", "Ctrl-C"),
    ]
    block = [f"  {label}:\n      {value}" for label, value in rows]
    return "\n".join(["", "ยามพร้อมทำงานแล้ว / Yaam is ready", *block, ""])


def announce(settings: Settings, stop: threading.Event) -> None:
    """Wait until all answers, then tell the addresses and publish the rich menu for the play."""
    pages = [f"http://127.0.0.1:{settings.port}/readyz"]
    if settings.is_simulated:
        pages.append(f"http://127.0.0.1:{settings.port + 1}/")
    until = time.monotonic() + _READY_S
    while not all(_answers(page) for page in pages):
        if stop.wait(_LOOK_S):
            return
        if time.monotonic() > until:
            say("ยังไม่พร้อม ดูสาเหตุในบรรทัดข้างบน / not ready yet, the lines above say why")
            until = float("inf")
    say(describe(settings))
    if settings.is_simulated:
        menu = subprocess.run(
            flask("station", "menu"), cwd=ROOT, env=_environment(), capture_output=True, check=False
        )
        if menu.returncode:
            say(f"menu: not published ({menu.returncode}); again: .venv/bin/flask station menu")


def _answers(address: str) -> bool:
    # No proxy: one that the environment names would be asked for our own loopback.
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.supervisor", description=__doc__)
    parser.add_argument("--simulator", action="store_true", help="refuse to start on LINE itself")
    asked = parser.parse_args().simulator
    try:
        settings = prepare(os.environ, ROOT, asked=asked)
    except (Refused, SettingsFault) as fault:
        print(fault, file=sys.stderr)
        return SETTINGS_FAULT
    if status := subprocess.run(
        flask("migrate"), cwd=ROOT, env=_environment(), check=False
    ).returncode:
        return status
    supervisor = Supervisor(list_programs(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop.set())
    threading.Thread(target=announce, args=(settings, supervisor.stop), daemon=True).start()
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())

"""Processes are kept alive apart from each other and stopped without a rest."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.launch import Program, make_keys, make_simulated_account
from bot.settings import load_settings
from bot.supervisor import Child, Supervisor, backoff_s, describe

STEADY = (
    "import os, pathlib, signal\n"
    "pathlib.Path({pid!r}).write_text(str(os.getpid()))\n"
    "while True: signal.pause()\n"
)
FALLING = "with open({tally!r}, 'a') as tally: tally.write('x')\nraise SystemExit(1)\n"
REFUSED = (
    "import pathlib\n"
    "steady = pathlib.Path({pid!r})\n"
    "while not (steady.exists() and steady.read_text()): pass\n"
    "print('PORT: not usable')\n"
    "raise SystemExit(2)\n"
)
POLITE = (
    "import pathlib, signal, sys, threading\n"
    "def end(*_):\n"
    "    pathlib.Path({bye!r}).touch()\n"
    "    sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "pathlib.Path({up!r}).touch()\n"
    "while True: signal.pause()\n"
)
PARENT = (
    "import subprocess, sys, pathlib\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "pathlib.Path({pid!r}).write_text(str(child.pid))\n"
    "child.wait()\n"
)


def python(name: str, source: str) -> Program:
    return Program(name, (sys.executable, "-c", source))


def eventually(check: Callable[[], bool], limit_s: float = 20.0) -> bool:
    until, pause = time.monotonic() + limit_s, threading.Event()
    while time.monotonic() < until:
        if check():
            return True
        pause.wait(0.02)
    return False


def is_alive(pid: int) -> bool:
    """A killed process that its new parent has not reaped yet is not alive."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc").exists()
    return state not in ("Z", "X")


@contextmanager
def running(*programs: Program, speed: float = 50.0) -> Iterator[tuple[Supervisor, list[int]]]:
    """A supervisor at work, whose clock for starting again runs `speed` times as fast."""
    supervisor = Supervisor(list(programs), clock=lambda: time.monotonic() * speed)
    status: list[int] = []
    thread = threading.Thread(target=lambda: status.append(supervisor.run()))
    thread.start()
    try:
        yield supervisor, status
    finally:
        supervisor.stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("falls", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (10_000, 30)]
)
def test_waiting_doubles_up_to_half_a_minute(falls: int, seconds: float) -> None:
    assert backoff_s(falls) == seconds


def test_process_that_lived_a_minute_is_forgiven_its_falls() -> None:
    child = Child(python("brief", "pass"))

    def fall(started_at: float, ended_at: float) -> float:
        child.start_at = started_at
        assert child.look(started_at) is None
        assert child.process is not None
        child.process.wait()
        assert child.look(ended_at) == 0
        return child.start_at - ended_at

    assert [fall(0, 1), fall(10, 11), fall(20, 79), fall(100, 160), fall(200, 201)] == [
        1,
        2,
        4,
        1,
        2,
    ]


def test_process_that_ends_is_started_again_and_takes_no_other_down(tmp_path: Path) -> None:
    tally, pid = tmp_path / "tally", tmp_path / "pid"
    steady = python("steady", STEADY.format(pid=str(pid)))
    falling = python("falling", FALLING.format(tally=str(tally)))

    with running(steady, falling) as (_, status):
        assert eventually(lambda: tally.exists() and len(tally.read_text("utf-8")) >= 3)
        assert eventually(lambda: pid.exists() and pid.read_text("utf-8") != "")
        first = pid.read_text("utf-8")
        assert is_alive(int(first))

    assert status == [0]
    assert pid.read_text("utf-8") == first, "the steady one was started once"
    assert not is_alive(int(first))


def test_stop_lets_each_process_end_by_itself(tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("bye", "up")}

    with running(python("polite", POLITE.format(**files))):
        assert eventually((tmp_path / "up").exists)

    assert (tmp_path / "bye").exists()


def test_nothing_that_a_process_started_outlives_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    with running(python("parent", PARENT.format(pid=str(pid)))):
        assert eventually(lambda: pid.exists() and pid.read_text("utf-8") != "")
        assert is_alive(int(pid.read_text("utf-8")))

    assert eventually(lambda: not is_alive(int(pid.read_text("utf-8"))))


def test_settings_fault_of_one_stops_all_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pid = tmp_path / "pid"
    steady = python("steady", STEADY.format(pid=str(pid)))
    refused = python("refused", REFUSED.format(pid=str(pid)))

    with running(steady, refused) as (_, status):
        assert eventually(lambda: status == [2])

    assert not is_alive(int(pid.read_text("utf-8")))
    told = capsys.readouterr().out
    assert "refused   | PORT: not usable\n" in told
    assert "refused: " in told


def test_lines_carry_the_name_of_their_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def is_told() -> bool:
        seen.append(capsys.readouterr().out)
        return "worker    | สวัสดี\n" in "".join(seen)

    with running(python("worker", "print('สวัสดี', flush=True)"), speed=1.0):
        assert eventually(is_told)


def test_addresses_are_told_with_the_next_steps(tmp_path: Path) -> None:
    make_keys({}, tmp_path)
    make_simulated_account(tmp_path, 8100)
    told = describe(load_settings({"PORT": "8100"}, tmp_path))

    assert "http://127.0.0.1:8101/" in told
    assert "http://127.0.0.1:8100/callback" in told
    assert ".venv/bin/flask staff invite --role officer" in told
    assert ".venv/bin/flask group invite" in told


def test_real_account_is_told_the_address_that_line_calls(tmp_path: Path) -> None:
    make_keys({}, tmp_path)
    line = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t"}
    told = describe(load_settings(line | {"PUBLIC_URL": "https://yaam.example/"}, tmp_path))

    assert "https://yaam.example/callback" in told
    assert "simulator" not in told

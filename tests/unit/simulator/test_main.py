"""The command line, as a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.__main__ import main
from tests.unit.simulator.caller import Caller

ROOT = Path(__file__).parents[3]
ACCOUNT = {"LINE_CHANNEL_SECRET": "channel secret", "LINE_CHANNEL_ACCESS_TOKEN": "token"}


@pytest.mark.parametrize("missing", ACCOUNT)
def test_missing_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, "" if name == missing else value)
    assert main([]) == 2
    assert missing in capsys.readouterr().err


def test_other_hosts_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    assert main(["--host", "0.0.0.0"]) == 2
    assert "loopback" in capsys.readouterr().err


def test_it_prints_its_address_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--webhook", "http://127.0.0.1:1/"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | ACCOUNT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout:
        address = process.stdout.readline().split()[1]
        people = Caller(address).get("/ui/state").json["people"]
        assert len(people) == 4
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0

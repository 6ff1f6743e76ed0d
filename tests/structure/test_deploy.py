"""What is handed out for servers is read by the programs that it is for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=DEPLOY, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile_passes_its_linter() -> None:
    run(str(Path(sys.executable).parent / "hadolint"), "Dockerfile")


def test_caddy_takes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not on this machine")
    monkeypatch.setenv("HOME", str(tmp_path))
    run(caddy, "validate", "--config", "Caddyfile", "--adapter", "caddyfile")


def test_systemd_takes_its_units() -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd is not on this machine")
    units = sorted(DEPLOY.joinpath("systemd").glob("*.service"))
    assert units
    done = subprocess.run(
        [verify, "verify", *map(str, units)], capture_output=True, text=True, check=False
    )
    faults = [line for line in done.stderr.splitlines() if not _is_absent_here(line)]
    assert faults == []


def _is_absent_here(line: str) -> bool:
    """Where the program is not installed at its place on a server, systemd says only that."""
    return "is not executable" in line

"""What `make run` prepares: keys, the choice between LINE and the simulator, ports, commands."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.launch import (
    Refused,
    check_ports,
    decide_simulator,
    has_station,
    list_programs,
    make_keys,
    make_simulated_account,
    prepare,
)
from bot.settings import load_settings

LINE = {"LINE_CHANNEL_SECRET": "real-secret", "LINE_CHANNEL_ACCESS_TOKEN": "real-token"}


@pytest.fixture
def free_port() -> int:
    """A port whose neighbour is free as well."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.parametrize(
    ("has_line", "has_station", "asked", "simulator"),
    [
        (False, False, False, True),
        (False, False, True, True),
        (True, False, False, False),
        (True, True, False, False),
    ],
)
def test_simulator_plays_only_where_nothing_is_real(
    has_line: bool, has_station: bool, asked: bool, simulator: bool
) -> None:
    assert simulator is decide_simulator(has_line=has_line, has_station=has_station, asked=asked)


@pytest.mark.parametrize(
    ("has_line", "has_station", "asked"),
    [(True, False, True), (True, True, True), (False, True, False), (False, True, True)],
)
def test_simulator_is_refused_beside_a_real_station(
    has_line: bool, has_station: bool, asked: bool
) -> None:
    with pytest.raises(Refused, match="LINE"):
        decide_simulator(has_line=has_line, has_station=has_station, asked=asked)


def test_keys_are_made_once_for_the_owner_only(tmp_path: Path) -> None:
    make_keys({}, tmp_path)
    first = (tmp_path / "var/dev.env").read_text("utf-8")
    make_keys({}, tmp_path)

    assert (tmp_path / "var/dev.env").read_text("utf-8") == first
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var/dev.env").stat().st_mode & 0o777 == 0o600
    assert len(load_settings({}, tmp_path).seal_key) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["dev.env"]


def test_key_that_is_given_elsewhere_is_not_made(tmp_path: Path) -> None:
    make_keys({"SECRET_KEY": "k" * 32}, tmp_path)

    made = (tmp_path / "var/dev.env").read_text("utf-8")
    assert "SEAL_KEY=" in made
    assert "SECRET_KEY=" not in made


def test_bare_machine_gets_keys_and_the_simulator(tmp_path: Path, free_port: int) -> None:
    settings = prepare({"PORT": str(free_port)}, tmp_path)

    assert settings.is_simulated
    assert settings.line_api_host == f"http://127.0.0.1:{free_port + 1}"
    assert settings.database_url.endswith("/var/simulator.db")
    assert (tmp_path / "var/simulator.env").stat().st_mode & 0o777 == 0o600


def test_second_run_on_another_port_keeps_the_simulated_account(tmp_path: Path) -> None:
    make_keys({}, tmp_path)
    make_simulated_account(tmp_path, 8000)
    first = load_settings({}, tmp_path)
    make_simulated_account(tmp_path, 9000)
    second = load_settings({}, tmp_path)

    assert second.get_line_token() == first.get_line_token()
    assert second.get_line_secret() == first.get_line_secret()
    assert second.line_api_host == "http://127.0.0.1:9001"


def test_real_account_starts_without_simulator(tmp_path: Path, free_port: int) -> None:
    settings = prepare(LINE | {"PORT": str(free_port)}, tmp_path)

    assert not settings.is_simulated
    assert not (tmp_path / "var/simulator.env").exists()
    names = [program.name for program in list_programs(settings)]
    assert names == ["web", "worker", "sender", "scheduler"]


def test_programs_never_carry_a_credential_on_the_command_line(tmp_path: Path) -> None:
    make_keys({}, tmp_path)
    make_simulated_account(tmp_path, 8000)
    settings = load_settings({}, tmp_path)
    programs = list_programs(settings)

    assert [p.name for p in programs] == ["simulator", "web", "worker", "sender", "scheduler"]
    assert programs[0].env["LINE_CHANNEL_SECRET"] == settings.get_line_secret()
    for program in programs:
        assert settings.get_line_token() not in repr(program)


def test_station_without_its_credentials_is_refused(
    tmp_path: Path, database_url: str, station: Any, free_port: int
) -> None:
    with pytest.raises(Refused, match="LINE_CHANNEL_SECRET"):
        prepare({"DATABASE_URL": database_url, "PORT": str(free_port)}, tmp_path)

    assert not (tmp_path / "var/simulator.env").exists()


def test_migrated_database_without_station_is_free(database_url: str) -> None:
    assert not has_station(database_url)


def test_absent_or_empty_database_has_no_station_and_is_not_made(tmp_path: Path) -> None:
    assert not has_station(f"sqlite:///{tmp_path}/none.db")
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    assert not has_station(f"sqlite:///{tmp_path}/empty.db")


def test_database_that_does_not_answer_is_one_line_without_its_password(busy_port: int) -> None:
    address = f"postgresql+psycopg://u:hunter2@127.0.0.1:{busy_port + 1}/d?connect_timeout=1"

    with pytest.raises(Refused, match="DATABASE_URL") as caught:
        has_station(address)

    assert "hunter2" not in str(caught.value)


def test_port_in_use_is_named(tmp_path: Path, busy_port: int) -> None:
    with pytest.raises(Refused, match=str(busy_port)):
        check_ports([busy_port])
    with pytest.raises(Refused, match="PORT="):
        prepare({"PORT": str(busy_port)}, tmp_path)

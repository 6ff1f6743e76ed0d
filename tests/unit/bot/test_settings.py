"""Where settings come from, what is refused, and that no value is ever shown."""

import base64
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import SettingsFault, load_settings, load_settings_or_exit

SEAL = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_SEAL = base64.urlsafe_b64encode(b"\xff" * 32).decode()
KEYS = {"SECRET_KEY": "k" * 16, "SEAL_KEY": SEAL}
LINE = {"LINE_CHANNEL_SECRET": "real-secret", "LINE_CHANNEL_ACCESS_TOKEN": "real-token"}


def write(root: Path, name: str, **values: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{key}={value}\n" for key, value in values.items()), "utf-8")


def write_simulator(root: Path) -> None:
    write(
        root,
        "var/simulator.env",
        LINE_CHANNEL_SECRET="played-secret",
        LINE_CHANNEL_ACCESS_TOKEN="played-token",
        LINE_API_HOST="http://127.0.0.1:8001",
        DATABASE_URL="sqlite:///var/simulator.db",
    )


def test_two_keys_are_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    settings = load_settings(KEYS, tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/var/yaam.db"
    assert settings.media_dir == tmp_path / "var/media"
    assert settings.timezone == ZoneInfo("Asia/Bangkok")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.line_api_host == "https://api.line.me"
    assert settings.line_content_host == "https://api-data.line.me"
    assert settings.seal_key == (bytes(range(32)),)
    assert not settings.is_simulated


def test_environment_wins_over_env_file_and_that_over_made_keys(tmp_path: Path) -> None:
    write(
        tmp_path, "var/dev.env", **KEYS, PORT="1", TIMEZONE="UTC", ALARM_URL="https://made.example"
    )
    write(tmp_path, ".env", PORT="2", TIMEZONE="Asia/Tokyo")

    settings = load_settings({"PORT": "3"}, tmp_path)

    assert settings.port == 3
    assert settings.timezone == ZoneInfo("Asia/Tokyo")
    assert settings.alarm_url == "https://made.example"


def test_empty_value_counts_as_not_given(tmp_path: Path) -> None:
    write(tmp_path, ".env", **KEYS, LINE_CHANNEL_SECRET="", PORT="")

    settings = load_settings({"TIMEZONE": "  "}, tmp_path)

    assert settings.port == 8000
    assert settings.line_channel_secret is None


def test_copied_example_changes_nothing(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / ".env.example"
    before = load_settings(KEYS, tmp_path)

    (tmp_path / ".env").write_bytes(example.read_bytes())

    assert load_settings(KEYS, tmp_path) == before


def test_simulator_plays_where_no_credential_is_named(tmp_path: Path) -> None:
    write_simulator(tmp_path)

    settings = load_settings(KEYS | {"DATABASE_URL": "postgresql://h/real"}, tmp_path)

    assert settings.is_simulated
    assert settings.get_line_secret() == "played-secret"
    assert settings.line_content_host == "http://127.0.0.1:8001"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/simulator.db"


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_simulator_is_silent_beside_a_real_account(tmp_path: Path, place: str) -> None:
    write_simulator(tmp_path)
    if place == ".env":
        write(tmp_path, ".env", **LINE)

    settings = load_settings(KEYS | (LINE if place == "environment" else {}), tmp_path)

    assert not settings.is_simulated
    assert settings.get_line_token() == "real-token"
    assert settings.line_api_host == "https://api.line.me"
    assert settings.database_url.endswith("/yaam.db")


@pytest.mark.parametrize("half", LINE)
def test_half_an_account_is_refused_and_never_completed_by_the_simulator(
    tmp_path: Path, half: str
) -> None:
    write_simulator(tmp_path)

    with pytest.raises(SettingsFault) as caught:
        load_settings(KEYS | {half: LINE[half]}, tmp_path)

    assert set(caught.value.faults) == set(LINE) - {half}


def test_process_that_needs_line_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="make run") as caught:
        load_settings(KEYS, tmp_path, needs_line=True)

    assert set(caught.value.faults) == set(LINE)
    with pytest.raises(SettingsFault):
        load_settings(KEYS, tmp_path).get_line_token()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("postgresql:///d?host=/run", "postgresql+psycopg:///d?host=/run"),
        ("sqlite:////srv/yaam.db", "sqlite:////srv/yaam.db"),
    ],
)
def test_database_addresses_are_normalised(tmp_path: Path, given: str, used: str) -> None:
    assert load_settings(KEYS | {"DATABASE_URL": given}, tmp_path).database_url == used


def test_several_seal_keys_keep_their_order_with_or_without_padding(tmp_path: Path) -> None:
    both = f"{OTHER_SEAL.rstrip('=')}, {SEAL}"

    assert load_settings(KEYS | {"SEAL_KEY": both}, tmp_path).seal_key == (
        b"\xff" * 32,
        bytes(range(32)),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINE_CHANNEL_SECRET", "pasted twice"),
        ("LINE_CHANNEL_ACCESS_TOKEN", "line\nbreak"),
        ("LINE_API_HOST", "api.line.me"),
        ("LINE_API_HOST", "https://api.line.me/v2"),
        ("LINE_API_HOST", "http://h:99999"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://u:hunter2@h:port/d"),
        ("SECRET_KEY", "k" * 15),
        ("SEAL_KEY", "not base64!"),
        ("SEAL_KEY", SEAL[:20]),
        ("SEAL_KEY", f"{SEAL},"),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("PUBLIC_URL", "ftp://hunter2.example"),
        ("PUBLIC_URL", "https://"),
        ("ALARM_URL", "http://[hunter2"),
        ("TIMEZONE", "Asia/Atlantis"),
    ],
)
def test_unusable_value_is_named_but_not_shown(tmp_path: Path, name: str, value: str) -> None:
    def fault(text: str) -> dict[str, str]:
        with pytest.raises(SettingsFault) as caught:
            load_settings(KEYS | LINE | {name: text}, tmp_path)
        return caught.value.faults

    assert set(fault(value)) == {name}
    # The same words whatever was given: nothing of it can be in them.
    assert fault(value) == fault("\N{SNOWMAN}")


def test_all_faults_are_told_at_once_each_on_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault) as caught:
        load_settings({"PORT": "x", "TIMEZONE": "x"}, tmp_path, needs_line=True)

    told = [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:-1]]
    assert sorted(told) == sorted([*LINE, *KEYS, "PORT", "TIMEZONE"])


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe")

    with pytest.raises(SettingsFault) as caught:
        load_settings(KEYS, tmp_path)

    assert set(caught.value.faults) == {".env"}


def test_nothing_secret_shows_in_repr(tmp_path: Path) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:hunter2@h/d",
        "ALARM_URL": "https://h/hunter2",
        "SECRET_KEY": "hunter2-hunter2-hunter2",
    }
    shown = repr(load_settings(KEYS | LINE | secrets, tmp_path))

    for secret in ("hunter2", "real-secret", "real-token", SEAL, repr(bytes(range(32)))):
        assert secret not in shown


def test_exit_is_2_and_the_words_go_to_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "x")

    with pytest.raises(SystemExit) as caught:
        load_settings_or_exit()

    told = capsys.readouterr()
    assert caught.value.code == 2
    assert "PORT" in told.err
    assert not told.out

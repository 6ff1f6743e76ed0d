"""What `make run` prepares before it starts anything: keys, the choice of LINE, ports, commands.

A station with a LINE account is never given to the simulator.
"""

import base64
import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from bot.settings import CREDENTIALS, Settings, load_settings, read_values


class Refused(Exception):
    """Nothing is started; the text says why, for a person."""


@dataclass(frozen=True)
class Program:
    """A process to keep alive."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


def decide_simulator(*, has_line: bool, has_station: bool, asked: bool) -> bool:
    """Whether the simulator plays LINE. Raises Refused where a real station would be touched."""
    if has_line and asked:
        raise Refused(
            "มีบัญชี LINE จริงตั้งค่าอยู่ จึงไม่เปิดตัวจำลอง / "
            "A LINE account is set: the simulator is not started beside it."
        )
    if not has_line and has_station:
        raise Refused(
            "ฐานข้อมูลนี้มีสถานีอยู่แล้ว แต่ไม่มี LINE_CHANNEL_SECRET และ LINE_CHANNEL_ACCESS_TOKEN "
            "ใส่ทั้งสองค่าใน .env / This database belongs to a station, but its LINE credentials "
            "are missing: put both into .env. The simulator is not started here."
        )
    return not has_line


def list_programs(settings: Settings) -> list[Program]:
    python, port = sys.executable, settings.port
    programs = [
        Program("web", (python, "-m", "gunicorn", "wsgi:app", "-b", f"127.0.0.1:{port}")),
        *(Program(name, flask(name)) for name in ("worker", "sender", "scheduler")),
    ]
    if settings.is_simulated:
        webhook = f"http://127.0.0.1:{port}/callback"
        command = (python, "-m", "simulator", "--port", str(port + 1), "--webhook", webhook)
        env = {
            "LINE_CHANNEL_SECRET": settings.get_line_secret(),
            "LINE_CHANNEL_ACCESS_TOKEN": settings.get_line_token(),
        }
        programs.insert(0, Program("simulator", command, env))
    return programs


def flask(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "wsgi:app", *arguments)


def prepare(environ: Mapping[str, str], root: Path, *, asked: bool = False) -> Settings:
    """Make what is missing and choose between LINE and the simulator.

    Raises SettingsFault, or Refused where a person must decide.
    """
    make_keys(environ, root)
    real = load_settings(environ, root, may_simulate=False)
    has_line = real.line_channel_secret is not None
    occupied = not has_line and has_station(real.database_url)
    simulator = decide_simulator(has_line=has_line, has_station=occupied, asked=asked)
    if simulator:
        make_simulated_account(root, real.port)
    check_ports([real.port, real.port + 1] if simulator else [real.port])
    return load_settings(environ, root, needs_line=True)


def make_keys(environ: Mapping[str, str], root: Path) -> None:
    """Write SECRET_KEY and SEAL_KEY into var/dev.env where nothing gives them."""
    given, _ = read_values(environ, root)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "SEAL_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    _amend(root / "var/dev.env", {name: key for name, key in made.items() if name not in given})


def make_simulated_account(root: Path, port: int) -> None:
    """Write var/simulator.env; a credential once made stays, so that the play can go on."""
    path = root / "var/simulator.env"
    old = dotenv_values(path)
    _amend(
        path,
        {name: secrets.token_hex(16) for name in CREDENTIALS if not old.get(name)}
        | {"LINE_API_HOST": f"http://127.0.0.1:{port + 1}"}
        | {"DATABASE_URL": "sqlite:///var/simulator.db"},
    )


def _amend(path: Path, values: Mapping[str, str]) -> None:
    if not values:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = {name: text for name, text in dotenv_values(path).items() if text}
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={text}\n" for name, text in (old | dict(values)).items())
    draft.replace(path)


def has_station(database_url: str) -> bool:
    """Whether a station lives in this database. An absent file or table means no."""
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.exc import SQLAlchemyError

    file = database_url.removeprefix("sqlite:///")
    if file != database_url and not Path(file).exists():
        return False
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("station"):
                return False
            return connection.execute(text("SELECT 1 FROM station LIMIT 1")).first() is not None
    except SQLAlchemyError as fault:
        raise Refused(
            "ติดต่อฐานข้อมูลใน DATABASE_URL ไม่ได้ / "
            f"The database at DATABASE_URL cannot be read ({type(fault).__name__})."
        ) from None
    finally:
        engine.dispose()


def check_ports(ports: list[int]) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Refused(
                    f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ เลือกพอร์ตอื่นด้วย PORT=… / "
                    f"Port {port} is in use: stop what uses it, or choose another with PORT=…"
                ) from None

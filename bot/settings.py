"""What the operator decides: read once from the environment and its files, checked all at once.

Order: environment, then `.env`, then `var/dev.env` (keys that `make run` made). Where neither
environment nor `.env` names a LINE credential, `var/simulator.env` decides over all of them, its
database included, so that play never writes into a station's real log.
A fault names the setting, never its value.
"""

import base64
import binascii
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)

ROOT = Path(__file__).resolve().parent.parent
LINE_API = "https://api.line.me"
LINE_CONTENT = "https://api-data.line.me"
CREDENTIALS = ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


class SettingsFault(Exception):
    """Settings are missing or wrong. The text names each on a line of its own, without values."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        count = len(faults)
        head = f"ยามยังเริ่มทำงานไม่ได้ ต้องแก้ {count} อย่าง / Yaam cannot start, to mend: {count}"
        foot = "ใส่ค่าใน .env (คำอธิบายอยู่ใน .env.example) / Put them into .env (see .env.example)"
        lines = [head, *(f"  {name}: {words}" for name, words in faults.items()), foot]
        super().__init__("\n".join(lines))


def _check_header(value: SecretStr) -> SecretStr:
    """Both go into HTTP headers or keys: a line break pasted along would fail much later."""
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return value


def _check_url(value: str) -> str:
    parts = urlsplit(value)
    # Asking for the port raises ValueError where it is no number.
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError
    return value.rstrip("/")


def _check_host(value: str) -> str:
    parts = urlsplit(_check_url(value))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    return value.rstrip("/")


def _root(info: ValidationInfo) -> Path:
    return info.context["root"] if info.context else ROOT


def _anchor_database(value: str, info: ValidationInfo) -> str:
    scheme, _, rest = value.partition("://")
    if scheme in _POSTGRES and rest and urlsplit(value).port != 0:
        return f"postgresql+psycopg://{rest}"
    path = value.removeprefix("sqlite:///")
    if path == value or path in ("", ":memory:"):
        raise ValueError
    # Joining leaves an absolute path as it is.
    return f"sqlite:///{_root(info) / path}"


def _open_seal_keys(value: object) -> object:
    """Url-safe base64 of 32 bytes each, parted by commas; missing padding is forgiven."""
    if not isinstance(value, str):
        return value
    keys = []
    for part in value.split(","):
        text = part.strip().rstrip("=")
        try:
            key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except binascii.Error as fault:
            raise ValueError from fault
        if len(key) != 32:
            raise ValueError
        keys.append(key)
    return tuple(keys)


_Credential = Annotated[SecretStr, Field(min_length=1), AfterValidator(_check_header)]
_Url = Annotated[str, AfterValidator(_check_url)]


class Settings(BaseModel):
    """Checked settings. What is secret stays out of `repr`."""

    model_config = ConfigDict(frozen=True, validate_default=True, hide_input_in_errors=True)

    line_channel_secret: _Credential | None = None
    line_channel_access_token: _Credential | None = None
    line_api_host: Annotated[str, AfterValidator(_check_host)] = LINE_API
    database_url: Annotated[str, AfterValidator(_anchor_database)] = Field(
        default="sqlite:///var/yaam.db", repr=False
    )
    secret_key: Annotated[SecretStr, Field(min_length=16)]
    seal_key: Annotated[tuple[bytes, ...], BeforeValidator(_open_seal_keys)] = Field(
        min_length=1, repr=False
    )
    port: Annotated[int, Field(ge=1, le=65534)] = 8000
    public_url: _Url = Field(
        default_factory=lambda data: f"http://127.0.0.1:{data.get('port', 8000)}"
    )
    media_dir: Annotated[Path, AfterValidator(lambda path, info: _root(info) / path)] = Path(
        "var/media"
    )
    alarm_url: _Url | None = Field(default=None, repr=False)
    timezone: ZoneInfo = ZoneInfo("Asia/Bangkok")
    is_simulated: bool = False  # the simulator of `make run` plays LINE

    @property
    def line_content_host(self) -> str:
        """Where attachments are downloaded: LINE keeps a second host for them."""
        return LINE_CONTENT if self.line_api_host == LINE_API else self.line_api_host

    def get_line_secret(self) -> str:
        """Raises SettingsFault where there is none; so does `get_line_token`."""
        return _reveal("LINE_CHANNEL_SECRET", self.line_channel_secret)

    def get_line_token(self) -> str:
        return _reveal("LINE_CHANNEL_ACCESS_TOKEN", self.line_channel_access_token)


_NOT_SET = "not set / ยังไม่ได้ตั้งค่า"
_CREDENTIAL = "text without spaces, from LINE's console / ข้อความไม่มีช่องว่าง จากหน้าจัดการของ LINE"
_ADDRESS = "an address that begins with https:// / ที่อยู่เว็บที่ขึ้นต้นด้วย https://"
_WANTED = {
    "LINE_CHANNEL_SECRET": _CREDENTIAL,
    "LINE_CHANNEL_ACCESS_TOKEN": _CREDENTIAL,
    "LINE_API_HOST": "an address without a path, https://api.line.me / ที่อยู่เว็บที่ไม่มีพาธต่อท้าย",
    "DATABASE_URL": "sqlite:///FILE or postgresql://… / ที่อยู่ฐานข้อมูล SQLite หรือ PostgreSQL",
    "SECRET_KEY": "16 characters or more, random / อักขระสุ่มอย่างน้อย 16 ตัว",
    "SEAL_KEY": "url-safe base64 of 32 bytes, by commas / base64 (url-safe) ของ 32 ไบต์ คั่นด้วยจุลภาค",
    "PORT": "a number from 1 to 65534 / ตัวเลข 1 ถึง 65534",
    "PUBLIC_URL": _ADDRESS,
    "MEDIA_DIR": "a folder / โฟลเดอร์",
    "ALARM_URL": _ADDRESS,
    "TIMEZONE": "a zone's name such as Asia/Bangkok / ชื่อเขตเวลา เช่น Asia/Bangkok",
}
_NO_LINE = (
    f"{_NOT_SET}; LINE Developers Console, or the simulator: `make run` / หรือใช้ตัวจำลอง: `make run`"
)


def _reveal(name: str, value: SecretStr | None) -> str:
    if value is None:
        raise SettingsFault({name: _NO_LINE})
    return value.get_secret_value()


def load_settings(
    environ: Mapping[str, str] | None = None,
    root: Path = ROOT,
    *,
    needs_line: bool = False,
    may_simulate: bool = True,
) -> Settings:
    """Read and check everything. Raises SettingsFault that names all faults at once.

    `needs_line`: the process cannot work without a LINE account (web, worker, sender, scheduler).
    `may_simulate=False` leaves var/simulator.env aside: what would hold for the real station.
    """
    environ = os.environ if environ is None else environ
    values, faults = read_values(environ, root, may_simulate)
    missing = [name for name in CREDENTIALS if name not in values]
    if missing and (needs_line or len(missing) == 1):
        faults.update(dict.fromkeys(missing, _NO_LINE))
    try:
        settings = Settings.model_validate(
            {name.lower(): value for name, value in values.items()}, context={"root": root}
        )
    except ValidationError as fault:
        faults.update(_name_faults(fault))
    if faults:
        raise SettingsFault(faults)
    return settings


def load_settings_or_exit(*, needs_line: bool = False) -> Settings:
    """For the start of a process: print what is wrong and leave with 2."""
    try:
        return load_settings(needs_line=needs_line)
    except SettingsFault as fault:
        print(fault, file=sys.stderr)  # no log exists yet, and a person reads it
        sys.exit(2)


def read_values(
    environ: Mapping[str, str], root: Path, may_simulate: bool = True
) -> tuple[dict[str, str], dict[str, str]]:
    """The settings that are given, unchecked, and the files that could not be read.

    An empty value counts as not given, so that a copied .env.example changes nothing.
    """
    faults: dict[str, str] = {}
    names = {name.upper() for name in Settings.model_fields} - {"IS_SIMULATED"}

    def take(given: Mapping[str, str | None]) -> dict[str, str]:
        return {name: text for name in names if (text := (given.get(name) or "").strip())}

    def read(name: str) -> dict[str, str]:
        try:
            path = root / name
            return take(dotenv_values(path, interpolate=False, encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            faults[name] = "the file cannot be read as UTF-8 text / อ่านไฟล์นี้ไม่ได้"
            return {}

    chosen = read(".env") | take(environ)
    values = read("var/dev.env") | chosen
    if may_simulate and chosen.keys().isdisjoint(CREDENTIALS):
        play = read("var/simulator.env")
        values |= play | ({"IS_SIMULATED": "true"} if play else {})
    return values, faults


def _name_faults(fault: ValidationError) -> dict[str, str]:
    named: dict[str, str] = {}
    for error in fault.errors(include_input=False, include_url=False, include_context=False):
        name = str(error["loc"][0]).upper()
        state = _NOT_SET if error["type"] == "missing" else "not usable / ใช้ไม่ได้"
        # PUBLIC_URL follows PORT, which has a fault of its own.
        if error["type"] != "default_factory_not_called":
            named[name] = f"{state}; {_WANTED[name]}"
    return named

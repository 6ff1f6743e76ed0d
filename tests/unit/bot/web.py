"""Builders for the tests of the web process: an app on a database, LINE's events, signed calls."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import col, select
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.settings import Settings
from bot.storage import Storage
from db.engine import Database
from db.models import InboxEvent

SECRET = "a-channel-secret"
PERSON = "U" + "1" * 32
GROUP = "C" + "2" * 32


def build_settings(url: str, folder: Path = Path("/nonexistent"), **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "line_channel_secret": SecretStr(SECRET),
        "line_channel_access_token": SecretStr("a-token"),
        "database_url": url,
        "secret_key": SecretStr("k" * 32),
        "seal_key": (bytes(range(32)),),
        "public_url": "https://yaam.example.org",
        "media_dir": folder,
    }
    return Settings(**(values | changes))


@contextmanager
def running(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Flask]:
    """The app as one web process holds it; ended cleanly."""
    app = create_app(settings, clock)
    try:
        yield app
    finally:
        storage_of(app).close()


def storage_of(app: Flask) -> Storage:
    storage: Storage = app.extensions["yaam"]
    return storage


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def post(app: Flask, body: bytes, path: str = "/callback") -> TestResponse:
    headers = {"X-Line-Signature": sign(body), "Content-Type": "application/json"}
    return app.test_client().post(path, data=body, headers=headers)


def post_events(app: Flask, *events: object) -> int:
    body = json.dumps({"destination": "U" + "0" * 32, "events": events})
    return post(app, body.encode()).status_code


def build_event(event_id: str, at: datetime, **changes: Any) -> dict[str, Any]:
    """A text event of LINE in full; `changes` replace or add fields, None takes one out."""
    event: dict[str, Any] = {
        "type": "message",
        "mode": "active",
        "timestamp": int(at.timestamp() * 1000),
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "a" * 32,
        "source": {"type": "user", "userId": PERSON},
        "message": {"id": "468789577898262530", "type": "text", "quoteToken": "q", "text": "ไฟไหม้"},
    }
    event.update(changes)
    return {key: value for key, value in event.items() if value is not None}


def stored(database: Database) -> list[InboxEvent]:
    with database.read() as session:
        return list(session.exec(select(InboxEvent).order_by(col(InboxEvent.id))))


@contextmanager
def blocked(database: Database) -> Iterator[None]:
    """Nobody else can write meanwhile."""
    if database.is_sqlite:
        with database.turn():
            yield
        return
    with database.engine.begin() as connection:
        connection.execute(text("LOCK TABLE inbox_event IN ACCESS EXCLUSIVE MODE"))
        yield


def metric(app: Flask, name: str) -> float:
    """The value of a line of /metrics, 0 where there is none."""
    page = app.test_client().get("/metrics").get_data(as_text=True)
    lines: Mapping[str, str] = dict(
        line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#")
    )
    return float(lines.get(name, "0"))

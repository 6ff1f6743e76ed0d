"""What every answer has in common, and what the web process must not carry along."""

import subprocess
import sys
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.unit.bot.web import build_settings, running

NOWHERE = "sqlite:////nonexistent/yaam.db"


@pytest.fixture
def app(clock: Any) -> Any:
    with running(build_settings(NOWHERE), clock) as app:
        yield app


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/callback", 405),
        ("HEAD", "/callback", 405),
        ("OPTIONS", "/callback", 405),
        ("PUT", "/callback/main", 405),
        ("POST", "/callback/", 404),
        ("POST", "/callback//main", 404),
        ("POST", "/callback/nobody", 404),
        ("POST", "/healthz", 405),
        ("GET", "/", 404),
        ("GET", "/static/x", 404),
        ("GET", "/media/", 404),
    ],
)
def test_other_addresses_and_methods_are_refused_plainly(
    app: Any, method: Any, path: Any, status: Any
) -> None:
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type.startswith("text/plain")
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/callback", "/none"])
def test_every_answer_is_protected(app: Any, path: Any) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_refused_method_names_the_allowed_one(app: Any) -> None:
    assert app.test_client().get("/callback").headers["Allow"] == "POST"


def test_fault_of_a_route_tells_nothing_outside(app: Any) -> None:
    def broken() -> None:
        raise RuntimeError("ไฟไหม้บ้านของ U1234")

    app.add_url_rule("/broken", view_func=broken)

    with capture_logs() as lines:
        answer = app.test_client().get("/broken")
    assert (answer.status_code, answer.data) == (500, b"Internal Server Error\n")
    assert [line["event"] for line in lines] == ["request_failed"]


def test_web_process_starts_light_and_opens_nothing() -> None:
    code = (
        "import sys, threading; from bot.app import create_app;"
        "from tests.unit.bot.web import build_settings;"
        f"create_app(build_settings({NOWHERE!r}));"
        "print(threading.active_count(), *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert told[0] == "1"
    assert {"nlp", "linebot", "apscheduler", "pythainlp", "numpy", "aiohttp"}.isdisjoint(told)


def test_faulty_settings_end_the_start_with_two(monkeypatch: Any) -> None:
    import bot.app

    def load() -> None:
        sys.exit(2)

    monkeypatch.setattr(bot.app, "load_settings_or_exit", load)
    with pytest.raises(SystemExit) as end:
        bot.app.create_app()
    assert end.value.code == 2


def test_commands_are_there_when_asked_for(app: Any) -> None:
    listed = app.test_cli_runner().invoke(args=["--help"]).output
    assert {"migrate", "worker", "sender", "scheduler"} <= set(listed.split())

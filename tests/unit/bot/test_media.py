"""A link shows one file for a quarter of an hour, to nobody without the link, and runs nothing."""

from typing import Any

import pytest

from bot.media import media_link
from db.media import MediaFolder
from tests.unit.bot.web import build_settings, running

URL = "sqlite:////nonexistent/yaam.db"
PHOTO = b"\xff\xd8" + bytes(3_000_000)


@pytest.fixture
def files(tmp_path: Any, seals: Any) -> Any:
    return MediaFolder(tmp_path, seals)


@pytest.fixture
def app(tmp_path: Any, clock: Any) -> Any:
    with running(build_settings(URL, tmp_path), clock) as app:
        yield app


def link(app: Any, clock: Any, name: Any, content_type: Any = "image/jpeg") -> Any:
    """The path of the link."""
    settings = app.extensions["yaam"].settings
    return media_link(settings, name, content_type, clock()).removeprefix(settings.public_url)


def test_link_shows_the_file_without_a_database(app: Any, files: Any, clock: Any) -> None:
    answer = app.test_client().get(link(app, clock, files.write([PHOTO])))
    assert answer.status_code == 200
    assert answer.data == PHOTO
    headers = answer.headers
    assert answer.content_type == "image/jpeg"
    assert headers["Content-Disposition"] == 'inline; filename="yaam.jpg"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_link_is_an_address_for_the_public(tmp_path: Any, clock: Any) -> None:
    address = media_link(build_settings(URL, tmp_path), "0" * 32, "image/png", clock())
    assert address.startswith("https://yaam.example.org/media/")
    assert len(address) < 300


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/pdf", "", "x\r\nSet-Cookie: a=b"]
)
def test_what_could_run_is_only_offered_for_saving(
    app: Any, files: Any, clock: Any, content_type: Any
) -> None:
    answer = app.test_client().get(link(app, clock, files.write([b"<script>"]), content_type))
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="yaam.bin"'
    assert "Set-Cookie" not in answer.headers


def test_link_ends_after_a_quarter_of_an_hour(app: Any, files: Any, clock: Any) -> None:
    path = link(app, clock, files.write([PHOTO]))
    clock.forward(minutes=14, seconds=59)
    assert app.test_client().get(path).status_code == 200
    clock.forward(seconds=1)
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    assert "หมดอายุ" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "change", [lambda p: p[:-1] + "AB", lambda p: p + "x", lambda p: "/media/x"]
)
def test_changed_link_is_refused(app: Any, files: Any, clock: Any, change: Any) -> None:
    path = link(app, clock, files.write([PHOTO]))
    assert app.test_client().get(change(path)).status_code == 404


def test_link_of_another_installation_is_refused(
    app: Any, files: Any, clock: Any, tmp_path: Any
) -> None:
    other = build_settings(URL, tmp_path, secret_key="another secret key, long enough")
    address = media_link(other, files.write([PHOTO]), "image/jpeg", clock())
    assert app.test_client().get(address.removeprefix(other.public_url)).status_code == 404


@pytest.mark.parametrize("name", ["0" * 32, "../yaam.db", ""])
def test_file_that_is_gone_or_outside_is_not_found(app: Any, clock: Any, name: Any) -> None:
    assert app.test_client().get(link(app, clock, name)).status_code == 404


def test_changed_file_is_not_shown(app: Any, files: Any, clock: Any, tmp_path: Any) -> None:
    name = files.write([b"photo"])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    answer = app.test_client().get(link(app, clock, name))
    assert answer.status_code == 410
    assert answer.content_type.startswith("text/plain")


def test_head_closes_the_file(app: Any, files: Any, clock: Any) -> None:
    answer = app.test_client().head(link(app, clock, files.write([PHOTO])))
    assert (answer.status_code, answer.data) == (200, b"")

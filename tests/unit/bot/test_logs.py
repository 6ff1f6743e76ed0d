"""What a log line holds, and above all what it never holds."""

import logging
import sys
import threading
from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import pytest
import structlog

from bot.logs import configure

WORDS = "ช่วยด้วย มีคนบุกรุก"
LINE_ID = "U" + "0123456789abcdef" * 2


class State(StrEnum):
    OPEN = "open"


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """The worker's logs; whatever was set before comes back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    configure("worker")
    yield
    root.handlers[:], root.level, sys.excepthook, threading.excepthook = before
    structlog.reset_defaults()


def test_one_line_begins_with_the_event_and_says_who_and_when(
    capsys: pytest.CaptureFixture[str],
) -> None:
    structlog.get_logger().info("case_opened", case=7, state=State.OPEN, key=UUID(int=1))

    line = capsys.readouterr().out
    assert line.startswith("event=case_opened level=info process=worker at=20")
    assert "Z case=7 state=open key=00000000-0000-0000-0000-000000000001\n" in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    "field", ["text", "name", "token", "secret", "body", "reply_token", "Display_Name", "words"]
)
def test_private_field_is_dropped(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("seen", **{field: WORDS}, id=1)

    line = capsys.readouterr().out
    assert WORDS not in line
    assert field not in line
    assert "id=1" in line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"text": WORDS}, "dict[1]"),
        ([WORDS], "list[1]"),
        (WORDS.encode(), f"bytes[{len(WORDS.encode())}]"),
        (ValueError(WORDS), "ValueError"),
        (f"to {LINE_ID}", "U0123…"),
        ("ก" * 5000, "ก" * 200 + "…"),
        ("a\nb", "a\\nb"),
        (None, "value="),
    ],
)
def test_value_is_made_harmless(
    value: object, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.get_logger().info("seen", value=value)

    line = capsys.readouterr().out
    assert shown in line
    assert WORDS not in line
    assert LINE_ID not in line
    assert len(line) < 400
    assert line.count("\n") == 1


def test_exception_is_told_by_type_place_and_cause_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        try:
            int(WORDS)
        except ValueError as fault:
            raise RuntimeError(WORDS) from fault

    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("event_failed", id=1)

    line = capsys.readouterr().out
    assert "fault=RuntimeError" in line
    assert "test_logs.py:" in line
    assert " fail" in line
    assert "cause=ValueError" in line
    assert WORDS not in line


def test_other_libraries_speak_through_the_same_line_without_what_they_filled_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger("apscheduler").warning("job %s missed", WORDS)
    logging.getLogger("asyncio").error("never retrieved\nfuture: %s", WORDS)
    logging.getLogger("werkzeug").info("GET /?q=%s", WORDS)

    lines = capsys.readouterr().out.splitlines()
    (ours,) = [line for line in lines if "logger=apscheduler" in line]
    assert all(line.startswith("event=log ") for line in lines)
    assert 'said="job %s missed"' in ours
    assert any('said="never retrieved"' in line for line in lines)
    assert "werkzeug" not in "".join(lines)
    assert WORDS not in "".join(lines)


def test_gunicorn_keeps_its_own_notices_but_no_address_of_a_failed_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger = logging.getLogger("gunicorn.error")
    logger.propagate = True
    logger.info("Listening at: %s", "loopback")
    logger.error("Error handling request %s", "/media/signed")

    out = capsys.readouterr().out
    assert "Listening at: loopback" in out
    assert "signed" not in out


def test_crash_is_one_line_without_words(capsys: pytest.CaptureFixture[str]) -> None:
    fault = ValueError(WORDS)
    sys.excepthook(ValueError, fault, None)

    told = capsys.readouterr()
    assert "event=crashed level=critical" in told.out
    assert WORDS not in told.out + told.err


def test_crash_of_a_thread_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=int, args=(WORDS,), name="committer")
    thread.start()
    thread.join()

    told = capsys.readouterr()
    assert "event=thread_crashed" in told.out
    assert "thread=committer fault=ValueError" in told.out
    assert WORDS not in told.out + told.err


def test_closed_output_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())

    structlog.get_logger().info("still_here")


def test_data_on_stdout_is_not_mixed_with_logs(capsys: pytest.CaptureFixture[str]) -> None:
    configure("export", stream="stderr")
    structlog.get_logger().info("exported")

    told = capsys.readouterr()
    assert not told.out
    assert "process=export" in told.err

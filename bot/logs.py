"""One line per event on stdout: `event=case_opened level=info … id=…`, other libraries' included.

Nobody's words may reach a log. What callers should not pass is dropped here as a safety net, and
an exception is told by type and place: its message may hold what a person wrote.
"""

import logging
import re
import sys
import threading
from datetime import date
from enum import Enum
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.settings import ROOT

_PRIVATE = frozenset({"text", "name", "token", "secret", "body", "words", "password"})
_LINE_ID = re.compile(r"\b([UCR][0-9a-f]{4})[0-9a-f]{28}\b")
_LONGEST = 200
_LEVELS = {"gunicorn.error": logging.INFO, "werkzeug": logging.WARNING}


def configure(process: str, *, stream: str = "stdout") -> None:
    """Send this process's logs to `stream` ("stdout"; "stderr" where stdout carries data)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _Named(process),
            tell_fault,
            scrub,
            structlog.processors.LogfmtRenderer(
                key_order=["event", "level", "process", "at"], drop_missing=True, bool_as_flag=False
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: _Lines(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Foreign()], force=True)
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = _tell_crash
    threading.excepthook = _tell_thread_crash


def scrub(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop what must not be logged and shorten the rest; a log line never raises."""
    return {
        re.sub(r"\W", "_", key): _plain(value)
        for key, value in event.items()
        if _PRIVATE.isdisjoint(key.lower().split("_"))
    }


def tell_fault(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the type and place of an exception where `exc_info` was."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    fault = given if isinstance(given, BaseException) else None
    if isinstance(given, tuple):
        fault = given[1]
    elif fault is None:
        fault = sys.exc_info()[1]
    if fault is not None:
        event.update(_describe(fault))
    return event


def _describe(fault: BaseException) -> dict[str, str]:
    told = {"fault": type(fault).__qualname__, "place": _place(fault.__traceback__)}
    if cause := fault.__cause__ or fault.__context__:
        told["cause"] = type(cause).__qualname__
    return told


def _place(trace: TracebackType | None) -> str:
    """`file:line function` of the innermost frame of our own code, else of the innermost one."""
    place = own = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        place = f"{path.name}:{trace.tb_lineno} {code.co_name}"
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            own = f"{path.relative_to(ROOT)}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return own or place


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str | UUID | PurePath | date):
        text = _LINE_ID.sub(r"\1…", str(value))
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if isinstance(value, bytes | list | tuple | set | frozenset | dict):
        return f"{type(value).__name__}[{len(value)}]"
    return type(value).__qualname__


class _Named:
    """Adds the name of the process."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = self._process
        return event


class _Lines:
    """Writes whole lines. A full disk or a closed pipe must not stop the work."""

    _lock = threading.Lock()

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        # Looked up at each line, since tests and gunicorn exchange the stream.
        file: TextIO = getattr(sys, self._stream)
        try:
            with self._lock:
                file.write(line + "\n")
                file.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = warn = error = critical = exception = fatal = log = msg


class _Foreign(logging.Handler):
    """Takes what other libraries log.

    Only the pattern of a message is kept, since what is filled in may be a person's; a server's
    own notices (gunicorn, below ERROR) are kept whole.
    """

    def emit(self, record: logging.LogRecord) -> None:
        whole = record.name.startswith("gunicorn.") and record.levelno < logging.ERROR
        try:
            said = record.getMessage() if whole else str(record.msg)
        except (TypeError, ValueError):
            said = str(record.msg)
        fields: dict[str, Any] = {"logger": record.name, "said": said.partition("\n")[0]}
        structlog.get_logger().log(record.levelno, "log", exc_info=record.exc_info, **fields)


def _tell_crash(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, trace)
        return
    structlog.get_logger().critical("crashed", exc_info=fault)


def _tell_thread_crash(crash: threading.ExceptHookArgs) -> None:
    thread = crash.thread.name if crash.thread else None
    structlog.get_logger().critical("thread_crashed", thread=thread, exc_info=crash.exc_value)

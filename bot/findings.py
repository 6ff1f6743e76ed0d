"""A check's result, and checks run beside each other under one limit of time."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.advice import ADVICE

LIMIT_S = 20.0
_SLICE_S = 0.2


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` says what to do where it is not well."""

    check: str
    is_well: bool
    found: str
    advice: str = ""


Check = Callable[[], "Finding | list[Finding]"]


def judge(check: str, is_well: bool, found: str) -> Finding:
    return Finding(check, is_well, found, ADVICE[check])


def not_asked(check: str, reason: str) -> Finding:
    """It could not be asked from here; that alone is no illness."""
    return Finding(check, True, f"not asked: {reason}")


def run_checks(
    checks: Mapping[str, Check], stop: threading.Event | None = None, limit_s: float = LIMIT_S
) -> list[Finding]:
    """All at once; none raises, and one that takes longer than `limit_s` is told as such."""
    results: dict[str, list[Finding]] = {}
    threads = [
        threading.Thread(target=_look, args=(name, check, results), daemon=True)
        for name, check in checks.items()
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + limit_s
    while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
        if stop is not None and stop.is_set():
            break
        for thread in threads:
            if thread.is_alive():
                thread.join(_SLICE_S)
                break
    slow = f"no answer in {limit_s:.0f} s"
    return [
        finding
        for name in checks
        for finding in results.get(name) or [Finding(name, False, slow, ADVICE.get(name, ""))]
    ]


def _look(name: str, check: Check, results: dict[str, list[Finding]]) -> None:
    try:
        found = check()
    except Exception as fault:  # noqa: BLE001 -- a check that fails itself is a finding
        told = f"could not be looked at: {type(fault).__name__}"
        found = Finding(name, False, told, ADVICE.get(name, ""))
    results[name] = found if isinstance(found, list) else [found]

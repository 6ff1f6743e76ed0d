"""Load by wrk, and what came of it."""

import json
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.town import write_bodies

SECONDS = 8
THREADS = 2
# Enough for the fastest server that was seen here, so that no body is posted twice.
_BODIES_PER_S = 5000


@dataclass(frozen=True)
class Load:
    """Requests a second, latencies in milliseconds, and calls that failed."""

    rate: float
    p50_ms: float
    p99_ms: float
    failed: int


def drive(port: int, folder: Path, connections: int = 16, seconds: int = SECONDS) -> Load:
    """Post distinct signed events for some seconds. Raises FileNotFoundError without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise FileNotFoundError("wrk is not installed (Debian: apt-get install wrk)")
    bodies = folder / "bodies.tsv"
    write_bodies(bodies, _BODIES_PER_S * seconds)
    script = Path(__file__).with_name("wrk.lua")
    done = subprocess.run(
        [
            wrk, "-t", str(THREADS), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "5s",
            "-s", str(script), f"http://127.0.0.1:{port}", "--", str(bodies), str(THREADS),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Load(**json.loads(done.stdout.strip().splitlines()[-1]))


def median(values: list[float]) -> float:
    return statistics.median(values)


def spread(values: list[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


@dataclass(frozen=True)
class Pairs:
    """The loads of two servers, in turn: the measured one, and the one it is held against."""

    ours: list[Load]
    other: list[Load]

    @property
    def ratios(self) -> list[float]:
        return [ours.rate / other.rate for ours, other in zip(self.ours, self.other, strict=True)]

    @property
    def p99_ms(self) -> float:
        return median([load.p99_ms for load in self.ours])

    @property
    def rate(self) -> float:
        return median([load.rate for load in self.ours])


def compare(our_port: int, other_port: int, folder: Path, pairs: int) -> Pairs:
    """Two servers in turn, `pairs` times, after a short warm-up of both."""
    ours: list[Load] = []
    other: list[Load] = []
    for port in (other_port, our_port):
        drive(port, folder, seconds=2)
    for _ in range(pairs):
        other.append(drive(other_port, folder))
        ours.append(drive(our_port, folder))
    return Pairs(ours, other)

"""Kill -9 inside every step of a message's road; started again, nothing is lost or done twice."""

import sys
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from tests.proof.crowd import Crowd
from tests.proof.failing import POINTS


@pytest.mark.timeout(240)
def test_death_inside_any_step_loses_and_repeats_nothing(town):
    """Each process has its own chain of deaths; the sender last, since the others live on it."""
    crowd = Crowd(town, group_count=3)
    crowd.keep_talking(pause_s=0.4, threads=1)
    for names in (("web", "worker", "scheduler"), ("sender",)):
        with ThreadPoolExecutor(len(names)) as pool:
            chains = [pool.submit(_die_at_every_point, town, name) for name in names]
            while wait(chains, timeout=2).not_done:
                crowd.announce(after_s=0.5)
            for chain in chains:
                chain.result()
    crowd.fall_silent()
    crowd.settle(60)
    crowd.check()


def _die_at_every_point(town, process):
    """Each start carries the next point; the last one carries none."""
    for number, point in enumerate(point for point in POINTS if point.startswith(process)):
        mark = town.folder / f"mark-{process}-{number}"
        _restart(town, process, point, str(mark))
        if not town.line.wait_for(mark.exists, 40):
            end = (town.folder / f"{process}.log").read_text("utf-8")[-2000:]
            raise AssertionError(f"it never came to '{point}'\n{end}")
    _restart(town, process)


def _restart(town, process, *point_and_mark):
    town.kill(process)
    failing = (sys.executable, "-m", "tests.proof.failing", *point_and_mark)
    town.start(process, before=failing if point_and_mark else ())

"""Kill -9 under load: what was answered 200 is handled and answered, an alert arrives once."""

import os
import random
import signal
from pathlib import Path

import pytest

from tests.proof.crowd import Crowd
from tests.town import PROCESSES

VICTIMS = (*PROCESSES, "web child")


@pytest.mark.timeout(240)
def test_kill_of_every_process_loses_and_repeats_nothing(town):
    _storm(town, random.sample(VICTIMS, len(VICTIMS)), alert_count=2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thirty_kills_lose_and_repeat_nothing(town):
    # The officer's chat takes one card after another, and each death may hold it up for a lease.
    _storm(town, random.choices(VICTIMS, k=36), alert_count=12, pause_s=0.4, settle_s=300)


def _storm(town, victims, alert_count, pause_s=0.15, settle_s=90):
    crowd = Crowd(town, group_count=5)
    for number in range(3):
        crowd.say(number)
    town.wait(lambda: len(crowd.cards()) >= 3)
    crowd.settle(30)
    cards = crowd.cards()
    crowd.keep_talking(pause_s)
    for number, victim in enumerate(victims):
        if number % max(len(victims) // alert_count, 1) == 0:
            crowd.announce(after_s=random.uniform(0.5, 2))
        _rest(town, random.uniform(0.3, 1.5))
        _kill(town, victim)
        card, person = cards[number % len(cards)]
        crowd.relay(card, person, f"คำตอบที่ {number} ของเจ้าหน้าที่")
    _rest(town, 1)
    crowd.fall_silent()
    crowd.settle(settle_s)
    crowd.check()


def _kill(town, victim):
    if victim == "web child":
        children = _children(town.processes["web"].pid)
        if children:
            # gunicorn starts another by itself.
            os.kill(random.choice(children), signal.SIGKILL)
        return
    town.kill(victim)
    _rest(town, random.uniform(0, 0.3))
    town.start(victim)


def _children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()]


def _rest(town, seconds):
    town.line.wait_for(lambda: False, seconds)

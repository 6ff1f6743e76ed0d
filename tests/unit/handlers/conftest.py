"""The handlers on a real database."""

import pytest

from tests.talk import Talk


@pytest.fixture
def talk(database, station, seals, clock, tmp_path):
    return Talk(database, station, seals, clock, tmp_path)

"""A town of real processes; and databases for plays, of which each needs one beside another."""

import shutil

import pytest

from tests.town import run_town


@pytest.fixture
def town(database_url, tmp_path):
    with run_town(database_url, tmp_path) as town:
        yield town


@pytest.fixture(scope="module")
def make_database(database_kind, request, tmp_path_factory):
    if database_kind == "postgresql":
        make = request.getfixturevalue("new_postgres")
        return lambda: make("")
    template = request.getfixturevalue("migrated_file")

    def copy():
        folder = tmp_path_factory.mktemp("play")
        shutil.copy(template, folder / "yaam.db")
        return f"sqlite:///{folder}/yaam.db"

    return copy

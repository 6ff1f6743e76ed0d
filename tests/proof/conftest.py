"""Databases for plays: a play and the undisturbed one beside it need one each."""

import shutil

import pytest


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

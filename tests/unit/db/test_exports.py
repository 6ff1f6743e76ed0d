"""Exports: columns that are told beforehand, and words under the event that they came with."""

import pytest

from db import exports
from db import models as rows
from tests.talk import Talk, user

PERSON = user(1)


@pytest.fixture
def talk(database, station, seals, clock, tmp_path):
    return Talk(database, station, seals, clock, tmp_path)


def read(one, make, **more):
    with one.database.read() as session:
        table = make(session, one.station, **more)
        return table.columns, list(table.rows)


MAKERS = [
    (exports.list_cases, {}),
    (exports.list_cases, {"with_text": True}),
    (exports.list_messages, {}),
    (exports.list_messages, {"with_text": True}),
    (exports.list_deliveries, {}),
]


@pytest.mark.parametrize(("make", "more"), MAKERS)
def test_rows_have_the_columns_that_are_told(talk, make, more):
    talk.says(PERSON, "ไฟไหม้บ้าน ซอย 5")
    columns, found = read(talk, make, **more)
    assert found
    for row in found:
        assert set(row) <= set(columns)
    assert set(columns) == set().union(*found)


def test_words_of_a_case_come_in_order_without_those_taken_back(talk):
    talk.says(PERSON, "ไฟไหม้บ้าน")
    talk.says(PERSON, "ชั้นสอง")
    talk.says(PERSON, "มีคนติดอยู่")
    _, (case,) = read(talk, exports.list_cases, with_text=True)
    assert case["text"] == "person: ไฟไหม้บ้าน\nperson: ชั้นสอง\nperson: มีคนติดอยู่"
    with talk.database.write() as session:
        session.delete(session.get_one(rows.Words, talk.all(rows.Words)[1].id))
    _, (case,) = read(talk, exports.list_cases, with_text=True)
    assert case["text"] == "person: ไฟไหม้บ้าน\nperson: มีคนติดอยู่"
    _, messages = read(talk, exports.list_messages, with_text=True)
    assert [one["text"] for one in messages if one["direction"] == "in"] == [
        "ไฟไหม้บ้าน", None, "มีคนติดอยู่",
    ]  # fmt: skip

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.messagecheck import REQUESTS, find_problems
from tests.unit.simulator.bodies import GOOD, LIMIT, SCHEMA
from tests.unit.simulator.caller import text

USER = "U" + "0a" * 16
GROUP = "C" + "0" * 32
REPLY = {"replyToken": "t", "messages": [text()]}
PUSH = {"to": USER, "messages": [text()]}
MANY = {"to": [USER], "messages": [text()]}


@pytest.mark.parametrize("name", GOOD)
def test_good_messages_pass(name: str) -> None:
    assert find_problems("validate", {"messages": [GOOD[name]]}) == []


@pytest.mark.parametrize("name", [*SCHEMA, *LIMIT])
def test_bad_messages_are_refused(name: str) -> None:
    bad = (SCHEMA | LIMIT)[name]
    assert find_problems("validate", {"messages": [bad]})


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("reply", REPLY),
        ("push", PUSH | {"notificationDisabled": True, "customAggregationUnits": ["alert"]}),
        ("push", PUSH | {"to": GROUP}),
        ("push", PUSH | {"messages": [text()] * 5}),
        ("multicast", MANY | {"to": [USER] * 500}),
        ("broadcast", {"messages": [text()]}),
        ("loading", {"chatId": USER, "loadingSeconds": 60}),
        ("markAsRead", {"markAsReadToken": "t"}),
    ],
)
def test_good_requests_pass(kind: str, body: Any) -> None:
    assert find_problems(kind, body) == []


@pytest.mark.parametrize(
    ("kind", "body", "where"),
    [
        ("reply", {"messages": [text()]}, "replyToken"),
        ("reply", REPLY | {"to": USER}, "to"),
        ("reply", REPLY | {"messages": []}, "messages"),
        ("reply", REPLY | {"messages": [text()] * 6}, "messages"),
        ("reply", REPLY | {"notificationDisabled": "no"}, "notificationDisabled"),
        ("push", PUSH | {"to": "somebody"}, "to"),
        ("push", PUSH | {"to": USER.upper()}, "to"),
        ("push", PUSH | {"to": [USER]}, "to"),
        ("push", PUSH | {"customAggregationUnits": ["a", "b"]}, "customAggregationUnits"),
        ("multicast", MANY | {"to": [GROUP]}, "to[0]"),
        ("multicast", MANY | {"to": [USER] * 501}, "to"),
        ("multicast", MANY | {"messages": [text(quoteToken="q")]}, "messages[0].quoteToken"),
        ("loading", {"chatId": GROUP}, "chatId"),
        ("loading", {"chatId": USER, "loadingSeconds": 7}, "loadingSeconds"),
        ("loading", {"chatId": USER, "loadingSeconds": 65}, "loadingSeconds"),
        ("push", [], ""),
        ("push", None, ""),
    ],
)
def test_bad_requests_name_the_place(kind: str, body: Any, where: str) -> None:
    assert where in [path for path, _ in find_problems(kind, body)]


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(REQUESTS)), json_values)
def test_checking_never_raises(kind: str, body: Any) -> None:
    find_problems(kind, body)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_checking_never_raises_on_a_damaged_message(name: str, data: st.DataObject) -> None:
    damaged = dict(GOOD[name])
    damaged[data.draw(st.sampled_from(sorted(damaged)))] = data.draw(json_values)
    find_problems("validate", {"messages": [damaged]})

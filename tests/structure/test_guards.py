"""The guards of the tests themselves: no way out but loopback, and LINE's schema as a judge."""

import socket

import pytest

from tests.contract import JUDGE, SCHEMAS, Judge


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, ("192.0.2.1", 443)),
        (socket.AF_INET, ("api.line.me", 443)),
        (socket.AF_INET, ("0.0.0.0", 80)),
        (socket.AF_INET6, ("2001:db8::1", 443)),
    ],
)
def test_no_test_reaches_another_host(family: int, address: tuple[str, int]) -> None:
    with socket.socket(family) as way_out, pytest.raises(AssertionError, match="reach"):
        way_out.connect(address)


def test_no_test_asks_another_host_without_waiting_either() -> None:
    with socket.socket() as way_out, pytest.raises(AssertionError, match="reach"):
        way_out.connect_ex(("192.0.2.1", 443))


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


BODY = {"to": "U" + "1" * 32, "messages": [{"type": "text", "text": "ก"}]}
BROKEN = [
    {"type": "nonsense"},
    {"type": "text"},
    {"type": "flex", "altText": "ก", "contents": {"type": "bubble", "body": {"type": "pillar"}}},
]


@pytest.mark.skipif(not SCHEMAS.is_file(), reason="LINE's schema is not at hand")
@pytest.mark.parametrize("message", BROKEN)
def test_judge_sees_what_plain_openapi_tools_do_not(message: dict[str, object]) -> None:
    judge = Judge()
    judge.look_at("push", BODY)
    assert judge.faults == []

    judge.look_at("push", BODY | {"messages": [message]})

    assert judge.faults


def test_one_judge_serves_all_tests() -> None:
    assert JUDGE.faults == []

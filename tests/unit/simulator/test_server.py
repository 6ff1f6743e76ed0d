"""The wire: tokens, media types, sizes, headers, many callers at once."""

import json
import socket
import threading
import time

import pytest

from simulator import Line
from simulator.server import is_loopback
from tests.unit.simulator.caller import TOKEN, Caller, text

PUSH = "/v2/bot/message/push"


def test_every_answer_has_a_request_id(caller: Caller) -> None:
    answers = [caller.get("/v2/bot/info"), caller.get("/v2/nowhere"), caller.post(PUSH, {})]
    ids = {got.headers["x-line-request-id"] for got in answers}
    assert len(ids) == 3


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_401(line: Line, caller: Caller, token: str) -> None:
    got = caller.call("POST", PUSH, {}, token=token)
    assert got.status == 401
    assert "Authentication failed" in got.json["message"]
    assert line.rejected[0].status == 401


def test_only_json_is_taken(line: Line, caller: Caller) -> None:
    body = json.dumps({"to": line.add_person("ก").id, "messages": [text()]}).encode()
    for mime in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert caller.call("POST", PUSH, body, {"Content-Type": mime}).status == 415
    good = caller.call("POST", PUSH, body, {"Content-Type": "application/json; charset=utf-8"})
    assert good.status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"to": NaN}', b"[" * 100_000])
def test_what_is_not_json_is_400(line: Line, caller: Caller, body: bytes) -> None:
    got = caller.post(PUSH, body)
    assert (got.status, got.json["message"]) == (
        400,
        "The request body could not be parsed as JSON",
    )


def test_more_than_two_megabytes_are_413(line: Line, caller: Caller) -> None:
    assert caller.post(PUSH, b" " * (2 * 1024 * 1024 + 1)).status == 413
    assert line.rejected[0].status == 413


def test_unknown_paths_and_methods(caller: Caller) -> None:
    assert caller.post("/v2/bot/message/telegram", {}).status == 404
    assert caller.call("DELETE", PUSH).status == 405


def test_a_chunked_body_is_refused(caller: Caller) -> None:
    host, port = caller.host.split(":")
    asked = f"POST {PUSH} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(asked.encode())
        assert b" 411 " in connection.recv(4096)


def test_an_answer_comes_in_one_piece_on_a_kept_connection(line: Line, caller: Caller) -> None:
    """Header and body apart would cost 40 ms a call."""
    host, port = caller.host.split(":")
    asked = f"GET /v2/bot/info HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        begun = time.monotonic()
        for _ in range(20):
            connection.sendall(asked.encode())
            piece = connection.recv(65536)
            assert piece.endswith(b"}")
        assert time.monotonic() - begun < 20 * 0.03


def test_many_callers_at_once(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(caller.push(resident.id).status))
        for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 100
    assert line.quota_used == len(line.chat(resident)) == 100


def test_wait_for_sees_a_call_at_once(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    thread = threading.Thread(target=lambda: caller.push(resident.id))
    thread.start()
    assert line.wait_for(lambda: line.sent)
    thread.join()
    assert not line.wait_for(lambda: len(line.sent) > 1, timeout_s=0.01)


def test_it_serves_again_after_a_stop(line: Line) -> None:
    for _ in range(2):
        with line.serve() as address:
            assert Caller(address).get("/v2/bot/info").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "example.com", ""])
def test_it_serves_on_loopback_only(line: Line, host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(ValueError, match="loopback"), line.serve(host=host):
        pass

"""Webhooks on the way: signature, time-out, duplicates, order, redelivery."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from simulator import Line
from tests.unit.simulator.caller import SECRET, TOKEN, Caller

Posted = list[dict[str, Any]]


class Listener(HTTPServer):
    """A webhook on loopback that answers with `status`."""

    status = 200

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Heard)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/callback?a=1"


class Heard(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.headers["x-line-signature"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_body_is_signed_as_it_is_sent(line: Line, listener: Listener) -> None:
    line.webhook = listener.address
    line.add_person("ชาวบ้าน").say("ไฟไหม้ \N{FIRE} \ud83d")
    signature, body = listener.got[0]
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert base64.b64decode(signature) == expected
    assert json.loads(body)["events"][0]["message"]["text"] == "ไฟไหม้ \N{FIRE} \ud83d"


def test_statuses_come_back_and_are_counted(line: Line, listener: Listener) -> None:
    line.webhook = listener.address
    event = line.add_person("ชาวบ้าน").say("ก")
    listener.status = 500
    assert line.deliver([event], times=2) == [500, 500]
    assert line.world.webhook_results == {"OK": 1, "ERROR_STATUS_CODE": 2}


def test_silence_counts_as_a_time_out(line: Line) -> None:
    line.courier.timeout_s = 0.03
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as deaf:
        line.webhook = f"http://127.0.0.1:{deaf.server_address[1]}/"
        assert line.deliver([]) == [0]
    assert line.world.webhook_results == {"REQUEST_TIMEOUT": 1}


def test_nobody_at_the_address(line: Line) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        port = gone.server_address[1]
    line.webhook = f"http://127.0.0.1:{port}/"
    assert line.deliver([]) == [0]
    assert line.world.webhook_results == {"COULD_NOT_CONNECT": 1}


@pytest.mark.parametrize(("given", "sent"), [("forged", "forged"), ("", None)])
def test_raw_bodies_and_signatures(line: Line, given: str, sent: str | None) -> None:
    seen: list[tuple[bytes, str | None]] = []

    def webhook(body: bytes, headers: dict[str, str]) -> int:
        seen.append((body, headers.get("x-line-signature")))
        return 400

    line.webhook = webhook
    assert line.post_raw(b"{not json", given) == 400
    assert seen == [(b"{not json", sent)]


def test_redelivery_changes_only_the_flag(line: Line, posted: Posted) -> None:
    event = line.add_person("ชาวบ้าน").say("ก")
    line.redeliver(event)
    first, second = (body["events"][0] for body in posted)
    assert second["deliveryContext"] == {"isRedelivery": True}
    assert first | {"deliveryContext": None} == second | {"deliveryContext": None}


def test_what_is_not_taken_comes_again_until_it_is(line: Line) -> None:
    flags: list[bool] = []

    def webhook(body: bytes, headers: dict[str, str]) -> int:
        flags.append(json.loads(body)["events"][0]["deliveryContext"]["isRedelivery"])
        return 200 if len(flags) == 3 else 503

    line.webhook = webhook
    line.redelivery = True
    line.courier.redelivery_waits_s = (0.01,) * 5
    line.add_person("ชาวบ้าน").say("ก")
    assert line.wait_for(lambda: len(flags) == 3)
    line.courier.close()
    assert flags == [False, True, True]


def test_redelivery_ends_some_day(line: Line) -> None:
    flags: list[int] = []

    def webhook(body: bytes, headers: dict[str, str]) -> int:
        flags.append(1)
        return 500

    line.webhook = webhook
    line.redelivery = True
    line.courier.redelivery_waits_s = (0.0, 0.0)
    line.add_person("ชาวบ้าน").say("ก")
    assert line.wait_for(lambda: len(flags) == 3)


def test_duplicates_are_not_marked(line: Line, posted: Posted) -> None:
    line.duplicate = 2
    line.add_person("ชาวบ้าน").say("ก")
    assert len(posted) == 3
    assert posted[0] == posted[1] == posted[2]


@pytest.mark.parametrize("together", [True, False])
def test_held_events_arrive_in_another_order(line: Line, posted: Posted, together: bool) -> None:
    resident = line.add_person("ชาวบ้าน")
    line.hold()
    event = resident.say("ผิด")
    resident.unsend(event)
    assert posted == []
    line.release("reversed", together)
    kinds = [[event["type"] for event in body["events"]] for body in posted]
    assert kinds == ([["unsend", "message"]] if together else [["unsend"], ["message"]])


def test_a_shuffle_loses_nothing(line: Line, posted: Posted) -> None:
    resident = line.add_person("ชาวบ้าน")
    line.hold()
    ids = {resident.say(str(number))["webhookEventId"] for number in range(9)}
    line.release("shuffled")
    assert {body["events"][0]["webhookEventId"] for body in posted} == ids


def test_an_event_written_by_hand_can_be_answered(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    event = {"type": "dream", "replyToken": "mine", "source": {"userId": resident.id}}
    line.deliver([event])
    assert caller.reply("mine").status == 200


def test_without_a_webhook_nothing_is_posted() -> None:
    line = Line(SECRET, TOKEN)
    line.add_person("ชาวบ้าน").say("ก")
    assert line.world.webhook_results == {}

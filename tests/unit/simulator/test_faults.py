"""Ordered faults: what the caller sees, and whether the call was carried out."""

import http.client
import threading
import time
import uuid

import pytest

from simulator import Line
from simulator.faults import Faults
from tests.unit.simulator.caller import SECRET, TOKEN, Caller, text

NO_ANSWER = (http.client.RemoteDisconnected, ConnectionResetError)


@pytest.mark.parametrize(
    ("kind", "status", "words", "carried_out"),
    [
        ("429", 429, "The API rate limit has been exceeded. Try again later.", 0),
        ("429-month", 429, "You have reached your monthly limit.", 0),
        ("500", 500, "Internal Server Error", 0),
        ("500-accepted", 500, "Internal Server Error", 1),
        ("401", 401, None, 0),
    ],
)
def test_faults_with_an_answer(
    line: Line, caller: Caller, kind: str, status: int, words: str | None, carried_out: int
) -> None:
    resident = line.add_person("ชาวบ้าน")
    line.faults.add(kind, times=2)
    for _ in range(2):
        got = caller.push(resident.id)
        assert got.status == status
        assert words in (None, got.json["message"])
    assert caller.push(resident.id).status == 200
    assert len(line.sent) == 2 * carried_out + 1
    assert line.rejected == []


def test_drop_accepts_and_does_not_answer(line: Line, caller: Caller) -> None:
    resident, key = line.add_person("ชาวบ้าน"), str(uuid.uuid4())
    line.faults.add("drop", path="push")
    with pytest.raises(NO_ANSWER):
        caller.push(resident.id, text(), key=key)
    assert caller.push(resident.id, text(), key=key).status == 409
    assert line.texts(resident) == ["สวัสดีค่ะ"]


def test_hang_ends_without_an_answer(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    line.faults.add("hang", seconds=0.02)
    with pytest.raises(NO_ANSWER):
        caller.push(resident.id)
    assert line.sent == []


def test_hang_is_freed_when_the_server_stops() -> None:
    line = Line(SECRET, TOKEN)
    resident = line.add_person("ชาวบ้าน")
    line.faults.add("hang")
    seen: list[Exception] = []

    def push(address: str) -> None:
        try:
            Caller(address).push(resident.id)
        except NO_ANSWER as fault:
            seen.append(fault)

    with line.serve() as address:
        thread = threading.Thread(target=push, args=(address,))
        thread.start()
        assert line.wait_for(lambda: not line.faults.list_pending())
    thread.join(5)
    assert seen


def test_slow_answers_late(line: Line, caller: Caller) -> None:
    line.faults.add("slow", seconds=0.05)
    begun = time.monotonic()
    assert caller.push(line.add_person("ก").id).status == 200
    assert time.monotonic() - begun >= 0.05


def test_a_fault_for_one_endpoint_spares_the_others(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    event = resident.send_photo()
    line.faults.add("500", path="content")
    assert caller.push(resident.id).status == 200
    path = f"/v2/bot/message/{event['message']['id']}/content"
    assert [caller.get(path).status for _ in range(2)] == [500, 200]


def test_push_faults_do_not_meet_validate(line: Line, caller: Caller) -> None:
    line.faults.add("500", path="push")
    assert caller.post("/v2/bot/message/validate/push", {"messages": [text()]}).status == 200


def test_faults_come_in_the_order_they_were_given() -> None:
    faults = Faults()
    faults.add("500")
    faults.add("429", path="push")
    kinds = [fault.kind if (fault := faults.take("/v2/bot/message/push")) else "" for _ in "123"]
    assert kinds == ["500", "429", ""]


def test_cleared_faults_are_gone() -> None:
    faults = Faults()
    faults.add("500", times=9)
    faults.clear()
    assert faults.list_pending() == []


def test_an_unknown_fault_is_named() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        Faults().add("earthquake")

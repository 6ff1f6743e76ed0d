"""The page's own endpoints: what they show and whom they refuse."""

import base64
from typing import Any

import pytest

from simulator import Line
from simulator.demo import Demo, build_demo
from tests.unit.simulator.caller import Caller


@pytest.fixture
def demo(line: Line) -> Demo:
    return build_demo(line)


def act(caller: Caller, **what: Any) -> int:
    return caller.post("/ui/act", what).status


def test_the_page_and_its_files_are_served_with_guards(caller: Caller) -> None:
    page = caller.get("/")
    assert page.status == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert caller.get("/static/main.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/static/..%2fpage.py", "/static/nothing.js", "/page.py"])
def test_nothing_else_is_served(caller: Caller, path: str) -> None:
    assert caller.get(path).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({}, 200),
    ],
)
def test_only_the_page_itself_may_act(
    caller: Caller, demo: Demo, headers: dict[str, str], status: int
) -> None:
    body = {"act": "say", "who": demo.resident.id, "chat": demo.resident.id, "text": "ก"}
    assert caller.call("POST", "/ui/act", body, headers).status == status


def test_a_foreign_name_of_this_host_reads_nothing(caller: Caller) -> None:
    assert caller.call("GET", "/ui/state", headers={"Host": "evil.example"}).status == 403


def test_state_brings_only_news(line: Line, caller: Caller, demo: Demo) -> None:
    resident = demo.resident
    resident.say("หนึ่ง")
    first = caller.get("/ui/state?after=0").json
    assert [one["body"]["text"] for one in first["chats"][resident.id]] == ["หนึ่ง"]
    resident.say("สอง")
    second = caller.get(f"/ui/state?after={first['revision']}").json
    assert [one["body"]["text"] for one in second["chats"][resident.id]] == ["สอง"]
    assert second["groups"][0]["count"] == 83


def test_the_table_of_calls_says_who_and_what_it_cost(
    line: Line, caller: Caller, demo: Demo
) -> None:
    caller.push(demo.officer.id)
    demo.group.invite_bot()
    caller.push(demo.group.id)
    caller.push("nobody")
    calls = caller.get("/ui/state").json["calls"]
    assert [(one["kind"], one["status"], one["to"], one["cost"]) for one in calls] == [
        ("push", 200, "เจ้าหน้าที่เวร", 0),
        ("push", 200, "ชุมชนซอยเทศบาล 5", 83),
        ("push", 400, "", 0),
    ]


def test_acts_of_every_kind(line: Line, caller: Caller, demo: Demo) -> None:
    me = {"who": demo.resident.id, "chat": demo.resident.id}
    ours = {"who": demo.leader.id, "chat": demo.group.id}
    tap = {"type": "postback", "data": "x", "displayText": "แตะ"}
    assert {
        act(caller, act="follow", **me),
        act(caller, act="invite", **ours),
        act(caller, act="say", text="@ยาม ช่วยที", **ours),
        act(caller, act="location", latitude=1, longitude=2, title="ก", **me),
        act(caller, act="photo", **me),
        act(caller, act="photo", data=base64.b64encode(b"GIF8").decode(), **me),
        act(caller, act="media", kind="audio", **me),
        act(caller, act="sticker", package="446", sticker="1988", keywords=["ก"], **me),
        act(caller, act="tap", action=tap, **me),
        act(caller, act="fault", kind="500", path="push"),
        act(caller, act="quota", used=5),
        act(caller, act="addPerson", name="คนใหม่"),
    } == {200}
    kinds = [one.kind for one in line.chat(demo.resident)]
    assert kinds == ["location", "image", "image", "audio", "sticker", "text"]
    assert "mention" in line.chat(demo.group)[0].body
    assert (line.quota_used, len(line.people)) == (5, 5)
    assert line.faults.list_pending()
    act(caller, act="clearFaults")
    assert act(caller, act="unsend", message=line.chat(demo.group)[0].id, **ours) == 200
    assert act(caller, act="remove", **ours) == 200


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"act": "fly"},
        {"act": "say", "who": "nobody", "chat": "nobody", "text": "ก"},
        {"act": "fault", "kind": "earthquake"},
        {"act": "quota", "used": "many"},
    ],
)
def test_nonsense_is_400(caller: Caller, demo: Demo, what: dict[str, Any]) -> None:
    assert act(caller, **what) == 400


def test_media_are_shown_until_unsent(line: Line, caller: Caller, demo: Demo) -> None:
    event = demo.resident.send_photo()
    path = f"/ui/media/{event['message']['id']}"
    assert caller.get(path).headers["content-type"] == "image/jpeg"
    demo.resident.unsend(event)
    assert caller.get(path).status == 404


def test_files_of_people_are_never_shown_as_pages(caller: Caller, demo: Demo) -> None:
    event = demo.resident.send_media("file", b"<script>", name="a.html")
    got = caller.get(f"/ui/media/{event['message']['id']}")
    assert got.headers["content-disposition"] == "attachment"
    assert got.headers["content-type"] == "application/octet-stream"


def test_demo_ids_stay_from_one_start_to_the_next(line: Line, demo: Demo) -> None:
    again = build_demo(Line(line.channel_secret, "other token"))
    assert [again.resident.id, again.group.id] == [demo.resident.id, demo.group.id]

"""Endpoints that send nothing: people, groups, content, quota, the channel's webhook."""

from typing import Any

import pytest

from simulator import Line
from tests.unit.simulator.caller import Caller

Posted = list[dict[str, Any]]


def test_profile_of_friends_and_of_who_wrote(line: Line, caller: Caller) -> None:
    friend, stranger = line.add_person("ชาวบ้าน"), line.add_person("ใครไม่รู้", friend=False)
    got = caller.get(f"/v2/bot/profile/{friend.id}")
    assert got.json == {"userId": friend.id, "displayName": "ชาวบ้าน", "language": "th"}
    assert caller.get(f"/v2/bot/profile/{stranger.id}").status == 404
    stranger.say("ก")
    assert caller.get(f"/v2/bot/profile/{stranger.id}").status == 200
    friend.block()
    assert caller.get(f"/v2/bot/profile/{friend.id}").status == 404
    assert line.rejected == []


def test_groups_are_open_to_members_only(line: Line, caller: Caller) -> None:
    member, other = line.add_person("ลูกบ้าน", friend=False), line.add_person("คนอื่น")
    group = line.add_group("ซอยเทศบาล 5", [member], extra_members=80)
    base = f"/v2/bot/group/{group.id}"
    assert caller.get(f"{base}/summary").status == 404
    group.invite_bot()
    assert caller.get(f"{base}/summary").json == {"groupId": group.id, "groupName": "ซอยเทศบาล 5"}
    assert caller.get(f"{base}/members/count").json == {"count": 81}
    assert caller.get(f"{base}/member/{member.id}").json["displayName"] == "ลูกบ้าน"
    assert caller.get(f"{base}/member/{other.id}").status == 404
    assert caller.get(f"{base}/members/ids").status == 403


def test_the_bot_leaves_and_hears_of_it(line: Line, caller: Caller, posted: Posted) -> None:
    group = line.add_group("ซอย")
    group.invite_bot()
    assert caller.post(f"/v2/bot/group/{group.id}/leave").status == 200
    assert line.wait_for(lambda: posted[-1]["events"][0]["type"] == "leave")
    assert caller.push(group.id).status == 400
    assert caller.post(f"/v2/bot/group/{group.id}/leave").status == 404
    assert caller.post("/v2/bot/room/R" + "0" * 32 + "/leave").status == 404


def test_bot_info_names_the_destination(line: Line, caller: Caller) -> None:
    info = caller.get("/v2/bot/info").json
    assert info["userId"] == line.bot_id
    assert (info["chatMode"], info["markAsReadMode"]) == ("bot", "auto")


def test_quota_and_consumption(line: Line, caller: Caller) -> None:
    line.quota_used = 7
    assert caller.get("/v2/bot/message/quota").json == {"type": "limited", "value": 15_000}
    assert caller.get("/v2/bot/message/quota/consumption").json == {"totalUsage": 7}
    line.quota_limit = None
    assert caller.get("/v2/bot/message/quota").json == {"type": "none"}


class TestContent:
    def test_a_photo_is_served_until_it_is_unsent(self, line: Line, caller: Caller) -> None:
        resident = line.add_person("ชาวบ้าน")
        event = resident.send_photo()
        path = f"/v2/bot/message/{event['message']['id']}/content"
        whole, preview = caller.get(path), caller.get(f"{path}/preview")
        assert (whole.status, whole.headers["content-type"]) == (200, "image/jpeg")
        assert whole.raw[:2] == preview.raw[:2] == b"\xff\xd8"
        assert len(preview.raw) < len(whole.raw)
        resident.unsend(event)
        assert [caller.get(path).status, caller.get(f"{path}/preview").status] == [410, 410]
        assert line.rejected == []

    def test_a_film_needs_time(self, line: Line, caller: Caller) -> None:
        event = line.add_person("ชาวบ้าน").send_media("video", b"film", ready_after=2)
        path = f"/v2/bot/message/{event['message']['id']}/content"
        first = caller.get(path)
        assert (first.status, first.raw) == (202, b"")
        assert caller.get(f"{path}/transcoding").json == {"status": "processing"}
        assert caller.get(f"{path}/transcoding").json == {"status": "succeeded"}
        assert caller.get(path).raw == b"film"

    def test_a_file_has_no_preview(self, line: Line, caller: Caller) -> None:
        event = line.add_person("ชาวบ้าน").send_media("file", b"words")
        path = f"/v2/bot/message/{event['message']['id']}/content"
        assert caller.get(path).raw == b"words"
        assert caller.get(f"{path}/preview").status == 400
        assert caller.get(f"{path}/transcoding").status == 400
        assert len(line.rejected) == 2

    def test_texts_and_unknown_ids_have_none(self, line: Line, caller: Caller) -> None:
        event = line.add_person("ชาวบ้าน").say("ก")
        assert caller.get(f"/v2/bot/message/{event['message']['id']}/content").status == 404
        assert caller.get("/v2/bot/message/1/content").status == 404


def test_loading_shows_until_an_answer_comes(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    path = "/v2/bot/chat/loading/start"
    assert caller.post(path, {"chatId": resident.id, "loadingSeconds": 10}).status == 202
    assert resident.id in line.world.loading
    caller.push(resident.id)
    assert resident.id not in line.world.loading
    assert caller.post(path, {"chatId": "C" + "0" * 32}).status == 400


def test_mark_as_read_takes_the_token_of_a_message(line: Line, caller: Caller) -> None:
    token = line.add_person("ก").say("ก")["message"]["markAsReadToken"]
    path = "/v2/bot/chat/markAsRead"
    assert caller.post(path, {"markAsReadToken": token}).status == 200
    assert caller.post(path, {"markAsReadToken": "made up"}).status == 400


@pytest.mark.parametrize("path", ["/v2/bot/chat/loading/start", "/v2/bot/message/validate/push"])
def test_retry_keys_are_for_sending(line: Line, caller: Caller, path: str) -> None:
    key = "00000000-0000-0000-0000-000000000000"
    assert caller.post(path, {"messages": []}, x_line_retry_key=key).status == 400
    assert "retry key" in line.rejected[0].why


def test_the_webhook_can_be_read_set_and_tested(line: Line, caller: Caller) -> None:
    path = "/v2/bot/channel/webhook"
    assert caller.get(f"{path}/endpoint").status == 404
    assert caller.post(f"{path}/test").json["reason"] == "OK"
    assert caller.call("PUT", f"{path}/endpoint", {"endpoint": "ftp://a"}).status == 400
    nobody = "http://127.0.0.1:1/callback"
    assert caller.call("PUT", f"{path}/endpoint", {"endpoint": nobody}).status == 200
    assert caller.get(f"{path}/endpoint").json == {"endpoint": nobody, "active": True}
    result = caller.post(f"{path}/test", {}).json
    assert (result["success"], result["reason"], result["statusCode"]) == (
        False,
        "COULD_NOT_CONNECT",
        0,
    )


def test_the_verification_carries_no_events(line: Line, caller: Caller, posted: Posted) -> None:
    caller.post("/v2/bot/channel/webhook/test", {})
    assert posted == [{"destination": line.bot_id, "events": []}]

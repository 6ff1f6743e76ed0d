"""What people do, as events and as chats."""

import re
from typing import Any

import pytest

from simulator import Line
from tests.unit.simulator.bodies import PICKER, bubble, button, flex, postback, quick, uri
from tests.unit.simulator.caller import Caller, Now, text

Posted = list[dict[str, Any]]


def last(posted: Posted) -> dict[str, Any]:
    event: dict[str, Any] = posted[-1]["events"][0]
    return event


def test_a_text_event_in_full(line: Line, posted: Posted, now: Now) -> None:
    resident = line.add_person("ชาวบ้าน")
    resident.say("ไฟดับ")
    event = last(posted)
    message = event.pop("message")
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", event.pop("webhookEventId"))
    assert re.fullmatch("[0-9a-f]{32}", event.pop("replyToken"))
    assert event == {
        "type": "message",
        "mode": "active",
        "timestamp": int(now.at * 1000),
        "source": {"type": "user", "userId": resident.id},
        "deliveryContext": {"isRedelivery": False},
    }
    assert message.pop("id").isdigit()
    assert message.pop("quoteToken")
    assert message.pop("markAsReadToken")
    assert message == {"type": "text", "text": "ไฟดับ"}
    assert re.fullmatch("U[0-9a-f]{32}", posted[-1]["destination"])


def test_messages_in_a_group_name_group_and_author(line: Line, posted: Posted) -> None:
    open_one = line.add_person("ก")
    shy = line.add_person("ข", consents=False)
    group = line.add_group("ซอย", [open_one, shy])
    group.invite_bot()
    open_one.say("หนึ่ง", to=group)
    assert last(posted)["source"] == {"type": "group", "groupId": group.id, "userId": open_one.id}
    shy.say("สอง", to=group)
    assert last(posted)["source"] == {"type": "group", "groupId": group.id}


def test_the_bot_hears_nothing_of_a_group_it_is_not_in(line: Line, posted: Posted) -> None:
    member = line.add_person("ลูกบ้าน")
    group = line.add_group("ซอย", [member])
    event = member.say("ก", to=group)
    assert posted == []
    assert "replyToken" not in event
    assert [one.text for one in line.chat(group)] == ["ก"]


@pytest.mark.parametrize(("words", "index"), [("ช่วยที", 0), ("\N{FIRE}ช่วยที @ยาม", 9)])
def test_a_mention_of_the_bot(line: Line, posted: Posted, words: str, index: int) -> None:
    member = line.add_person("ลูกบ้าน")
    group = line.add_group("ซอย", [member])
    group.invite_bot()
    member.say(words, to=group, mention_bot=True)
    message = last(posted)["message"]
    [mentionee] = message["mention"]["mentionees"]
    assert mentionee == {
        "index": index,
        "length": 4,
        "type": "user",
        "userId": line.bot_id,
        "isSelf": True,
    }
    units = message["text"].encode("utf-16-le")
    assert units[2 * index : 2 * index + 8].decode("utf-16-le") == "@ยาม"


def test_a_quote_names_the_quoted_message(line: Line, posted: Posted, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    caller.reply(resident.say("ก")["replyToken"], text("ถาม"))
    resident.say("ตอบ", quote=line.chat(resident)[-1])
    assert last(posted)["message"]["quotedMessageId"] == line.sent[0].message_ids[0]


def test_locations_leave_out_what_is_not_there(line: Line, posted: Posted) -> None:
    resident = line.add_person("ชาวบ้าน")
    resident.send_location(13.75, 100.5, title="ตลาด")
    message = last(posted)["message"]
    assert {"title", "address"} & set(message) == {"title"}
    assert (message["latitude"], message["longitude"]) == (13.75, 100.5)
    assert "quoteToken" not in message


@pytest.mark.parametrize("kind", ["video", "audio", "file"])
def test_media_events(line: Line, posted: Posted, kind: str) -> None:
    line.add_person("ก").send_media(kind, b"1234", name="a.bin")
    message = last(posted)["message"]
    if kind == "file":
        assert (message["fileName"], message["fileSize"]) == ("a.bin", 4)
        assert "contentProvider" not in message
    else:
        assert message["contentProvider"] == {"type": "line"}
    assert ("quoteToken" in message) == (kind == "video")


def test_stickers(line: Line, posted: Posted) -> None:
    line.add_person("ก").send_sticker("446", "1988", keywords=["ช่วยด้วย"])
    message = last(posted)["message"]
    assert (message["packageId"], message["stickerId"]) == ("446", "1988")
    assert message["keywords"] == ["ช่วยด้วย"]


def test_unsend_empties_the_bubble(line: Line, posted: Posted) -> None:
    resident = line.add_person("ชาวบ้าน")
    event = resident.say("ความลับ")
    resident.unsend(event)
    assert last(posted)["unsend"] == {"messageId": event["message"]["id"]}
    assert "replyToken" not in last(posted)
    [message] = line.chat(resident)
    assert (message.unsent, message.text) == (True, "")


def test_nobody_unsends_for_another(line: Line) -> None:
    event = line.add_person("ก").say("ก")
    with pytest.raises(LookupError):
        line.add_person("ข").unsend(event)


def test_edit_keeps_the_id_and_renews_the_quote_token(line: Line, posted: Posted) -> None:
    member = line.add_person("ลูกบ้าน")
    group = line.add_group("ซอย", [member])
    group.invite_bot()
    event = member.say("ซอย 5", to=group)
    member.edit(event, "ซอย 6")
    edited = last(posted)
    assert (edited["type"], edited["message"]["text"]) == ("messageEdited", "ซอย 6")
    assert edited["message"]["id"] == event["message"]["id"]
    assert edited["message"]["quoteToken"] != event["message"]["quoteToken"]
    assert edited["replyToken"] != event["replyToken"]
    assert "markAsReadToken" not in edited["message"]
    assert [one.text for one in line.chat(group)] == ["ซอย 6"]


def test_one_to_one_texts_cannot_be_edited(line: Line) -> None:
    resident = line.add_person("ชาวบ้าน")
    with pytest.raises(ValueError, match="groups"):
        resident.edit(resident.say("ก"), "ข")


def test_follow_block_and_return(line: Line, posted: Posted) -> None:
    resident = line.add_person("ชาวบ้าน", friend=False)
    resident.follow()
    assert last(posted)["follow"] == {"isUnblocked": False}
    resident.block()
    assert last(posted)["type"] == "unfollow"
    assert "replyToken" not in last(posted)
    with pytest.raises(ValueError, match="blocked"):
        resident.say("ก")
    resident.follow()
    assert last(posted)["follow"] == {"isUnblocked": True}


def test_standby_events_carry_no_reply_token(line: Line, posted: Posted) -> None:
    resident = line.add_person("ชาวบ้าน")
    resident.say("ก", mode="standby")
    assert (last(posted)["mode"], "replyToken" in last(posted)) == ("standby", False)
    line.mode = "standby"
    resident.send_location(1, 2)
    assert last(posted)["mode"] == "standby"


def test_events_of_a_type_nobody_knows(line: Line, posted: Posted) -> None:
    line.add_person("ก").emit("hologram", {"hologram": {"depth": 3}})
    assert (last(posted)["type"], last(posted)["hologram"]) == ("hologram", {"depth": 3})


class TestTap:
    def test_postback_shows_its_display_text(
        self, line: Line, posted: Posted, caller: Caller
    ) -> None:
        resident = line.add_person("ชาวบ้าน")
        caller.push(resident.id, flex(bubble(button(postback(displayText="รับแล้ว")))))
        resident.tap("รับเรื่อง")
        assert last(posted)["postback"] == {"data": "seen"}
        assert line.chat(resident)[-1].text == "รับแล้ว"
        assert [body["events"][0]["type"] for body in posted] == ["postback"]

    def test_message_action_is_said(self, line: Line, posted: Posted, caller: Caller) -> None:
        resident = line.add_person("ชาวบ้าน")
        caller.push(resident.id, quick({"type": "message", "label": "ใช่", "text": "ใช่ค่ะ"}))
        resident.tap("ใช่")
        assert last(posted)["message"]["text"] == "ใช่ค่ะ"

    def test_a_picker_returns_its_params(self, line: Line, posted: Posted) -> None:
        params = {"datetime": "2026-11-02T08:00"}
        line.add_person("ก").tap(dict(PICKER), params=params)
        assert last(posted)["postback"] == {"data": "at", "params": params}

    def test_a_link_tells_nobody(self, line: Line, posted: Posted) -> None:
        resident = line.add_person("ชาวบ้าน")
        assert resident.tap(uri("tel:199")) == {}
        assert (resident.opened, posted) == (["tel:199"], [])

    def test_quick_replies_vanish_with_the_next_message(self, line: Line, caller: Caller) -> None:
        resident = line.add_person("ชาวบ้าน")
        caller.push(resident.id, quick(postback()))
        resident.say("ไม่เอา")
        with pytest.raises(LookupError, match="รับเรื่อง"):
            resident.tap("รับเรื่อง")

    def test_phone_actions_have_acts_of_their_own(self, line: Line) -> None:
        with pytest.raises(ValueError, match="send_location"):
            line.add_person("ก").tap({"type": "location", "label": "ก"})


def test_groups_tell_who_comes_and_goes(line: Line, posted: Posted) -> None:
    member, shy = line.add_person("ก"), line.add_person("ข", consents=False)
    group = line.add_group("ซอย", [member], extra_members=2)
    group.invite_bot(by=member)
    assert (last(posted)["type"], last(posted)["source"]) == (
        "join",
        {"type": "group", "groupId": group.id},
    )
    group.add_member(shy)
    assert last(posted)["joined"] == {"members": [{"type": "user"}]}
    group.remove_member(member)
    assert last(posted)["left"] == {"members": [{"type": "user", "userId": member.id}]}
    assert group.member_count == 3
    group.remove_bot()
    assert last(posted)["type"] == "leave"
    with pytest.raises(ValueError, match="not in the group"):
        member.say("ก", to=group)


def test_texts_flatten_cards(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    card = flex(bubble({"type": "text", "text": "หัวข้อ"}, button(uri("tel:199"))), "สรุป")
    caller.push(resident.id, card | {"quickReply": quick(postback())["quickReply"]})
    assert line.texts(resident) == ["สรุป", "หัวข้อ", "โทร", "รับเรื่อง"]

"""Reply, push, multicast and broadcast: who is reached, what it costs, what is refused."""

import uuid

import pytest

from simulator import Line
from simulator.sending import new_call
from tests.unit.simulator.caller import Caller, Now, text


def new_key() -> str:
    return str(uuid.uuid4())


def test_reply_shows_in_the_chat_and_is_free(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    event = resident.say("ไฟดับทั้งซอย")
    got = caller.reply(event["replyToken"], text("รับแจ้งแล้วค่ะ"))
    assert got.status == 200
    assert line.texts(resident) == ["รับแจ้งแล้วค่ะ"]
    assert got.json["sentMessages"][0]["id"] == line.chat(resident)[-1].id
    assert got.json["sentMessages"][0]["quoteToken"]
    assert (line.sent[0].kind, line.sent[0].to, line.sent[0].cost) == ("reply", resident.id, 0)


def test_reply_token_serves_once(line: Line, caller: Caller) -> None:
    token = line.add_person("ชาวบ้าน").say("ก")["replyToken"]
    assert caller.reply(token).status == 200
    again = caller.reply(token)
    assert (again.status, again.json["message"]) == (400, "Invalid reply token")
    assert [one.status for one in line.rejected] == [400]


def test_a_refused_reply_leaves_the_token_unused(line: Line, caller: Caller) -> None:
    token = line.add_person("ชาวบ้าน").say("ก")["replyToken"]
    assert caller.reply(token, text("")).status == 400
    assert caller.reply(token).status == 200


def test_reply_token_lives_a_minute(line: Line, caller: Caller, now: Now) -> None:
    resident = line.add_person("ชาวบ้าน")
    young, old = resident.say("ก")["replyToken"], resident.say("ข")["replyToken"]
    now.forward(60)
    assert caller.reply(young).status == 200
    now.forward(1)
    assert caller.reply(old).status == 400
    assert line.rejected == []
    assert [one.why for one in line.refused] == ["Invalid reply token"]


@pytest.mark.parametrize(("age_s", "status"), [(19 * 60, 200), (21 * 60, 400)])
def test_redelivery_renews_the_token_for_20_minutes(
    line: Line, caller: Caller, now: Now, age_s: float, status: int
) -> None:
    event = line.add_person("ชาวบ้าน").say("ก")
    now.forward(age_s)
    line.redeliver(event)
    now.forward(50)
    assert caller.reply(event["replyToken"]).status == status


def test_redelivery_does_not_revive_a_used_token(line: Line, caller: Caller) -> None:
    event = line.add_person("ชาวบ้าน").say("ก")
    caller.reply(event["replyToken"])
    line.redeliver(event)
    assert caller.reply(event["replyToken"]).status == 400


def test_reply_goes_to_the_chat_of_the_event(line: Line, caller: Caller) -> None:
    member = line.add_person("ลูกบ้าน")
    group = line.add_group("ซอย", [member])
    group.invite_bot()
    caller.reply(member.say("ก", to=group)["replyToken"], text("ถึงกลุ่ม"))
    assert line.texts(group) == ["ถึงกลุ่ม"]
    assert line.texts(member) == []


def test_push_to_a_group_costs_its_people(line: Line, caller: Caller) -> None:
    group = line.add_group("ซอย", [line.add_person("ลูกบ้าน")], extra_members=80)
    group.invite_bot()
    assert caller.push(group.id).status == 200
    assert (line.sent[0].cost, line.quota_used) == (81, 81)


def test_push_of_five_messages_costs_like_one(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    caller.push(resident.id, *[text()] * 5)
    assert line.quota_used == 1
    assert len(line.sent[0].message_ids) == 5


@pytest.mark.parametrize("how", ["unknown", "never inside", "left"])
def test_push_where_the_bot_is_not_fails(line: Line, caller: Caller, how: str) -> None:
    group = line.add_group("ซอย")
    if how == "left":
        group.invite_bot()
        group.remove_bot()
    got = caller.push("C" + "0" * 32 if how == "unknown" else group.id)
    assert (got.status, got.json["message"]) == (400, "Failed to send messages")
    assert bool(line.rejected) == (how != "left")


def test_push_to_an_unknown_user_breaks_the_contract(line: Line, caller: Caller) -> None:
    assert caller.push("U" + "0" * 32).status == 400
    assert line.rejected[0].path == "/v2/bot/message/push"


def test_push_to_who_blocked_the_bot_is_taken_and_lost(line: Line, caller: Caller) -> None:
    resident = line.add_person("ชาวบ้าน")
    resident.block()
    got = caller.push(resident.id)
    assert got.status == 200
    assert got.json["sentMessages"]
    assert (line.texts(resident), line.quota_used, line.sent[0].delivered) == ([], 0, False)


def test_push_reaches_a_stranger_for_seven_days(line: Line, caller: Caller, now: Now) -> None:
    stranger = line.add_person("คนแปลกหน้า", friend=False)
    caller.push(stranger.id, text("ยังไม่เคยเขียน"))
    stranger.say("สวัสดี")
    now.forward(7 * 86400)
    caller.push(stranger.id, text("ยังทัน"))
    now.forward(1)
    caller.push(stranger.id, text("เลยแล้ว"))
    assert line.texts(stranger) == ["ยังทัน"]


def test_quota_counts_the_month_of_tokyo(line: Line, caller: Caller, now: Now) -> None:
    resident = line.add_person("ชาวบ้าน")
    line.quota_limit = line.quota_used = 10
    got = caller.push(resident.id)
    assert (got.status, got.json["message"]) == (429, "You have reached your monthly limit.")
    assert (line.rejected, line.texts(resident)) == ([], [])
    now.forward(31 * 86400)
    assert (line.quota_used, caller.push(resident.id).status) == (0, 200)


def test_a_group_larger_than_what_is_left_is_not_begun(line: Line, caller: Caller) -> None:
    group = line.add_group("ซอย", extra_members=80)
    group.invite_bot()
    line.quota_limit = 79
    assert caller.push(group.id).status == 429
    assert line.quota_used == 0


def test_replies_go_on_when_the_quota_is_spent(line: Line, caller: Caller) -> None:
    line.quota_limit = 0
    event = line.add_person("ชาวบ้าน").say("ก")
    assert caller.reply(event["replyToken"]).status == 200


def test_multicast_reaches_and_counts_those_it_can(line: Line, caller: Caller) -> None:
    first, second, blocked = (line.add_person(name) for name in "กขค")
    blocked.block()
    to = [first.id, second.id, blocked.id, first.id]
    got = caller.post("/v2/bot/message/multicast", {"to": to, "messages": [text()]})
    assert (got.status, got.json) == (200, {})
    assert (line.quota_used, line.sent[0].to) == (2, to)
    assert [len(line.chat(one)) for one in (first, second, blocked)] == [1, 1, 0]


def test_broadcast_reaches_friends_and_no_group(line: Line, caller: Caller) -> None:
    friend = line.add_person("เพื่อน")
    line.add_person("คนแปลกหน้า", friend=False)
    group = line.add_group("ซอย", [friend])
    group.invite_bot()
    assert caller.post("/v2/bot/message/broadcast", {"messages": [text()]}).status == 200
    assert (line.quota_used, len(line.chat(friend)), line.chat(group)) == (1, 1, [])


def test_validate_sends_nothing(line: Line, caller: Caller) -> None:
    for kind in ("reply", "push", "multicast", "broadcast"):
        path = f"/v2/bot/message/validate/{kind}"
        assert caller.post(path, {"messages": [text()]}).status == 200
        assert caller.post(path, {"messages": [text("")]}).status == 400
    assert line.sent == []


def test_errors_name_the_property(line: Line, caller: Caller) -> None:
    got = caller.push(line.add_person("ก").id, text(), text(""))
    assert got.json == {
        "message": "The request body has 1 error",
        "details": [{"message": "May not be empty", "property": "messages[1].text"}],
    }


def test_a_quote_must_belong_to_the_chat(line: Line, caller: Caller) -> None:
    one, other = line.add_person("ก"), line.add_person("ข")
    event = one.say("ที่ไหนคะ")
    quote = event["message"]["quoteToken"]
    assert caller.push(other.id, text(quoteToken=quote)).status == 400
    assert caller.push(other.id, text(quoteToken="made up")).status == 400
    assert caller.push(one.id, text("ปากซอย", quoteToken=quote)).status == 200
    assert line.chat(one)[-1].quote == event["message"]["id"]


def test_mentions_are_for_members_of_the_group(line: Line, caller: Caller) -> None:
    member, outsider = line.add_person("ลูกบ้าน"), line.add_person("คนอื่น")
    group = line.add_group("ซอย", [member])
    group.invite_bot()

    def mention(who: str) -> dict[str, object]:
        target = {"type": "mention", "mentionee": {"type": "user", "userId": who}}
        return {"type": "textV2", "text": "{who} ช่วยดูที", "substitution": {"who": target}}

    assert caller.push(group.id, mention(outsider.id)).status == 400
    assert caller.push(member.id, mention(member.id)).status == 400
    assert caller.push(group.id, mention(member.id)).status == 200
    assert line.texts(group) == ["@ลูกบ้าน ช่วยดูที"]


class TestRetryKey:
    def test_the_same_key_again_is_409_with_the_first_answer(
        self, line: Line, caller: Caller
    ) -> None:
        resident, key = line.add_person("ชาวบ้าน"), new_key()
        first = caller.push(resident.id, text(), key=key)
        again = caller.push(resident.id, text(), key=key.upper())
        assert again.status == 409
        assert again.json["message"] == "The retry key is already accepted"
        assert again.json["sentMessages"] == first.json["sentMessages"]
        accepted = again.headers["x-line-accepted-request-id"]
        assert accepted == first.headers["x-line-request-id"]
        assert again.headers["x-line-request-id"] != accepted
        assert (len(line.sent), line.quota_used, line.rejected) == (1, 1, [])

    def test_another_body_under_the_key_is_a_fault_of_the_caller(
        self, line: Line, caller: Caller
    ) -> None:
        resident, key = line.add_person("ชาวบ้าน"), new_key()
        caller.push(resident.id, text("ก"), key=key)
        assert caller.push(resident.id, text("ข"), key=key).status == 409
        assert [one.status for one in line.rejected] == [409]
        assert line.texts(resident) == ["ก"]

    def test_a_key_is_forgotten_after_a_day(self, line: Line, caller: Caller, now: Now) -> None:
        resident, key = line.add_person("ชาวบ้าน"), new_key()
        caller.push(resident.id, text(), key=key)
        now.forward(86_399)
        assert caller.push(resident.id, text(), key=key).status == 409
        now.forward(1)
        assert caller.push(resident.id, text(), key=key).status == 200

    def test_a_refused_call_does_not_use_up_its_key(self, line: Line, caller: Caller) -> None:
        resident, key = line.add_person("ชาวบ้าน"), new_key()
        line.quota_limit = 0
        assert caller.push(resident.id, text(), key=key).status == 429
        line.quota_limit = None
        assert caller.push(resident.id, text(), key=key).status == 200

    @pytest.mark.parametrize(
        "key", ["1", "not-a-uuid", "0" * 32, "{00000000-0000-0000-0000-000000000000}"]
    )
    def test_a_key_is_a_uuid(self, line: Line, caller: Caller, key: str) -> None:
        assert caller.push(line.add_person("ก").id, text(), key=key).status == 400

    def test_a_reply_takes_none(self, line: Line, caller: Caller) -> None:
        body = {"replyToken": line.add_person("ก").say("ก")["replyToken"], "messages": [text()]}
        got = caller.post("/v2/bot/message/reply", body, x_line_retry_key=new_key())
        assert got.status == 400


def test_calls_can_be_made_in_process(line: Line) -> None:
    resident = line.add_person("ชาวบ้าน")
    outcome = line.sending.carry_out(new_call("push", {"to": resident.id, "messages": [text()]}))
    assert outcome.status == 200
    assert line.texts(resident) == ["สวัสดีค่ะ"]

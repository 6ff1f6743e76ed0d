"""Calls to LINE: what goes out, what comes back, and that nothing private is in a fault."""

import asyncio
from uuid import uuid4

import pytest
from aiohttp import web

from bot.account import create_rich_menu, list_rich_menus, try_webhook
from bot.answers import LineFault, Outcome, read_answer
from bot.bodies import BodyFault, build_push, build_reply
from bot.line_api import LineApi, ask_line, open_session
from tests.unit.bot.fake_line import FakeLine

HI = {"type": "text", "text": "สวัสดี"}
ANSWERS = [
    # status, body → outcome, code, may it succeed later, is it ours
    (200, b'{"sentMessages":[{"id":"1"}]}', Outcome.ACCEPTED, None, False, False),
    (409, b'{"message":"accepted"}', Outcome.ACCEPTED, None, False, False),
    (202, b"", Outcome.NOT_READY, "http_202", True, False),
    (400, b'{"message":"Invalid reply token"}', Outcome.REFUSED, "reply_token", False, False),
    (400, b'{"message":"Failed to send messages"}', Outcome.REFUSED, "not_reached", False, False),
    (400, b'{"details":[{"property":"to"}]}', Outcome.BODY, "body:to", False, True),
    (400, b'{"details":["?"]}', Outcome.BODY, "body:None", False, True),
    (400, b"\xff", Outcome.REFUSED, "http_400", False, False),
    (401, b"{}", Outcome.UNAUTHORIZED, "http_401", False, False),
    (403, b"[]", Outcome.REFUSED, "http_403", False, False),
    (413, b"", Outcome.REFUSED, "http_413", False, True),
    (410, b"", Outcome.GONE, "http_410", False, False),
    (429, b'{"message":"You have reached your monthly limit."}', Outcome.LIMITED,
     "monthly_limit", True, False),
    (429, b"", Outcome.LIMITED, "http_429", True, False),
    (503, b"<html>", Outcome.BROKEN, "http_503", True, False),
]  # fmt: skip


@pytest.mark.parametrize(("status", "said", "outcome", "code", "retryable", "ours"), ANSWERS)
def test_answer(status, said, outcome, code, retryable, ours):
    answer = read_answer(status, {"x-line-request-id": "r"}, said)
    assert (answer.outcome, answer.detail_code) == (outcome, code)
    assert (answer.is_retryable, answer.is_ours) == (retryable, ours)
    assert answer.request_id == "r"


def test_accepted_before_tells_the_first_request_and_the_message_ids():
    headers = {"x-line-request-id": "new", "x-line-accepted-request-id": "old"}
    answer = read_answer(409, headers, b'{"sentMessages":[{"id":"7"},{"id":"8"}]}')
    assert (answer.request_id, answer.message_ids) == ("old", ("7", "8"))


def test_body_is_what_was_stored():
    body = build_push("U1", [HI], silent=False)
    assert body == '{"to":"U1","messages":[{"type":"text","text":"สวัสดี"}]}'.encode()
    assert b'"notificationDisabled":true' in build_reply("t", [HI], silent=True)


BAD = [
    ([{"type": "text", "text": "ก", "color": "red"}], "messages[0].color"),
    ([HI, {"type": "flex", "altText": "ก", "contents": {"type": "bubble", "body": {
        "type": "box", "layout": "vertical", "contents": [{"type": "text", "texts": "ก"}],
    }}}], "messages[1].contents.body.contents[0].texts"),
    ([{"type": "song"}], "ValueError"),
    ([{"type": "location", "title": "ก"}], "ValidationError"),
    ([HI] * 6, "ValidationError"),
    (["ก"], None),
]  # fmt: skip


@pytest.mark.parametrize(("messages", "place"), BAD)
def test_body_that_line_would_not_take_names_the_place(messages, place):
    with pytest.raises(BodyFault) as fault:
        build_push("U1", messages, silent=False)
    assert place is None or str(fault.value) == place
    assert "ก" not in str(fault.value)


def on_line(question, prepare=None):
    """Asks a fake LINE one question."""

    async def act():
        async with FakeLine() as line, open_session() as session:
            if prepare:
                prepare(line)
            return await question(LineApi(line.address, line.address, "token", session))

    return asyncio.run(act())


def test_push_and_reply():
    async def both(api):
        return [
            await api.reply(build_reply("t1", [HI], False)),
            await api.push(build_push("U1", [HI], False), uuid4()),
        ]

    reply, push = on_line(both)
    assert (reply.status, reply.message_ids) == (200, ("1000",))
    assert (push.status, push.message_ids) == (200, ("1001",))


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_silence_may_have_been_an_acceptance(fault):
    answer = on_line(
        lambda api: api.push(build_push("U1", [HI], False), uuid4(), timeout_s=0.1),
        lambda line: line.script["push"].append(fault),
    )
    assert (answer.status, answer.outcome, answer.is_unknown) == (0, Outcome.SILENT, True)


def test_no_connection_is_no_call():
    async def ask():
        async with open_session() as session:
            api = LineApi("http://127.0.0.1:1", "http://127.0.0.1:1", "token", session)
            return await api.push(b"{}", uuid4())

    answer = asyncio.run(ask())
    assert (answer.outcome, answer.is_unknown) == (Outcome.UNREACHABLE, False)


@pytest.mark.parametrize(
    ("plan", "expected"), [({"type": "none"}, None), ({"type": "limited", "value": 500}, 500)]
)
def test_quota(plan, expected):
    def prepare(line):
        line.quota, line.used = plan, 41

    async def ask(api):
        return await api.get_quota(), await api.get_consumption()

    assert on_line(ask, prepare) == (expected, 41)


def test_group_has_a_name_and_a_room_has_none():
    async def ask(api):
        return [(await api.group_name(i), await api.group_member_count(i)) for i in ("C1", "R1")]

    assert on_line(ask) == [("หมู่บ้านร่มเย็น", 120), (None, 120)]


@pytest.mark.parametrize(("status", "outcome"), [("202", Outcome.NOT_READY), ("410", Outcome.GONE)])
def test_content_that_is_not_there(status, outcome):
    async def ask(api):
        async with api.content("1"):
            pass

    with pytest.raises(LineFault) as fault:
        on_line(ask, lambda line: line.script["content"].append(status))
    assert fault.value.answer.outcome is outcome


def test_fault_tells_no_token_and_no_id():
    async def ask(api):
        await api.bot_info()

    with pytest.raises(LineFault) as fault:
        on_line(ask, lambda line: line.script["info"].append("401"))
    assert str(fault.value) == "LINE answered 401 (http_401)"


def test_errands_of_the_command_line():
    """Rich menu and webhook, against the smallest server that speaks their part."""
    seen = []

    async def handle(request):
        seen.append((request.method, request.path, await request.read()))
        listed = {"richmenus": [{"richMenuId": "m1"}]}
        answers = {"/v2/bot/richmenu": {"richMenuId": "m1"}, "/v2/bot/richmenu/list": listed}
        return web.json_response(answers.get(request.path, {"success": True}))

    async def act():
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            return await asyncio.to_thread(errands, host)
        finally:
            await runner.cleanup()

    def errands(host):
        async def ask(api):
            menu = await create_rich_menu(api, {"name": "เมนู"}, b"png", "image/png")
            return menu, await list_rich_menus(api), await try_webhook(api, None)

        return ask_line(host, host, "token", ask)

    menu, menus, webhook = asyncio.run(act())
    assert (menu, menus, webhook) == ("m1", [{"richMenuId": "m1"}], {"success": True})
    assert ("POST", "/v2/bot/richmenu/m1/content", b"png") in seen

"""LINE's JSON: what is known is read exactly, what is not becomes Ignored, nothing raises."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line_events import event_bytes, parse_event, parse_event_bytes, read_envelope
from handlers import events
from handlers.events import Chat, ChatKind, Ignored, MediaKind
from tests.conftest import NOON
from tests.unit.bot.web import GROUP, PERSON, build_event

ID = "468789577898262530"
IN_GROUP = {"type": "group", "groupId": GROUP, "userId": PERSON}


def parse(**changes: Any) -> events.Event:
    return parse_event(build_event("01E", NOON, **changes), "01E", NOON)


def said(**message: Any) -> Any:
    return parse(message={"id": ID, "type": "text", "text": "ไฟไหม้", **message})


def sent(kind: str, **message: Any) -> Any:
    return parse(message={"id": ID, "type": kind, **message})


def reason(event: events.Event) -> str:
    assert isinstance(event, Ignored), event
    return event.reason


def test_text_in_full() -> None:
    event = said(quoteToken="q1", quotedMessageId="77")
    assert isinstance(event, events.TextSaid)
    assert (event.text, event.message_id, event.quoted_message_id) == ("ไฟไหม้", ID, "77")
    assert event.quote_token == "q1"
    origin = event.origin
    assert (origin.event_id, origin.occurred_at, origin.user_id) == ("01E", NOON, PERSON)
    assert origin.chat == Chat(ChatKind.USER, PERSON)
    assert (origin.reply_token, origin.is_standby, origin.is_redelivery) == ("a" * 32, False, False)


@pytest.mark.parametrize(
    ("source", "chat", "user"),
    [
        (IN_GROUP, Chat(ChatKind.GROUP, GROUP), PERSON),
        ({"type": "group", "groupId": GROUP}, Chat(ChatKind.GROUP, GROUP), None),
        ({"type": "group", "groupId": GROUP, "userId": 7}, Chat(ChatKind.GROUP, GROUP), None),
        ({"type": "room", "roomId": "R1", "userId": PERSON}, Chat(ChatKind.ROOM, "R1"), PERSON),
    ],
)
def test_chat_and_person(source: Any, chat: Chat, user: str | None) -> None:
    origin = parse(source=source).origin
    assert (origin.chat, origin.user_id) == (chat, user)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"type": "follow", "follow": {"isUnblocked": False}}, events.Followed),
        ({"type": "follow"}, events.Followed),
        ({"type": "unfollow"}, events.Unfollowed),
        ({"type": "join", "source": IN_GROUP}, events.BotJoined),
        ({"type": "leave", "source": IN_GROUP}, events.BotLeft),
        ({"type": "unsend", "unsend": {"messageId": ID}}, events.Unsent),
        ({"mode": None}, events.TextSaid),
    ],
)
def test_events_of_few_fields(changes: dict[str, Any], kind: type) -> None:
    assert isinstance(parse(**changes), kind)


def test_unblocking_is_told_from_following() -> None:
    event = parse(type="follow", follow={"isUnblocked": True})
    assert event == events.Followed(event.origin, is_unblocked=True)


def test_edit_keeps_the_id_of_the_message() -> None:
    event = parse(type="messageEdited", source=IN_GROUP)
    assert event == events.TextEdited(event.origin, ID, "ไฟไหม้")
    assert reason(parse(type="messageEdited", message={"type": "image", "id": ID})) == (
        "unknown message type"
    )


@pytest.mark.parametrize(
    ("mention", "is_meant"),
    [
        ({"mentionees": [{"type": "user", "isSelf": True}]}, True),
        ({"mentionees": [{"type": "user", "isSelf": False}, {"type": "all"}]}, False),
        ({"mentionees": [None, "x", {"isSelf": "true"}]}, False),
        ({"mentionees": {"isSelf": True}}, False),
        ("x", False),
    ],
)
def test_mention_of_the_bot(mention: Any, is_meant: bool) -> None:
    assert said(mention=mention).mentions_bot is is_meant


def test_text_is_storable_and_bounded() -> None:
    assert said(text="ไฟ\0\ud83d").text == "ไฟ\N{REPLACEMENT CHARACTER}" * 1 + (
        "\N{REPLACEMENT CHARACTER}"
    )
    assert said(text="ก" * 5000).text == "ก" * 5000
    assert len(said(text="ก" * 400_000).text) == 10_000


def test_number_as_an_id_is_taken_for_its_digits() -> None:
    assert said(id=468789577898262530).message_id == ID


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"text": 5}, "no text"),
        ({"text": None}, "no text"),
        ({"id": None}, "no message id"),
        ({"id": True}, "no message id"),
        ({"id": "x" * 65}, "no message id"),
        ({"id": "a\0b"}, "no message id"),
        ({"id": 10**50}, "no message id"),
        ({"type": "hologram"}, "unknown message type"),
        ({"type": ["text"]}, "unknown message type"),
    ],
)
def test_unusable_message_is_ignored(message: dict[str, Any], why: str) -> None:
    assert reason(said(**message)) == why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "moonLanding"}, "unknown type"),
        ({"type": None}, "unknown type"),
        ({"type": {"a": 1}}, "unknown type"),
        ({"mode": "weird"}, "unknown mode"),
        ({"mode": ["active"]}, "unknown mode"),
        ({"source": None}, "no source"),
        ({"source": "x"}, "no source"),
        ({"source": {"type": "planet", "userId": PERSON}}, "no source"),
        ({"source": {"type": "group", "userId": PERSON}}, "no source"),
        ({"source": {"type": "user", "userId": "U" * 65}}, "no source"),
        ({"source": {"type": "user", "userId": "a\0"}}, "no source"),
        ({"source": {"type": "user", "userId": "Udeadbeef" * 4}}, "unknown message type"),
        ({"source": {"type": "user", "userId": "U" + "deadbeef" * 4}}, "verification by LINE"),
        ({"message": None}, "unknown message type"),
        ({"type": "unsend", "unsend": {}}, "no message id"),
        ({"type": "postback", "postback": {"data": 5}}, "bad postback data"),
        ({"type": "postback", "postback": {"data": "x" * 1001}}, "bad postback data"),
        ({"type": "memberJoined", "joined": {"members": []}}, "no members"),
        ({"type": "memberLeft", "left": 7}, "no members"),
    ],
)
def test_unusable_event_is_ignored(changes: dict[str, Any], why: str) -> None:
    if why == "unknown message type" and "source" in changes:
        changes = {**changes, "message": {"type": "none"}}
    assert reason(parse(**changes)) == why


def test_ignored_kind_is_a_plain_word_or_unknown() -> None:
    kinds = [
        event.kind
        for event in (parse(type="moonLanding"), parse(type="ช่วยด้วย ไฟไหม้"))
        if isinstance(event, Ignored)
    ]
    assert kinds == ["moonLanding", "unknown"]


def test_standby_is_parsed_without_a_reply_token() -> None:
    event = parse(mode="standby")
    assert isinstance(event, events.TextSaid)
    assert event.origin.is_standby
    assert event.origin.reply_token is None
    assert not read_envelope(build_event("e", NOON, mode="standby"), NOON).has_reply_token


@pytest.mark.parametrize("token", ["0" * 32, "f" * 32, 5, "", "ก", "a b", "x" * 401])
def test_token_that_line_would_not_take_is_dropped(token: Any) -> None:
    assert parse(replyToken=token).origin.reply_token is None


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (91, 0),
        (0, 180.1),
        (float("nan"), 0),
        (0, float("inf")),
        ("13.7", 100.5),
        (True, 0),
        (None, 0),
        (10**400, 0),
    ],
)
def test_impossible_position_is_ignored(latitude: Any, longitude: Any) -> None:
    assert reason(sent("location", latitude=latitude, longitude=longitude)) == "bad position"


def test_position_with_and_without_its_words() -> None:
    bare = sent("location", latitude=13.75, longitude=100)
    assert (bare.latitude, bare.longitude, bare.title, bare.address) == (13.75, 100.0, None, None)
    named = sent("location", latitude=-90, longitude=180, title="วัด\0", address="")
    assert (named.title, named.address) == ("วัด\N{REPLACEMENT CHARACTER}", None)


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
def test_media_of_line_and_of_others(kind: str) -> None:
    own = sent(kind, contentProvider={"type": "line"})
    other = sent(kind, contentProvider={"type": "external", "originalContentUrl": "https://x"})
    assert (own.kind, own.external, other.external) == (MediaKind(kind), False, True)


def test_file_keeps_its_name() -> None:
    event = sent("file", fileName="รายงาน.pdf", fileSize=100)
    assert event == events.MediaSent(event.origin, ID, MediaKind.FILE, file_name="รายงาน.pdf")
    assert sent("file", fileName=["x"]).file_name is None


def test_sticker_with_its_words() -> None:
    event = sent("sticker", keywords=["help", 5, "", "ช่วย"], text="ด่วน", quotedMessageId="9")
    assert (event.keywords, event.text, event.quoted_message_id) == (("help", "ช่วย"), "ด่วน", "9")


@pytest.mark.parametrize(
    ("params", "picked_at"),
    [
        ({"datetime": "2026-11-02T12:30"}, "2026-11-02T12:30"),
        ({"datetime": "2026-11-02t12:30"}, "2026-11-02T12:30"),
        ({"date": "2026-11-02"}, "2026-11-02"),
        ({"time": "12:30"}, "12:30"),
        ({"datetime": "; drop table"}, None),
        ({"newRichMenuAliasId": "x", "status": "SUCCESS"}, None),
        (None, None),
    ],
)
def test_postback_with_what_was_picked(params: Any, picked_at: str | None) -> None:
    event = parse(type="postback", postback={"data": "do=x", "params": params})
    assert event == events.Tapped(event.origin, "do=x", picked_at)


def test_members_without_consent_are_counted_only() -> None:
    members = [{"type": "user", "userId": PERSON}, {"type": "user"}, "x"]
    joined = parse(type="memberJoined", joined={"members": members})
    left = parse(type="memberLeft", left={"members": members})
    assert joined == events.MembersJoined(joined.origin, 2, (PERSON,))
    assert left == events.MembersLeft(left.origin, 2, (PERSON,))


@pytest.mark.parametrize("stamp", [None, "x", -1, 0, 10**400, 1.7e12, True, 1 << 60])
def test_senseless_time_is_replaced_by_the_arrival(stamp: Any) -> None:
    event = build_event("e", NOON, timestamp=stamp)
    assert read_envelope(event, NOON).occurred_at == NOON


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(299, True), (301, False), (-86_400, True)])
def test_clock_of_line_may_be_a_little_ahead(ahead_s: int, is_taken: bool) -> None:
    at = NOON + timedelta(seconds=ahead_s)
    envelope = read_envelope(build_event("e", at), NOON)
    assert envelope.occurred_at == (at if is_taken else NOON)


def test_event_without_an_id_gets_the_same_one_when_delivered_again() -> None:
    first = build_event("e", NOON, webhookEventId=None)
    again = {"deliveryContext": {"isRedelivery": True}} | {
        key: first[key] for key in reversed(first) if key != "deliveryContext"
    }
    other = build_event("e", NOON + timedelta(seconds=1), webhookEventId=None)
    ids = [read_envelope(event, NOON).event_id for event in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert len(ids[0]) == 64


@pytest.mark.parametrize("event_id", ["", "x" * 81, "a\0b", "ก", 5, ["x"], "a b"])
def test_odd_event_id_is_replaced_by_the_hash(event_id: Any) -> None:
    envelope = read_envelope(build_event("e", NOON, webhookEventId=event_id), NOON)
    assert len(envelope.event_id) == 64


def test_conversation_is_a_person_in_a_chat() -> None:
    def source_id(source: Any, event_id: str = "e") -> str:
        return read_envelope(build_event(event_id, NOON, source=source), NOON).source_id

    alone = {"type": "user", "userId": PERSON}
    assert source_id(alone) == source_id(alone, "other")
    assert len({source_id(alone), source_id(IN_GROUP), source_id(None), source_id(5, "f")}) == 4


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "type",
    "mode",
    "timestamp",
    "webhookEventId",
    "deliveryContext",
    "replyToken",
    "source",
    "message",
    "postback",
    "joined",
    "left",
    "unsend",
    "follow",
]
INNER = [
    "type",
    "id",
    "text",
    "userId",
    "groupId",
    "mention",
    "mentionees",
    "keywords",
    "data",
    "params",
    "latitude",
    "longitude",
    "members",
    "messageId",
    "contentProvider",
    "fileName",
]
TYPES = st.sampled_from(["text", "image", "file", "location", "sticker", "group", "user", "room"])
MUTATED = st.builds(
    lambda kind, changes: build_event("e", NOON) | {"type": kind} | changes,
    st.sampled_from(["message", "messageEdited", "postback", "memberJoined", "unsend", "follow"]),
    st.dictionaries(
        st.sampled_from(FIELDS),
        JSON | st.dictionaries(st.sampled_from(INNER), JSON | TYPES, max_size=6),
    ),
)


@given(JSON | MUTATED)
def test_any_json_is_an_event_now_and_after_sealing(raw: Any) -> None:
    envelope = read_envelope(raw, NOON)
    assert 1 <= len(envelope.event_id) <= 80
    event = parse_event(raw, envelope.event_id, NOON)
    assert event.origin.occurred_at == envelope.occurred_at
    assert event == parse_event_bytes(event_bytes(raw), envelope.event_id, NOON)
    repr(event).encode()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 5000])
def test_bytes_that_are_no_json_are_ignored(data: bytes) -> None:
    assert reason(parse_event_bytes(data, "e", NOON)) == "not JSON"


def test_sealed_event_keeps_broken_surrogates_until_it_is_parsed() -> None:
    raw = json.loads('{"a": "\\ud83d"}')
    assert json.loads(event_bytes(raw)) == raw

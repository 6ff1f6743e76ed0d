"""Text that enters the rules is storable everywhere and loses nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.events import Chat, ChatKind, Origin, clean
from tests.conftest import NOON

NASTY = [
    "",
    "ก" * 5000,
    "\N{ZERO WIDTH SPACE}",
    "น้ํา",
    "\N{THAI CHARACTER MAI EK}" * 40,
    "😀👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧",
    "မီးလောင်နေတယ်",
    "<script>alert(1)</script>'; drop table case;--",
]


@pytest.mark.parametrize("text", NASTY)
def test_odd_but_sound_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("ไฟ\0ไหม้", "ไฟ\N{REPLACEMENT CHARACTER}ไหม้"),
        ("\ud83d", "\N{REPLACEMENT CHARACTER}"),
        ("ก\ude00ข", "ก\N{REPLACEMENT CHARACTER}ข"),
        ("\ud83d\ude00", "😀"),
    ],
)
def test_nul_and_lone_surrogates_are_replaced(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_is_storable_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


def test_reply_token_is_not_shown() -> None:
    origin = Origin("e", NOON, Chat(ChatKind.ROOM, "R1"), reply_token="one-time")
    assert "one-time" not in repr(origin)
    assert origin.chat is not None
    assert origin.chat.is_group

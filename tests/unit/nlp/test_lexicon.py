"""Word groups are met as whole words only."""

from nlp.lexicon import Lexicon

LEXICON = Lexicon({"shock": {"ไฟดูด"}, "pole": {"เสา", "เสาไฟ"}, "bulb": {"เสาไฟดูดี"}})


def test_a_phrase_is_a_run_of_whole_words() -> None:
    assert set(LEXICON.find(("โดน", "ไฟ", "ดูด"))) == {"shock"}
    assert "shock" not in LEXICON.find(("เสาไฟดูดี",))


def test_of_two_phrases_that_begin_together_the_longer_counts() -> None:
    assert LEXICON.find(("เสา", "ไฟ"))["pole"] == [(0, 2)]


def test_a_group_is_found_as_often_as_it_stands_there() -> None:
    assert LEXICON.find(("เสา", "หัก", "เสา"))["pole"] == [(0, 1), (2, 3)]


def test_no_words_hold_no_group() -> None:
    assert LEXICON.find(()) == {}

"""The door: every example of the label guide, every nasty text, and no error ever."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from nlp.classifier import LABELS, Judgement, ModelFault, classify, load
from nlp.moments import Point
from nlp.normalize import normalize
from nlp.understanding import Understanding, understand
from tests.unit.nlp.nasty import NASTY, TEXTS


def one(text: str) -> Understanding:
    (found,) = understand([text])
    return found


def why(text: str) -> tuple[str, ...]:
    (found,) = classify([text])
    return found.why


GUIDE = [
    ("มีควันออกจากห้องข้าง ๆ เยอะมาก ซอยเทศบาล 5 ช่วยด้วย", "emergency", "fire"),
    ("เห็นคนส่งยาบ้ากันทุกคืนท้ายซอยวัดไผ่", "tip", "drugs"),
    ("ไฟทางหน้าโรงเรียนดับมาสามวันแล้ว ช่วยมาซ่อมหน่อยครับ", "request", "lighting"),
    ("สวัสดีตอนเช้าค่ะ", "other", "greeting"),
    ("มีคนโดนรถชนหน้าตลาด เลือดออกเยอะ", "emergency", "traffic_accident"),
    ("มีขโมยกำลังปีนเข้าบ้านเลขที่ 12 หมู่ 3", "emergency", "intrusion"),
    ("มีคนถือมีดไล่ฟันกันหน้าตลาดสดครับ ช่วยด้วยด่วน", "emergency", "violence"),
    ("ไฟไหม้บ้านค่ะ", "emergency", "fire"),
    ("ช่วยด้วย!!", "emergency", "violence"),
    ("ช่วยด้วย", "emergency", "violence"),
    ("มีคนแปลกหน้าด้อม ๆ มอง ๆ แถวโรงเรียน", "tip", "suspicious"),
    ("รถชนกันหน้าตลาดมีคนเจ็บ", "emergency", "traffic_accident"),
    ("เย็นนี้กินอะไรกันดี", "other", "chitchat"),
    ("เมื่อคืนโดนงัดรถ", "tip", "theft"),
    ("มันกำลังงัดรถอยู่", "emergency", "intrusion"),
    ("ไฟดับ แถวนี้โดนปล้นบ่อย", "request", "lighting"),
    ("ร้อนเป็นไฟ", "other", "chitchat"),
    ("ตายแล้ว", "other", "chitchat"),
    ("ยิงมุก", "other", "chitchat"),
    ("ติดตามเรื่อง", "request", "case_status"),
    ("แจ้งรอบ 2", "request", "case_status"),
    ("ฝากบ้านไว้กับตำรวจ", "request", "house_watch"),
    ("ซอยเทศบาล 5", "other", "unclear"),
    ("45/12 ม.3", "other", "unclear"),
    ("0000000000", "other", "unclear"),
    ("hello, there is a fire next door!", "emergency", "fire"),
    ("help, accident, someone is bleeding", "emergency", "traffic_accident"),
]


@pytest.mark.parametrize(("text", "label", "category"), GUIDE)
def test_examples_of_the_label_guide(text: str, label: str, category: str) -> None:
    found = one(text)
    assert (found.label, found.category) == (label, category)


def test_place_and_time_are_the_stretches_as_typed() -> None:
    found = one("เห็นคนส่งยาบ้ากันทุกคืนท้ายซอยวัดไผ่")
    assert (found.place, found.when) == ("ท้ายซอยวัดไผ่", "ทุกคืน")


def test_a_bare_place_keeps_the_place() -> None:
    assert one("ซอยเทศบาล 5").place == "ซอยเทศบาล 5"


def test_a_rule_that_raised_the_alarm_is_named() -> None:
    assert one("ไฟไหม้บ้านค่ะ").judgement.trigger == "fire_word"
    assert one("เย็นนี้กินอะไรกันดี").judgement.trigger is None


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\N{ZERO WIDTH SPACE}", "😀😀", "๑๙๑", "\0", "\ud800", "ก" * 5000, "မီးလောင်နေတယ်"],
)
def test_texts_that_say_nothing_are_unclear(text: str) -> None:
    found = one(text)
    assert (found.label, found.category) == ("other", "unclear")


def assert_sound(text: str, found: Understanding) -> None:
    assert found.category in LABELS[found.label]
    assert 0.0 <= found.confidence <= 1.0
    assert found.place is None or found.place in text
    assert found.when is None or found.when in text


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_understood_as_something(text: str) -> None:
    assert_sound(text, one(text))


@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    assert_sound(text, one(text))


def test_the_same_text_is_understood_alike_twice() -> None:
    assert one("รถชนหน้าวัด") == one("รถชนหน้าวัด")


def test_classify_and_understand_agree() -> None:
    texts = [text for text, *_ in GUIDE]
    assert classify(texts) == [found.judgement for found in understand(texts)]


def test_a_judgement_that_is_hardly_sure_says_so() -> None:
    assert Judgement("tip", "theft", 0.9).is_sure
    assert not Judgement("tip", "theft", 0.4).is_sure


def test_where_a_rule_raised_the_alarm_its_words_are_why() -> None:
    (found,) = classify(["เมียโดนผัวตบ เลือดออก"])
    assert found.trigger
    assert found.why
    assert all(word in "เมียโดนผัวตบ เลือดออก" for word in found.why)


def test_load_may_be_called_again() -> None:
    load()
    load()
    assert issubclass(ModelFault, Exception)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ไฟไหม้บ้านข้างๆ ซอย 5 ช่วยด้วย", "ไฟไหม้"),
        ("มีคนขายยาบ้าหลังตลาด ทุกคืน", "ยาบ้า"),
        ("ขอบคุณมากค่ะ", "ขอบคุณ"),
    ],
)
def test_why_names_the_word_that_decided(text: str, word: str) -> None:
    reasons = why(text)
    assert word in reasons[0]
    assert len(reasons) <= 3


@pytest.mark.parametrize("text", NASTY)
def test_why_is_words_of_the_message_whatever_it_is(text: str) -> None:
    shown = normalize(text).lower()
    assert all(word in shown for word in why(text))


def test_no_number_and_nothing_unwritten_is_a_reason() -> None:
    reasons = why("รถชน 3 คัน โทร 000-000-0000")
    assert "รถชน" in reasons
    assert not {"3", "เบอร์", "เบอร์โทร"} & set(reasons)


def test_a_time_is_told_where_the_hour_of_the_message_is_known() -> None:
    sent_at = datetime(2026, 11, 18, 14, 20, tzinfo=ZoneInfo("Asia/Bangkok"))
    (found,) = understand(["โดนงัดรถเมื่อคืนตีสอง"], sent_at=sent_at)
    assert found.moment == Point(sent_at.replace(hour=2, minute=0), timedelta())
    assert one("โดนงัดรถเมื่อคืนตีสอง").moment is None


def test_facts_and_language_come_with_it() -> None:
    found = one("มันถือปืนขี่มอไซสีแดงหนีไปทางวัด")
    assert (found.facts.weapons, found.language) == (("gun",), "th")

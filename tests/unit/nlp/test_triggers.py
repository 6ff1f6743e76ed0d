"""Alarms by rule: the danger raises them, a risk, a memory or a figure of speech does not."""

import pytest
from hypothesis import given

from nlp.alarms import RULES
from nlp.labels import LABELS
from nlp.reading import read
from nlp.triggers import find_alarm
from tests.unit.nlp.nasty import TEXTS


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("ไฟไหม้บ้านค่ะ", "fire"),
        ("มีคนถือมีดไล่ฟันกันหน้าตลาดสดครับ", "violence"),
        ("ช่วยด้วย!!", "violence"),
        ("🆘🆘", "violence"),
        ("รถชนกันหน้าตลาดมีคนเจ็บ", "traffic_accident"),
        ("มีขโมยกำลังปีนเข้าบ้าน", "intrusion"),
        ("ยายหมดสติ ไม่หายใจ", "medical"),
        ("งูเห่าเข้าบ้าน", "animal"),
        ("สายไฟขาดลงมา มีประกายไฟ", "disaster"),
        ("เพื่อนบอกอยากตาย กรีดข้อมือแล้ว", "self_harm"),
        ("เด็กหาย ตามหาไม่เจอ", "missing_person"),
        ("hello, there is a fire next door!", "fire"),
        ("help, accident, someone is bleeding", "traffic_accident"),
        ("he has a knife, please help", "violence"),
    ],
)
def test_danger_now_raises_an_alarm(text: str, category: str) -> None:
    alarm = find_alarm(read(text))
    assert alarm is not None
    assert alarm.category in (category, None)


@pytest.mark.parametrize(
    "text",
    [
        "เสาไฟดูดีมาก",
        "ร้านขายยาเปิดกี่โมง",
        "ขึ้นทางด่วนดีไหม",
        "ป้ายกองโจรเต็มเสาไฟ",
        "เส้นเลือดฝอยที่ขา",
        "หญ้ารกกลัวไฟไหม้",
        "เสี่ยงรถชนกันมากตรงนี้",
        "ปีที่แล้วไฟไหม้ตลาด",
        "หนังเรื่องไฟไหม้ตึกสนุกมาก",
        "พรุ่งนี้โรงเรียนซ้อมหนีไฟ",
        "เบอร์กู้ภัยเบอร์อะไรครับ",
        "ไฟไหม้ดับแล้วครับ ปลอดภัยแล้ว",
        "ยิงมุกไม่หยุดเลยนะ 555",
        "fire drill tomorrow",
        "what number for fire?",
        "เด็กสองซอยนัดตีกันคืนนี้",
    ],
)
def test_risk_memory_question_and_figure_raise_none(text: str) -> None:
    assert find_alarm(read(text)) is None


def test_a_plea_outweighs_a_hedge() -> None:
    assert find_alarm(read("กลัวมาก ไฟไหม้บ้าน ช่วยด้วย")) is not None


def test_rules_have_own_names_and_known_categories() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert {rule.category for rule in RULES} <= {*LABELS["emergency"], None}


def test_no_exception_is_misspelt() -> None:
    known = {"over", "fiction", "question", "hedge", "habit", "past", "negation"}
    assert all(rule.ignores <= known for rule in RULES)


@given(TEXTS)
def test_no_text_breaks_the_rules(text: str) -> None:
    find_alarm(read(text))

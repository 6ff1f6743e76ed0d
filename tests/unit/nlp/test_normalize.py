"""One spelling: what people type in many ways comes out in one, and twice changes nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalize import align, is_monotone, normalize
from tests.unit.nlp.nasty import NASTY, TEXTS

MAI_THO = "\N{THAI CHARACTER MAI THO}"
SARA_AA = "\N{THAI CHARACTER SARA AA}"
SARA_AM = "\N{THAI CHARACTER SARA AM}"
NIKHAHIT = "\N{THAI CHARACTER NIKHAHIT}"
SARA_E = "\N{THAI CHARACTER SARA E}"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("ช่วยด้วยยยยย", "ช่วยด้วย"),
        ("ไฟไหม้บ้านนนน ด่วนนน", "ไฟไหม้บ้าน ด่วน"),
        (f"น{SARA_AM}{MAI_THO}ท่วม", f"น{MAI_THO}{SARA_AM}ท่วม"),
        (f"น{MAI_THO}{NIKHAHIT}{SARA_AA}", f"น{MAI_THO}{SARA_AM}"),
        (f"น{NIKHAHIT}{MAI_THO}{SARA_AA}", f"น{MAI_THO}{SARA_AM}"),
        (f"{SARA_E}{SARA_E}ม่", "แม่"),
        ("โทร ๑๙๑", "โทร 191"),
        ("ไฟ\N{ZERO WIDTH SPACE}ไหม้", "ไฟไหม้"),
        ("ซอย\N{NO-BREAK SPACE}5", "ซอย 5"),
        ("บรรทัดหนึ่ง\r\n\r\nบรรทัดสอง", "บรรทัดหนึ่ง\nบรรทัดสอง"),
        ("1" * 5000, "1" * 16),
        ("ค่าาาาา", "ค่า"),
        ("help!!!!!!", "help!!"),
    ],
)
def test_known_faults_come_out_in_one_spelling(typed: str, wanted: str) -> None:
    assert normalize(typed) == wanted


@pytest.mark.parametrize(
    "name", ["ศาลายา", "ท่าข้าม", "ขอออกใบแจ้งความ", "กรรมการ", "ชอย 5", "บ้านหนองงูเห่า"]
)
def test_place_names_and_lawful_doubles_stay_as_typed(name: str) -> None:
    assert normalize(name) == name


@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(TEXTS)
def test_positions_never_step_back_and_quote_the_original(text: str) -> None:
    aligned = align(text)
    assert is_monotone(aligned.starts)
    assert len(aligned.starts) == len(aligned.text) + 1
    assert aligned.quote(0, len(aligned.text)) in text


@given(st.text())
def test_no_lone_surrogate_and_no_nul_is_left(text: str) -> None:
    normal = normalize(text + "\ud800\0")
    normal.encode("utf-8")
    assert "\0" not in normal


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_settle_at_once(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)

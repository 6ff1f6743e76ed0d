"""Officers: codes, cards, answers, buttons; and what never happens by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import models as rows
from handlers import events as e
from handlers.ids import RandomIds
from handlers.operating import InviteGroup, InviteStaff, RemoveStaff
from handlers.snapshots import Label, Role, Understood
from handlers.staff import read_code
from tests.talk import MEANINGS, group_id, user

ANN, BEN, OFFICER, SECOND = user(1), user(2), user(9), user(8)
WRONG = "YS-ZZZZZ-ZZZZZ"


def test_code_registers_the_sender_once(talk):
    (welcome,) = talk.officer(OFFICER, "dispatcher", "ร.ต.อ. สมมติ")
    assert "ร.ต.อ. สมมติ" in welcome.words
    assert [(row.role, row.on_duty) for row in talk.all(rows.Staff)] == [("dispatcher", True)]
    code = str(talk.all(rows.Invite)[0].code_key)
    assert "YS" not in code


def test_code_works_for_one_person_only(talk):
    code = str(talk.orders(InviteStaff(Role.OFFICER))["code"])
    talk.says(OFFICER, code)
    (refused,) = talk.says(ANN, code)
    assert "ใช้ไปแล้ว" in refused.words
    assert len(talk.all(rows.Staff)) == 1
    assert talk.all(rows.InviteTry) == []


def test_code_is_read_as_people_type_it(talk):
    code = str(talk.orders(InviteStaff(Role.OFFICER))["code"])
    talk.says(OFFICER, f"  {code.lower().replace('-', ' ')} ")
    assert len(talk.all(rows.Staff)) == 1


def test_code_dies_after_a_day(talk, clock):
    code = str(talk.orders(InviteStaff(Role.OFFICER))["code"])
    clock.forward(hours=24)
    (refused,) = talk.says(OFFICER, code)
    assert "24 ชั่วโมง" in refused.words
    assert talk.all(rows.Staff) == []


def test_fifth_wrong_code_locks_even_the_right_one_for_a_day(talk, clock):
    for _ in range(5):
        talk.says(ANN, WRONG)
    (locked,) = talk.officer(ANN)
    assert "ครบ 5 ครั้ง" in locked.words
    assert talk.all(rows.Staff) == []
    clock.forward(hours=24, seconds=1)
    talk.officer(ANN)
    assert len(talk.all(rows.Staff)) == 1


def test_staff_code_in_a_group_registers_nobody(talk):
    talk.group(group_id(1), ANN)
    code = str(talk.orders(InviteStaff(Role.OFFICER))["code"])
    (answer,) = talk.says_in(group_id(1), OFFICER, code)
    assert "แชตส่วนตัว" in answer.words
    assert talk.all(rows.Staff) == []


def test_codes_have_fifty_bits_and_read_back():
    codes = {RandomIds().code("YS") for _ in range(200)}
    assert len(codes) == 200
    assert all(len(read_code(code) or "") == 12 for code in codes)


@given(st.text())
def test_reading_a_code_never_fails(text):
    assert read_code(text) is None or len(read_code(text)) == 12


def test_card_shows_case_and_alias_but_nothing_of_the_person(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ไฟไหม้ ซอยเทศบาล 5")
    (case,) = talk.cases()
    assert case.reference in card.words
    assert case.alias in card.words
    assert "ไฟไหม้ ซอยเทศบาล 5" in card.words
    assert ANN not in str(card.messages)
    assert {tap.partition("&")[0] for tap in card.taps} >= {"a=seen", "a=take", "a=close"}


def test_quoted_card_relays_the_answer_to_the_reporter_alone(talk):
    talk.officer(OFFICER)
    talk.officer(SECOND)
    _, card, _ = talk.says(ANN, "ไฟไหม้")
    quoted = talk.accept(card)
    relay, receipt = talk.says(OFFICER, "สายตรวจถึงใน 3 นาที", quoted_message_id=quoted)
    assert (relay.to, receipt.to) == (ANN, OFFICER)
    assert "สายตรวจถึงใน 3 นาที" in relay.words
    assert relay.messages[0]["sender"]["name"] == "เจ้าหน้าที่ตำรวจ"
    assert "ร.ต.ท." not in relay.words
    assert talk.cases()[0].state == "seen"


def test_answer_of_5000_letters_arrives_whole(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ไฟทางดับ")
    long = "ที่นี่ " * 800 + "จบ"
    relay, _ = talk.says(OFFICER, long, quoted_message_id=talk.accept(card))
    whole = "".join(message["text"] for message in relay.messages)
    assert whole.endswith(long)


def test_text_that_quotes_nothing_asks_to_whom_and_sends_nothing(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (question,) = talk.says(OFFICER, "รับทราบ กำลังไป")
    (case,) = talk.cases()
    assert question.to == OFFICER
    assert f"a=send&c={case.reference}" in question.taps
    relay, _ = talk.taps(OFFICER, f"a=send&c={case.reference}")
    assert relay.to == ANN
    assert "รับทราบ กำลังไป" in relay.words


def test_waiting_text_is_dropped_or_becomes_the_officers_own_report(talk):
    talk.officer(OFFICER)
    talk.says(OFFICER, "อืม")
    (dropped,) = talk.taps(OFFICER, "a=drop")
    assert "ไม่ได้ส่ง" in dropped.words
    talk.says(OFFICER, "ไฟทางดับ หน้าวัด")
    (answer,) = talk.taps(OFFICER, "a=report")
    (case,) = talk.cases()
    assert case.label == "request"
    assert answer.to == OFFICER


def test_answer_button_sends_the_next_text(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟทางดับ")
    (case,) = talk.cases()
    talk.taps(OFFICER, f"a=answer&c={case.reference}")
    relay, _ = talk.says(OFFICER, "ช่างไปพรุ่งนี้ค่ะ")
    assert relay.to == ANN
    (question,) = talk.says(OFFICER, "อีกข้อความ")
    assert question.to == OFFICER


def test_seen_taken_closed_are_each_told_to_the_reporter(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    at = f"&c={case.reference}"
    seen, _ = talk.taps(OFFICER, "a=seen" + at)
    taken, _ = talk.taps(OFFICER, "a=take" + at)
    (asked,) = talk.taps(OFFICER, "a=close" + at)
    closed, _ = talk.taps(OFFICER, f"a=close{at}&r=done")
    assert {seen.to, taken.to, closed.to} == {ANN}
    assert asked.to == OFFICER
    assert "ยังไม่ได้ยืนยันว่ามีเจ้าหน้าที่ออกไป" in seen.words
    assert "ดำเนินการเรียบร้อย" in closed.words
    (case,) = talk.cases()
    assert (case.state, case.resolution) == ("closed", "done")
    assert case.seen_at
    assert case.taken_at
    assert case.closed_at
    kinds = [kind for kind, _ in talk.entries()]
    assert kinds == ["opened", "text", "seen", "working", "resolved", "closed"]


def test_violence_case_pushes_no_state_to_the_person(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ถูกทำร้าย")
    (case,) = talk.cases()
    for action in ("a=seen", "a=take", "a=close&r=done"):
        assert {left.to for left in talk.taps(OFFICER, f"{action}&c={case.reference}")} == {OFFICER}


def test_stale_button_answers_with_the_present_state(talk):
    talk.officer(OFFICER)
    talk.officer(SECOND, name="ด.ต. สมมุติ")
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    talk.taps(OFFICER, f"a=take&c={case.reference}")
    (refused,) = talk.taps(SECOND, f"a=take&c={case.reference}")
    assert "ร.ต.ท. สมมติ" in refused.words
    (refused,) = talk.taps(SECOND, f"a=seen&c={case.reference}")
    assert "กำลังดำเนินการ" in refused.words
    assert talk.results()[-1] == "refused"


def test_resident_cannot_press_an_officers_button(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    for data in ("a=seen", "a=take", "a=close&r=done", "a=media", "a=send"):
        (answer,) = talk.taps(BEN, f"{data}&c={case.reference}")
        assert answer.to == BEN
    assert talk.cases()[0].state == "new"


def test_reporter_reopens_his_own_case_and_nobody_elses(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟทางดับ")
    (case,) = talk.cases()
    talk.taps(OFFICER, f"a=close&c={case.reference}&r=done")
    talk.taps(BEN, f"a=reopen&c={case.reference}")
    assert talk.cases()[0].state == "closed"
    told, card = talk.taps(ANN, f"a=reopen&c={case.reference}")
    assert talk.cases()[0].state == "reopened"
    assert (told.to, card.to) == (ANN, OFFICER)


def test_removed_officer_is_a_resident_again(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    talk.orders(RemoveStaff(1))
    (answer,) = talk.taps(OFFICER, f"a=take&c={case.reference}")
    assert talk.cases()[0].state == "new"
    assert "ใช้ไม่ได้" in answer.words
    left = talk.says(BEN, "ไฟไหม้ อีกที่")
    assert {one.to for one in left} == {BEN}


def test_off_duty_officer_gets_no_card_while_another_is_on_duty(talk):
    talk.officer(OFFICER)
    talk.officer(SECOND)
    talk.says(OFFICER, "ออกเวร")
    left = talk.says(ANN, "ไฟไหม้")
    assert {one.to for one in left} == {ANN, SECOND}


def test_with_all_off_duty_every_officer_is_told_and_the_person_warned(talk):
    talk.officer(OFFICER)
    talk.says(OFFICER, "ออกเวร")
    answer, card = talk.says(ANN, "ไฟไหม้")
    assert "ไม่มีเจ้าหน้าที่เวร" in answer.words
    assert card.to == OFFICER


def test_work_list_shows_open_cases_emergencies_first(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    talk.says(BEN, "ไฟทางดับ")
    (listed,) = talk.says(OFFICER, "งาน")
    fire, lamp = talk.cases()
    assert listed.words.index(fire.reference) < listed.words.index(lamp.reference)


def test_media_button_gives_links_that_open_shortly(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    talk.sends_photo(ANN)
    with talk.database.write() as session:
        attachment = session.get(rows.Attachment, 1)
        attachment.state, attachment.file_name = "stored", "a" * 32
        attachment.content_type = "image/jpeg"
    (case,) = talk.cases()
    (links,) = talk.taps(OFFICER, f"a=media&c={case.reference}")
    assert "https://yaam.example.org/media/aaaaaaaa" in str(links.messages)


def test_officers_sticker_and_photo_reach_nobody(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    left = talk.sends_photo(OFFICER) + talk.sends_location(OFFICER)
    assert {one.to for one in left} == {OFFICER}
    assert len(talk.cases()) == 1


def test_spent_quota_is_told_in_every_free_answer_to_staff(talk):
    talk.officer(OFFICER)
    with talk.database.write() as session:
        session.get(rows.Station, talk.station.id).quota_spent_at = talk.clock()
    (listed,) = talk.says(OFFICER, "งาน")
    assert "โควตา" in listed.words


@pytest.mark.parametrize("data", ["", "a=", "x", "a=seen", "a=close&c=NO-0000", "&&&=", "a=label"])
def test_odd_button_data_gets_a_plain_answer(talk, data):
    talk.officer(OFFICER)
    for who in (OFFICER, ANN):
        (answer,) = talk.taps(who, data)
        assert answer.to == who


def test_group_code_in_private_is_kept_for_the_group(talk):
    code = str(talk.orders(InviteGroup())["code"])
    (answer,) = talk.says(ANN, code)
    assert "กลุ่ม" in answer.words
    assert talk.all(rows.Invite)[0].used_at is None


def test_officer_reports_by_the_rich_menu_like_anybody(talk):
    talk.officer(OFFICER)
    talk.officer(SECOND)
    talk.taps(OFFICER, "a=menu&k=emergency")
    answer, card = talk.says(OFFICER, "ไฟไหม้ หน้าวัด")
    assert (answer.to, card.to) == (OFFICER, SECOND)
    (listed,) = talk.taps(OFFICER, "a=mine")
    assert talk.cases()[0].reference in listed.words


def test_former_officer_cannot_write_into_a_case_by_quoting_its_card(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ขายยา ซอยลับ")
    quoted = talk.accept(card)
    talk.orders(RemoveStaff(1))
    left = talk.says(OFFICER, "ไฟไหม้", quoted_message_id=quoted)
    tip, own = talk.cases()
    assert (tip.label, own.label) == ("tip", "emergency")
    assert all("ซอยลับ" not in one.words for one in left)


def test_stop_word_ends_the_question_and_is_sent_to_nobody(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    talk.taps(OFFICER, f"a=answer&c={case.reference}")
    (stopped,) = talk.says(OFFICER, "ยกเลิก")
    (question,) = talk.says(OFFICER, "กำลังไป")
    assert {stopped.to, question.to} == {OFFICER}


def test_any_bot_message_of_a_case_can_be_quoted(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    _, done = talk.taps(OFFICER, f"a=seen&c={case.reference}")
    relay, _ = talk.says(OFFICER, "กำลังไป", quoted_message_id=talk.accept(done))
    assert relay.to == ANN


def test_officers_unsent_words_reach_nobody(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ไฟไหม้")
    quoted = talk.accept(card)
    talk.happens(e.Unsent, OFFICER, message_id="41", reply_token=None)
    left = talk.happens(e.TextSaid, OFFICER, message_id="41", text="ลับ", quoted_message_id=quoted)
    assert left == []
    assert "ลับ" not in talk.words()


def test_officers_unsend_takes_his_answer_back_in_his_own_name(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ไฟไหม้")
    relay, _ = talk.happens(
        e.TextSaid, OFFICER, message_id="42", text="ลับ", quoted_message_id=talk.accept(card)
    )
    assert talk.happens(e.Unsent, OFFICER, message_id="42", reply_token=None) == []
    assert talk.entries()[-1] == ("unsent", "staff")
    states = {row.id: row.state for row in talk.all(rows.Outbox)}
    assert states[relay.row.id] == "cancelled"


def test_blocked_officer_is_not_counted_on(talk):
    talk.officer(OFFICER)
    talk.happens(e.Unfollowed, OFFICER, reply_token=None)
    (answer,) = talk.says(ANN, "ไฟไหม้")
    assert "ไม่มีเจ้าหน้าที่เวร" in answer.words


def test_long_words_can_be_read_whole(talk):
    talk.officer(OFFICER)
    _, card = talk.says(ANN, "ไฟไหม้ " + "มาก " * 500 + "ทะเบียน กข 0000")
    (case,) = talk.cases()
    assert "กข 0000" not in card.words
    assert f"a=read&c={case.reference}" in card.taps
    (whole,) = talk.taps(OFFICER, f"a=read&c={case.reference}")
    assert "กข 0000" in whole.words
    assert case.alias in whole.words


def test_card_with_a_very_long_place_is_still_one_that_line_takes(talk):
    MEANINGS["ไกลมาก"] = Understood(Label.EMERGENCY, "fire", 0.9, place="ซอยที่ยาวมาก " * 12)
    talk.officer(OFFICER)
    answer, card = talk.says(ANN, "ไกลมาก")
    assert (answer.to, card.to) == (ANN, OFFICER)


def test_holder_learns_that_a_colleague_closed_his_case(talk):
    talk.officer(OFFICER)
    talk.officer(SECOND, name="พ.ต.ท. สมมุติ")
    talk.says(ANN, "ไฟทางดับ")
    (case,) = talk.cases()
    talk.taps(OFFICER, f"a=take&c={case.reference}")
    left = talk.taps(SECOND, f"a=close&c={case.reference}&r=done")
    (told,) = [one for one in left if one.to == OFFICER]
    assert "พ.ต.ท. สมมุติ" in told.words


def test_officer_is_told_that_a_victim_was_not_notified(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ถูกทำร้าย")
    (case,) = talk.cases()
    (done,) = talk.taps(OFFICER, f"a=take&c={case.reference}")
    assert "ไม่ได้แจ้งผู้แจ้ง" in done.words
    (answer, _) = talk.says(ANN, "อืม มีใครอ่านไหม")
    assert "เจ้าหน้าที่รับเรื่องไว้แล้ว" in answer.words


@pytest.mark.parametrize("data", ["&".join(f"a{n}=1" for n in range(30)), "a=seen&c=%00"])
def test_hostile_button_data_is_answered(talk, data):
    talk.officer(OFFICER)
    (answer,) = talk.taps(OFFICER, data)
    assert answer.to == OFFICER

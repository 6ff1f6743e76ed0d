"""What a person sends becomes a case, an addition to one, or an answer."""

import pytest

from db import models as rows
from handlers import events as e
from tests.talk import user

ANN, BEN, OFFICER = user(1), user(2), user(9)


def test_emergency_gets_the_fitting_number_first_and_a_case(talk):
    (answer,) = talk.says(ANN, "ไฟไหม้ ซอยเทศบาล 5")
    (case,) = talk.cases()
    assert answer.dials == ["tel:199", "tel:191", "tel:1669"]
    assert case.reference in answer.words
    assert "เพลิงไหม้" in answer.words
    assert answer.row.priority == 0
    assert answer.row.reply_token is not None
    assert [action["type"] for action in answer.actions if action["type"] == "location"]
    assert (case.label, case.category, case.state) == ("emergency", "fire", "new")


def test_emergency_with_nobody_on_duty_says_so_at_once(talk):
    (answer,) = talk.says(ANN, "ไฟไหม้")
    assert "ไม่มีเจ้าหน้าที่เวร" in answer.words


def test_emergency_with_somebody_on_duty_names_the_two_minutes(talk):
    talk.officer(OFFICER)
    answer, card = talk.says(ANN, "ไฟไหม้")
    assert "2 นาที" in answer.words
    assert card.to == OFFICER


def test_violence_does_not_betray_on_the_lock_screen(talk):
    (answer,) = talk.says(ANN, "ถูกทำร้าย")
    assert answer.row.silent
    assert answer.messages[0]["altText"] == "มีข้อความตอบกลับ"


@pytest.mark.parametrize(
    ("text", "label", "category"),
    [("ขายยา ท้ายซอย", "tip", "drugs"), ("ไฟทางดับ หน้าโรงเรียน", "request", "lighting")],
)
def test_tip_and_request_open_a_case_and_show_the_alias(talk, text, label, category):
    (answer,) = talk.says(ANN, text)
    (case,) = talk.cases()
    assert (case.label, case.category) == (label, category)
    assert case.reference in answer.words
    assert case.alias in answer.words


def test_first_answer_carries_the_notice_once_and_keeps_the_quick_replies(talk):
    (first,) = talk.says(ANN, "ไฟทางดับ")
    (second,) = talk.says(ANN, "ไฟทางดับ มานานแล้ว")
    assert "ความเป็นส่วนตัว" in first.words
    assert "quickReply" not in first.messages[0]
    assert "quickReply" in first.messages[-1]
    assert "ความเป็นส่วนตัว" not in second.words


def test_notice_never_stands_behind_an_emergency(talk):
    (answer,) = talk.says(ANN, "ไฟไหม้")
    assert "ความเป็นส่วนตัว" not in answer.words
    (later,) = talk.says(ANN, "สวัสดี")
    assert "ความเป็นส่วนตัว" not in later.words  # it joined the emergency


@pytest.mark.parametrize("text", ["สวัสดี", "ขอบคุณ"])
def test_small_talk_opens_no_case_and_its_words_go_after_72_hours(talk, text, clock):
    (answer,) = talk.says(ANN, text)
    assert answer.kind == "answer"
    assert talk.cases() == []
    assert talk.words() == [text]
    clock.forward(hours=73)
    talk.dispatch.clean(clock())
    assert talk.words() == []


def test_unclear_text_is_asked_about_and_the_choice_opens_a_case_with_its_words(talk):
    (question,) = talk.says(ANN, "อืม ตรงนี้อะ")
    assert "a=label&l=emergency" in question.taps
    (answer,) = talk.taps(ANN, "a=label&l=tip")
    (case,) = talk.cases()
    assert case.label == "tip"
    assert case.reference in answer.words
    assert "อืม ตรงนี้อะ" in talk.words()


def test_place_told_before_the_matter_belongs_to_the_case(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ซอย 5")
    answer, card = talk.says(ANN, "ไฟไหม้")
    assert "ซอย 5" in answer.words
    assert "ซอย 5\nไฟไหม้" in card.words
    assert len(talk.cases()) == 1


def test_question_is_forgotten_after_half_an_hour(talk, clock):
    talk.says(ANN, "อืม")
    clock.forward(minutes=31)
    (answer,) = talk.taps(ANN, "a=label&l=tip")
    assert "ใช้ไม่ได้" in answer.words
    assert talk.cases() == []


def test_more_text_photo_and_position_join_the_open_case(talk):
    talk.says(ANN, "ไฟไหม้")
    (after_text,) = talk.says(ANN, "อืม ชั้นสอง")
    (after_photo,) = talk.sends_photo(ANN)
    (after_place,) = talk.sends_location(ANN, title="หน้าวัด")
    (case,) = talk.cases()
    for answer in (after_text, after_photo, after_place):
        assert case.reference in answer.words
        assert "tel:199" in answer.dials
    assert [attachment.kind for attachment in talk.all(rows.Attachment)] == ["image"]
    assert [kind for kind, _ in talk.entries()] == [
        "opened", "text", "text", "image", "location",
    ]  # fmt: skip


def test_second_message_after_half_an_hour_is_a_case_of_its_own(talk, clock):
    talk.says(ANN, "ไฟทางดับ")
    clock.forward(minutes=31)
    talk.says(ANN, "ไฟทางดับ อีกดวง")
    assert len(talk.cases()) == 2


def test_quoting_an_answer_joins_its_case_however_late(talk, clock):
    (answer,) = talk.says(ANN, "ไฟทางดับ")
    quoted = talk.accept(answer)
    clock.forward(hours=5)
    talk.says(ANN, "อืม ดวงที่สอง", quoted_message_id=quoted)
    assert len(talk.cases()) == 1


def test_drug_tip_after_a_lamp_report_is_a_case_of_its_own(talk):
    talk.says(ANN, "ไฟทางดับ")
    talk.says(ANN, "ขายยา ท้ายซอย")
    assert [case.label for case in talk.cases()] == ["request", "tip"]


def test_description_of_the_culprit_stays_with_the_emergency(talk):
    talk.says(ANN, "ถูกทำร้าย")
    talk.says(ANN, "ขายยา คนนี้แหละ เสื้อแดง")
    assert [case.label for case in talk.cases()] == ["emergency"]


def test_emergency_in_a_follow_up_raises_the_case_and_alarms_again(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟทางดับ")
    answer, card = talk.says(ANN, "ไฟไหม้ เสาไฟ")
    (case,) = talk.cases()
    assert (case.label, case.category) == ("emergency", "fire")
    assert "tel:199" in answer.dials
    assert (card.to, card.row.priority) == (OFFICER, 0)
    assert "ยกระดับเป็นเหตุด่วน" in card.words


@pytest.mark.parametrize("text", ["ไม่มีอะไรแล้ว", "ขอบคุณ", "สวัสดี", "ไฟทางดับ"])
def test_nothing_a_person_says_lowers_an_emergency(talk, text):
    talk.says(ANN, "ไฟไหม้")
    talk.says(ANN, text)
    first = talk.cases()[0]
    assert (first.label, first.state) == ("emergency", "new")


def test_it_is_over_is_told_to_staff_and_the_case_stays(talk):
    talk.officer(OFFICER)
    talk.says(ANN, "ไฟไหม้")
    answer, card = talk.says(ANN, "ไม่มีอะไรแล้ว")
    assert "ยังเปิดอยู่" in answer.words
    assert "เหตุจบแล้ว" in card.words


def test_photo_alone_opens_a_case_that_the_next_words_name(talk):
    talk.officer(OFFICER)
    answer, card = talk.sends_photo(ANN)
    assert "เกิดอะไรขึ้น" in answer.words
    assert card.to == OFFICER
    talk.says(ANN, "ไฟไหม้")
    (case,) = talk.cases()
    assert (case.label, case.category) == ("emergency", "fire")


def test_new_matter_button_divides(talk):
    talk.says(ANN, "ไฟทางดับ")
    talk.taps(ANN, "a=new")
    talk.says(ANN, "ไฟทางดับ อีกซอย")
    assert len(talk.cases()) == 2


def test_two_people_have_two_cases_and_two_aliases(talk):
    talk.says(ANN, "ไฟทางดับ")
    talk.says(BEN, "ไฟทางดับ")
    first, second = talk.cases()
    assert first.alias != second.alias


def test_information_is_answered_without_a_case_and_can_be_passed_to_staff(talk):
    (answer,) = talk.says(ANN, "เบอร์ดับเพลิง")
    assert "199" in answer.words
    assert talk.cases() == []
    talk.taps(ANN, "a=label&l=request")
    assert [case.category for case in talk.cases()] == ["information"]


def test_own_cases_are_listed_and_nobody_elses(talk):
    talk.says(ANN, "ไฟทางดับ")
    talk.says(BEN, "ขายยา")
    (mine,) = talk.says(ANN, "ติดตามเรื่อง")
    own, other = talk.cases()
    assert own.reference in mine.words
    assert other.reference not in mine.words


def test_sticker_opens_nothing_and_in_a_case_is_noted(talk):
    talk.happens(e.StickerSent, ANN, message_id="1")
    assert talk.cases() == []
    talk.says(ANN, "ไฟทางดับ")
    talk.happens(e.StickerSent, ANN, message_id="2")
    assert [kind for kind, _ in talk.entries()][-1] == "sticker"


def test_unsend_takes_the_words_out_and_leaves_case_label_and_alarm(talk):
    talk.officer(OFFICER)
    answer, first_card = talk.happens(e.TextSaid, ANN, message_id="55", text="ไฟไหม้ บ้านป้าแดง")
    (second_card,) = talk.happens(e.Unsent, ANN, message_id="55", reply_token=None)
    (case,) = talk.cases()
    assert (case.label, case.state) == ("emergency", "new")
    assert talk.words() == []
    states = {row.id: row for row in talk.all(rows.Outbox)}
    assert (states[first_card.row.id].state, states[first_card.row.id].body) == ("cancelled", None)
    assert "ผู้แจ้งยกเลิกข้อความ" in second_card.words
    assert "ป้าแดง" not in second_card.words
    assert states[answer.row.id].state == "queued"


def test_unsend_takes_photo_and_its_file_away(talk):
    talk.says(ANN, "ไฟไหม้")
    talk.sends_photo(ANN, message_id="66")
    name = talk.media.write([b"jpeg"])
    with talk.database.write() as session:
        attachment = session.get(rows.Attachment, 1)
        attachment.state, attachment.file_name = "stored", name
    talk.happens(e.Unsent, ANN, message_id="66", reply_token=None)
    assert talk.all(rows.Attachment) == []
    with pytest.raises(FileNotFoundError):
        talk.media.read(name)


def test_unsend_that_comes_first_keeps_words_from_ever_being_stored(talk):
    talk.officer(OFFICER)
    talk.happens(e.Unsent, ANN, message_id="77", reply_token=None)
    answer, card = talk.happens(e.TextSaid, ANN, message_id="77", text="ไฟไหม้ บ้านป้าแดง")
    (case,) = talk.cases()
    assert case.label == "emergency"
    assert "tel:199" in answer.dials
    assert talk.words() == []
    assert "ป้าแดง" not in card.words


def test_unsent_words_do_not_wait_in_a_question(talk):
    talk.happens(e.TextSaid, ANN, message_id="88", text="อืม ลับมาก")
    talk.happens(e.Unsent, ANN, message_id="88", reply_token=None)
    (answer,) = talk.taps(ANN, "a=label&l=tip")
    assert talk.cases() == []
    assert "ใช้ไม่ได้" in answer.words


def test_answer_to_an_old_event_goes_by_push(talk, clock):
    (answer,) = talk.happens(
        e.TextSaid, ANN, message_id="1", text="ไฟไหม้", occurred_at=talk.at(minutes=-21)
    )
    assert answer.row.reply_token is None
    assert answer.row.state == "queued"


def test_follow_welcomes_with_the_notice_and_again_more_briefly(talk):
    (first,) = talk.happens(e.Followed, ANN)
    assert "สิ่งที่ควรรู้" in first.words
    talk.happens(e.Unfollowed, ANN, reply_token=None)
    assert talk.all(rows.Person)[0].blocked_at is not None
    (again,) = talk.happens(e.Followed, ANN, is_unblocked=True)
    assert "สิ่งที่ควรรู้" not in again.words
    assert talk.all(rows.Person)[0].blocked_at is None


def test_standby_is_never_answered(talk):
    assert talk.says(ANN, "ไฟไหม้", is_standby=True, reply_token=None) == []
    assert talk.results() == ["ignored: standby"]


def test_more_words_claim_no_telling_where_there_is_nobody_to_tell(talk):
    talk.says(ANN, "ไฟไหม้")
    (alone,) = talk.says(ANN, "อืม ชั้นสาม")
    assert "ไม่มีเจ้าหน้าที่ในระบบ" in alone.words
    talk.officer(OFFICER)
    answer, _ = talk.says(ANN, "อืม ชั้นสี่")
    assert "กำลังแจ้งเจ้าหน้าที่" in answer.words

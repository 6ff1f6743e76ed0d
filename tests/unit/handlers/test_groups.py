"""Groups: asked in, registered, called, asked out; and not listened to."""

from db import models as rows
from handlers import events as e
from handlers.operating import InviteGroup
from tests.talk import group_id, user

ANN, LEADER, OFFICER = user(1), user(2), user(9)
TOWN = group_id(1)


def test_joined_group_is_greeted_for_free_and_looked_up(talk, clock):
    (greeting,) = talk.happens(e.BotJoined, None, group=TOWN)
    (group,) = talk.all(rows.GroupChat)
    assert greeting.to == TOWN
    assert greeting.row.reply_only
    assert (group.state, group.look_up_due_at) == ("joined", clock())


def test_code_registers_the_group_and_its_leader(talk):
    (answer,) = talk.group(TOWN, LEADER)
    (group,) = talk.all(rows.GroupChat)
    (leader,) = talk.all(rows.Person)
    assert "เรียบร้อย" in answer.words
    assert (group.state, group.leader_person_id) == ("registered", leader.id)


def test_code_from_an_unknown_user_gets_a_plain_explanation(talk):
    talk.happens(e.BotJoined, None, group=TOWN)
    code = str(talk.orders(InviteGroup())["code"])
    (answer,) = talk.says_in(TOWN, None, code)
    assert "LINE ไม่ได้บอกว่าใคร" in answer.words
    talk.says_in(TOWN, LEADER, code)
    assert talk.all(rows.GroupChat)[0].state == "registered"


def test_group_talk_is_neither_answered_nor_kept_nor_anybody_remembered(talk):
    talk.group(TOWN, LEADER)
    assert talk.says_in(TOWN, ANN, "ไฟไหม้ ที่เตา ฮ่าๆ") == []
    assert talk.happens(e.StickerSent, ANN, group=TOWN, message_id="1") == []
    assert talk.happens(
        e.MediaSent, ANN, group=TOWN, message_id="2", kind=e.MediaKind.IMAGE
    ) == []  # fmt: skip
    assert talk.words() == []
    assert talk.all(rows.Attachment) == []
    assert len(talk.all(rows.Person)) == 1
    assert {row.sealed for row in talk.all(rows.InboxEvent)} == {None}


def test_called_with_an_emergency_the_group_reads_the_number_and_no_words(talk):
    talk.group(TOWN, LEADER)
    talk.officer(OFFICER)
    answer, card = talk.says_in(TOWN, ANN, "ไฟไหม้ บ้านป้าแดง", mentions_bot=True)
    assert (answer.to, card.to) == (TOWN, OFFICER)
    assert answer.dials[0] == "tel:199"
    assert "ป้าแดง" not in answer.words
    assert not answer.row.reply_only


def test_called_with_a_tip_the_group_learns_nothing_of_it(talk):
    talk.group(TOWN, LEADER)
    (answer,) = talk.says_in(TOWN, ANN, "ขายยา ท้ายซอย", mentions_bot=True)
    (case,) = talk.cases()
    assert (case.label, case.category) == ("tip", "drugs")
    assert case.reference in answer.words
    assert "ยาเสพติด" not in answer.words
    assert answer.row.reply_only


def test_what_the_caller_sends_in_private_joins_her_case_of_the_group(talk):
    talk.group(TOWN, LEADER)
    talk.says_in(TOWN, ANN, "ไฟไหม้", mentions_bot=True)
    talk.sends_location(ANN)
    talk.sends_photo(ANN)
    assert len(talk.cases()) == 1


def test_second_call_of_the_same_member_joins_her_case(talk):
    talk.group(TOWN, LEADER)
    talk.officer(OFFICER)
    _, card = talk.says_in(TOWN, ANN, "ไฟไหม้", mentions_bot=True)
    answer, more = talk.says_in(TOWN, ANN, "อืม มีคนติดอยู่", mentions_bot=True)
    assert len(talk.cases()) == 1
    assert answer.row.reply_only
    assert "ติดอยู่" not in answer.words
    assert "จากกลุ่ม" in card.words
    assert "มีคนติดอยู่" in more.words


def test_late_join_event_does_not_unregister_a_group(talk, clock):
    before = clock()
    clock.forward(minutes=1)
    talk.group(TOWN, LEADER)
    talk.happens(e.BotJoined, None, group=TOWN, occurred_at=before)
    talk.happens(e.BotLeft, None, group=TOWN, occurred_at=before, reply_token=None)
    assert talk.all(rows.GroupChat)[0].state == "registered"


def test_officers_learn_that_a_registered_group_took_the_account_out(talk):
    talk.group(TOWN, LEADER)
    talk.officer(OFFICER)
    (told,) = talk.happens(e.BotLeft, None, group=TOWN, reply_token=None)
    assert (told.to, "นำออกจากกลุ่ม" in told.words) == (OFFICER, True)


def test_officer_who_quotes_the_bot_in_a_group_answers_the_case(talk):
    talk.group(TOWN, LEADER)
    talk.officer(OFFICER)
    answer, _ = talk.says_in(TOWN, ANN, "ไฟไหม้", mentions_bot=True)
    quoted = talk.accept(answer)
    relay, _ = talk.says_in(TOWN, OFFICER, "กำลังไป", quoted_message_id=quoted)
    assert relay.to == ANN
    assert len(talk.cases()) == 1


def test_in_standby_leaving_and_unsending_still_count(talk):
    talk.group(TOWN, LEADER)
    talk.happens(e.TextSaid, ANN, message_id="9", text="ไฟไหม้")
    assert talk.happens(e.Unsent, ANN, message_id="9", is_standby=True, reply_token=None) == []
    talk.happens(e.BotLeft, None, group=TOWN, is_standby=True, reply_token=None)
    assert talk.words() == []
    assert talk.all(rows.GroupChat)[0].state == "left"


def test_called_without_a_matter_it_says_how(talk):
    talk.group(TOWN, LEADER)
    (answer,) = talk.says_in(TOWN, ANN, "สวัสดี", mentions_bot=True)
    assert "@" in answer.words
    assert talk.cases() == []


def test_member_without_id_can_call_an_emergency(talk):
    talk.group(TOWN, LEADER)
    (answer,) = talk.says_in(TOWN, None, "ไฟไหม้", mentions_bot=True)
    (case,) = talk.cases()
    assert answer.to == TOWN
    assert case.reporter_id is None


def test_left_group_is_told_nothing_more_and_comes_back_unregistered(talk):
    talk.group(TOWN, LEADER)
    talk.happens(e.BotLeft, None, group=TOWN, reply_token=None)
    assert talk.all(rows.GroupChat)[0].state == "left"
    talk.happens(e.BotJoined, None, group=TOWN)
    assert talk.all(rows.GroupChat)[0].state == "joined"


def test_members_coming_and_going_only_renew_the_count(talk, clock):
    talk.group(TOWN, LEADER)
    clock.forward(hours=1)
    for kind in (e.MembersJoined, e.MembersLeft):
        assert talk.happens(kind, None, group=TOWN, member_count=3, user_ids=(ANN,)) == []
    (group,) = talk.all(rows.GroupChat)
    assert group.look_up_due_at == clock()


def test_edit_of_a_case_message_is_added_and_told(talk):
    talk.group(TOWN, LEADER)
    talk.officer(OFFICER)
    talk.happens(e.TextSaid, ANN, group=TOWN, message_id="5", text="ไฟไหม้ ซอย 5", mentions_bot=True)
    (card,) = talk.happens(e.TextEdited, ANN, group=TOWN, message_id="5", text="ไฟไหม้ ซอย 7")
    assert "แก้ไข" in card.words
    assert talk.words() == ["ไฟไหม้ ซอย 5", "ไฟไหม้ ซอย 7"]
    assert talk.happens(e.TextEdited, ANN, group=TOWN, message_id="6", text="กินข้าว") == []

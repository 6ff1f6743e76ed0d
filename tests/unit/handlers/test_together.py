"""Events of several people that are handled in one transaction: as if one after the other."""

import pytest

from handlers import events as e
from handlers.dispatch import Dispatch
from handlers.operating import InviteStaff
from handlers.snapshots import Role
from tests.talk import user

ANN, BEN, OFFICER = user(1), user(2), user(9)
LAMP, FIRE = "ไฟทางดับหน้าวัด", "ไฟไหม้บ้าน ซอย 5 ช่วยด้วย"


def cards(left, to):
    return [one for one in left if one.kind == "card" and one.to == to]


def test_each_gets_a_case_and_an_answer(talk):
    with talk.together():
        talk.says(ANN, LAMP)
        talk.says(BEN, FIRE)
    assert {one.to for one in talk.left() if one.kind == "answer"} == {ANN, BEN}
    assert sorted(case.label for case in talk.cases()) == ["emergency", "request"]


def test_officer_who_has_just_registered_gets_the_card(talk):
    code = str(talk.orders(InviteStaff(Role.OFFICER, "ร.ต.ท. สมมติ"))["code"])
    with talk.together():
        talk.says(OFFICER, code)
        talk.says(ANN, FIRE)
    assert cards(talk.left(), OFFICER)


def test_officer_who_has_just_blocked_the_account_gets_no_card(talk):
    talk.officer(OFFICER)
    with talk.together():
        talk.happens(e.Unfollowed, OFFICER, reply_token=None)
        talk.says(ANN, FIRE)
    assert not cards(talk.left(), OFFICER)


def test_where_one_fails_nothing_of_the_others_is_kept(talk, monkeypatch):
    decide = Dispatch._handle_one

    def fail_second(self, batch, claimed, understood, now):
        if batch.handled:
            raise ZeroDivisionError
        decide(self, batch, claimed, understood, now)

    def both() -> None:
        with talk.together():
            talk.says(ANN, LAMP)
            talk.says(BEN, FIRE)

    monkeypatch.setattr(Dispatch, "_handle_one", fail_second)
    with pytest.raises(ZeroDivisionError):
        both()
    assert not talk.cases()
    assert not talk.left()

"""What belongs together is told by when it was said, not by when it is handled."""

from datetime import timedelta

from tests.talk import user

ANN = user(1)
LAMP, DRUGS, FIRE = "ไฟทางดับหน้าวัด", "ขายยา ท้ายซอย", "ไฟไหม้บ้าน ซอย 5 ช่วยด้วย"


def test_two_reports_of_other_hours_are_two_cases_though_handled_together(talk, clock):
    talk.says(ANN, LAMP, occurred_at=clock() - timedelta(minutes=40))
    talk.says(ANN, LAMP, occurred_at=clock())
    assert len(talk.cases()) == 2


def test_photos_a_minute_apart_are_each_answered_though_handled_together(talk, clock):
    start = clock() - timedelta(minutes=5)
    talk.says(ANN, LAMP, occurred_at=start)
    sent = [start + timedelta(seconds=60 * number) for number in (1, 2)]
    answers = [talk.sends_photo(ANN, occurred_at=at) for at in sent]
    assert all(answers)


def test_photos_of_one_moment_are_answered_once_though_handled_apart(talk, clock):
    talk.says(ANN, LAMP)
    at = clock()
    assert talk.sends_photo(ANN, occurred_at=at)
    clock.forward(seconds=90)
    assert not talk.sends_photo(ANN, occurred_at=at + timedelta(seconds=1))


def test_danger_joins_the_newest_case_also_while_our_clock_is_behind(talk, clock):
    start = clock()
    talk.says(ANN, DRUGS, occurred_at=start)
    clock.forward(seconds=-3)
    talk.says(ANN, LAMP, occurred_at=start + timedelta(seconds=1))
    talk.says(ANN, FIRE, occurred_at=start + timedelta(seconds=2))
    tip = next(case for case in talk.cases() if case.category == "drugs")
    assert tip.label == "tip"

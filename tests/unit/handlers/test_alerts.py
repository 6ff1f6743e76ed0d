"""Alerts: planned in words or at the shell, due on time, once for each group, told to who asked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from db import models as rows
from handlers import alerts
from handlers.alerts import AlertState, parse_rrule, times_from
from handlers.changes import EndAlert, ScheduleAlert
from handlers.snapshots import GroupState
from tests.talk import group_id, user

LEADER, OFFICER = user(2), user(9)
ZONE = "Asia/Bangkok"


@pytest.fixture
def towns(talk):
    for number in (1, 2, 3):
        talk.group(group_id(number), LEADER)
    with talk.database.write() as session:
        for row in session.exec(select(rows.GroupChat)):
            row.member_count = 40 + row.id
    return talk


def plan(talk, **more):
    fields = {
        "title": "ระวังขโมย",
        "text": "ล็อกบ้านก่อนนอน",
        "first_at": talk.at(minutes=10),
        "rrule": None,
        "actor": "operator",
    }
    return talk.orders(ScheduleAlert(**{**fields, **more}))


def accept_all(talk):
    with talk.database.write() as session:
        for row in session.exec(select(rows.Outbox).where(rows.Outbox.state == "queued")):
            row.state, row.final_at = "sent", talk.clock()
    talk.left()


def test_alert_goes_to_every_registered_group_once_and_ends(towns, clock):
    plan(towns)
    assert towns.dispatch.tick(clock()) == 0
    clock.forward(minutes=10)
    towns.left()
    for _ in range(3):
        towns.dispatch.tick(clock())
    left = towns.left()
    assert [one.to for one in left] == [group_id(1), group_id(2), group_id(3)]
    assert all("ล็อกบ้านก่อนนอน" in one.words for one in left)
    assert [one.row.people_count for one in left] == [41, 42, 43]
    accept_all(towns)
    towns.dispatch.tick(clock())
    (run,) = towns.all(rows.AlertRun)
    assert (run.state, run.group_count, run.people_count) == ("sent", 3, 126)
    assert towns.all(rows.Alert)[0].state == "ended"


def test_alert_for_chosen_groups_reaches_only_these(towns, clock):
    plan(towns, group_ids=(2,))
    clock.forward(minutes=10)
    towns.left()
    towns.dispatch.tick(clock())
    assert [one.to for one in towns.left()] == [group_id(2)]


def test_daily_alert_keeps_its_local_hour(towns, clock):
    plan(towns, rrule="FREQ=DAILY;COUNT=3")
    for _ in range(3):
        clock.forward(days=1)
        towns.dispatch.tick(clock())
        towns.dispatch.tick(clock())
    due = [run.due_at for run in towns.all(rows.AlertRun)]
    assert [at - due[0] for at in due] == [timedelta(days=n) for n in range(3)]


def test_time_missed_beyond_the_grace_is_marked_and_not_sent(towns, clock):
    towns.officer(OFFICER)
    with towns.database.read() as session:
        staff_id = session.exec(select(rows.Staff.id)).one()
    plan(towns, drafter=staff_id, actor=f"staff {staff_id}")
    clock.forward(minutes=41)
    towns.left()
    towns.dispatch.tick(clock())
    (told,) = towns.left()
    assert told.to == OFFICER
    assert "ไม่ได้ส่ง" in told.words
    assert towns.all(rows.AlertRun)[0].state == "missed"


def test_group_that_refused_makes_the_run_partly(towns, clock):
    plan(towns)
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    with towns.database.write() as session:
        query = select(rows.Outbox).where(rows.Outbox.kind == "alert")
        states = iter(["failed", "sent", "sent"])
        for row in session.exec(query).all():
            row.state = next(states)
    towns.dispatch.tick(clock())
    assert towns.all(rows.AlertRun)[0].state == "partly"


def test_ended_alert_takes_back_what_has_not_left(towns, clock):
    shown = plan(towns, rrule="FREQ=DAILY")
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    towns.orders(EndAlert(int(str(shown["alert"])), "operator"))
    states = {row.state for row in towns.all(rows.Outbox) if row.kind == "alert"}
    assert states == {"cancelled"}
    assert towns.all(rows.AlertRun)[0].state == "cancelled"
    clock.forward(days=2)
    assert towns.dispatch.tick(clock()) == 0


def test_message_that_could_not_leave_for_a_day_is_taken_back(towns, clock):
    plan(towns)
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    clock.forward(hours=24, seconds=1)
    towns.dispatch.tick(clock())
    towns.dispatch.tick(clock())
    assert {row.state for row in towns.all(rows.Outbox) if row.kind == "alert"} == {"cancelled"}
    assert towns.all(rows.AlertRun)[0].state == "partly"


def test_alert_without_approval_waits_unsent(towns, clock):
    plan(towns, approve=False)
    clock.forward(minutes=10)
    assert towns.dispatch.tick(clock()) == 0
    assert towns.all(rows.Alert)[0].state == "submitted"


def test_more_groups_than_a_chunk_are_each_reached_once(talk, clock, monkeypatch):
    monkeypatch.setattr("db.alerts.CHUNK", 2)
    monkeypatch.setattr("db.alerts.list_target_groups.__defaults__", (0, 2))
    for number in range(1, 6):
        talk.group(group_id(number), LEADER)
    plan(talk)
    clock.forward(minutes=10)
    talk.left()
    for _ in range(5):
        talk.dispatch.tick(clock())
    assert sorted(one.to for one in talk.left()) == [group_id(n) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": " "}, "empty"),
        ({"text": ""}, "empty"),
        ({"text": "ก" * 3001}, "longer"),
        ({"title": "ก" * 101}, "longer"),
        ({"first_at": datetime(2020, 1, 1, tzinfo=UTC)}, "past"),
        ({"rrule": "FREQ=NEVER"}, "RRULE"),
        ({"rrule": "FREQ=MINUTELY"}, "hour"),
        ({"group_ids": (99,)}, "99"),
    ],
)
def test_unusable_plan_is_refused_in_plain_words(towns, wrong, why):
    with pytest.raises(ValueError, match=why):
        plan(towns, **wrong)
    assert towns.all(rows.Alert) == []


def test_officer_plans_an_alert_in_line(towns, clock):
    towns.officer(OFFICER)
    (ask_text,) = towns.says(OFFICER, "ประกาศ")
    (ask_time,) = towns.says(OFFICER, "ระวังน้ำท่วม\nยกของขึ้นที่สูง")
    (ask_repeat,) = towns.taps(OFFICER, "a=alert_at", picked_at="2026-11-02T18:30")
    (confirm,) = towns.taps(OFFICER, "a=alert_every&r=FREQ=DAILY")
    assert "3 กลุ่ม" in ask_text.words
    assert any(action["type"] == "datetimepicker" for action in ask_time.actions)
    assert "ทุกวัน" in ask_repeat.words
    assert "วันจันทร์ที่ 2 พ.ย. 2569 เวลา 18.30 น." in confirm.words
    assert "126" in confirm.words
    (done,) = towns.taps(OFFICER, "a=alert_ok")
    assert "ตั้งประกาศ" in done.words
    clock.now = datetime(2026, 11, 2, 11, 30, tzinfo=UTC)
    towns.dispatch.tick(clock())
    assert {one.to for one in towns.left()} == {group_id(n) for n in (1, 2, 3)}
    accept_all(towns)
    towns.dispatch.tick(clock())
    (told,) = towns.left()
    assert (told.to, "3/3" in told.words) == (OFFICER, True)
    (status,) = towns.says(OFFICER, "สถานะประกาศ")
    assert "ระวังน้ำท่วม" in status.words
    assert "3 พ.ย. 2569" in status.words
    (ended,) = towns.taps(OFFICER, status.taps[0])
    assert "ยกเลิกประกาศ" in ended.words


@pytest.mark.parametrize("picked", [None, "", "มะรืน", "2026-11-01T10:00"])
def test_time_that_is_past_or_unreadable_is_asked_again(towns, picked):
    towns.officer(OFFICER)
    towns.says(OFFICER, "ประกาศ")
    towns.says(OFFICER, "ระวัง")
    (answer,) = towns.taps(OFFICER, "a=alert_at", picked_at=picked)
    assert "ผ่านไปแล้ว" in answer.words


def test_send_now_arrives_at_the_next_tick(towns, clock):
    towns.officer(OFFICER)
    towns.says(OFFICER, "ประกาศ")
    towns.says(OFFICER, "ระวัง")
    towns.taps(OFFICER, "a=alert_now")
    towns.taps(OFFICER, "a=alert_ok")
    clock.forward(seconds=1)
    towns.dispatch.tick(clock())
    assert len(towns.left()) == 3


def test_alert_without_groups_is_not_begun(talk):
    talk.officer(OFFICER)
    (answer,) = talk.says(OFFICER, "ประกาศ")
    assert "ยังไม่มีกลุ่ม" in answer.words


def test_group_that_left_is_not_counted_on(towns, clock):
    with towns.database.write() as session:
        session.get(rows.GroupChat, 1).state = GroupState.LEFT
    plan(towns)
    clock.forward(minutes=10)
    towns.left()
    towns.dispatch.tick(clock())
    assert [one.to for one in towns.left()] == [group_id(2), group_id(3)]


MATRIX = {
    "submit": "draft returned",
    "approve": "submitted",
    "return": "submitted",
    "reject": "submitted",
    "end": "draft submitted approved returned",
}


@pytest.mark.parametrize("action", alerts.MOVES)
@pytest.mark.parametrize("state", AlertState)
def test_every_move_of_every_state(action, state):
    allowed = state in MATRIX[action].split()
    assert (alerts.next_state(state, action) is not None) == allowed


def test_weekly_rule_counts_in_local_time():
    first = datetime(2026, 11, 6, 23, 30, tzinfo=UTC)  # Saturday 06:30 in Bangkok
    times = times_from(first, "FREQ=WEEKLY;BYDAY=SA", ZONE, first, 2)
    assert times == [first + timedelta(weeks=1), first + timedelta(weeks=2)]


def test_rule_with_its_name_in_front_is_read_too():
    assert parse_rrule("RRULE:FREQ=DAILY", datetime(2026, 11, 6, tzinfo=UTC), ZONE)

"""Alerts: planned in words or at the shell, due on time, once for each group, told to who asked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from db import models as rows
from handlers import alerts
from handlers import events as e
from handlers.alerts import AlertState, RunState
from handlers.changes import ApproveAlert, EndAlert, ScheduleAlert
from handlers.operating import RemoveStaff
from handlers.snapshots import GroupState
from tests.talk import group_id, user

LEADER, OFFICER = user(2), user(9)


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


def test_message_that_could_not_leave_within_the_grace_goes_no_more(towns, clock):
    plan(towns)
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    clock.forward(minutes=29)
    assert towns.dispatch.tick(clock()) == 0
    clock.forward(minutes=2)
    towns.dispatch.tick(clock())
    assert {row.state for row in towns.all(rows.Outbox) if row.kind == "alert"} == {"expired"}
    assert towns.all(rows.AlertRun)[0].state == "partly"


def test_message_that_may_have_arrived_is_waited_for_beyond_the_grace(towns, clock):
    plan(towns, group_ids=(1,))
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    with towns.database.write() as session:
        query = select(rows.Outbox).where(rows.Outbox.kind == "alert")
        session.exec(query).one().first_push_at = clock()
    clock.forward(hours=2)
    towns.dispatch.tick(clock())
    assert towns.all(rows.AlertRun)[0].state == "sending"


def test_alert_that_was_approved_later_goes(towns, clock):
    shown = plan(towns, approve=False)
    towns.orders(ApproveAlert(shown["alert"], "operator"))
    clock.forward(minutes=10)
    assert towns.dispatch.tick(clock()) > 0
    assert towns.all(rows.Alert)[0].approved_by == "operator"


def test_alert_whose_time_passed_unapproved_is_refused(towns, clock):
    shown = plan(towns, approve=False)
    clock.forward(hours=2)
    with pytest.raises(ValueError, match="past"):
        towns.orders(ApproveAlert(shown["alert"], "operator"))
    assert towns.all(rows.Alert)[0].state == "submitted"


def test_repeating_alert_approved_late_goes_at_its_next_time(towns, clock):
    shown = plan(towns, approve=False, rrule="FREQ=DAILY")
    due = towns.at(days=1, minutes=10)
    clock.forward(hours=2)
    assert towns.orders(ApproveAlert(shown["alert"], "operator"))["next_at"] == due


def test_schedule_that_cannot_be_read_ends_alone(towns, clock):
    broken, well = plan(towns), plan(towns)
    with towns.database.write() as session:
        query = select(rows.AlertSchedule).where(rows.AlertSchedule.alert_id == broken["alert"])
        session.exec(query).one().rrule = "DTSTART:20260101T000000\nRRULE:FREQ=DAILY"
    clock.forward(minutes=10)
    towns.left()
    towns.dispatch.tick(clock())
    assert len(towns.left()) == 3
    states = {row.id: row.state for row in towns.all(rows.Alert)}
    assert states == {broken["alert"]: "ended", well["alert"]: "approved"}
    ended = [row for row in towns.all(rows.AuditEntry) if row.action == "alert_end"]
    assert [(row.subject, row.facts) for row in ended] == [
        (f"alert {broken['alert']}", {"fault": "ValueError"})
    ]
    assert towns.dispatch.tick(clock()) == 0


def test_run_that_cannot_be_expanded_ends_alone(towns, clock):
    with towns.database.write() as session:
        session.get_one(rows.GroupChat, 1).sealed_id = b"broken"
    plan(towns, group_ids=(1,))
    plan(towns, group_ids=(2,))
    clock.forward(minutes=10)
    towns.left()
    towns.dispatch.tick(clock())
    assert [one.to for one in towns.left()] == [group_id(2)]
    assert [run.state for run in towns.all(rows.AlertRun)] == ["cancelled", "sending"]


def officer_id(talk):
    talk.officer(OFFICER)
    with talk.database.read() as session:
        return session.exec(select(rows.Staff.id)).one()


def test_many_missed_times_are_told_once(towns, clock):
    staff_id = officer_id(towns)
    plan(towns, drafter=staff_id, rrule="FREQ=HOURLY")
    clock.forward(hours=72, minutes=5)
    towns.left()
    towns.dispatch.tick(clock())
    (told,) = towns.left()
    assert "72 รอบ" in told.words
    assert {run.state for run in towns.all(rows.AlertRun)} == {"missed"}
    assert len(towns.all(rows.AlertRun)) == 72


def test_alert_to_nobody_is_missed_and_told(talk, clock):
    shown = plan(talk, drafter=officer_id(talk))
    assert "no group" in shown["warning"]
    clock.forward(minutes=10)
    talk.left()
    talk.dispatch.tick(clock())
    (told,) = talk.left()
    assert "ยังไม่มีกลุ่มที่ลงทะเบียน" in told.words
    assert talk.all(rows.AlertRun)[0].state == "missed"
    assert talk.all(rows.Alert)[0].state == "ended"


def test_removed_officer_gets_nothing_that_still_waits(towns, clock):
    staff_id = officer_id(towns)
    plan(towns, drafter=staff_id)
    clock.forward(minutes=45)
    towns.dispatch.tick(clock())
    towns.orders(RemoveStaff(staff_id))
    (row,) = [row for row in towns.all(rows.Outbox) if row.kind == "notice"]
    assert (row.state, row.body) == ("cancelled", None)


def drafted(talk, text):
    talk.officer(OFFICER)
    talk.says(OFFICER, "ประกาศ")
    return talk.says(OFFICER, text)


def test_text_typed_where_a_button_is_asked_for_keeps_the_draft(towns):
    drafted(towns, "ระวัง")
    (again,) = towns.says(OFFICER, "พรุ่งนี้เช้า")
    assert again.words.startswith("เลือกวันเวลาด้วยปุ่มด้านล่าง")
    assert "a=alert_now" in again.taps
    (confirm,) = towns.taps(OFFICER, "a=alert_now")
    assert "ระวัง" in confirm.words
    (confirm,) = towns.says(OFFICER, "ตกลง")
    assert "a=alert_ok" in confirm.taps


@pytest.mark.parametrize("line", ["ระวังขโมย", "ระวังขโมย" * 20])
def test_one_line_is_shown_once_and_whole(towns, line):
    drafted(towns, line)
    (confirm,) = towns.taps(OFFICER, "a=alert_now")
    assert confirm.words.count(line) == 1
    assert confirm.words.count("ระวังขโมย") == line.count("ระวังขโมย")


def test_long_first_line_keeps_its_tail(towns):
    drafted(towns, "ก" * 150 + "ปลาย\nบรรทัดสอง")
    (confirm,) = towns.taps(OFFICER, "a=alert_now")
    assert "ปลาย" in confirm.words
    assert "บรรทัดสอง" in confirm.words


def test_unsent_text_takes_the_draft_along(towns):
    towns.officer(OFFICER)
    towns.says(OFFICER, "ประกาศ")
    towns.happens(e.TextSaid, OFFICER, message_id="4711", text="ระวัง")
    towns.happens(e.Unsent, OFFICER, message_id="4711")
    (answer,) = towns.taps(OFFICER, "a=alert_now")
    assert "ไม่พบประกาศ" in answer.words


def test_status_tells_called_off_from_run_out(towns, clock):
    towns.officer(OFFICER)
    first, second = plan(towns), plan(towns)
    towns.orders(EndAlert(second["alert"], "operator"))
    clock.forward(minutes=10)
    towns.dispatch.tick(clock())
    accept_all(towns)
    towns.dispatch.tick(clock())
    (status,) = towns.says(OFFICER, "สถานะประกาศ")
    assert f"เลขที่ {first['alert']}" in status.words
    assert status.words.count("ยกเลิกแล้ว") == 1
    assert status.words.count("จบแล้ว") == 1


def test_alert_without_approval_waits_unsent(towns, clock):
    plan(towns, approve=False)
    clock.forward(minutes=10)
    assert towns.dispatch.tick(clock()) == 0
    assert towns.all(rows.Alert)[0].state == "submitted"


@pytest.mark.parametrize("group_count", [4, 5])
def test_more_groups_than_a_chunk_are_each_reached_once(talk, clock, monkeypatch, group_count):
    monkeypatch.setattr("db.alerts.CHUNK", 2)
    for number in range(1, group_count + 1):
        talk.group(group_id(number), LEADER)
    plan(talk)
    clock.forward(minutes=10)
    talk.left()
    for _ in range(5):
        talk.dispatch.tick(clock())
    assert sorted(one.to for one in talk.left()) == [
        group_id(number) for number in range(1, group_count + 1)
    ]
    (run,) = talk.all(rows.AlertRun)
    assert run.state == "sending"


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
        ({"rrule": "DTSTART:20200101T000000\nRRULE:FREQ=DAILY"}, "RRULE"),
        ({"group_ids": (99,)}, "99"),
        ({"first_at": datetime(9999, 12, 31, tzinfo=UTC)}, "ten years"),
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


RUN_MATRIX = {
    ("start", "due", "sending"), ("finish", "sending", "sent"), ("finish", "sending", "partly"),
    ("miss", "due", "missed"), ("cancel", "due", "cancelled"), ("cancel", "sending", "cancelled"),
}  # fmt: skip


@pytest.mark.parametrize("action", alerts.RUN_MOVES)
@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("to", RunState)
def test_every_move_of_every_run(action, state, to):
    allowed = (action, state, to) in RUN_MATRIX
    assert (alerts.next_run_state(state, action, to) is not None) == allowed

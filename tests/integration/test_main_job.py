"""The main job through real processes: message in, case, answer out, an officer, an alert."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.town import PROCESSES, ROOT, run_town

SMOKE = "มีควันออกจากห้องข้าง ๆ เยอะมาก ซอยเทศบาล 5 ช่วยด้วย"


@pytest.fixture
def town(database_url, tmp_path):
    with run_town(database_url, tmp_path) as town:
        yield town


def test_resident_officer_and_group_do_their_work(town):
    line = town.line
    resident, officer, leader = (line.add_person(name) for name in ("ชาวบ้าน", "ตำรวจ", "ผู้ใหญ่"))
    said = lambda who: "\n".join(line.texts(who))  # noqa: E731  (a word for reading below)

    code = json.loads(town.flask("staff", "invite", "--role", "officer", "--json"))["code"]
    officer.say(code)
    town.wait(lambda: "ลงทะเบียนเรียบร้อย" in said(officer))

    resident.say(SMOKE)
    town.wait(lambda: "เพลิงไหม้" in said(resident))
    (case,) = town.rows("export", "cases")
    assert (case["label"], case["category"], case["state"]) == ("emergency", "fire", "new")
    assert "ซอยเทศบาล 5" in said(resident)
    assert case["ref"] in said(resident)
    assert line.sent[-1].kind == "reply" or line.sent[-2].kind == "reply"

    card = town.wait(lambda: [one for one in line.chat(officer) if case["ref"] in str(one.body)])
    resident.send_location(13.8199, 100.0645, title="หน้าหอ")
    resident.send_photo()
    town.wait(lambda: said(resident).count("เพิ่มในเรื่อง") >= 2)
    assert len(town.rows("export", "cases")) == 1

    officer.say("รถดับเพลิงถึงใน 3 นาที", quote=card[-1])
    town.wait(lambda: "รถดับเพลิงถึงใน 3 นาที" in said(resident))
    for action in ("seen", "take", "close"):
        # A new card's buttons stand for the present state; an answer already counted as seen.
        officer.tap({"type": "postback", "data": f"a={action}&c={case['ref']}&r=done"})
    town.wait(lambda: "ปิดแล้ว" in said(resident))
    assert town.rows("export", "cases")[0]["state"] == "closed"
    town.wait(lambda: _media_opens(town, officer, case["ref"]))

    group = line.add_group("ชุมชนซอยเทศบาล 5", members=[leader], extra_members=79)
    group.invite_bot(by=leader)
    leader.say(json.loads(town.flask("group", "invite", "--json"))["code"], to=group)
    town.wait(lambda: "ลงทะเบียนกลุ่ม" in said(group))
    leader.say("เย็นนี้กินอะไรกันดี", to=group)
    at = datetime.now(UTC) + timedelta(seconds=3)
    town.flask(
        "alert", "schedule", "--title", "เตือนภัย", "--text", "ล็อกบ้านก่อนนอน",
        "--at", at.isoformat(), "--groups", "all", "--approve", "--json",
    )  # fmt: skip
    town.wait(lambda: "ล็อกบ้านก่อนนอน" in said(group))
    (alert,) = [
        one for one in line.sent if "ล็อกบ้าน" in json.dumps(one.messages, ensure_ascii=False)
    ]
    assert -0.1 < alert.at - at.timestamp() < 5
    assert alert.cost == 80
    (delivery,) = [row for row in town.rows("export", "deliveries") if row["kind"] == "alert"]
    assert (delivery["id"], delivery["state"]) == (str(alert.retry_key), "sent")
    town.wait(lambda: town.rows("alert", "list", "--json")[0]["last_run"] == "sent")

    assert line.rejected == []
    _check_nothing_leaked(town, (resident.id, officer.id, leader.id, group.id))
    assert [town.stop(name) for name in PROCESSES] == [0, 0, 0, 0]


def _media_opens(town, officer, reference):
    """The officer asks for the photo and the link gives the very bytes back."""
    officer.tap({"type": "postback", "data": f"a=media&c={reference}"})
    town.wait(lambda: "ภาพและไฟล์" in "\n".join(town.line.texts(officer)))
    links = [
        part
        for message in town.line.chat(officer)
        for part in json.dumps(message.body).split('"')
        if "/media/" in part
    ]
    if not links:
        return False
    status, data = town.get(links[-1].partition(str(town.port))[2])
    return status == 200 and data[:3] in (b"\xff\xd8\xff", b"\x89PN")


def _check_nothing_leaked(town, line_ids):
    exports = "".join(town.flask("export", what) for what in ("cases", "messages", "deliveries"))
    logs = town.logs()
    for line_id in line_ids:
        assert line_id not in exports
        assert line_id not in logs
    for words in ("ควันออก", "รถดับเพลิงถึง", "กินอะไรกันดี"):
        assert words not in exports
        assert words not in logs
    assert "กินอะไรกันดี" not in town.flask("export", "messages", "--with-text")
    assert "level=error" not in logs


def test_doctor_says_what_is_ill_and_what_to_do(town):
    town.wait(lambda: all(_is_well(town, check) for check in ("processes", "line", "schema")))
    town.stop("worker")
    found = _doctor(town)
    assert "worker" in found["processes"]["advice"]


def _doctor(town):
    done = subprocess.run(
        ["flask", "doctor", "--json"],
        cwd=ROOT,
        env=town.env,
        capture_output=True,
        text=True,
        check=False,
    )
    return {row["check"]: row for row in map(json.loads, done.stdout.splitlines())}


def _is_well(town, check):
    return _doctor(town)[check]["is_well"]


def test_classify_answers_line_by_line(town):
    lines = [SMOKE, json.dumps("สวัสดี\nตอนเช้าค่ะ"), "", '"']
    out = [json.loads(line) for line in town.flask("classify", stdin="\n".join(lines)).splitlines()]
    assert [sorted(row) for row in out] == [
        ["category", "confidence", "label", "lang", "place", "text", "when", "why"]
    ] * 4
    assert out[0]["label"] == "emergency"
    assert out[1]["text"] == "สวัสดี\nตอนเช้าค่ะ"

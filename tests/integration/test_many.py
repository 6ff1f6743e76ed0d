"""Many of each process at once: each event counts once, each group gets an alert once."""

import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.town import ROOT, run_town

PEOPLE, GROUPS, TIMES = 30, 4, 3


@pytest.fixture
def town(database_url, tmp_path):
    with run_town(database_url, tmp_path) as town:
        seconds = [_second(town, name) for name in ("worker", "sender", "scheduler")]
        yield town
        for process in seconds:
            process.terminate()
            assert process.wait(timeout=20) == 0


def _second(town, name):
    with (town.folder / f"{name}-2.log").open("ab") as log:
        return subprocess.Popen(
            ["flask", name], cwd=ROOT, env=town.env, stdout=log, stderr=log, start_new_session=True
        )


def test_two_of_each_do_nothing_twice(town):
    line = town.line
    leader = line.add_person("ผู้ใหญ่")
    groups = [
        line.add_group(f"ชุมชน {n}", members=[leader], extra_members=20) for n in range(GROUPS)
    ]
    for group in groups:
        group.invite_bot(by=leader)
        leader.say(json.loads(town.flask("group", "invite", "--json"))["code"], to=group)
    town.wait(lambda: all(line.texts(group) for group in groups))
    town.wait(
        lambda: (
            [row["state"] for row in town.rows("group", "list", "--json")]
            == ["registered"] * GROUPS
        )
    )

    at = datetime.now(UTC) + timedelta(seconds=3)
    town.flask(
        "alert", "schedule", "--title", "เตือน", "--text", "ประกาศทดสอบ",
        "--at", at.isoformat(), "--approve",
    )  # fmt: skip
    line.faults.add("500", times=3)
    line.faults.add("drop", times=2)
    people = [line.add_person(f"คน {n}") for n in range(PEOPLE)]
    events = [person.say("ไฟทางดับหน้าวัดครับ") for person in people]
    again = [threading.Thread(target=line.deliver, args=(events, TIMES)) for _ in range(3)]
    for thread in again:
        thread.start()
    for thread in again:
        thread.join()
    town.wait(lambda: all(line.texts(person) for person in people), 60)
    town.wait(lambda: town.rows("alert", "list", "--json")[0]["last_run"] == "sent", 60)

    cases = town.rows("export", "cases")
    assert len(cases) == PEOPLE
    handled = [row for row in town.rows("export", "messages") if row["direction"] == "in"]
    assert {row["state"] for row in handled} == {"handled"}
    alerts = [
        one for one in line.sent if "ประกาศทดสอบ" in json.dumps(one.messages, ensure_ascii=False)
    ]
    assert sorted(one.to for one in alerts) == sorted(group.id for group in groups)
    assert line.rejected == []
    assert "level=error" not in town.logs()

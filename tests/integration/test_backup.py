"""A day is played and backed up while all runs; everything is lost, restored, and played on."""

import json
import shutil
from datetime import UTC, datetime, timedelta

from tests.town import PROCESSES, run_town


def test_restored_station_plays_on(database_url, target_url, tmp_path):
    with run_town(database_url, tmp_path) as town:
        line = town.line
        resident, officer, late = (line.add_person(name) for name in ("ก", "ข", "ค"))
        said = lambda who: "\n".join(line.texts(who))  # noqa: E731 (a word for reading below)
        officer.say(
            json.loads(town.flask("staff", "invite", "--role", "officer", "--json"))["code"]
        )
        town.wait(lambda: "ลงทะเบียนเรียบร้อย" in said(officer))
        resident.say("ไฟไหม้บ้านข้าง ๆ ซอยเทศบาล 5")
        town.wait(lambda: "เพลิงไหม้" in said(resident))
        resident.send_photo()
        (case,) = town.rows("export", "cases")
        card = town.wait(
            lambda: [one for one in line.chat(officer) if case["ref"] in str(one.body)]
        )
        town.wait(lambda: len(list((tmp_path / "media").glob("[0-9a-f]*"))) == 1)
        at = datetime.now(UTC) - timedelta(minutes=20)
        town.flask(
            "alert", "schedule", "--title", "เตือน", "--text", "ประกาศ", "--at", at.isoformat(),
        )  # fmt: skip

        town.stop("sender")  # one answer is still unsent when the backup is made
        late.say("ไฟทางดับหน้าวัดครับ")
        town.wait(lambda: len(town.rows("export", "cases")) == 2)
        town.flask("backup", str(tmp_path / "night.yaam"))
        assert "ไฟทาง".encode() not in (tmp_path / "night.yaam").read_bytes()

        for name in ("web", "worker", "scheduler"):
            town.stop(name)
        shutil.rmtree(tmp_path / "media")
        town.env["DATABASE_URL"] = target_url
        done = json.loads(town.flask("restore", str(tmp_path / "night.yaam"), "--json"))
        held = town.rows("outbox", "list", "--json")
        assert done["held"] == len(held) >= 1

        told = len(line.sent)
        town.start(*PROCESSES)
        town.wait(lambda: town.get("/readyz")[0] == 200, 30)
        officer.say("รถดับเพลิงถึงใน 3 นาที", quote=card[-1])
        town.wait(lambda: "รถดับเพลิงถึงใน 3 นาที" in said(resident))
        assert said(late) == "", "what was unsent waits for the operator"
        town.flask("outbox", "release", "--all")
        town.wait(lambda: said(late))
        resident.say("มีคนเจ็บด้วยครับ")
        town.wait(lambda: len(town.rows("export", "messages")) > len(held) + told)
        cases = town.rows("export", "cases", "--with-text")
        assert [row["ref"] for row in cases][:2] == [case["ref"], cases[1]["ref"]]
        officer.tap({"type": "postback", "data": f"a=media&c={case['ref']}"})
        town.wait(lambda: "ภาพและไฟล์" in said(officer))
        assert line.rejected == []
        assert "level=error" not in town.logs()

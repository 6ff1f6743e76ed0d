"""A day is played; then everything that lies about is searched for who wrote and what."""

import json
import os
import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from db.media import MediaFolder
from db.models import Attachment, Conversation, InboxEvent, Outbox, Words
from db.seals import SealFault, Seals
from handlers.changes import ScheduleAlert
from handlers.dispatch import Dispatch
from handlers.ids import RandomIds
from handlers.operating import InviteGroup, InviteStaff
from handlers.snapshots import Role
from simulator.content import draw_sample_photo
from tests.proof.crowd import SAYINGS
from tests.town import SECRET, TOKEN, run_town

PHOTO = draw_sample_photo()
KEYS = ("SECRET_KEY", "SEAL_KEY")
A_MONTH = timedelta(days=40)


class Day:
    """What was said and by whom. A mark in every text makes it findable, and nobody else's."""

    def __init__(self, town):
        self.town, self.line = town, town.line
        self.marks = {kind: secrets.token_hex(8) for kind in ("said", "answer", "group", "place")}
        self.resident, self.officer, self.leader = (
            self.line.add_person(f"คน {self._mark('name')}") for _ in range(3)
        )
        self.group = self.line.add_group(f"ชุมชน {self._mark('name')}", [self.leader])

    def _mark(self, kind):
        return self.marks.setdefault(kind, secrets.token_hex(8))

    def play(self):
        town, marks = self.town, self.marks
        code = str(town.order(InviteStaff(Role.OFFICER))["code"])
        self.officer.say(code)
        self.group.invite_bot(by=self.leader)
        self.leader.say(str(town.order(InviteGroup())["code"]), to=self.group)
        self._wait(self.officer, "ลงทะเบียนเรียบร้อย")
        self._wait(self.group, "ลงทะเบียนกลุ่ม")
        self.resident.say(f"{SAYINGS[0]} {marks['said']}")
        self.resident.say(f"ขอบคุณ {marks['said']}")
        self.resident.send_location(13.8199, 100.0645, title=marks["place"], address=marks["place"])
        self.resident.send_photo(PHOTO)
        self.resident.send_media("file", PHOTO, name=f"{marks['said']}.pdf")
        self.leader.say(f"เย็นนี้กินอะไรดี {marks['group']}", to=self.group)
        card = town.wait(self._find_card)
        town.wait(self._is_all_sent)
        self.officer.say(f"ช่างกำลังไป {marks['answer']}", quote=card)
        self._wait(self.resident, marks["answer"])
        at = datetime.now(UTC) + timedelta(seconds=1)
        town.order(ScheduleAlert("เตือนภัย", "ล็อกบ้านก่อนนอน", at, None, "operator"))
        self._wait(self.group, "ล็อกบ้านก่อนนอน")
        town.wait(self._is_downloaded)
        return self

    def _wait(self, who, words):
        self.town.wait(lambda: words in "\n".join(self.line.texts(who)))

    def _find_card(self):
        cards = [one for one in self.line.chat(self.officer) if "a=take" in json.dumps(one.body)]
        return cards[-1] if cards else None

    def _is_all_sent(self):
        """Only then is it known which case a quoted card belongs to."""
        with self.town.open_database() as (database, _), database.read() as session:
            return set(session.exec(select(Outbox.state))) == {"sent"}

    def _is_downloaded(self):
        with self.town.open_database() as (database, _), database.read() as session:
            files = list(session.exec(select(Attachment.file_name)))
        return len(files) == 2 and all(files)

    @property
    def ids(self):
        tokens = self.line.tokens.reply
        people = [self.resident, self.officer, self.leader, self.group]
        return [one.id for one in people] + list(tokens)

    @property
    def secrets(self):
        return [SECRET, TOKEN, *(self.town.env[name] for name in KEYS)]


def find(needles, *places):
    """Which needles lie where; in Thai text also as JSON's escapes."""
    found = []
    for place in places:
        data = place.read_bytes() if isinstance(place, Path) else place
        data = data.encode() if isinstance(data, str) else data
        for needle in needles:
            forms = needle if isinstance(needle, bytes) else needle.encode()
            escaped = forms if isinstance(needle, bytes) else json.dumps(needle)[1:-1].encode()
            if forms in data or escaped in data:
                found.append((str(place)[:80], needle))
    return found


@pytest.fixture
def town(database_url, tmp_path):
    with run_town(database_url, tmp_path) as town:
        yield town


@pytest.fixture
def day(town):
    return Day(town).play()


def test_nothing_that_lies_about_tells_who_wrote_or_what(town, day, tmp_path):
    private = [*day.ids, *day.marks.values(), *day.secrets, PHOTO[200:232]]
    assert find(private, PHOTO + day.ids[0].encode()) != [], "the search finds nothing at all"

    assert find(private, *_list_data(town, tmp_path)) == []
    _checkpoint(town)
    assert find(private, *_list_data(town, tmp_path)) == []
    assert find(private, *_list_files(tmp_path / "media")) == []

    exports = [town.flask("export", what) for what in ("cases", "messages", "deliveries")]
    assert find(private, town.logs(), *exports) == []
    with_words = [town.flask("export", what, "--with-text") for what in ("cases", "messages")]
    assert find([*day.ids, *day.secrets, day.marks["group"]], *with_words) == []
    assert find(private, town.get("/metrics")[1], _list_commands()) == []
    assert "level=error" not in town.logs()


def test_after_its_time_nothing_remains_even_sealed(town, day):
    for name in list(town.processes):
        town.stop(name)
    with town.open_database() as (database, station):
        media = MediaFolder(town.folder / "media", town.seals)
        dispatch = Dispatch(database, [station], "Asia/Bangkok", RandomIds(), media)
        dispatch.clean(datetime.now(UTC) + A_MONTH)
        with database.read() as session:
            sent = session.exec(select(Outbox)).all()
            assert sent
            assert {(row.body, row.target, row.reply_token) for row in sent} == {(None,) * 3}
            assert set(session.exec(select(InboxEvent.sealed))) == {None}
            assert set(session.exec(select(Conversation.draft))) <= {None}
            due = select(Words).where(col(Words.erase_at) <= datetime.now(UTC) + A_MONTH)
            assert session.exec(due).all() == []


def test_another_key_opens_nothing(town, day):
    stranger = Seals((os.urandom(32),))
    with town.open_database() as (database, _), database.read() as session:
        words = list(session.exec(select(Words.sealed)))
    assert words
    for sealed in words:
        with pytest.raises(SealFault):
            stranger.open(sealed, "words")


def _list_files(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _list_data(town, folder):
    """Every file in which the database keeps something."""
    with town.open_database() as (database, _):
        if database.is_sqlite:
            files = [path for path in folder.iterdir() if path.name.startswith("yaam.db")]
        else:
            with database.read() as session:
                ask = lambda words: session.connection().execute(text(words)).scalar_one()  # noqa: E731
                home = Path(ask("SHOW data_directory"))
                number = ask("SELECT oid FROM pg_database WHERE datname = current_database()")
            files = [*_list_files(home / "base" / str(number)), *_list_files(home / "pg_wal")]
    assert sum(path.stat().st_size for path in files) > 100_000
    return files


def _checkpoint(town):
    with town.open_database() as (database, _):
        if database.is_sqlite:
            database.checkpoint()
            return
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("CHECKPOINT"))


def _list_commands():
    """What `ps` shows of every process to everybody."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return listed.stdout

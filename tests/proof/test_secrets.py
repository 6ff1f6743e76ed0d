"""A day is played; then everything that lies about is searched for who wrote and what."""

import json
import os
import secrets
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from db.engine import sqlite_path
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
from tests.town import SECRET, TOKEN

PHOTO = draw_sample_photo()
KEYS = ("SECRET_KEY", "SEAL_KEY")
# Words and a place of the day that hold no mark, for what would be kept of them in pieces.
ANSWER, CHATTER, LATITUDE = "ช่างกำลังไป", "เย็นนี้กินอะไรดี", 13.8199
PIECES = (SAYINGS[0], "หน้าวัด", ANSWER, CHATTER, str(LATITUDE))
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
        self.resident.send_location(
            LATITUDE, 100.0645, title=marks["place"], address=marks["place"]
        )
        self.resident.send_photo(PHOTO)
        self.resident.send_media("file", PHOTO, name=f"{marks['said']}.pdf")
        self.leader.say(f"{CHATTER} {marks['group']}", to=self.group)
        card = town.wait(self._find_card)
        town.wait(self._is_all_sent)
        self.officer.say(f"{ANSWER} {marks['answer']}", quote=card)
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
        """LINE's names for people, chats and messages, and the tokens that speak to them."""
        tokens = self.line.tokens
        people = [self.resident, self.officer, self.leader, self.group]
        messages = [message.id for one in people for message in self.line.chat(one)]
        # Without its letter: so it is also found where it lies as 16 bytes and is shown in hex.
        named = [one.id[1:] for one in people]
        return [*named, *messages, *tokens.reply, *tokens.quote, *tokens.read]

    @property
    def secrets(self):
        return [SECRET, TOKEN, *(self.town.env[name] for name in KEYS)]


def find(needles, *places):
    """Which needles lie where; in Thai text also as JSON's escapes, in a text also in hex."""
    found = []
    for place in places:
        data = place.read_bytes() if isinstance(place, Path) else place
        is_text = isinstance(data, str)
        data = data.lower().encode() if is_text else data
        found += [
            (str(place)[:80], needle)
            for needle in needles
            if any(form in data for form in _forms(needle, is_text))
        ]
    return found


def _forms(needle, is_text):
    plain = needle if isinstance(needle, bytes) else needle.encode()
    forms = {plain}
    if isinstance(needle, str):
        forms.add(json.dumps(needle)[1:-1].encode())
    if is_text:  # SQLite writes hex in capitals, PostgreSQL does not
        forms = {form.lower() for form in forms} | {plain.hex().encode()}
    return forms


@pytest.fixture
def day(town):
    return Day(town).play()


def test_nothing_that_lies_about_tells_who_wrote_or_what(town, day, tmp_path):
    private = [*day.ids, *day.marks.values(), *PIECES, *day.secrets, PHOTO[200:232]]
    assert find(private, PHOTO + day.ids[0].encode()) != [], "the search finds nothing at all"
    assert len(find(private, "".join(one.encode().hex() for one in day.ids))) >= len(day.ids)

    assert find(private, *_list_data(town, tmp_path)) == []
    _checkpoint(town)
    assert find(private, *_list_data(town, tmp_path)) == []
    assert find(private, *_list_files(tmp_path / "media")) == []
    assert find(private, _dump(town)) == []

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
            home = Path(_ask(database, "SHOW data_directory"))
            number = _ask(
                database, "SELECT oid FROM pg_database WHERE datname = current_database()"
            )
            files = [*_list_files(home / "base" / str(number)), *_list_files(home / "pg_wal")]
            files += home.glob("log")
    assert sum(path.stat().st_size for path in files) > 100_000
    return files


def _dump(town):
    """Every row as text, bytes in hex: also what lies compressed in the files."""
    with town.open_database() as (database, _):
        if database.is_sqlite:
            with closing(sqlite3.connect(sqlite_path(town.env["DATABASE_URL"]))) as connection:
                dump = "\n".join(connection.iterdump())
        else:
            folder = Path(_ask(database, "SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
            program = folder / "pg_dump" if folder.is_dir() else "pg_dump"
            url = town.env["DATABASE_URL"].replace("+psycopg", "", 1)
            dump = subprocess.run(
                [program, "--dbname", url], capture_output=True, text=True, check=True
            ).stdout
    assert "inbox_event" in dump
    assert len(dump) > 20_000
    return dump


def _ask(database, question):
    with database.read() as session:
        return session.connection().execute(text(question)).scalar_one()


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

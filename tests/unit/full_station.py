"""Fills a station: a row in every table that has something sealed, and a media file."""

from datetime import timedelta

from sqlalchemy import func, select

from db import chats, people
from db.models import Attachment, Case, CaseEntry, InboxEvent, Person, Words
from tests.unit.outbox_rows import put


def fill(database, station, clock, media):
    """A row in every table that has something sealed, and a file."""
    seal = station.seals.seal_text
    now = clock()
    put(database, station, clock, reply_token="token", reply_until=now + timedelta(seconds=50))
    with database.write() as session:
        person = people.add_person(session, station, "U" + "1" * 32, now)
        group = chats.ensure_group(session, station, "C" + "2" * 32, now)
        group.sealed_name = seal("หมู่บ้าน", "group.name")
        talk = chats.add_conversation(session, station, b"k" * 32, now)
        chats.set_question(station, talk, "which", None, {"text": "ร่าง"}, now)
        case = Case(
            station_id=station.id, reference="ก-1", alias="นก 1", label="tip", category="drugs",
            confidence=0.9, state="new", reporter_id=person.id, opened_at=now,
            last_from_reporter_at=now, sealed_place=seal('{"text": "วัดป่า"}', "case.place"),
        )  # fmt: skip
        session.add(case)
        session.flush()
        entry = CaseEntry(
            station_id=station.id, case_id=case.id, at=now, kind="said", actor="x", event_id="e1"
        )
        session.add(entry)
        session.flush()
        words = seal("คำ", "words")
        session.add(Words(station_id=station.id, entry_id=entry.id, sealed=words, at=now))
        session.add(
            Attachment(
                station_id=station.id, case_id=case.id, message_key=b"m" * 32, kind="image",
                sealed_message_id=seal("77", "attachment.message_id"), state="stored", at=now,
                next_try_at=now, file_name=media.write([b"photo"]),
            )
        )  # fmt: skip
        session.add(
            InboxEvent(
                station_id=station.id, event_id="e1", conversation_key=b"k" * 32, occurred_at=now,
                received_at=now, next_try_at=now, sealed=station.seals.seal(b"{}", "inbox_event"),
            )
        )  # fmt: skip


def is_known(session, station, user_id):
    """Whether there is a row for this person."""
    key = station.seals.key("user", user_id)
    return bool(session.execute(select(func.count()).where(Person.key == key)).scalar_one())

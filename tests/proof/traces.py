"""What a play leaves behind, told in words that are the same from run to run."""

import json
import re
from collections import Counter

from sqlmodel import select

from db import people
from db.models import AlertRun, Case, CaseEntry, InboxEvent, Outbox, Person
from db.outbox import open_message
from handlers.wording.staff import quota_warning

_VARIES = re.compile(r"KP-\d{4}|ก้านธูป \d+|\d{1,2}[:.]\d{2}|[A-Z]{2}-\d{5}-\d{5}|=\d+\b")


def check_same(disturbed, calm):
    """The same rows, and the same messages at LINE: none lost, and none told twice but a reply of
    which the sender could not know whether it had arrived.
    """
    meant = calm.rows()
    for kind, rows in disturbed.rows().items():
        assert (rows - meant[kind], meant[kind] - rows) == (Counter(), Counter()), kind
    for person, calm_one in zip(disturbed.everybody, calm.everybody, strict=True):
        told, meant = Counter(disturbed.said(person)), Counter(calm.said(calm_one))
        unmeant = told - meant - disturbed.may_be_doubled(person)
        assert (unmeant, meant - told) == (Counter(), Counter()), person.name
    for group, calm_one in zip(disturbed.groups, calm.groups, strict=True):
        # What the month holds back may be overtaken.
        assert sorted(disturbed.said(group)) == sorted(calm.said(calm_one)), group.name
    assert disturbed.line.rejected == []


def list_rows(session, station):
    """What must be the same however it came about: cases with their logs, events, messages,
    alerts. Counters by kind.
    """
    names = {row.id: people.open_user_id(station, row) for row in session.exec(select(Person))}
    cases = {
        case.id: (names.get(case.reporter_id), case.label, case.category, case.state)
        for case in session.exec(select(Case))
    }
    entries = [
        (cases[entry.case_id], entry.kind, entry.actor) for entry in session.exec(select(CaseEntry))
    ]
    events = [(row.state, row.kind, row.result) for row in session.exec(select(InboxEvent))]
    runs = [(run.title, run.state, run.group_count) for run in session.exec(select(AlertRun))]
    found = {"cases": cases.values(), "entries": entries, "events": events, "runs": runs}
    found["messages"] = _list_messages(session, station)
    return {kind: Counter(map(spell, rows)) for kind, rows in found.items()}


def list_said(messages):
    """The bot's bubbles in a chat, without the news that the month is spent: they come and go
    with the month, whatever people do.
    """
    return [spell(one.body) for one in messages if one.is_bot and one.body != quota_warning()]


def spell(value):
    """Without numbers, names and times that change from run to run."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return _VARIES.sub("…", written)


def _list_messages(session, station):
    """Every row of the outbox: to whom, what, and what became of it."""
    for row in session.exec(select(Outbox)):
        message = open_message(station, row)
        said = [one for one in message.messages if one != quota_warning()]
        if said:
            yield message.target, row.kind, row.state, said

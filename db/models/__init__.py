"""Every table, by topic. The names are the vocabulary of the project (see docs/glossary.md)."""

from sqlalchemy import inspect

from db.models.alerts import Alert, AlertGroup, AlertRun, AlertSchedule
from db.models.cases import Attachment, Case, CaseEntry, Words
from db.models.chats import Conversation, GroupChat
from db.models.inbox import InboxEvent, Tombstone
from db.models.outbox import LineMessage, Outbox, OutboxWords, SendAttempt
from db.models.people import Invite, InviteTry, Person, Staff
from db.models.station import AlarmCall, AuditEntry, Heartbeat, Station

# The mapper raises StaleDataError where somebody else changed the row since it was read.
for versioned in (Case, Alert):
    inspect(versioned).version_id_col = inspect(versioned).local_table.c.version

__all__ = [
    "AlarmCall",
    "Alert",
    "AlertGroup",
    "AlertRun",
    "AlertSchedule",
    "Attachment",
    "AuditEntry",
    "Case",
    "CaseEntry",
    "Conversation",
    "GroupChat",
    "Heartbeat",
    "InboxEvent",
    "Invite",
    "InviteTry",
    "LineMessage",
    "Outbox",
    "OutboxWords",
    "Person",
    "SendAttempt",
    "Staff",
    "Station",
    "Tombstone",
    "Words",
]

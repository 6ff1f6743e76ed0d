"""The first tables, and the triggers that keep logs append-only."""

import sqlalchemy as sa
from alembic import op

from db.columns import BigInt, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("case_entry", "audit_entry")


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("instance", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("instance", name=op.f("pk_heartbeat")),
    )
    op.create_index(op.f("ix_heartbeat_kind"), "heartbeat", ["kind"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("lookup_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("line_fault", sa.String(60), nullable=True),
        sa.Column("line_fault_at", UtcDateTime(), nullable=True),
        sa.Column("quota_limit", sa.Integer(), nullable=True),
        sa.Column("quota_used", sa.Integer(), nullable=True),
        sa.Column("quota_read_at", UtcDateTime(), nullable=True),
        sa.Column("quota_spent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("slug", name=op.f("uq_station_slug")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_audit_entry_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_station_id"), "audit_entry", ["station_id"], unique=False)
    op.create_table(
        "invite",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=True),
        sa.Column("name", sa.String(80), nullable=True),
        sa.Column("code_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_invite_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("station_id", "code_key", name=op.f("uq_invite_station_id_code_key")),
    )
    op.create_table(
        "invite_try",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_invite_try_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_try")),
    )
    op.create_index(op.f("ix_invite_try_key"), "invite_try", ["key"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_id", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("welcomed_at", UtcDateTime(), nullable=True),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_person_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("station_id", "key", name=op.f("uq_person_station_id_key")),
    )
    op.create_table(
        "tombstone",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_tombstone_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        sa.UniqueConstraint(
            "station_id", "message_key", name=op.f("uq_tombstone_station_id_message_key")
        ),
    )
    op.create_table(
        "group_chat",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("leader_person_id", BigInt, nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.Column("looked_up_at", UtcDateTime(), nullable=True),
        sa.Column("look_up_due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["leader_person_id"], ["person.id"], name=op.f("fk_group_chat_leader_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_group_chat_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_chat")),
        sa.UniqueConstraint("station_id", "key", name=op.f("uq_group_chat_station_id_key")),
    )
    op.create_index(
        op.f("ix_group_chat_look_up_due_at"), "group_chat", ["look_up_due_at"], unique=False
    )
    op.create_table(
        "staff",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_staff_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("person_id", name=op.f("uq_staff_person_id")),
    )
    op.create_index(op.f("ix_staff_station_id"), "staff", ["station_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("all_groups", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("drafted_by", sa.String(60), nullable=False),
        sa.Column("drafter_id", BigInt, nullable=True),
        sa.Column("approved_by", sa.String(60), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drafter_id"], ["staff.id"], name=op.f("fk_alert_drafter_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_alert_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_station_id"), "alert", ["station_id"], unique=False)
    op.create_table(
        "case",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("alias", sa.String(60), nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("category", sa.String(30), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reporter_id", BigInt, nullable=True),
        sa.Column("group_chat_id", BigInt, nullable=True),
        sa.Column("holder_id", BigInt, nullable=True),
        sa.Column("sealed_place", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_from_reporter_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("resolution", sa.String(30), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_chat_id"], ["group_chat.id"], name=op.f("fk_case_group_chat_id")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_case_holder_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_case_reporter_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_case_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("station_id", "reference", name=op.f("uq_case_station_id_reference")),
    )
    op.create_index(op.f("ix_case_reporter_id"), "case", ["reporter_id"], unique=False)
    op.create_table(
        "alert_group",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("alert_id", BigInt, nullable=False),
        sa.Column("group_chat_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_group_alert_id")),
        sa.ForeignKeyConstraint(
            ["group_chat_id"], ["group_chat.id"], name=op.f("fk_alert_group_group_chat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_group")),
        sa.UniqueConstraint(
            "alert_id", "group_chat_id", name=op.f("uq_alert_group_alert_id_group_chat_id")
        ),
    )
    op.create_table(
        "alert_run",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("alert_id", BigInt, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("expanded_to", sa.Integer(), nullable=False),
        sa.Column("group_count", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_run_alert_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_alert_run_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_run")),
        sa.UniqueConstraint("alert_id", "due_at", name=op.f("uq_alert_run_alert_id_due_at")),
    )
    op.create_index(op.f("ix_alert_run_station_id"), "alert_run", ["station_id"], unique=False)
    op.create_table(
        "alert_schedule",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("alert_id", BigInt, nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("rrule", sa.String(500), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_schedule_alert_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_alert_schedule_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_schedule")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_alert_schedule_alert_id")),
    )
    op.create_index(op.f("ix_alert_schedule_next_at"), "alert_schedule", ["next_at"], unique=False)
    op.create_table(
        "case_entry",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("case_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("direction", sa.String(5), nullable=True),
        sa.Column("actor", sa.String(20), nullable=False),
        sa.Column("staff_id", BigInt, nullable=True),
        sa.Column("event_id", sa.String(80), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_entry_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_entry_staff_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_case_entry_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    op.create_index(op.f("ix_case_entry_case_id"), "case_entry", ["case_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("question", sa.String(40), nullable=True),
        sa.Column("question_case_id", BigInt, nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_case_id"], ["case.id"], name=op.f("fk_conversation_question_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_conversation_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("station_id", "key", name=op.f("uq_conversation_station_id_key")),
    )
    op.create_table(
        "inbox_event",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("conversation_key", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("has_reply_token", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(80), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=True),
        sa.Column("result", sa.String(80), nullable=True),
        sa.Column("fault", sa.String(200), nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("case_id", BigInt, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_inbox_event_case_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_inbox_event_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_event")),
        sa.UniqueConstraint(
            "station_id", "event_id", name=op.f("uq_inbox_event_station_id_event_id")
        ),
    )
    op.create_index(
        "ix_inbox_event_parked",
        "inbox_event",
        ["handled_at"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_inbox_event_waiting",
        "inbox_event",
        ["conversation_key", "occurred_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("case_id", BigInt, nullable=False),
        sa.Column("entry_id", BigInt, nullable=True),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_message_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(80), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("file_name", sa.String(60), nullable=True),
        sa.Column("content_type", sa.String(80), nullable=True),
        sa.Column("byte_count", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(60), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["case_entry.id"], name=op.f("fk_attachment_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_attachment_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachment_message_key"), "attachment", ["message_key"], unique=False)
    op.create_index(op.f("ix_attachment_state"), "attachment", ["state"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("retry_key", sa.Uuid(), nullable=False),
        sa.Column("chat_key", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("to_group", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("reply_only", sa.Boolean(), nullable=False),
        sa.Column("reply_token", sa.LargeBinary(), nullable=True),
        sa.Column("reply_until", UtcDateTime(), nullable=True),
        sa.Column("reply_tried_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(80), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("first_push_at", UtcDateTime(), nullable=True),
        sa.Column("final_at", UtcDateTime(), nullable=True),
        sa.Column("fault", sa.String(80), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("case_id", BigInt, nullable=True),
        sa.Column("group_chat_id", BigInt, nullable=True),
        sa.Column("alert_run_id", BigInt, nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_run_id"], ["alert_run.id"], name=op.f("fk_outbox_alert_run_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outbox_case_id")),
        sa.ForeignKeyConstraint(
            ["group_chat_id"], ["group_chat.id"], name=op.f("fk_outbox_group_chat_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_outbox_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "alert_run_id", "chat_key", name=op.f("uq_outbox_alert_run_id_chat_key")
        ),
        sa.UniqueConstraint("retry_key", name=op.f("uq_outbox_retry_key")),
    )
    op.create_index(op.f("ix_outbox_alert_run_id"), "outbox", ["alert_run_id"], unique=False)
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_index(
        "ix_outbox_chat",
        "outbox",
        ["chat_key", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_outbox_final_at"), "outbox", ["final_at"], unique=False)
    op.create_index(
        "ix_outbox_queued",
        "outbox",
        ["priority", "next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "words",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("entry_id", BigInt, nullable=True),
        sa.Column("message_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("erase_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["case_entry.id"], name=op.f("fk_words_entry_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_words_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words")),
    )
    op.create_index(op.f("ix_words_entry_id"), "words", ["entry_id"], unique=False)
    op.create_index(op.f("ix_words_erase_at"), "words", ["erase_at"], unique=False)
    op.create_index(op.f("ix_words_message_key"), "words", ["message_key"], unique=False)
    op.create_table(
        "line_message",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", BigInt, nullable=False),
        sa.Column("outbox_id", BigInt, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_line_message_case_id")),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_line_message_outbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_line_message_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_message")),
        sa.UniqueConstraint(
            "station_id", "message_key", name=op.f("uq_line_message_station_id_message_key")
        ),
    )
    op.create_index(op.f("ix_line_message_case_id"), "line_message", ["case_id"], unique=False)
    op.create_table(
        "outbox_words",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("outbox_id", BigInt, nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_outbox_words_outbox_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_words")),
    )
    op.create_index(
        op.f("ix_outbox_words_message_key"), "outbox_words", ["message_key"], unique=False
    )
    op.create_index(op.f("ix_outbox_words_outbox_id"), "outbox_words", ["outbox_id"], unique=False)
    op.create_table(
        "send_attempt",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("station_id", BigInt, nullable=False),
        sa.Column("outbox_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("call", sa.String(10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("request_id", sa.String(80), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_send_attempt_outbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_send_attempt_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_attempt")),
    )
    op.create_index(op.f("ix_send_attempt_outbox_id"), "send_attempt", ["outbox_id"], unique=False)

    for table in APPEND_ONLY:
        keep_append_only(table)


def keep_append_only(table: str) -> None:
    """History is added to, never rewritten: the database itself refuses."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )


def downgrade() -> None:
    raise RuntimeError("Yaam goes forward: restore the backup taken before the update")

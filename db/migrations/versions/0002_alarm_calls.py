"""When ALARM_URL was called, so that two schedulers do not both call."""

import sqlalchemy as sa
from alembic import op

from db.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_call",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_alarm_call")),
    )


def downgrade() -> None:
    raise RuntimeError("Yaam goes forward: restore the backup taken before the update")

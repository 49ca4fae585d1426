"""Say whether the seats read a situation, who is invited to it, when it was decided on and closed, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("situation", sa.Column("sharing", sa.String(32), nullable=False, server_default="withheld"))
    with op.batch_alter_table("situation") as batch:
        batch.alter_column("sharing", server_default=None)
    op.add_column("situation", sa.Column("guest_id", sa.Uuid(), nullable=True))
    op.add_column("situation", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("situation", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("situation", sa.Column("closing_reason", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("situation") as batch:
        for column in ("closing_reason", "closed_at", "decided_at", "guest_id", "sharing"):
            batch.drop_column(column)

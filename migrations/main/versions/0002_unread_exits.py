"""Mark the exits that the coordinator has not read yet: they come first on the board, at every stage."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("situation", sa.Column("exit_unread", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE situation SET exit_unread = true WHERE first_exit_at IS NOT NULL")
    with op.batch_alter_table("situation") as batch:
        batch.alter_column("exit_unread", server_default=None)
    op.create_index("ix_situation_exit_unread", "situation", ["cell_id", "exit_unread", "received_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_situation_exit_unread", "situation")
    with op.batch_alter_table("situation") as batch:
        batch.drop_column("exit_unread")

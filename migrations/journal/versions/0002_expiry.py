"""Let entries and subjects go at the end of their retention, under limits that the database judges and keeps."""

import sqlalchemy as sa
from alembic import op

from backend.audit.triggers import drop_expiry_triggers, expiry_triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_expiry",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_journal_expiry"),
    )
    op.create_table(
        "journal_expiry_mark",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("writer", sa.Uuid(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["journal_expiry.size"], name="fk_journal_expiry_mark_size"),
        sa.PrimaryKeyConstraint("size", "writer", name="pk_journal_expiry_mark"),
    )
    for statement in expiry_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_expiry_triggers(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("journal_expiry_mark")
    op.drop_table("journal_expiry")

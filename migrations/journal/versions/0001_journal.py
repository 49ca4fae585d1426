"""Create the journal: leaves, entries, subjects, subtrees, checkpoints, and the triggers that let them only grow."""

import sqlalchemy as sa
from alembic import op

from backend.audit.triggers import drop_triggers, journal_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    ("store_identity", (("id",),)),
    ("journal_leaf", (("number",), ("event",))),
    ("journal_entry", (("leaf",), ("writer", "sequence"))),
    ("journal_subject", (("leaf", "reference"),)),
    ("journal_node", (("level", "number"),)),
    ("journal_checkpoint", (("size",),)),
)


def upgrade() -> None:
    op.create_table(
        "store_identity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("store_set", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_store_identity"),
    )
    op.create_table(
        "journal_leaf",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal_leaf"),
        sa.UniqueConstraint("event", name="uq_journal_leaf_event"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("leaf", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("writer", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["leaf"], ["journal_leaf.number"], name="fk_journal_entry_leaf"),
        sa.PrimaryKeyConstraint("leaf", name="pk_journal_entry"),
        sa.UniqueConstraint("writer", "sequence", name="uq_journal_entry_writer_sequence"),
    )
    op.create_index("ix_journal_entry_recorded_at", "journal_entry", ["recorded_at"])
    op.create_index("ix_journal_entry_name", "journal_entry", ["name"])
    op.create_index("ix_journal_entry_account", "journal_entry", ["account"])
    op.create_table(
        "journal_subject",
        sa.Column("leaf", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(14), nullable=False),
        sa.ForeignKeyConstraint(["leaf"], ["journal_leaf.number"], name="fk_journal_subject_leaf"),
        sa.PrimaryKeyConstraint("leaf", "reference", name="pk_journal_subject"),
    )
    op.create_index("ix_journal_subject_reference", "journal_subject", ["reference"])
    op.create_table(
        "journal_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_journal_node"),
    )
    op.create_table(
        "journal_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_journal_checkpoint"),
    )
    for statement in journal_triggers(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    for table, _keys in reversed(APPEND_ONLY):
        op.drop_table(table)
    for statement in drop_triggers(op.get_bind().dialect.name):
        op.execute(statement)

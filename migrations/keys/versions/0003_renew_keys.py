"""Renew keys: generations of the root that retire, rotations, keys that are due and keys that were replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("root_generation", sa.Column("retired_at", INSTANT, nullable=True))
    op.add_column("holder_key", sa.Column("due_at", INSTANT, nullable=True))
    op.add_column("holder_key", sa.Column("due_ground", sa.String(length=32), nullable=True))
    op.add_column("subject_wrap", sa.Column("due_at", INSTANT, nullable=True))
    op.add_column("subject_wrap", sa.Column("replaced_at", INSTANT, nullable=True))
    op.create_table(
        "rotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=True),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rotation"),
    )
    op.create_index(
        "uq_rotation_open",
        "rotation",
        ["kind", "holder"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("rotation")
    op.drop_column("subject_wrap", "replaced_at")
    op.drop_column("subject_wrap", "due_at")
    op.drop_column("holder_key", "due_ground")
    op.drop_column("holder_key", "due_at")
    op.drop_column("root_generation", "retired_at")

"""Name the keys that seal again what a key to destroy had sealed (decision 0014)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_successor",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["pending_destruction.subject_id"],
            name="fk_pending_successor_subject_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_id", "successor_id", name="pk_pending_successor"),
    )


def downgrade() -> None:
    op.drop_table("pending_successor")

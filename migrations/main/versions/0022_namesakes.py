"""Keep, sealed and for everybody who opens anything, how often it was the situation of a namesake."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "namesake_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_namesake_tally_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_namesake_tally")),
        sa.UniqueConstraint("account_id", "month", name=op.f("uq_namesake_tally_account_id_month")),
    )


def downgrade() -> None:
    op.drop_table("namesake_tally")

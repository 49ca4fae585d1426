"""Date the end of a habilitation, from which the year of its conservation is counted."""

import sqlalchemy as sa
from alembic import op

from backend.kernel.clock import paris_day, system_clock

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OVER = ("ended", "excluded")


def upgrade() -> None:
    op.add_column("habilitation", sa.Column("ended_on", sa.Date(), nullable=True))
    table = sa.table(
        "habilitation",
        sa.column("state", sa.String()),
        sa.column("valid_until", sa.Date()),
        sa.column("ended_on", sa.Date()),
    )
    # Nobody wrote the day on which these ended: it was today at the latest, and the year is counted from there.
    today = paris_day(system_clock())
    known = sa.case((table.c.valid_until < today, table.c.valid_until), else_=today)
    op.execute(table.update().where(table.c.state.in_(_OVER)).values(ended_on=known))


def downgrade() -> None:
    with op.batch_alter_table("habilitation") as batch:
        batch.drop_column("ended_on")

"""Say on a transmission since when its situation is under limitation: its recipient may not read that row."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

READ = ("situation", "transmission")


def upgrade() -> None:
    op.add_column("transmission", sa.Column("limited_at", sa.DateTime(timezone=True), nullable=True))
    # Row-level security holds the owner too: for the time of this transaction it would change no row.
    _force("NO FORCE")
    op.execute(
        "UPDATE transmission SET limited_at = "
        "(SELECT limited_at FROM situation WHERE situation.id = transmission.situation_id)"
    )
    _force("FORCE")


def _force(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in READ:
            op.execute(f"ALTER TABLE {table} {words} ROW LEVEL SECURITY")


def downgrade() -> None:
    with op.batch_alter_table("transmission") as batch:
        batch.drop_column("limited_at")

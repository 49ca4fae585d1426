"""Let the session of who conducts a meeting stay open through an hour without a key pressed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_session", sa.Column("sitting_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("account_session") as batch:
        batch.drop_column("sitting_until")

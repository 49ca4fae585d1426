"""Record when the head of a school invited to a situation came in: until then its point stays blank."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("examination", sa.Column("guest_entered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("examination") as batch:
        batch.drop_column("guest_entered_at")

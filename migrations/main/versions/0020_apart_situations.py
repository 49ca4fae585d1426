"""Say in the answer of a cell how many situations out of the active base resemble who is looked for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rights_search", sa.Column("apart", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("rights_search") as batch:
        batch.alter_column("apart", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rights_search") as batch:
        batch.drop_column("apart")

"""Say which categories an elimination agreement covers; those recorded before covered everything."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

EVERYTHING = "not_admitted not_retained retained"


def upgrade() -> None:
    with op.batch_alter_table("recorded_act") as batch:
        batch.add_column(sa.Column("categories", sa.String(254), server_default="", nullable=False))
    op.execute(
        sa.text("UPDATE recorded_act SET categories = :everything WHERE kind = 'elimination'").bindparams(
            everything=EVERYTHING
        )
    )
    with op.batch_alter_table("recorded_act") as batch:
        batch.alter_column("categories", server_default=None)
        batch.create_check_constraint(
            op.f("ck_recorded_act_agreement_has_categories"), "(kind = 'elimination') = (categories <> '')"
        )


def downgrade() -> None:
    with op.batch_alter_table("recorded_act") as batch:
        batch.drop_constraint(op.f("ck_recorded_act_agreement_has_categories"), type_="check")
        batch.drop_column("categories")

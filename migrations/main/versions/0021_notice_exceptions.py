"""Record the coded exceptions to the information of a family, which the next examination ends."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "notice_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_notice_exception_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_exception")),
    )
    op.create_index(op.f("ix_notice_exception_situation_id"), "notice_exception", ["situation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE notice_exception ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE notice_exception FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY notice_exception_insert ON notice_exception FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY notice_exception_{verb} ON notice_exception FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("notice_exception")

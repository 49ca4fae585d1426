"""Keep why a situation leaves an agenda unexamined."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "carry_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "cell_id"],
            ["meeting.id", "meeting.cell_id"],
            name="fk_carry_over_meeting",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_carry_over_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_over")),
    )
    op.create_index(op.f("ix_carry_over_situation_id"), "carry_over", ["situation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE carry_over ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE carry_over FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY carry_over_insert ON carry_over FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY carry_over_{verb} ON carry_over FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("carry_over")

"""Hold what each seat prepares, sealed under keys of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "prior_research",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_prior_research_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior_research")),
        sa.UniqueConstraint("situation_id", "account_id", name=op.f("uq_prior_research_situation_id_account_id")),
    )
    op.create_index(op.f("ix_prior_research_situation_id"), "prior_research", ["situation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE prior_research ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE prior_research FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY prior_research_insert ON prior_research FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY prior_research_{verb} ON prior_research FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("prior_research")

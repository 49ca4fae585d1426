"""Record what a meeting decides, situation by situation, and when an author reads « traité »."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.add_column("situation", sa.Column("presented_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("receipt", sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "examination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attendance", sa.LargeBinary(), nullable=True),
        sa.Column("decision", sa.String(32), nullable=True),
        sa.Column("following", sa.String(32), nullable=True),
        sa.Column("closing", sa.String(32), nullable=True),
        sa.Column("postponement", sa.String(32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_examination_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_examination_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination")),
        sa.UniqueConstraint("id", "cell_id", name=op.f("uq_examination_id_cell_id")),
        sa.UniqueConstraint("item_id", name=op.f("uq_examination_item_id")),
    )
    op.create_index(op.f("ix_examination_situation_id"), "examination", ["situation_id"])
    op.create_table(
        "presence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("examination_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["examination_id", "cell_id"],
            ["examination.id", "examination.cell_id"],
            name="fk_presence_examination",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("examination_id", "role", name=op.f("uq_presence_examination_id_role")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("examination", "presence"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)")
            for verb in ("select", "update", "delete"):
                op.execute(f"CREATE POLICY {table}_{verb} ON {table} FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("presence")
    op.drop_table("examination")
    with op.batch_alter_table("receipt") as batch:
        batch.drop_column("processed_at")
    with op.batch_alter_table("situation") as batch:
        batch.drop_column("presented_at")

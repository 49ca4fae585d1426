"""Open an archived situation with two signatures, a written reason and an end."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('asked', 'opened')")

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "archive_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_archive_opening_two_people")),
        sa.CheckConstraint(
            "state <> 'opened' OR (decided_by IS NOT NULL AND open_until IS NOT NULL)",
            name=op.f("ck_archive_opening_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_archive_opening_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_opening")),
        sa.UniqueConstraint("reference", name=op.f("uq_archive_opening_reference")),
    )
    op.create_index("ix_archive_opening_asked", "archive_opening", ["asked_at", "id"])
    op.create_index(op.f("ix_archive_opening_situation_id"), "archive_opening", ["situation_id"])
    op.create_index(
        "uq_archive_opening_live",
        "archive_opening",
        ["asked_by"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE archive_opening ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE archive_opening FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY archive_opening_insert ON archive_opening FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY archive_opening_{verb} ON archive_opening FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("archive_opening")

"""Keep why a situation leaves an agenda unexamined, the directory of dispositifs and the steering events."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
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
    op.create_table(
        "directory_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("code", sa.String(16), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("age_from", sa.Integer(), nullable=True),
        sa.Column("age_until", sa.Integer(), nullable=True),
        sa.Column("priority_districts", sa.Boolean(), nullable=False),
        sa.Column("schooling", sa.String(32), nullable=False),
        sa.Column("arrondissements", sa.String(64), nullable=False),
        sa.Column("approach", sa.String(200), nullable=False),
        sa.Column("phones", sa.String(120), nullable=True),
        sa.Column("revised_on", sa.Date(), nullable=False),
        sa.Column("revised_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "age_from IS NULL OR age_until IS NULL OR age_until >= age_from",
            name=op.f("ck_directory_entry_ages_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_entry")),
        sa.UniqueConstraint("code", name=op.f("uq_directory_entry_code")),
        sa.UniqueConstraint("reference", name=op.f("uq_directory_entry_reference")),
    )
    op.create_table(
        "steering_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("present", sa.String(254), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'presentation') = (cell_id IS NOT NULL)", name=op.f("ck_steering_event_presentation_has_cell")
        ),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_steering_event_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering_event")),
        sa.UniqueConstraint("reference", name=op.f("uq_steering_event_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_steering_event_uid")),
    )
    op.create_index(op.f("ix_steering_event_cell_id"), "steering_event", ["cell_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE carry_over ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE carry_over FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY carry_over_insert ON carry_over FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY carry_over_{verb} ON carry_over FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("steering_event")
    op.drop_table("directory_entry")
    op.drop_table("carry_over")

"""Announce, lock and destroy what is over, run by run, and hold the durations that the Ville decides."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.add_column("situation", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("situation", sa.Column("limited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("situation", sa.Column("custody", sa.String(32), nullable=False, server_default="active"))
    with op.batch_alter_table("situation") as batch:
        batch.alter_column("custody", server_default=None)
    op.create_index("ix_situation_cell_custody", "situation", ["cell_id", "custody"])
    with op.batch_alter_table("signalement") as batch:
        batch.alter_column("receipt_id", existing_type=sa.Uuid(), nullable=True)
        batch.drop_constraint("fk_signalement_receipt_id", type_="foreignkey")
        batch.create_foreign_key("fk_signalement_receipt_id", "receipt", ["receipt_id"], ["id"], ondelete="SET NULL")
        batch.drop_constraint("fk_signalement_invitation_id", type_="foreignkey")
        batch.create_foreign_key(
            "fk_signalement_invitation_id", "invitation", ["invitation_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("draft") as batch:
        batch.drop_constraint("fk_draft_receipt_id", type_="foreignkey")
        batch.create_foreign_key("fk_draft_receipt_id", "receipt", ["receipt_id"], ["id"], ondelete="SET NULL")
    op.create_table(
        "purge_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_purge_notice_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_notice")),
        sa.UniqueConstraint("reference", name=op.f("uq_purge_notice_reference")),
        sa.UniqueConstraint("situation_id", name=op.f("uq_purge_notice_situation_id")),
    )
    op.create_index("ix_purge_notice_cell_due", "purge_notice", ["cell_id", "due_on", "id"])
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guard", sa.String(32), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attestation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
        sa.UniqueConstraint("reference", name=op.f("uq_purge_run_reference")),
    )
    op.create_index(op.f("ix_purge_run_day"), "purge_run", ["day"])
    op.create_index("ix_purge_run_started", "purge_run", ["started_at", "id"])
    op.create_table(
        "purge_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("agreement", sa.String(16), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["purge_run.id"], name=op.f("fk_purge_tally_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_tally")),
        sa.UniqueConstraint(
            "run_id",
            "cell_id",
            "kind",
            "verdict",
            "agreement",
            name=op.f("uq_purge_tally_run_id_cell_id_kind_verdict_agreement"),
        ),
    )
    op.create_index(op.f("ix_purge_tally_run_id"), "purge_tally", ["run_id"])
    op.create_table(
        "purge_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_purge_state_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_state")),
    )
    op.create_table(
        "retention_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(120), nullable=False),
        sa.Column("applies_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion_by", sa.Uuid(), nullable=True),
        sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opinion_by IS NULL OR opinion_by <> entered_by", name=op.f("ck_retention_decision_two_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_decision")),
        sa.UniqueConstraint("reference", name=op.f("uq_retention_decision_reference")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE purge_notice ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE purge_notice FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY purge_notice_insert ON purge_notice FOR INSERT WITH CHECK (true)")
        for verb in ("select", "update", "delete"):
            op.execute(f"CREATE POLICY purge_notice_{verb} ON purge_notice FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    for table in ("retention_decision", "purge_state", "purge_tally", "purge_run", "purge_notice"):
        op.drop_table(table)
    with op.batch_alter_table("draft") as batch:
        batch.drop_constraint("fk_draft_receipt_id", type_="foreignkey")
        batch.create_foreign_key("fk_draft_receipt_id", "receipt", ["receipt_id"], ["id"])
    with op.batch_alter_table("signalement") as batch:
        batch.drop_constraint("fk_signalement_receipt_id", type_="foreignkey")
        batch.create_foreign_key("fk_signalement_receipt_id", "receipt", ["receipt_id"], ["id"])
        batch.drop_constraint("fk_signalement_invitation_id", type_="foreignkey")
        batch.create_foreign_key("fk_signalement_invitation_id", "invitation", ["invitation_id"], ["id"])
        batch.alter_column("receipt_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index("ix_situation_cell_custody", "situation")
    with op.batch_alter_table("situation") as batch:
        batch.drop_column("custody")
        batch.drop_column("limited_at")
        batch.drop_column("lapsed_at")

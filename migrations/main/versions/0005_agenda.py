"""Create meetings, proposed dates, availability and agendas; let an e-mail carry an entry for a diary."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"
PENDING = sa.text("state IN ('listed', 'examining')")


def upgrade() -> None:
    op.add_column("mail_outbox", sa.Column("calendar", sa.Text(), nullable=True))
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("sitting", sa.Uuid(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_kind", sa.String(32), nullable=True),
        sa.Column("event_on", sa.Date(), nullable=True),
        sa.Column("event_quartier", sa.Integer(), nullable=True),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'emergency') = (event_kind IS NOT NULL)", name=op.f("ck_meeting_emergency_has_event")
        ),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_meeting_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("id", "cell_id", name=op.f("uq_meeting_id_cell_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_meeting_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    op.create_index("ix_meeting_cell_starts", "meeting", ["cell_id", "starts_at", "id"], unique=False)
    op.create_index(op.f("ix_meeting_sitting"), "meeting", ["sitting"], unique=False)
    op.create_table(
        "meeting_date",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_date_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_date")),
        sa.UniqueConstraint("meeting_id", "starts_at", name=op.f("uq_meeting_date_meeting_id_starts_at")),
        sa.UniqueConstraint("reference", name=op.f("uq_meeting_date_reference")),
    )
    op.create_table(
        "availability",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["date_id"], ["meeting_date.id"], name=op.f("fk_availability_date_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_availability_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
        sa.UniqueConstraint("date_id", "account_id", name=op.f("uq_availability_date_id_account_id")),
    )
    op.create_index(op.f("ix_availability_account_id"), "availability", ["account_id"], unique=False)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(32), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_agenda_item_situation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "cell_id"],
            ["meeting.id", "meeting.cell_id"],
            name="fk_agenda_item_meeting",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "situation_id", name=op.f("uq_agenda_item_meeting_id_situation_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_agenda_item_reference")),
    )
    op.create_index(op.f("ix_agenda_item_situation_id"), "agenda_item", ["situation_id"], unique=False)
    op.create_index(
        "uq_agenda_item_pending",
        "agenda_item",
        ["situation_id"],
        unique=True,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE agenda_item ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE agenda_item FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY agenda_item_insert ON agenda_item FOR INSERT WITH CHECK (true)")
        op.execute(f"CREATE POLICY agenda_item_select ON agenda_item FOR SELECT USING ({CELLS})")
        op.execute(f"CREATE POLICY agenda_item_update ON agenda_item FOR UPDATE USING ({CELLS})")
        op.execute(f"CREATE POLICY agenda_item_delete ON agenda_item FOR DELETE USING ({CELLS})")


def downgrade() -> None:
    op.drop_table("agenda_item")
    op.drop_table("availability")
    op.drop_table("meeting_date")
    op.drop_table("meeting")
    op.drop_column("mail_outbox", "calendar")

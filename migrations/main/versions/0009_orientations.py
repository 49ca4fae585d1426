"""Record orientations, how families are informed, what is sent to a lawful recipient, and what comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"
INSTITUTION = "institution_id = nullif(current_setting('cenacle.institution', true), '')::uuid"
POLICIES = {
    "orientation": CELLS,
    "family_information": CELLS,
    "transmission": f"{INSTITUTION} OR {CELLS}",
    "feedback": f"{INSTITUTION} OR {CELLS}",
}


def upgrade() -> None:
    _orientation()
    _family_information()
    _transmission()
    _feedback()
    if op.get_bind().dialect.name == "postgresql":
        for table, condition in POLICIES.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)")
            for verb in ("select", "update", "delete"):
                op.execute(f"CREATE POLICY {table}_{verb} ON {table} FOR {verb.upper()} USING ({condition})")


def _of_situation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["situation_id", "cell_id"],
        ["situation.id", "situation.cell_id"],
        name=f"fk_{table}_situation",
        ondelete="CASCADE",
    )


def _orientation() -> None:
    op.create_table(
        "orientation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("examination_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_situation("orientation"),
        sa.ForeignKeyConstraint(
            ["examination_id", "cell_id"],
            ["examination.id", "examination.cell_id"],
            name="fk_orientation_examination",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orientation")),
        sa.UniqueConstraint("reference", name=op.f("uq_orientation_reference")),
    )
    op.create_index(op.f("ix_orientation_situation_id"), "orientation", ["situation_id"])
    decided = sa.text("state = 'decided'")
    op.create_index(
        "uq_orientation_decided",
        "orientation",
        ["examination_id", "destination"],
        unique=True,
        sqlite_where=decided,
        postgresql_where=decided,
    )


def _family_information() -> None:
    op.create_table(
        "family_information",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("first_holder", sa.String(32), nullable=False),
        sa.Column("second_holder", sa.String(32), nullable=False),
        sa.Column("minor", sa.String(32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _of_situation("family_information"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_information")),
    )
    op.create_index(op.f("ix_family_information_situation_id"), "family_information", ["situation_id"])


def _transmission() -> None:
    op.create_table(
        "transmission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=True),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("waiver", sa.String(32), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readable_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_situation("transmission"),
        sa.ForeignKeyConstraint(
            ["orientation_id"], ["orientation.id"], name=op.f("fk_transmission_orientation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_transmission_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transmission")),
        sa.UniqueConstraint("orientation_id", name=op.f("uq_transmission_orientation_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_transmission_reference")),
    )
    for column in ("institution_id", "situation_id"):
        op.create_index(op.f(f"ix_transmission_{column}"), "transmission", [column])
    op.create_index("ix_transmission_cell_sent", "transmission", ["cell_id", "sent_at", "id"])
    op.create_table(
        "transmission_undertaking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transmission_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"],
            ["transmission.id"],
            name=op.f("fk_transmission_undertaking_transmission_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_transmission_undertaking_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transmission_undertaking")),
        sa.UniqueConstraint(
            "transmission_id", "account_id", name=op.f("uq_transmission_undertaking_transmission_id_account_id")
        ),
    )
    op.create_index(op.f("ix_transmission_undertaking_account_id"), "transmission_undertaking", ["account_id"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("transmission_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(32), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_situation("feedback"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmission.id"], name=op.f("fk_feedback_transmission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_feedback_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("reference", name=op.f("uq_feedback_reference")),
        sa.UniqueConstraint("transmission_id", name=op.f("uq_feedback_transmission_id")),
    )
    for column in ("cell_id", "situation_id"):
        op.create_index(op.f(f"ix_feedback_{column}"), "feedback", [column])


def downgrade() -> None:
    for table in ("feedback", "transmission_undertaking", "transmission", "family_information", "orientation"):
        op.drop_table(table)

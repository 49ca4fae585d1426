"""Hold the requests of persons, what cells searched and recognised, and the register of breaches."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"


def upgrade() -> None:
    op.add_column("situation", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("claim", sa.String(32), nullable=False),
        sa.Column("requester", sa.String(32), nullable=False),
        sa.Column("identity_check", sa.String(32), nullable=False),
        sa.Column("authority_check", sa.String(32), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extension", sa.String(32), nullable=True),
        sa.Column("extension_told_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(32), nullable=True),
        sa.Column("ground", sa.String(32), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_request_reference")),
    )
    op.create_index(op.f("ix_rights_request_state_due"), "rights_request", ["state", "due_on", "id"])
    op.create_table(
        "rights_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_request.id"], name=op.f("fk_rights_search_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_search")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_search_reference")),
        sa.UniqueConstraint("request_id", "cell_id", name=op.f("uq_rights_search_request_id_cell_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_rights_search_cell_id")),
    )
    op.create_index(op.f("ix_rights_search_cell_asked"), "rights_search", ["cell_id", "asked_at", "id"])
    op.create_table(
        "rights_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("limiting", sa.Boolean(), nullable=False),
        sa.Column("masked", sa.String(254), nullable=False),
        sa.Column("parquet", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_ground", sa.String(32), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rectified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifting_told_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["rights_search.id"], name=op.f("fk_rights_finding_search_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_rights_finding_situation",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_finding_reference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_finding")),
        sa.UniqueConstraint("search_id", "situation_id", name=op.f("uq_rights_finding_search_id_situation_id")),
    )
    op.create_index(op.f("ix_rights_finding_situation_id"), "rights_finding", ["situation_id"])
    op.create_table(
        "rights_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_rights_notice_institution_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_request.id"], name=op.f("fk_rights_notice_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_notice")),
    )
    op.create_index(op.f("ix_rights_notice_request_id"), "rights_notice", ["request_id"])
    op.create_table(
        "breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("summary", sa.String(200), nullable=False),
        sa.Column("natures", sa.String(254), nullable=False),
        sa.Column("concerned", sa.String(254), nullable=False),
        sa.Column("scale", sa.String(32), nullable=True),
        sa.Column("effects", sa.String(254), nullable=False),
        sa.Column("measures", sa.String(254), nullable=False),
        sa.Column("risk", sa.String(32), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notification_number", sa.String(64), nullable=True),
        sa.Column("late_ground", sa.String(32), nullable=True),
        sa.Column("communicated_on", sa.Date(), nullable=True),
        sa.Column("exemption", sa.String(32), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("reference", name=op.f("uq_breach_reference")),
    )
    op.create_index(op.f("ix_breach_declared_by"), "breach", ["declared_by"])
    op.create_index(op.f("ix_breach_known"), "breach", ["known_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("rights_search", "rights_finding"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)")
            for verb in ("select", "update", "delete"):
                op.execute(f"CREATE POLICY {table}_{verb} ON {table} FOR {verb.upper()} USING ({CELLS})")


def downgrade() -> None:
    for table in ("breach", "rights_notice", "rights_finding", "rights_search", "rights_request"):
        op.drop_table(table)
    with op.batch_alter_table("situation") as batch:
        batch.drop_column("erased_at")

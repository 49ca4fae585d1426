"""Create the rows and the sealed values: members, cells, situations, signalements, parquet, counts, outboxes."""

import sqlalchemy as sa
from alembic import op

from backend.audit.triggers import drop_triggers, outbox_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CELLS = "cell_id = ANY (string_to_array(nullif(current_setting('cenacle.cells', true), ''), ',')::uuid[])"
ACCOUNT = "account_id = nullif(current_setting('cenacle.account', true), '')::uuid"
POLICIES = {
    "situation": CELLS,
    "situation_person": CELLS,
    "situation_exit": CELLS,
    "signalement": CELLS,
    "parquet_answer": CELLS,
    "signalement_facts": CELLS,
    "draft": ACCOUNT,
    "receipt": f"{ACCOUNT} OR {CELLS}",
}


def upgrade() -> None:
    op.create_table(
        "cell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("territory", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("charter_version", sa.String(64), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell")),
        sa.UniqueConstraint("reference", name=op.f("uq_cell_reference")),
    )
    op.create_index(op.f("ix_cell_territory"), "cell", ["territory"], unique=False)
    op.create_index(
        "uq_cell_open",
        "cell",
        ["kind", "territory"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_table(
        "count_delta",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("value", sa.String(40), nullable=True),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_delta")),
    )
    op.create_index(
        op.f("ix_count_delta_indicator_cell_id_month"), "count_delta", ["indicator", "cell_id", "month"], unique=False
    )
    op.create_table(
        "daily_job",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_daily_job")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("account_id", "route", "key", name=op.f("uq_idempotency_key_account_id_route_key")),
    )
    op.create_index(op.f("ix_idempotency_key_made_at"), "idempotency_key", ["made_at"], unique=False)
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referent_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("name", name=op.f("uq_institution_name")),
        sa.UniqueConstraint("reference", name=op.f("uq_institution_reference")),
    )
    op.create_index(op.f("ix_institution_deputy_id"), "institution", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_institution_referent_id"), "institution", ["referent_id"], unique=False)
    op.create_table(
        "journal_outbox",
        sa.Column("event", sa.Uuid(), nullable=False),
        sa.Column("writer", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_journal_outbox")),
        sa.UniqueConstraint("writer", "sequence", name=op.f("uq_journal_outbox_writer_sequence")),
    )
    op.create_index(op.f("ix_journal_outbox_recorded_at"), "journal_outbox", ["recorded_at"], unique=False)
    op.create_table(
        "journal_watermark",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_watermark_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_watermark")),
    )
    op.create_table(
        "listing_quota",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_listing_quota")),
    )
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("link", sa.String(255), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
    )
    op.create_index(op.f("ix_mail_outbox_due_at"), "mail_outbox", ["due_at"], unique=False)
    op.create_table(
        "pending_destruction",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_pending_destruction")),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_throttle")),
    )
    op.create_index(op.f("ix_sign_in_throttle_last_attempt_at"), "sign_in_throttle", ["last_attempt_at"], unique=False)
    op.create_table(
        "store_identity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("store_set", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_identity")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("credentials_by", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.Column("totp_wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_account_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("reference", name=op.f("uq_account_reference")),
    )
    op.create_index(op.f("ix_account_institution_id"), "account", ["institution_id"], unique=False)
    op.create_table(
        "charter_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("charter_version", sa.String(64), nullable=False),
        sa.Column("rules_version", sa.String(64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signatory_function", sa.String(120), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= signed_on", name=op.f("ck_charter_signature_ended_after_signed")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_charter_signature_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_signature")),
        sa.UniqueConstraint("reference", name=op.f("uq_charter_signature_reference")),
    )
    op.create_index(op.f("ix_charter_signature_institution_id"), "charter_signature", ["institution_id"], unique=False)
    op.create_index(
        "uq_charter_signature_lasting",
        "charter_signature",
        ["institution_id", "charter_version", "rules_version"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "education_confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_education_confirmation_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_confirmation")),
        sa.UniqueConstraint("cell_id", "school_year", name=op.f("uq_education_confirmation_cell_id_school_year")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("agent_function", sa.String(120), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_hash", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_invitation_cell_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_invitation_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_invitation_link_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_invitation_reference")),
        sa.UniqueConstraint("session_hash", name=op.f("uq_invitation_session_hash")),
    )
    op.create_index("ix_invitation_cell_created", "invitation", ["cell_id", "created_at", "id"], unique=False)
    op.create_table(
        "local_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_local_contact_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_contact")),
        sa.UniqueConstraint("reference", name=op.f("uq_local_contact_reference")),
    )
    op.create_index(op.f("ix_local_contact_cell_id"), "local_contact", ["cell_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("return_reason", sa.String(32), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_receipt_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("reference", name=op.f("uq_receipt_reference")),
    )
    op.create_index(op.f("ix_receipt_account_id"), "receipt", ["account_id"], unique=False)
    op.create_table(
        "recorded_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(120), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name=op.f("ck_recorded_act_two_people")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= issued_on", name=op.f("ck_recorded_act_ends_after_issued")),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_recorded_act_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_act")),
        sa.UniqueConstraint("reference", name=op.f("uq_recorded_act_reference")),
    )
    op.create_index(op.f("ix_recorded_act_cell_id"), "recorded_act", ["cell_id"], unique=False)
    op.create_table(
        "situation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("charter_version", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("majority_month", sa.String(7), nullable=False),
        sa.Column("qualified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concern_answer", sa.String(32), nullable=True),
        sa.Column("inadmissibility", sa.String(32), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_exit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_before", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_situation_cell_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["situation.id"], name=op.f("fk_situation_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation")),
        sa.UniqueConstraint("id", "cell_id", name=op.f("uq_situation_id_cell_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_situation_reference")),
    )
    op.create_index("ix_situation_cell_received", "situation", ["cell_id", "received_at", "id"], unique=False)
    op.create_index("ix_situation_cell_stage", "situation", ["cell_id", "stage", "received_at", "id"], unique=False)
    op.create_table(
        "account_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_account_session_secret_hash")),
    )
    op.create_index(op.f("ix_account_session_account_id"), "account_session", ["account_id"], unique=False)
    op.create_table(
        "charter_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("charter_version", sa.String(64), nullable=False),
        sa.Column("rules_version", sa.String(64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_charter_acceptance_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_acceptance")),
        sa.UniqueConstraint(
            "account_id", "charter_version", name=op.f("uq_charter_acceptance_account_id_charter_version")
        ),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_draft_cell_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_draft_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("reference", name=op.f("uq_draft_reference")),
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"], unique=False)
    op.create_table(
        "enrolment_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_enrolment_link_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolment_link_token_hash")),
    )
    op.create_index(op.f("ix_enrolment_link_account_id"), "enrolment_link", ["account_id"], unique=False)
    op.create_index(op.f("ix_enrolment_link_expires_at"), "enrolment_link", ["expires_at"], unique=False)
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(account_id IS NULL) <> (institution_id IS NULL)", name=op.f("ck_exclusion_one_excluded")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_exclusion_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_exclusion_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_account_id"), "exclusion", ["account_id"], unique=False)
    op.create_index(op.f("ix_exclusion_institution_id"), "exclusion", ["institution_id"], unique=False)
    op.create_table(
        "habilitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("confirmer", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("designation", sa.String(64), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by <> account_id AND confirmed_by <> proposed_by AND confirmed_by <> granted_by",
            name=op.f("ck_habilitation_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "granted_by <> account_id AND granted_by <> proposed_by", name=op.f("ck_habilitation_granted_by_another")
        ),
        sa.CheckConstraint("proposed_by <> account_id", name=op.f("ck_habilitation_proposed_by_another")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_habilitation_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_habilitation_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_habilitation_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation")),
        sa.UniqueConstraint("reference", name=op.f("uq_habilitation_reference")),
    )
    op.create_index(op.f("ix_habilitation_account_id"), "habilitation", ["account_id"], unique=False)
    op.create_index(op.f("ix_habilitation_cell_id"), "habilitation", ["cell_id"], unique=False)
    op.create_table(
        "parquet_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(32), nullable=False),
        sa.Column("ground", sa.String(32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_parquet_answer_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parquet_answer")),
        sa.UniqueConstraint("situation_id", "rank", name=op.f("uq_parquet_answer_situation_id_rank")),
    )
    op.create_index(op.f("ix_parquet_answer_situation_id"), "parquet_answer", ["situation_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)
    op.create_table(
        "signalement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts_state", sa.String(32), nullable=False),
        sa.Column("author", sa.LargeBinary(), nullable=False),
        sa.Column("qualification", sa.LargeBinary(), nullable=False),
        sa.Column("motives", sa.LargeBinary(), nullable=False),
        sa.Column("circumstances", sa.LargeBinary(), nullable=False),
        sa.Column("steps", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_signalement_invitation_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_signalement_receipt_id")),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_signalement_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signalement")),
        sa.UniqueConstraint("reference", name=op.f("uq_signalement_reference")),
    )
    op.create_index(op.f("ix_signalement_receipt_id"), "signalement", ["receipt_id"], unique=False)
    op.create_index(op.f("ix_signalement_situation_id"), "signalement", ["situation_id"], unique=False)
    op.create_table(
        "situation_exit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_situation_exit_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_exit")),
    )
    op.create_index(op.f("ix_situation_exit_situation_id"), "situation_exit", ["situation_id"], unique=False)
    op.create_table(
        "situation_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("last_name", sa.LargeBinary(), nullable=False),
        sa.Column("first_name", sa.LargeBinary(), nullable=False),
        sa.Column("birth", sa.LargeBinary(), nullable=False),
        sa.Column("sex", sa.LargeBinary(), nullable=False),
        sa.Column("residence", sa.LargeBinary(), nullable=False),
        sa.Column("arrondissement", sa.LargeBinary(), nullable=False),
        sa.Column("quartier", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("school", sa.LargeBinary(), nullable=True),
        sa.Column("school_level", sa.LargeBinary(), nullable=False),
        sa.Column("representative_name", sa.LargeBinary(), nullable=True),
        sa.Column("representative_contact", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_situation_person_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_person")),
        sa.UniqueConstraint("situation_id", name=op.f("uq_situation_person_situation_id")),
    )
    op.create_table(
        "undertaking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_undertaking_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
        sa.UniqueConstraint("account_id", "kind", name=op.f("uq_undertaking_account_id_kind")),
    )
    op.create_table(
        "signalement_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signalement_id", sa.Uuid(), nullable=False),
        sa.Column("situation_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signalement_id"], ["signalement.id"], name=op.f("fk_signalement_facts_signalement_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "cell_id"],
            ["situation.id", "situation.cell_id"],
            name="fk_signalement_facts_situation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signalement_facts")),
        sa.UniqueConstraint("signalement_id", name=op.f("uq_signalement_facts_signalement_id")),
    )
    op.create_index(op.f("ix_signalement_facts_situation_id"), "signalement_facts", ["situation_id"], unique=False)
    for statement in outbox_triggers(op.get_bind().dialect.name):
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        for table, condition in POLICIES.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)")
            op.execute(f"CREATE POLICY {table}_select ON {table} FOR SELECT USING ({condition})")
            op.execute(f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({condition})")
            op.execute(f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({condition})")


def downgrade() -> None:
    op.drop_table("signalement_facts")
    op.drop_table("undertaking")
    op.drop_table("situation_person")
    op.drop_table("situation_exit")
    op.drop_table("signalement")
    op.drop_table("recovery_code")
    op.drop_table("parquet_answer")
    op.drop_table("habilitation")
    op.drop_table("exclusion")
    op.drop_table("enrolment_link")
    op.drop_table("draft")
    op.drop_table("charter_acceptance")
    op.drop_table("account_session")
    op.drop_table("situation")
    op.drop_table("recorded_act")
    op.drop_table("receipt")
    op.drop_table("local_contact")
    op.drop_table("invitation")
    op.drop_table("education_confirmation")
    op.drop_table("charter_signature")
    op.drop_table("account")
    op.drop_table("store_identity")
    op.drop_table("sign_in_throttle")
    op.drop_table("pending_destruction")
    op.drop_table("mail_outbox")
    op.drop_table("listing_quota")
    op.drop_table("journal_watermark")
    op.drop_table("journal_outbox")
    op.drop_table("institution")
    op.drop_table("idempotency_key")
    op.drop_table("daily_job")
    op.drop_table("count_delta")
    op.drop_table("cell")
    for statement in drop_triggers(op.get_bind().dialect.name):
        op.execute(statement)

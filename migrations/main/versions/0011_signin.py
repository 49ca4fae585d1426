"""Sign in through ProConnect or with a passkey, and recognise the devices of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("software", sa.String(16), nullable=False),
        sa.Column("system", sa.String(16), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_known_device_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("account_id", "secret_hash", name=op.f("uq_known_device_account_id_secret_hash")),
    )
    op.create_index(op.f("ix_known_device_account_id"), "known_device", ["account_id"])
    op.create_index(op.f("ix_known_device_last_seen_at"), "known_device", ["last_seen_at"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("reference", name=op.f("uq_passkey_reference")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "provider_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_provider_identity_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identity")),
        sa.UniqueConstraint("account_id", name=op.f("uq_provider_identity_account_id")),
        sa.UniqueConstraint("identity_hash", name=op.f("uq_provider_identity_identity_hash")),
    )
    with op.batch_alter_table("account_session") as batch:
        batch.add_column(sa.Column("means", sa.String(16), nullable=True))
        batch.add_column(sa.Column("device_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("id_token_wrapped", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("challenge", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("challenged_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            op.f("fk_account_session_device_id"), "known_device", ["device_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index(op.f("ix_account_session_device_id"), "account_session", ["device_id"])
    op.create_table(
        "provider_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("following", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["account_session.id"], name=op.f("fk_provider_request_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_request")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_provider_request_secret_hash")),
    )
    op.create_index(op.f("ix_provider_request_asked_at"), "provider_request", ["asked_at"])


def downgrade() -> None:
    op.drop_table("provider_request")
    op.drop_index(op.f("ix_account_session_device_id"), "account_session")
    with op.batch_alter_table("account_session") as batch:
        batch.drop_constraint(op.f("fk_account_session_device_id"), type_="foreignkey")
        for column in ("challenged_at", "challenge", "id_token_wrapped", "device_id", "means"):
            batch.drop_column(column)
    op.drop_table("provider_identity")
    op.drop_table("passkey")
    op.drop_table("known_device")

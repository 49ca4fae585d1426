"""Create the store of keys: wraps, search tokens and tombstones (architecture.md section 4)."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "root_generation",
        sa.Column("generation", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("check_value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("generation", name="pk_root_generation"),
    )
    op.create_table(
        "store_identity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("store_set", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_store_identity"),
    )
    op.create_table(
        "subject",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_subject"),
    )
    op.create_table(
        "tombstone",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_tombstone"),
    )
    op.create_index("ix_tombstone_reference", "tombstone", ["reference"], unique=False)

    op.create_table(
        "holder_key",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("root_generation", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["root_generation"],
            ["root_generation.generation"],
            name="fk_holder_key_root_generation",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("kind", "holder", "generation", name="pk_holder_key"),
    )
    op.create_index(
        "uq_holder_key_active",
        "holder_key",
        ["kind", "holder"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )

    op.create_table(
        "search_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["subject.subject"], name="fk_search_token_subject", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", "subject", name="pk_search_token"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_token_subject", "search_token", ["subject"], unique=False)

    op.create_table(
        "service_key",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("root_generation", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_generation"],
            ["root_generation.generation"],
            name="fk_service_key_root_generation",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("kind", "generation", name="pk_service_key"),
    )
    op.create_table(
        "subject_wrap",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("subject_generation", sa.SmallInteger(), nullable=False),
        sa.Column("holder_kind", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("holder_generation", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_kind", "holder", "holder_generation"],
            ["holder_key.kind", "holder_key.holder", "holder_key.generation"],
            name="fk_subject_wrap_holder_kind_holder_holder_generation",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["subject"], ["subject.subject"], name="fk_subject_wrap_subject", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject", "subject_generation", "holder_kind", "holder", name="pk_subject_wrap"),
    )
    op.create_index(
        "ix_subject_wrap_holder_holder_kind_holder_generation",
        "subject_wrap",
        ["holder", "holder_kind", "holder_generation"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("subject_wrap")
    op.drop_table("service_key")
    op.drop_table("search_token")
    op.drop_table("holder_key")
    op.drop_table("tombstone")
    op.drop_table("subject")
    op.drop_table("store_identity")
    op.drop_table("root_generation")

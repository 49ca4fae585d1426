"""Publish the indicators: releases, what they froze, figures without small counts; texts of the yearly balances."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(9), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_release")),
        sa.UniqueConstraint("period", name=op.f("uq_indicator_release_period")),
    )
    op.create_table(
        "indicator_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(32), nullable=False),
        sa.Column("value", sa.String(40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_count")),
    )
    op.create_index(op.f("ix_indicator_count_year_place"), "indicator_count", ["year", "place"])
    op.create_table(
        "indicator_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(9), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("span", sa.String(9), nullable=False),
        sa.Column("indicator", sa.String(32), nullable=False),
        sa.Column("value", sa.String(40), nullable=True),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_figure")),
    )
    op.create_index(op.f("ix_indicator_figure_period"), "indicator_figure", ["period"])
    op.create_index(op.f("ix_indicator_figure_place_span"), "indicator_figure", ["place", "span"])
    op.create_table(
        "balance_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.String(3000), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'city') = (cell_id IS NULL)", name=op.f("ck_balance_text_city_has_no_cell")),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_balance_text_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_text")),
        sa.UniqueConstraint("reference", name=op.f("uq_balance_text_reference")),
    )
    op.create_index(op.f("ix_balance_text_cell_id"), "balance_text", ["cell_id"])
    op.create_index(
        "uq_balance_text_cell",
        "balance_text",
        ["cell_id", "year", "kind"],
        unique=True,
        sqlite_where=sa.text("cell_id IS NOT NULL"),
        postgresql_where=sa.text("cell_id IS NOT NULL"),
    )
    op.create_index(
        "uq_balance_text_city",
        "balance_text",
        ["year"],
        unique=True,
        sqlite_where=sa.text("cell_id IS NULL"),
        postgresql_where=sa.text("cell_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("balance_text")
    op.drop_table("indicator_figure")
    op.drop_table("indicator_count")
    op.drop_table("indicator_release")

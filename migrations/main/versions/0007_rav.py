"""Create the tables of the victims' aid networks and of their guide."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rav_guide_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("act", sa.String(120), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_guide_decision")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_guide_decision_reference")),
    )
    op.create_table(
        "desk_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("desk", sa.String(120), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_desk_link_cell_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_desk_link_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_link")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_desk_link_link_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_desk_link_reference")),
    )
    op.create_index(op.f("ix_desk_link_cell_id"), "desk_link", ["cell_id"], unique=False)
    op.create_table(
        "rav_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_rav_edition_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_edition")),
        sa.UniqueConstraint("cell_id", "year", name=op.f("uq_rav_edition_cell_id_year")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_edition_reference")),
    )
    op.create_table(
        "rav_network",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("arrondissements", sa.String(64), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_rav_network_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_network")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_network_reference")),
    )
    op.create_index(op.f("ix_rav_network_cell_id"), "rav_network", ["cell_id"], unique=False)
    op.create_table(
        "rav_structure",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("publics", sa.String(254), nullable=False),
        sa.Column("themes", sa.String(254), nullable=False),
        sa.Column("arrondissements", sa.String(64), nullable=False),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("transport", sa.String(120), nullable=True),
        sa.Column("hours", sa.String(120), nullable=True),
        sa.Column("phones", sa.String(120), nullable=False),
        sa.Column("languages", sa.String(120), nullable=True),
        sa.Column("accessibility", sa.String(254), nullable=False),
        sa.Column("approach", sa.String(200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("revised_on", sa.Date(), nullable=False),
        sa.Column("revised_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT confidential OR address IS NULL", name=op.f("ck_rav_structure_confidential_without_address")
        ),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_rav_structure_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_structure")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_structure_reference")),
    )
    op.create_index(op.f("ix_rav_structure_cell_id"), "rav_structure", ["cell_id"], unique=False)
    op.create_table(
        "rav_diffusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("medium", sa.String(32), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["rav_edition.id"], name=op.f("fk_rav_diffusion_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_diffusion")),
    )
    op.create_index(op.f("ix_rav_diffusion_edition_id"), "rav_diffusion", ["edition_id"], unique=False)
    op.create_table(
        "rav_edition_entry",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("publics", sa.String(254), nullable=False),
        sa.Column("themes", sa.String(254), nullable=False),
        sa.Column("arrondissements", sa.String(64), nullable=False),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("transport", sa.String(120), nullable=True),
        sa.Column("hours", sa.String(120), nullable=True),
        sa.Column("phones", sa.String(120), nullable=False),
        sa.Column("languages", sa.String(120), nullable=True),
        sa.Column("accessibility", sa.String(254), nullable=False),
        sa.Column("approach", sa.String(200), nullable=True),
        sa.Column("revised_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("structure_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["rav_edition.id"], name=op.f("fk_rav_edition_entry_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_edition_entry")),
        sa.UniqueConstraint("edition_id", "structure_id", name=op.f("uq_rav_edition_entry_edition_id_structure_id")),
    )
    op.create_table(
        "rav_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.String(32), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_event_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_event")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_event_reference")),
    )
    op.create_index(op.f("ix_rav_event_network_id"), "rav_event", ["network_id"], unique=False)
    op.create_table(
        "rav_improvement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_improvement_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_improvement")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_improvement_reference")),
    )
    op.create_index(op.f("ix_rav_improvement_network_id"), "rav_improvement", ["network_id"], unique=False)
    op.create_table(
        "rav_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_meeting_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_meeting")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_meeting_reference")),
    )
    op.create_index(op.f("ix_rav_meeting_network_id"), "rav_meeting", ["network_id"], unique=False)
    op.create_table(
        "rav_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_member_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_member")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_member_reference")),
    )
    op.create_index(op.f("ix_rav_member_network_id"), "rav_member", ["network_id"], unique=False)
    op.create_table(
        "rav_network_theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_network_theme_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_network_theme")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_network_theme_reference")),
    )
    op.create_index(op.f("ix_rav_network_theme_network_id"), "rav_network_theme", ["network_id"], unique=False)
    op.create_table(
        "rav_tool",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["rav_network.id"], name=op.f("fk_rav_tool_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_tool")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_tool_reference")),
    )
    op.create_index(op.f("ix_rav_tool_network_id"), "rav_tool", ["network_id"], unique=False)
    op.create_table(
        "rav_agenda_title",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["rav_meeting.id"], name=op.f("fk_rav_agenda_title_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_agenda_title")),
        sa.UniqueConstraint("meeting_id", "rank", name=op.f("uq_rav_agenda_title_meeting_id_rank")),
    )
    op.create_table(
        "rav_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["rav_member.id"], name=op.f("fk_rav_contact_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_contact")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_contact_reference")),
    )
    op.create_index(op.f("ix_rav_contact_member_id"), "rav_contact", ["member_id"], unique=False)
    op.create_table(
        "rav_follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["rav_meeting.id"], name=op.f("fk_rav_follow_up_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["rav_member.id"], name=op.f("fk_rav_follow_up_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_follow_up")),
        sa.UniqueConstraint("reference", name=op.f("uq_rav_follow_up_reference")),
    )
    op.create_index(op.f("ix_rav_follow_up_meeting_id"), "rav_follow_up", ["meeting_id"], unique=False)
    op.create_table(
        "rav_presence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["rav_meeting.id"], name=op.f("fk_rav_presence_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["rav_member.id"], name=op.f("fk_rav_presence_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rav_presence")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_rav_presence_meeting_id_member_id")),
    )


def downgrade() -> None:
    op.drop_table("rav_presence")
    op.drop_table("rav_follow_up")
    op.drop_table("rav_contact")
    op.drop_table("rav_agenda_title")
    op.drop_table("rav_tool")
    op.drop_table("rav_network_theme")
    op.drop_table("rav_member")
    op.drop_table("rav_meeting")
    op.drop_table("rav_improvement")
    op.drop_table("rav_event")
    op.drop_table("rav_edition_entry")
    op.drop_table("rav_diffusion")
    op.drop_table("rav_structure")
    op.drop_table("rav_network")
    op.drop_table("rav_edition")
    op.drop_table("desk_link")
    op.drop_table("rav_guide_decision")

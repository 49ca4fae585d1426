"""What each role of PostgreSQL may do to each table: nothing but what is written here (decision 0019).

A process signs in to each store under one role, through its own address. The owner migrates, restores and grants, and
serves nothing. Tests try every role on every table, and refuse a table that the application has no line for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from backend.kernel.database import JournalRow, KeysRow, MainRow
from backend.kernel.migrations import StoreName
from policies.classification import Classification


class StoreRole(StrEnum):
    """A role of PostgreSQL, in each of the three clusters unless it has nothing to do there."""

    OWNER = "owner"
    APPLICATION = "application"
    SEALER = "sealer"
    PURGER = "purger"
    DUMPER = "dumper"
    READER = "reader"


class Right(StrEnum):
    """What may be granted on a table; nobody is ever granted TRUNCATE, REFERENCES or TRIGGER."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


READ = frozenset({Right.SELECT})
ADD = frozenset({Right.SELECT, Right.INSERT})
TAKE = frozenset({Right.SELECT, Right.DELETE})
CHANGE = frozenset({Right.SELECT, Right.UPDATE})
KEEP = ADD | {Right.UPDATE}
EVERYTHING = KEEP | {Right.DELETE}
ONLY_ADD = frozenset({Right.INSERT})

HIDDEN = frozenset({Classification.NOMINATIVE, Classification.SENSITIVE, Classification.SECRET})
"""Classes of columns that the purger does not read: sealed values, hashes, wrapped secrets."""

METADATA: Mapping[StoreName, sa.MetaData] = {
    "main": MainRow.metadata,
    "keys": KeysRow.metadata,
    "journal": JournalRow.metadata,
}

VERSION = "alembic_version"
"""The table of the migrations, which no model declares."""

CHECKPOINT = "pg_checkpoint"
READ_ALL = "pg_read_all_data"
MEMBERS: Mapping[StoreRole, frozenset[str]] = {
    StoreRole.PURGER: frozenset({CHECKPOINT}),
    StoreRole.DUMPER: frozenset({READ_ALL}),
}
"""The predefined roles that a superuser makes ours members of, in `docs/deployment/roles.sh`; no other membership."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights on some tables; `hides` withholds from SELECT the columns of these classes, `but` those of these names."""

    rights: Collection[Right]
    tables: tuple[str, ...]
    hides: frozenset[Classification] = frozenset()
    but: frozenset[str] = field(default=frozenset())

    def columns(self, table: sa.Table) -> tuple[str, ...] | None:
        """Give the columns that SELECT is bounded to, in the order of the table; None for the whole table."""
        shown = tuple(
            column.name
            for column in table.columns
            if column.info["classification"] not in self.hides and column.name not in self.but
        )
        return None if len(shown) == len(table.columns) else shown


def _named(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_APPLICATION_MAIN = (
    Grant(READ, _named("store_identity journal_watermark alembic_version")),
    Grant(
        ADD,
        _named(
            "charter_acceptance cosigned_checkpoint count_delta exclusion indicator_count indicator_figure "
            "indicator_release journal_outbox parquet_answer pending_successor transmission_undertaking undertaking"
        ),
    ),
    Grant(
        KEEP,
        _named(
            "account account_session archive_opening balance_text carry_over cell charter_signature daily_job "
            "desk_link directory_entry education_confirmation examination family_information feedback habilitation "
            "institution invitation listing_quota local_contact mail_outbox meeting notice_exception orientation "
            "presence purge_notice purge_run purge_state purge_tally rav_agenda_title rav_diffusion rav_edition "
            "rav_edition_entry rav_event rav_follow_up rav_guide_decision rav_improvement rav_meeting rav_member "
            "rav_network rav_network_theme rav_presence rav_structure rav_tool receipt recorded_act retention_decision "
            "rights_notice rights_search situation_exit steering_event transmission"
        ),
    ),
    Grant(
        EVERYTHING,
        _named(
            "agenda_item availability breach draft enrolment_link idempotency_key known_device meeting_date "
            "namesake_tally passkey pending_destruction prior_research provider_identity provider_request rav_contact "
            "recovery_code rights_finding rights_request sign_in_throttle signalement signalement_facts situation "
            "situation_person unusual_access"
        ),
    ),
)

_PURGER_MAIN = (
    Grant(
        READ,
        _named(
            "alembic_version archive_opening cell charter_acceptance exclusion prior_research "
            "retention_decision rights_finding rights_search signalement signalement_facts store_identity transmission "
            "undertaking"
        ),
        hides=HIDDEN,
    ),
    Grant(ADD, _named("count_delta journal_outbox pending_successor")),
    Grant(
        TAKE,
        _named(
            "breach charter_signature idempotency_key invitation listing_quota local_contact rav_contact recorded_act "
            "rights_request"
        ),
        hides=HIDDEN,
    ),
    Grant(CHANGE, _named("account institution meeting"), hides=HIDDEN),
    Grant(
        CHANGE | TAKE,
        _named(
            "account_session agenda_item draft enrolment_link habilitation known_device passkey provider_identity "
            "receipt recovery_code situation"
        ),
        hides=HIDDEN,
    ),
    Grant(ADD | TAKE, _named("mail_outbox pending_destruction"), hides=HIDDEN),
    Grant(EVERYTHING, _named("purge_notice purge_run purge_state purge_tally")),
)

DECLARED: Mapping[StoreName, Mapping[StoreRole, tuple[Grant, ...]]] = {
    "main": {
        StoreRole.APPLICATION: _APPLICATION_MAIN,
        StoreRole.SEALER: (
            Grant(READ, _named("store_identity alembic_version")),
            Grant(TAKE, _named("journal_outbox")),
            Grant(KEEP, _named("journal_watermark")),
        ),
        StoreRole.PURGER: _PURGER_MAIN,
        StoreRole.DUMPER: (Grant(ONLY_ADD, _named("journal_outbox")),),
        StoreRole.READER: (
            Grant(
                READ,
                _named(
                    "alembic_version cell cosigned_checkpoint indicator_figure indicator_release journal_watermark "
                    "purge_run purge_state purge_tally retention_decision store_identity"
                ),
            ),
            Grant(READ, _named("unusual_access"), but=frozenset({"account_id", "lifted_by", "settled_by"})),
        ),
    },
    "keys": {
        StoreRole.APPLICATION: (
            Grant(READ, _named("alembic_version backup restoration store_identity")),
            Grant(ADD, _named("superseded tombstone")),
            Grant(CHANGE, _named("service_key")),
            Grant(KEEP, _named("rotation")),
            Grant(EVERYTHING, _named("holder_key root_generation search_token subject subject_wrap")),
        ),
        StoreRole.SEALER: (
            Grant(READ, _named("alembic_version restoration root_generation service_key store_identity")),
        ),
        StoreRole.PURGER: (
            Grant(
                READ, _named("alembic_version backup holder_key restoration root_generation service_key store_identity")
            ),
            Grant(ADD, _named("superseded")),
            Grant(ADD | {Right.DELETE}, _named("tombstone")),
            Grant(EVERYTHING, _named("subject subject_wrap")),
        ),
        StoreRole.DUMPER: (Grant(ONLY_ADD, _named("backup")),),
    },
    "journal": {
        StoreRole.APPLICATION: (
            Grant(
                READ,
                _named(
                    "alembic_version journal_checkpoint journal_entry journal_expiry journal_expiry_mark journal_leaf "
                    "journal_node journal_subject store_identity"
                ),
            ),
        ),
        StoreRole.SEALER: (
            Grant(READ, _named("alembic_version store_identity")),
            Grant(ADD, _named("journal_checkpoint journal_entry journal_leaf journal_node journal_subject")),
        ),
        StoreRole.PURGER: (
            Grant(READ, _named("alembic_version journal_checkpoint journal_leaf journal_node store_identity")),
            Grant(ADD, _named("journal_expiry journal_expiry_mark")),
            Grant(TAKE, _named("journal_entry journal_subject")),
        ),
        StoreRole.DUMPER: (),
        StoreRole.READER: (
            Grant(
                READ,
                _named(
                    "alembic_version journal_checkpoint journal_entry journal_expiry journal_expiry_mark journal_leaf "
                    "journal_node journal_subject store_identity"
                ),
            ),
        ),
    },
}
"""What each role may do, store by store; a role that a store does not name cannot even sign in to it."""

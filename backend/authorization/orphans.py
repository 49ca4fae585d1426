"""Keys left without rows by a process that died between `keys` and `main`: found, checked again, destroyed.

Never when `main` is older than the journal, which is what a restored backup looks like: its keys are somebody's whose
rows may come back. Never more than twenty at once, for a missing `main` would look like that (architecture.md 4).
"""

import logging
from collections.abc import Callable, Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.audit.models import JournalLeaf, JournalWatermark
from backend.crypto.keyring import ORPHANS_AT_ONCE, Keyring
from backend.kernel.database import MainRow, Store, Stores

LOG = logging.getLogger("cenacle")


def reap_orphans(stores: Stores, keyring: Keyring) -> int:
    """Destroy the keys, over an hour old, that no row of `main` is sealed under; give how many.

    Asked twice, the second time inside a write transaction of `main`, so that a submission under way keeps its key.
    """
    main = stores.main
    suspects = keyring.find_orphans(_asked_apart(main))
    if not suspects:
        return 0
    if _is_older_than_the_journal(stores):
        LOG.error("keys without rows, and data older than the journal: nothing was destroyed, an operator must look")
        return 0
    if len(suspects) >= ORPHANS_AT_ONCE:
        LOG.error("too many keys without rows: nothing was destroyed, an operator must look")
        return 0
    with main.transaction() as session:
        return len(keyring.reap_orphans(lambda subjects: subjects_with_rows(session, subjects), suspects))


def subjects_with_rows(session: Session, subjects: Collection[UUID]) -> frozenset[UUID]:
    """Give those of some subjects that sealed rows of `main`, or a pending destruction, still name.

    All of them under row-level security: it hides every row from who acts for nobody, and no key may go for that.
    """
    if _rows_are_hidden(session):
        return frozenset(subjects)
    found: set[UUID] = set()
    for table, column in _subject_columns():
        name = table.c[column]
        found.update(session.scalars(sa.select(name).where(name.in_(sorted(subjects))).distinct()))
    return frozenset(found)


def _rows_are_hidden(session: Session) -> bool:
    if session.connection().dialect.name != "postgresql":
        return False
    active = (sa.func.row_security_active(table.name) for table, _ in _subject_columns())
    return bool(session.scalar(sa.select(sa.or_(*active))))


def _is_older_than_the_journal(stores: Stores) -> bool:
    with stores.main.transaction() as session:
        sealed = session.scalar(sa.select(col(JournalWatermark.size))) or 0
    with stores.journal.transaction() as session:
        leaves = session.scalar(sa.select(sa.func.count()).select_from(JournalLeaf)) or 0
    return sealed < leaves


def _asked_apart(main: Store) -> Callable[[Collection[UUID]], frozenset[UUID]]:
    def known(subjects: Collection[UUID]) -> frozenset[UUID]:
        with main.transaction() as session:
            return subjects_with_rows(session, subjects)

    return known


def _subject_columns() -> list[tuple[sa.Table, str]]:
    models = [mapper.class_ for mapper in MainRow._sa_registry.mappers]  # noqa: SLF001  SQLModel's own name for it
    declared = [
        (MainRow.metadata.tables[str(model.__tablename__)], str(model.__subject__))
        for model in models
        if hasattr(model, "__subject__")
    ]
    return [*declared, (MainRow.metadata.tables["pending_destruction"], "subject_id")]

"""Values sealed again under the new key of their subject, at an opening: nobody waits for it, nothing is lost by it.

Both keys open until no value is under the older one. Rows that somebody holds, or that row-level security hides from
who opens, stay as they are until a later opening (architecture.md section 4).
"""

import logging
from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from backend.authorization.row_security import POLICIES, Reach
from backend.authorization.work import UnitOfWork
from backend.crypto.sealed import RowKey, SealBroken, Sealed, SealedType, SubjectKey, generation_of
from backend.crypto.wrapping import WrapBroken
from backend.kernel.database import MainRow
from backend.kernel.errors import Unavailable

LOG = logging.getLogger("cenacle")

OF_CELLS = frozenset({Reach.CELLS, Reach.INSTITUTION_OR_CELLS})
"""Reach of the tables that a cell sees whole: of the others, nobody could tell that nothing is left behind."""


def reseal(uow: UnitOfWork, subject: UUID, cell: UUID) -> bool:
    """Seal the values of a subject that is due under its new key, in the transaction of who opens them.

    A failure leaves every value as it was, under a key that still opens, and is tried again at the next opening. Tell
    whether nothing is left under the older keys, as far as who acts can see.
    """
    uow.session.flush()  # what the verb itself wrote must not fail in here
    try:
        with uow.session.begin_nested():
            key = _renewed(uow, subject, cell)
            if key is None:
                return False
            for table, row in _rows(uow.session, subject, lock=True):
                changed = _sealed_again(table, row, key)
                if changed:
                    uow.session.execute(table.update().where(table.c.id == row["id"]).values(changed))
            left = any(_behind(table, row, key) for table, row in _rows(uow.session, subject))
    except (SQLAlchemyError, SealBroken, WrapBroken, Unavailable) as fault:
        LOG.warning("a key to be renewed is left to the next opening: %s", type(fault).__name__)
        return False
    if not left:
        uow.after_commit(lambda: uow.keyring.end_renewal(key))
    return not left


def is_sealed_under(session: Session, subject: UUID, generation: int) -> bool:
    """Tell whether a value that this session sees is still sealed under a generation of its subject's key."""
    return any(
        value is not None and generation_of(value) == generation
        for table, row in _rows(session, subject)
        for value in (row[name] for name in _columns(table))
    )


def _renewed(uow: UnitOfWork, subject: UUID, cell: UUID) -> SubjectKey | None:
    seen = next(_rows(uow.session, subject), None)
    return None if seen is None else uow.keyring.renew_subject(subject, cell)


def _sealed_again(table: sa.Table, row: sa.RowMapping, key: SubjectKey) -> dict[str, Sealed]:
    changed = {}
    prepared = RowKey(key, table.name, row["id"])
    for name in _columns(table):
        value: Sealed | None = row[name]
        if value is not None and not key.seals(value):
            changed[name] = prepared.seal(name, prepared.unseal(name, value), size=table.c[name].info.get("size"))
    return changed


def _behind(table: sa.Table, row: sa.RowMapping, key: SubjectKey) -> bool:
    return any(row[name] is not None and not key.seals(row[name]) for name in _columns(table))


def _rows(session: Session, subject: UUID, *, lock: bool = False) -> Iterator[tuple[sa.Table, sa.RowMapping]]:
    """Give the sealed values of a subject, with the identifiers of their rows; `lock` skips those that others hold."""
    for table, name in _tables():
        query = sa.select(table.c.id, *(table.c[column] for column in _columns(table))).where(table.c[name] == subject)
        rows = session.execute(query.with_for_update(skip_locked=True) if lock else query).mappings().all()
        for row in rows:
            yield table, row


def _tables() -> Iterator[tuple[sa.Table, str]]:
    for mapper in MainRow._sa_registry.mappers:  # noqa: SLF001  SQLModel's own name for it
        model = mapper.class_
        table = MainRow.metadata.tables[str(model.__tablename__)]
        if hasattr(model, "__subject__") and POLICIES.get(table.name) in OF_CELLS:
            yield table, str(model.__subject__)


def _columns(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns if isinstance(column.type, SealedType)]

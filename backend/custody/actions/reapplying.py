"""Apply to restored stores what happened after their backup: destructions first, then keys and sessions.

What has a tombstone goes, whatever its ground; what is newer than the backup, and so has no rows, stays as it is.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.crypto.keyring import Tombstone
from backend.custody.actions.retelling import told
from backend.members.models import Account, AccountSession, EnrolmentLink
from backend.purge.actions.destroying import erase, finish, ground_of
from backend.purge.events import SituationDestroyed
from backend.purge.queries.rows import hanging_subjects, subjects_of
from backend.signalements.models import Draft, Signalement, SignalementFacts
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from policies.retention import Kind
from policies.retention_words import Custody
from policies.vocabulary import Stage

AT_ONCE = 500

EMPTIED = frozenset({Stage.MERGED, Stage.MOVED})
"""Stages of a situation whose content is elsewhere, under another key: its own may be gone, the row stays."""


def write_journalled(house: House) -> None:
    """Write a tombstone for every situation of the rows that the journal says was destroyed, should `keys` not know."""
    gone = _destroyed_in_journal(house)
    for cell in cells(house):
        with house.transaction() as uow:
            uow.hand_over(cell)
            rows = uow.session.execute(
                sa.select(col(Situation.id), col(Situation.reference)).where(
                    col(Situation.cell_id) == cell, col(Situation.stage) != Stage.MERGED
                )
            ).all()
            found = {identifier: gone[reference] for identifier, reference in rows if reference in gone}
            entries = [
                Tombstone(found[owner].reference, subject, found[owner].ground, found[owner].at)
                for subject, owner in subjects_of(uow.session, set(found)).items()
            ]
            uow.keyring.write_tombstones(entries)


def _destroyed_in_journal(house: House) -> dict[str, Tombstone]:
    found = {}
    for event in told(house, {SituationDestroyed}):
        ground = ground_of(Kind.of(event.values["kind"]))
        found[event.values["situation"]] = Tombstone(event.values["situation"], UUID(int=0), ground, event.at)
    return found


def bury_again(house: House) -> int:
    """Delete every row whose subject has a tombstone, then every key that still has one; give how many situations."""
    destroyed = finish(house)
    for cell in cells(house):
        with house.transaction() as uow:
            uow.hand_over(cell)
            _delete_hanging(uow, cell)
            gone = _buried(uow, _situations(uow, cell, col(Situation.stage).not_in(EMPTIED)))
            erase(uow.session, gone)
            destroyed += len(gone)
    for account in _accounts(house):
        with house.transaction() as uow, uow.reaching(account):
            gone = _buried(uow, _drafts(uow, account))
            uow.session.execute(sa.delete(Draft).where(col(Draft.id).in_(gone)))
    house.keyring.finish_tombstones()
    return destroyed


def _delete_hanging(uow: UnitOfWork, cell: UUID) -> None:
    """Delete notes, texts and transmissions that have a tombstone; a text that was masked reads as put aside."""
    for table, name in hanging_subjects():
        subject = table.c[name]
        gone = _buried(uow, uow.session.scalars(sa.select(subject).where(table.c.cell_id == cell)).all())
        if table is SignalementFacts.metadata.tables["signalement_facts"]:
            texts = sa.select(col(SignalementFacts.signalement_id)).where(col(SignalementFacts.id).in_(gone))
            uow.session.execute(
                sa.update(Signalement).where(col(Signalement.id).in_(texts)).values(facts_state=FactsState.DROPPED),
                execution_options={"synchronize_session": False},
            )
        uow.session.execute(sa.delete(table).where(subject.in_(gone)))


def give_back(house: House) -> tuple[int, int]:
    """Put the keys where the restored rows need them; give how many were replaced since, and how many are missing.

    What is in the active base opens under its cell's key again, replaced or locked as it may have been since.
    """
    reinstated, missing = 0, 0
    for cell in cells(house):
        with house.transaction() as uow:
            uow.hand_over(cell)
            active = (col(Situation.stage).not_in(EMPTIED), col(Situation.custody) == Custody.ACTIVE)
            situations = _situations(uow, cell, *active)
            for start in range(0, len(situations), AT_ONCE):
                subjects = list(subjects_of(uow.session, situations[start : start + AT_ONCE]))
                given, lost = _open_again(uow, cell, subjects)
                reinstated, missing = reinstated + given, missing + lost
    for account in _accounts(house):
        with house.transaction() as uow, uow.reaching(account):
            rows = uow.session.execute(
                sa.select(col(Draft.id), col(Draft.cell_id)).where(col(Draft.account_id) == account)
            ).all()
            for draft, cell in rows:
                given, lost = _open_again(uow, cell, [draft])
                reinstated, missing = reinstated + given, missing + lost
    return reinstated, missing


def _open_again(uow: UnitOfWork, cell: UUID, subjects: Sequence[UUID]) -> tuple[int, int]:
    given = uow.keyring.reinstate(subjects)
    closed = _closed(uow, cell, subjects)
    if closed:
        # Whatever kept them out of the cell's hands: held first, then given back.
        uow.keyring.hold(closed)
        uow.keyring.release(closed)
    return given, len(_closed(uow, cell, closed))


def _closed(uow: UnitOfWork, cell: UUID, subjects: Sequence[UUID]) -> list[UUID]:
    opened = uow.keyring.open_subjects({(subject, cell) for subject in subjects})
    return [subject for subject in subjects if subject not in opened]


def end_access(house: House) -> None:
    """End every session and every enrolment link that came back with the rows."""
    with house.transaction() as uow:
        for model in (AccountSession, EnrolmentLink):
            uow.session.execute(sa.delete(model))


def _buried(uow: UnitOfWork, subjects: Sequence[UUID]) -> list[UUID]:
    """Give those of some subjects that have a tombstone."""
    found: list[UUID] = []
    for start in range(0, len(subjects), AT_ONCE):
        found += sorted(uow.keyring.tombstoned(subjects[start : start + AT_ONCE]))
    return found


def _situations(uow: UnitOfWork, cell: UUID, *conditions: sa.ColumnElement[bool]) -> list[UUID]:
    statement = sa.select(col(Situation.id)).where(col(Situation.cell_id) == cell, *conditions)
    return list(uow.session.scalars(statement.order_by(col(Situation.id))))


def _drafts(uow: UnitOfWork, account: UUID) -> list[UUID]:
    return list(uow.session.scalars(sa.select(col(Draft.id)).where(col(Draft.account_id) == account)))


def cells(house: House) -> Collection[UUID]:
    """Give every cell, closed ones too."""
    with house.transaction() as uow:
        return uow.session.scalars(sa.select(col(Cell.id)).order_by(col(Cell.id))).all()


def _accounts(house: House) -> Collection[UUID]:
    with house.transaction() as uow:
        return uow.session.scalars(sa.select(col(Account.id)).order_by(col(Account.id))).all()

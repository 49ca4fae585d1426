"""What is read of signalements, drafts, receipts and invitations: rows from the gate, plaintext from the vault."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.vault import Purpose, Value, open_rows
from backend.authorization.work import UnitOfWork
from backend.crypto.names import Confidence
from backend.signalements.models import Draft, Invitation, Receipt, Signalement, SignalementFacts
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from policies.disclosure import Field


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A situation of the same cell that may be about the same minor, and how sure that is."""

    situation: Situation
    confidence: Confidence


SIGNALEMENT_COLUMNS: dict[Field, tuple[str, ...]] = {
    Field.QUALIFICATION: ("qualification",),
    Field.MOTIVES: ("motives",),
    Field.SCHOOL_MOTIVES: ("motives",),
    Field.CIRCUMSTANCES: ("circumstances",),
    Field.STEPS: ("steps",),
    Field.REPORTER: ("author",),
}
"""Columns of a signalement that each class of fields discloses."""

REVIEWED = frozenset({FactsState.KEPT, FactsState.MASKED})
"""States in which a free text may be read by those to whom facts are disclosed."""


def signalements_of(uow: UnitOfWork, situations: Sequence[Situation]) -> Sequence[Signalement]:
    """Give the signalements of some situations already fetched, in one query, the earliest first."""
    wanted = sorted(situation.id for situation in situations)
    statement = sa.select(Signalement).where(col(Signalement.situation_id).in_(wanted))
    return uow.session.scalars(statement.order_by(col(Signalement.submitted_at), col(Signalement.id))).all()


def open_signalements(
    uow: UnitOfWork, rows: Sequence[Signalement], fields: frozenset[Field], purpose: Purpose, references: Sequence[str]
) -> dict[UUID, dict[str, Value]]:
    """Open what some classes of fields disclose of signalements, by signalement; `facts` only if they may be read."""
    found = (column for field in Field if field in fields for column in SIGNALEMENT_COLUMNS.get(field, ()))
    columns = list(dict.fromkeys(found))
    opened = open_rows(uow, rows, columns, purpose, references) if columns else {row.id: {} for row in rows}
    readable = {
        row.id
        for row in rows
        if (row.facts_state in REVIEWED and Field.FACTS in fields)
        or (row.facts_state is FactsState.TO_REVIEW and Field.FACTS_TO_REVIEW in fields)
    }
    facts = facts_of(uow, readable)
    opened_facts = open_rows(uow, facts, ["text"], purpose, ())
    texts = {fact.signalement_id: opened_facts[fact.id]["text"] for fact in facts}
    return {row.id: opened[row.id] | {"facts": texts.get(row.id)} for row in rows}


def facts_of(uow: UnitOfWork, signalements: set[UUID]) -> Sequence[SignalementFacts]:
    """Give the sealed facts of some signalements already fetched."""
    if not signalements:
        return ()
    statement = sa.select(SignalementFacts).where(col(SignalementFacts.signalement_id).in_(sorted(signalements)))
    return uow.session.scalars(statement).all()


def my_drafts(uow: UnitOfWork) -> Sequence[Draft]:
    """Give the drafts of the person who acts, the latest first."""
    return uow.session.scalars(gate.readable(uow, Draft).order_by(col(Draft.saved_at).desc())).all()


def my_receipts(uow: UnitOfWork, limit: int = 50) -> Sequence[Receipt]:
    """Give the latest receipts of the person who acts."""
    statement = gate.readable(uow, Receipt).order_by(col(Receipt.submitted_at).desc(), col(Receipt.id).desc())
    return uow.session.scalars(statement.limit(limit)).all()


def invitations(uow: UnitOfWork, limit: int = 50) -> Sequence[Invitation]:
    """Give the latest invitations of the coordinator's cells."""
    statement = gate.readable(uow, Invitation).order_by(col(Invitation.created_at).desc(), col(Invitation.id).desc())
    return uow.session.scalars(statement.limit(limit)).all()


def drafts_of(uow: UnitOfWork, account: UUID) -> int:
    """Count the drafts of somebody, whoever asks: what goes with them when they leave."""
    with uow.reaching(account):
        return uow.session.scalar(sa.select(sa.func.count()).where(col(Draft.account_id) == account)) or 0


def invitations_waiting(uow: UnitOfWork, cell: UUID) -> int:
    """Count the one-time forms of a cell that were given and not filled yet, whoever asks."""
    statement = sa.select(sa.func.count()).where(
        col(Invitation.cell_id) == cell,
        col(Invitation.used_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > uow.now(),
    )
    return uow.session.scalar(statement) or 0

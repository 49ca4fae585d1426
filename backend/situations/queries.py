"""What is read of situations: rows come from the gate, plaintext from the vault, and only what is disclosed."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.vault import ONE_BY_ONE, Purpose, Value, open_rows
from backend.authorization.work import UnitOfWork
from backend.members.actions.namesakes import notice_namesakes
from backend.situations.models import Situation, SituationExit, SituationPerson
from policies.disclosure import Field, disclosed

PERSON_COLUMNS: dict[Field, tuple[str, ...]] = {
    Field.IDENTITY: ("last_name", "first_name", "birth", "sex"),
    Field.QUARTIER: ("residence", "arrondissement", "quartier"),
    Field.ADDRESS: ("residence", "arrondissement", "quartier", "address"),
    Field.SCHOOL: ("school", "school_level"),
    Field.REPRESENTATIVES: ("representative_name",),
    Field.REPRESENTATIVES_CONTACT: ("representative_contact",),
}
"""Columns of the person that each class of fields discloses."""


def shown(uow: UnitOfWork, situation: Situation) -> frozenset[Field]:
    """Give the classes of fields that the person who acts may read of a situation now."""
    return disclosed(uow.actor.roles_in(situation.cell_id), situation.stage, situation.sharing)


def open_people(uow: UnitOfWork, situations: Sequence[Situation], purpose: Purpose) -> dict[UUID, dict[str, Value]]:
    """Open what may be read of the minors of some situations, by situation; what is not disclosed is not opened.

    One query and one journal line for the whole list; a situation whose person is gone is absent.
    """
    wanted = {situation.id: situation for situation in situations}
    statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id).in_(sorted(wanted)))
    people = uow.session.execute(statement).scalars().all()
    by_columns: dict[frozenset[str], list[SituationPerson]] = {}
    for person in people:
        by_columns.setdefault(person_columns(shown(uow, wanted[person.situation_id])), []).append(person)
    opened: dict[UUID, dict[str, Value]] = {}
    for columns, rows in by_columns.items():
        references = [wanted[row.situation_id].reference for row in rows]
        values = open_rows(uow, rows, sorted(columns), purpose, references)
        opened |= {row.situation_id: values[row.id] for row in rows}
    if purpose in ONE_BY_ONE:
        notice_namesakes(uow, [str(values["last_name"]) for values in opened.values() if values.get("last_name")])
    return opened


def person_columns(fields: frozenset[Field]) -> frozenset[str]:
    """Give the columns of a person that some classes of fields disclose."""
    return frozenset(column for field in fields for column in PERSON_COLUMNS.get(field, ()))


def exits_of(uow: UnitOfWork, situation: Situation) -> Sequence[SituationExit]:
    """Give the exits recorded for a situation already fetched, the latest first."""
    statement = sa.select(SituationExit).where(col(SituationExit.situation_id) == situation.id)
    return uow.session.execute(statement.order_by(col(SituationExit.recorded_at).desc())).scalars().all()

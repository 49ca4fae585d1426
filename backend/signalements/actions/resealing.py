"""Carry what a situation holds under another key: to merge it, to move it, to give it back to its author."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.vault import Purpose, Value, open_rows
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.signalements.models import Signalement, SignalementFacts
from backend.signalements.queries.rows import facts_of, signalements_of
from backend.signalements.views.content import motives_of
from backend.situations.models import Situation, SituationPerson
from policies.vocabulary import Motive

PERSON = (
    "last_name",
    "first_name",
    "birth",
    "sex",
    "residence",
    "arrondissement",
    "quartier",
    "address",
    "school",
    "school_level",
    "representative_name",
    "representative_contact",
)
"""Every sealed column of the person."""

CONTENT = ("author", "qualification", "motives", "circumstances", "steps")
"""Every sealed column of a signalement."""


@dataclass(frozen=True, slots=True)
class OpenedSignalement:
    """One signalement, its values, its text and where that text is sealed."""

    row: Signalement
    values: Mapping[str, Value]
    facts: SignalementFacts | None
    text: str | None

    @property
    def motives(self) -> tuple[Motive, ...]:
        """The motives, as closed values."""
        return motives_of(self.values)


@dataclass(frozen=True, slots=True)
class OpenedSituation:
    """All that a situation holds, in clear, for the time of one verb."""

    person: SituationPerson
    values: Mapping[str, Value]
    signalements: tuple[OpenedSignalement, ...]


def open_whole(uow: UnitOfWork, situation: Situation) -> OpenedSituation:
    """Open all that a situation holds, to carry it under another key."""
    statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id)
    person = uow.session.scalar(statement)
    if person is None:
        raise NotFound
    rows = signalements_of(uow, [situation])
    facts = {fact.signalement_id: fact for fact in facts_of(uow, {row.id for row in rows})}
    people = open_rows(uow, [person], PERSON, Purpose.RESEAL, [situation.reference])
    contents = open_rows(uow, rows, CONTENT, Purpose.RESEAL, ())
    texts = open_rows(uow, list(facts.values()), ["text"], Purpose.RESEAL, ())
    return OpenedSituation(
        person,
        people[person.id],
        tuple(
            OpenedSignalement(
                row,
                contents[row.id],
                facts.get(row.id),
                str(texts[facts[row.id].id]["text"]) if row.id in facts else None,
            )
            for row in rows
        ),
    )

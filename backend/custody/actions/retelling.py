"""What the journal says of what happened after a backup: it is newer than the rows that came back."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.bodies import is_authentic
from backend.audit.events import Event
from backend.audit.models import JournalEntry, JournalSubject
from backend.authorization.work import House
from backend.cells.events import ActDecided
from backend.crypto.keyring import ServiceKey
from backend.custody.views import ToDoAgain
from backend.members.events import (
    AccountClosed,
    CredentialsChanged,
    HabilitationMoved,
    InstitutionExcluded,
    PersonExcluded,
    PersonLeft,
)
from backend.purge.events import DurationAdvised
from backend.rights.events import (
    ErasureDecided,
    PersonRectified,
    RequestAnswered,
    RequestDecided,
    RequestRegistered,
    SituationFreed,
    SituationFrozen,
)

IN_FLIGHT = timedelta(minutes=10)
"""How long before a backup an act may have been journalled without being in it: its transaction was still open."""

ACCESS: tuple[type[Event], ...] = (
    PersonExcluded,
    InstitutionExcluded,
    PersonLeft,
    AccountClosed,
    CredentialsChanged,
    HabilitationMoved,
)
"""What changes somebody's access, and would be undone by older rows."""

DECIDED: tuple[type[Event], ...] = (
    RequestRegistered,
    RequestDecided,
    RequestAnswered,
    SituationFrozen,
    SituationFreed,
    ErasureDecided,
    PersonRectified,
    ActDecided,
    DurationAdvised,
)
"""What was asked or decided to protect a person, or of what may be destroyed, and that older rows do not know."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the journal keeps it: its name, its instant, its values."""

    name: str
    at: datetime
    values: dict[str, str]


def told(house: House, events: Collection[type[Event]], since: datetime | None = None) -> list[Told]:
    """Give what the journal says of some events, in its order, after an instant or ever; what was altered is left."""
    statement = sa.select(JournalEntry).where(col(JournalEntry.name).in_([event.name for event in events]))
    if since is not None:
        statement = statement.where(col(JournalEntry.recorded_at) > since - IN_FLIGHT)
    with house.stores.journal.transaction() as session:
        entries = session.scalars(statement.order_by(col(JournalEntry.leaf))).all()
    mac_key = house.keyring.service_key(ServiceKey.JOURNAL_MAC)
    return [
        Told(entry.name, entry.recorded_at, json.loads(entry.body)["values"])
        for entry in entries
        if is_authentic(mac_key, entry.body, entry.mac)
    ]


def to_do_again(house: House, since: datetime | None) -> tuple[ToDoAgain, ...]:
    """Give what the journal says was decided after an instant, to be done again by hand; nothing without one."""
    if since is None:
        return ()
    found = []
    for event in (*ACCESS, *DECIDED):
        references = _named(house, event, since)
        if references:
            found.append(ToDoAgain(event.label, references))
    return tuple(found)


def _named(house: House, event: type[Event], since: datetime) -> tuple[str, ...]:
    statement = (
        sa.select(col(JournalSubject.reference))
        .join(JournalEntry, col(JournalEntry.leaf) == col(JournalSubject.leaf))
        .where(col(JournalEntry.name) == event.name, col(JournalEntry.recorded_at) > since)
        .distinct()
        .order_by(col(JournalSubject.reference))
    )
    with house.stores.journal.transaction() as session:
        return tuple(session.scalars(statement))

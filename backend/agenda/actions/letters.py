"""What the members of a cell are told by e-mail: days, hours and references, never anything of a minor."""

from collections.abc import Iterable

from backend.agenda.models import Meeting
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.documents.calendar import Invitation, Method, written
from backend.kernel.clock import PARIS, paris_day
from backend.mail.outbox import Value, queue
from backend.members.models import Account
from backend.members.queries.standing import grants_of, holders
from policies.access import MEMBERS
from policies.vocabulary import Role

SUMMARY = "Réunion de la cellule"
"""The title of every entry of a diary: the same for all, so that it says nothing."""


def members_of(uow: UnitOfWork, meeting: Meeting, roles: Iterable[Role] = MEMBERS) -> list[Account]:
    """Give the people who are members of the meeting's cell at this moment, in some roles, each once."""
    found = {
        person.id: person
        for role in sorted(roles)
        for person in holders(uow, role, meeting.cell_id)
        if Grant(role, meeting.cell_id) in grants_of(uow, person)
    }
    return sorted(found.values(), key=lambda person: person.email)


def tell_members(
    uow: UnitOfWork, meeting: Meeting, template: str, *, method: Method | None = None, **values: Value
) -> int:
    """Queue one message to each member, with an entry for their diary when a method is given; give how many."""
    members = members_of(uow, meeting)
    for person in members:
        _tell(uow, meeting, person, template, method, values)
    return len(members)


def tell_roles(uow: UnitOfWork, meeting: Meeting, template: str, roles: Iterable[Role]) -> None:
    """Queue one message to each member of the meeting's cell in some roles."""
    for person in members_of(uow, meeting, roles):
        _tell(uow, meeting, person, template, None, {})


def _tell(
    uow: UnitOfWork, meeting: Meeting, person: Account, template: str, method: Method | None, values: dict[str, Value]
) -> None:
    starts = meeting.starts_at.astimezone(PARIS)
    queue(
        uow,
        person.email,
        template,
        link=f"/reunions/{meeting.reference}",
        calendar=None if method is None else written(_invitation(uow, meeting, person, method)),
        day=paris_day(meeting.starts_at),
        hour=starts.hour,
        minute=starts.minute,
        kind=meeting.kind,
        meeting=meeting.reference,
        **values,
    )


def _invitation(uow: UnitOfWork, meeting: Meeting, person: Account, method: Method) -> Invitation:
    return Invitation(
        method=method,
        uid=meeting.uid,
        sequence=meeting.sequence,
        stamped_at=uow.now(),
        starts_at=meeting.starts_at,
        place=meeting.place,
        summary=SUMMARY,
        organizer=uow.session.get_one(Account, uow.account()).email,
        attendee=person.email,
    )

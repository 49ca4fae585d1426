"""What the contacts of a network are told by e-mail of its meetings, with an entry for their diary (RAV-11)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.documents.calendar import Invitation, Method, written
from backend.kernel.clock import PARIS, paris_day
from backend.mail.outbox import queue
from backend.members.models import Account
from backend.rav.models.networks import Contact
from backend.rav.models.works import Meeting
from backend.rav.queries.networks import members_of

SUMMARY = "Réunion d'un réseau d'aide aux victimes"
"""The title of every entry of a diary: the same for all meetings, whatever their agenda."""

_TEMPLATES = {Method.REQUEST: ("rav_convocation", 0), Method.CANCEL: ("rav_cancellation", 1)}
"""The message of each method, and its SEQUENCE: a network's meeting is convened once, and may be cancelled once."""


def tell_contacts(uow: UnitOfWork, meeting: Meeting, method: Method) -> int:
    """Queue one message to each contact of the network who has an address; give how many."""
    template, sequence = _TEMPLATES[method]
    organizer = uow.session.get_one(Account, uow.account()).email
    starts = meeting.starts_at.astimezone(PARIS)
    addresses = _addresses(uow, meeting)
    for address in addresses:
        invitation = Invitation(
            method=method,
            uid=meeting.id,
            sequence=sequence,
            stamped_at=uow.now(),
            starts_at=meeting.starts_at,
            place=meeting.place,
            summary=SUMMARY,
            organizer=organizer,
            attendee=address,
        )
        queue(
            uow,
            address,
            template,
            calendar=written(invitation),
            day=paris_day(meeting.starts_at),
            hour=starts.hour,
            minute=starts.minute,
            kind=meeting.kind,
            meeting=meeting.reference,
        )
    return len(addresses)


def _addresses(uow: UnitOfWork, meeting: Meeting) -> list[str]:
    members = sorted(member.id for member in members_of(uow, meeting.network_id))
    statement = sa.select(col(Contact.email)).where(col(Contact.member_id).in_(members), col(Contact.email) != "")
    return sorted(set(uow.session.scalars(statement)))

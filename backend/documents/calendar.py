"""Entries of a diary that travel by e-mail: iCalendar and iTIP (RFC 5545, RFC 5546), one attendee per message.

Instants are written in UTC, so that no time zone has to travel; the summary is the same for every meeting.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

DURATION = timedelta(hours=2)
"""How long a diary is kept free for a meeting."""

PRODUCT = "-//Cénacle//Réunions//FR"


class Method(StrEnum):
    """What a message does to an entry: make or change it, or take it away."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One entry for one person: the same `uid` all along, a higher `sequence` at each change."""

    method: Method
    uid: UUID
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    place: str
    summary: str
    organizer: str
    attendee: str


def written(invitation: Invitation) -> str:
    """Write an invitation as iCalendar: lines of 75 octets at most, ended by CRLF, text escaped by the library."""
    from icalendar import Calendar, Event, vCalAddress  # noqa: PLC0415  only invitations need it, and it takes long

    event = Event()
    event.add("uid", str(invitation.uid))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamped_at)
    event.add("dtstart", invitation.starts_at)
    event.add("dtend", invitation.starts_at + DURATION)
    event.add("summary", invitation.summary)
    event.add("location", invitation.place)
    event.add("status", "CONFIRMED" if invitation.method is Method.REQUEST else "CANCELLED")
    event.add("class", "CONFIDENTIAL")
    event.add("transp", "OPAQUE")
    event.add("organizer", vCalAddress(f"mailto:{invitation.organizer}"))
    attendee = vCalAddress(f"mailto:{invitation.attendee}")
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method.value)
    calendar.add_component(event)
    lines: bytes = calendar.to_ical()
    return lines.decode()

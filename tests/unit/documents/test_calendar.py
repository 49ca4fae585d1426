"""Entries of a diary: what RFC 5545 and RFC 5546 ask of each line, read back by another reader than our hand."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from icalendar import Calendar

from backend.documents.calendar import DURATION, Invitation, Method, written

INVITATION = Invitation(
    method=Method.REQUEST,
    uid=UUID(int=13),
    sequence=0,
    stamped_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    starts_at=datetime(2027, 1, 14, 8, 30, tzinfo=UTC),
    place="Mairie, salle des mariages ; 1, place d'Italie \\ entrée de l'hôtel de ville, côté jardin, deuxième étage",
    summary="Réunion de la cellule",
    organizer="coordination@paris.invalid",
    attendee="agent@police.invalid",
)


def test_every_line_is_ended_by_crlf_and_folded_at_75_octets_within_no_character() -> None:
    data = written(INVITATION).encode()
    assert data.endswith(b"\r\n")
    assert re.search(rb"[^\r]\n|\r[^\n]", data) is None
    lines = data.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()


def test_a_request_says_all_that_rfc_5546_asks_for_and_nothing_of_anybody_else() -> None:
    calendar = Calendar.from_ical(written(INVITATION))
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == str(UUID(int=13))
    assert event["SEQUENCE"] == 0
    assert event.decoded("DTSTAMP") == INVITATION.stamped_at
    assert event.decoded("DTSTART") == INVITATION.starts_at
    assert event.decoded("DTEND") == INVITATION.starts_at + DURATION
    assert event["SUMMARY"] == "Réunion de la cellule"
    assert event["LOCATION"] == INVITATION.place
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:coordination@paris.invalid"
    assert event["ATTENDEE"] == "mailto:agent@police.invalid"
    assert "DESCRIPTION" not in event
    assert calendar.walk("VALARM") == []


def test_text_is_escaped_so_that_no_place_writes_a_property_of_its_own() -> None:
    text = written(replace(INVITATION, place="Salle\r\nATTENDEE:mailto:autre@ailleurs.invalid"))
    assert re.findall(r"^ATTENDEE[;:].*$", text.replace("\r\n ", ""), re.MULTILINE) == [
        "ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:agent@police.invalid\r"
    ]
    assert r"Mairie\, salle des mariages \;" in written(INVITATION).replace("\r\n ", "")


@pytest.mark.parametrize("method,status", [(Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED")])
def test_a_change_keeps_the_entry_and_raises_its_sequence(method: Method, status: str) -> None:
    changed = Calendar.from_ical(written(replace(INVITATION, method=method, sequence=2)))
    [event] = changed.walk("VEVENT")
    assert changed["METHOD"] == method.value
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (str(UUID(int=13)), 2, status)


def test_instants_are_written_in_utc_so_that_no_time_zone_has_to_travel() -> None:
    text = written(INVITATION)
    for line in ("DTSTAMP:20261123T080000Z", "DTSTART:20270114T083000Z", "DTEND:20270114T103000Z"):
        assert f"{line}\r\n" in text
    assert "TZID" not in text

"""Entries for a diary read back by ical.js, the reader of several diaries; Outlook and Gmail were not tried."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from backend.documents.calendar import Invitation, Method, written
from tests.support.tree import ROOT

FOLDER = ROOT / "tests" / "support" / "provider"

INVITATION = Invitation(
    method=Method.REQUEST,
    uid=UUID(int=13),
    sequence=0,
    stamped_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    starts_at=datetime(2027, 1, 14, 8, 30, tzinfo=UTC),
    place="Mairie, salle des mariages ; 1, place d'Italie \\ côté jardin",
    summary="Réunion de la cellule",
    organizer="coordination@paris.invalid",
    attendee="agent@police.invalid",
)


def read(invitation: Invitation) -> dict[str, object]:
    command = ["node", "calendar.mjs"]
    entry = written(invitation).encode()
    done = subprocess.run(command, cwd=FOLDER, input=entry, capture_output=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_another_reader_understands_an_invitation_to_the_last_letter() -> None:
    assert read(INVITATION) == {
        "method": "REQUEST",
        "uid": str(UUID(int=13)),
        "sequence": 0,
        "starts": "2027-01-14T08:30:00.000Z",
        "summary": INVITATION.summary,
        "place": INVITATION.place,
        "status": "CONFIRMED",
        "attendees": ["mailto:agent@police.invalid"],
    }


def test_another_reader_knows_a_move_and_a_cancellation_as_the_same_entry() -> None:
    moved = read(replace(INVITATION, sequence=1, starts_at=datetime(2027, 1, 21, 8, 30, tzinfo=UTC)))
    cancelled = read(replace(INVITATION, sequence=2, method=Method.CANCEL))
    assert (moved["uid"], moved["sequence"], moved["method"]) == (str(UUID(int=13)), 1, "REQUEST")
    assert (cancelled["uid"], cancelled["sequence"], cancelled["status"]) == (str(UUID(int=13)), 2, "CANCELLED")

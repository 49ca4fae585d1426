"""A meeting in progress as tests walk it, and what follows: orientations, families, transmissions, feedback."""

from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.counts.deltas import total
from backend.institutions.models import Institution
from backend.kernel.database import MainRow
from backend.orientations.models import Orientation, Transmission
from backend.situations.models import Situation
from policies.indicator_words import Indicator
from policies.meeting_words import ItemState
from policies.vocabulary import Word
from tests.support.cast import Cast
from tests.support.http import Values
from tests.support.journeys import convened, meeting_on, on_the_day, retained

Row = TypeVar("Row", bound=MainRow)
API = "/api/v1"
JANUARY, APRIL = date(2027, 1, 14), date(2027, 4, 15)


def version(cast: Cast, meeting: str) -> dict[str, str]:
    """Give the header that names the version of a meeting."""
    return {"If_Match": f'"{one(cast, Meeting, meeting).version}"'}


def one(cast: Cast, model: type[Row], reference: str) -> Row:
    """Give the row that a reference names, whoever may read it."""
    with cast.house.stores.main.transaction() as session:
        column = MainRow.metadata.tables[str(model.__tablename__)].c.reference
        return session.scalars(sa.select(model).where(column == reference)).one()


def point_of(cast: Cast, meeting: str, situation: str) -> AgendaItem:
    """Give the point of a meeting that lists a situation."""
    with cast.house.stores.main.transaction() as session:
        statement = (
            sa.select(AgendaItem)
            .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
            .join(Situation, col(Situation.id) == col(AgendaItem.situation_id))
            .where(col(Meeting.reference) == meeting, col(Situation.reference) == situation)
        )
        return session.scalars(statement).one()


def in_session(cast: Cast, *situations: str, following: bool = False) -> str:
    """Bring situations to the table of January's meeting, opened; plan April's too when something may go on."""
    meeting = meeting_on(cast, JANUARY)
    if following:
        meeting_on(cast, APRIL)
    convened(cast, meeting)
    on_the_day(cast, JANUARY)
    answer = cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/ouverture", None, **version(cast, meeting))
    assert answer.status_code == 200, answer.text
    for situation in situations:
        assert point_of(cast, meeting, situation).state is ItemState.LISTED
    return meeting


def acted(
    cast: Cast, meeting: str, situation: str, verb: str, body: object = None, who: str = "coordinator_13"
) -> Response:
    """Do something to the point of a situation, by JSON."""
    point = point_of(cast, meeting, situation)
    return cast.program(who).post(f"{API}/points/{point.reference}/{verb}", body, If_Match=f'"{point.version}"')


def counted(cast: Cast, indicator: Indicator, value: Word | None = None) -> int:
    """Sum an indicator of the 13e."""
    with cast.house.stores.main.transaction() as session:
        return total(session, indicator, cast.cells["13"].id, value=value)


FOLLOW = {"decision": "follow", "following": "support_to_build", "present": ["parquet", "police", "coordinator"]}
CLOSE = {"decision": "close", "closing": "support_in_place", "present": ["police"]}
POSTPONE = {"decision": "postpone", "postponement": "out_of_time"}


INFORMED = {
    "made_on": "2027-01-14",
    "mode": "interview",
    "first_holder": "informed",
    "second_holder": "none",
    "minor": "informed",
}
"""A family that was informed, in JSON."""


def closed(cast: Cast, meeting: str) -> None:
    """Close a meeting."""
    answer = cast.program("coordinator_13").post(f"{API}/reunions/{meeting}/cloture", None, **version(cast, meeting))
    assert answer.status_code == 200, answer.text


def oriented(cast: Cast, meeting: str, situation: str, destination: str) -> str:
    """Record an orientation of the situation under examination; give its reference."""
    answer = acted(cast, meeting, situation, "orientations", {"destination": destination})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["reference"])


def after_a_meeting(cast: Cast, *destinations: str, **typed: Values) -> tuple[str, list[str]]:
    """Bring a situation through a meeting that follows it, oriented; give it and its orientations."""
    situation = retained(cast, **typed)
    meeting = in_session(cast, situation, following=True)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    references = [oriented(cast, meeting, situation, destination) for destination in destinations]
    assert acted(cast, meeting, situation, "decision", FOLLOW).status_code == 200
    closed(cast, meeting)
    return situation, references


def tagged(cast: Cast, model: type[MainRow], reference: str) -> dict[str, str]:
    """Give the header that names the version of a row."""
    return {"If_Match": f'"{vars(one(cast, model, reference))["version"]}"'}


def informed(cast: Cast, situation: str, **changes: str) -> Response:
    """Record how a family was informed, by JSON."""
    path = f"{API}/situations/{situation}/famille"
    body = {**INFORMED, "made_on": cast.clock().date().isoformat(), **changes}
    return cast.program("coordinator_13").post(path, body, **tagged(cast, Situation, situation))


def institution(cast: Cast, code: str) -> str:
    """Give the reference of an institution of the cast."""
    with cast.house.stores.main.transaction() as session:
        return session.get_one(Institution, cast.institutions[code]).reference


def send_for(cast: Cast, orientation: str, to: str, **body: str) -> Response:
    """Send for an orientation, by JSON."""
    row = one(cast, Orientation, orientation)
    with cast.house.stores.main.transaction() as session:
        situation = session.get_one(Situation, row.situation_id)
    path = f"{API}/orientations/{orientation}/transmission"
    body = {"institution": institution(cast, to), **body}
    tag = {"If_Match": f'"{situation.version}"'}
    return cast.program("coordinator_13").post(path, body, **tag)


def send_to_crip(cast: Cast, situation: str, waiver: str | None = "child_interest") -> Response:
    """Send to the CRIP without waiting for a meeting, by JSON."""
    path = f"{API}/situations/{situation}/transmission-crip"
    body = {"institution": institution(cast, "crip"), "waiver": waiver}
    return cast.program("coordinator_13").post(path, body, **tagged(cast, Situation, situation))


def opened_by_recipient(cast: Cast, transmission: str, who: str) -> Response:
    """Accept the undertaking of a transmission, by JSON."""
    path = f"{API}/transmissions/{transmission}/engagement"
    return cast.program(who).post(path, {"undertaking": True}, **tagged(cast, Transmission, transmission))


def answered_by(cast: Cast, transmission: str, who: str, value: str = "possible", **changes: str) -> Response:
    """Give the feedback of a transmission, by JSON."""
    path = f"{API}/transmissions/{transmission}/retour"
    body = {"value": value, "answered_on": cast.clock().date().isoformat(), **changes}
    return cast.program(who).post(path, body, **tagged(cast, Transmission, transmission))


def in_the_hands_of(cast: Cast, destination: str, to: str, **typed: Values) -> tuple[str, str, str]:
    """Orient a situation, inform its family and transmit; give the situation, the orientation, the transmission."""
    situation, [orientation] = after_a_meeting(cast, destination, **typed)
    assert informed(cast, situation).status_code == 200
    answer = send_for(cast, orientation, to)
    assert answer.status_code == 200, answer.text
    return situation, orientation, str(answer.json()["reference"])

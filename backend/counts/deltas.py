"""Deltas of the indicators: plus or minus a few, in a cell and a month, for at most one closed value (domain.md 7).

A verb adds them in its own transaction, while it knows the value; no reference, no instant, no day: nothing leads back
to a situation, and the purge has nothing to take away. A correction adds the opposite.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.crypto.columns import organisational, reference
from backend.kernel.database import MainRow
from backend.kernel.identifiers import new_id
from policies.months import first_day
from policies.vocabulary import Word

CITY = UUID(int=0)
"""Stands for a cell in what the whole city counts, such as the meetings of the COPIL."""


class Indicator(Word):
    """What is counted on steps 1 to 6 and in the networks (domain.md section 7); each label states its unit."""

    SIGNALEMENT_RECEIVED = "signalement_received", "signalements reçus"
    SIGNALEMENT_BY_ORIGIN = "signalement_by_origin", "signalements reçus, par origine"
    SIGNALEMENT_BY_MOTIVE = "signalement_by_motive", "signalements reçus, par motif"
    DIVERTED = "diverted", "saisies réorientées avant signalement, par question"
    INADMISSIBLE = "inadmissible", "situations non recevables, par motif"
    REDIRECTED = "redirected", "situations réorientées sans délai vers la CRIP"
    MOVED = "moved", "situations transmises à la cellule compétente"
    MERGED = "merged", "situations rattachées à une autre"
    SENT_TO_PARQUET = "sent_to_parquet", "situations transmises au parquet"
    RETAINED = "retained", "situations retenues par le parquet"
    NOT_RETAINED = "not_retained", "situations non retenues par le parquet"
    EXAMINED = "examined", "situations examinées, à leur premier examen"
    POSTPONED = "postponed", "examens reportés, par motif"
    CARRIED = "carried", "situations retirées d'un ordre du jour sans examen, par motif"
    CLOSED = "closed", "situations closes après examen, par motif"
    NOT_EXAMINED = "not_examined", "situations retenues et closes sans examen, par motif"
    ORIENTED = "oriented", "orientations décidées, par destination"
    SCHOOL_ORIENTED = "school_oriented", "élèves concernés par une orientation scolaire"
    FEEDBACK = "feedback", "retours reçus, par réponse"
    MEETING_PLANNED = "meeting_planned", "réunions ordinaires prévues, par trimestre"
    MEETING_HELD = "meeting_held", "réunions ordinaires tenues, par trimestre"
    EMERGENCY_HELD = "emergency_held", "réunions d'urgence tenues"
    PRESENTATION_HELD = "presentation_held", "présentations de rentrée tenues"
    COPIL_HELD = "copil_held", "réunions du comité de pilotage parisien tenues"
    RAV_NETWORKS = "rav_networks", "réseaux d'aide aux victimes"
    RAV_MEETINGS = "rav_meetings", "réunions et groupes de travail tenus par les réseaux, par format"
    RAV_EVENTS = "rav_events", "événements des réseaux, par journée thématique"
    RAV_TOOLS = "rav_tools", "outils mis en service par les réseaux"


class CountDelta(MainRow, table=True):
    """One contribution to an indicator; `month` reads YYYY-MM."""

    __tablename__ = "count_delta"
    __table_args__ = (sa.Index(None, "indicator", "cell_id", "month"),)

    id: UUID = reference(primary_key=True)
    indicator: str = organisational(max_length=40)
    cell_id: UUID = reference()
    month: str = organisational(max_length=7)
    value: str | None = organisational(max_length=40, nullable=True)
    delta: int = organisational()


def add_delta(session: Session, indicator: Indicator, cell: UUID, *, month: str, value: Word | None, by: int) -> None:
    """Add `by`, positive or negative, to an indicator of a cell for a month YYYY-MM.

    Raise `ValueError` for a month of another shape.
    """
    first_day(month)
    session.add(
        CountDelta(
            id=new_id(),
            indicator=indicator.value,
            cell_id=cell,
            month=month,
            value=None if value is None else value.value,
            delta=by,
        )
    )


def total(
    session: Session,
    indicator: Indicator,
    cell: UUID,
    *,
    since: str | None = None,
    until: str | None = None,
    value: Word | None = None,
) -> int:
    """Sum an indicator of a cell, from the month `since` to the month `until` included; one value, or all of them."""
    query = select(func.coalesce(func.sum(CountDelta.delta), 0)).where(
        col(CountDelta.indicator) == indicator.value, col(CountDelta.cell_id) == cell
    )
    if since is not None:
        query = query.where(col(CountDelta.month) >= since)
    if until is not None:
        query = query.where(col(CountDelta.month) <= until)
    if value is not None:
        query = query.where(col(CountDelta.value) == value.value)
    return int(session.exec(query).one())

"""Rows of step 5 for other verbs to compose, of situations already fetched; what awaits, as SQL conditions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.examination.models import Examination
from backend.institutions.models import Institution
from backend.institutions.queries import institution_of
from backend.members.models import Account
from backend.members.queries.standing import grants_of, holders
from backend.orientations.models import (
    FamilyInformation,
    NoticeException,
    Orientation,
    Transmission,
    TransmissionUndertaking,
)
from backend.orientations.views import record_of
from backend.situations.models import Situation
from policies.charter_words import RecipientCategory
from policies.examination_words import EXAMINED
from policies.family import Record
from policies.orientation_words import Destination, InformationResult, OrientationState, TransmissionState
from policies.orientations import ORIGINS, rule_of, taxonomy
from policies.vocabulary import Role, Stage

TO_INFORM = frozenset({Stage.ADMISSIBLE, Stage.WITH_PARQUET, Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED})
"""Stages in which the individual notice is owed: what is not for the cell, or over, has no family left to inform."""


def orientations_of(uow: UnitOfWork, situation: UUID) -> Sequence[Orientation]:
    """Give the orientations of a situation, the earliest first, the withdrawn ones included."""
    statement = sa.select(Orientation).where(col(Orientation.situation_id) == situation)
    return uow.session.scalars(statement.order_by(col(Orientation.decided_at), col(Orientation.id))).all()


def decided_at(uow: UnitOfWork, meeting: Meeting) -> dict[str, tuple[Destination, ...]]:
    """Give what a meeting already fetched decided, by the reference of the point: as it stood when it closed.

    What a later meeting withdrew stays; a mistake withdrawn in the same séance does not.
    """
    withdrawn = col(Orientation.withdrawn_at)
    standing: sa.ColumnElement[bool] = withdrawn.is_(None)
    if meeting.closed_at is not None:
        standing = sa.or_(standing, withdrawn > meeting.closed_at)
    statement = (
        sa.select(col(AgendaItem.reference), col(Orientation.destination))
        .join(Examination, col(Examination.id) == col(Orientation.examination_id))
        .join(AgendaItem, col(AgendaItem.id) == col(Examination.item_id))
        .where(col(AgendaItem.meeting_id) == meeting.id, standing)
        .order_by(col(Orientation.decided_at), col(Orientation.id))
    )
    found: dict[str, tuple[Destination, ...]] = {}
    for point, destination in uow.session.execute(statement):
        found[point] = (*found.get(point, ()), destination)
    return found


def transmissions_of(uow: UnitOfWork, situation: UUID) -> Sequence[Transmission]:
    """Give what was sent of a situation, the earliest first."""
    statement = sa.select(Transmission).where(col(Transmission.situation_id) == situation)
    return uow.session.scalars(statement.order_by(col(Transmission.sent_at), col(Transmission.id))).all()


def pending_of(uow: UnitOfWork, situation: UUID) -> tuple[Orientation, ...]:
    """Give the orientations whose feedback the cell still awaits: those that keep the situation followed."""
    answered = {
        row.orientation_id for row in transmissions_of(uow, situation) if row.state is TransmissionState.ANSWERED
    }
    return tuple(
        row
        for row in orientations_of(uow, situation)
        if row.state is OrientationState.DECIDED
        and rule_of(row.destination).implies_following
        and row.id not in answered
    )


def information_of(uow: UnitOfWork, situation: UUID) -> Sequence[FamilyInformation]:
    """Give what was done to inform a family, the earliest first."""
    statement = sa.select(FamilyInformation).where(col(FamilyInformation.situation_id) == situation)
    order = (col(FamilyInformation.made_on), col(FamilyInformation.recorded_at), col(FamilyInformation.id))
    return uow.session.scalars(statement.order_by(*order)).all()


def records_of(uow: UnitOfWork, situation: UUID) -> tuple[Record, ...]:
    """Give the same as the rules read it."""
    return tuple(record_of(row) for row in information_of(uow, situation))


def exceptions_of(uow: UnitOfWork, situation: UUID) -> Sequence[NoticeException]:
    """Give the exceptions to a family's information, the earliest first."""
    statement = sa.select(NoticeException).where(col(NoticeException.situation_id) == situation)
    return uow.session.scalars(statement.order_by(col(NoticeException.decided_at), col(NoticeException.id))).all()


def examinations_begun(uow: UnitOfWork, situation: UUID) -> Sequence[datetime]:
    """Give the instants at which the examinations of a situation that came to a decision began."""
    statement = sa.select(col(Examination.begun_at)).where(
        col(Examination.situation_id) == situation, col(Examination.decision).in_(sorted(EXAMINED))
    )
    return uow.session.scalars(statement).all()


def has_undertaken(uow: UnitOfWork, transmission: Transmission) -> bool:
    """Tell whether the person who acts accepted the undertaking of a transmission already fetched."""
    return bool(
        uow.session.scalar(
            sa.select(
                sa.exists().where(
                    col(TransmissionUndertaking.transmission_id) == transmission.id,
                    col(TransmissionUndertaking.account_id) == uow.account(),
                )
            )
        )
    )


def addressees(uow: UnitOfWork, situation: Situation, category: RecipientCategory) -> list[Account]:
    """Give the people who may open what goes to a kind of recipient of this cell: habilitated now, each once.

    Social services are reached through the role that the charter names, the CST (CEN-40).
    """
    channel = charter_of(situation.charter_version).rules.social_channel
    role = channel.role if category is channel.category else Role.RECIPIENT
    wanted = {Grant(role, situation.cell_id), Grant(role, None)}
    return [
        person
        for person in holders(uow, role)
        if institution_of(uow, person.institution_id).origin in ORIGINS[category] and wanted & grants_of(uow, person)
    ]


def recipients(uow: UnitOfWork, situation: Situation, category: RecipientCategory) -> list[Institution]:
    """Give the institutions that may receive: those in which somebody may open what is sent."""
    found = {
        person.institution_id: institution_of(uow, person.institution_id)
        for person in addressees(uow, situation, category)
    }
    return sorted(found.values(), key=lambda institution: institution.name)


def uninformed() -> sa.ColumnElement[bool]:
    """Give the condition that a family is still to be informed: it was not, and no exception stands (domain.md 9).

    An attempt without success informs nobody: the notice stays owed until somebody is told, or an exception decided.
    """
    examined = sa.select(col(Examination.id)).where(
        col(Examination.situation_id) == col(NoticeException.situation_id),
        col(Examination.decision).in_(sorted(EXAMINED)),
        col(Examination.begun_at) >= col(NoticeException.decided_at),
    )
    standing = sa.select(col(NoticeException.id)).where(
        col(NoticeException.situation_id) == col(Situation.id), ~examined.exists()
    )
    return sa.and_(col(Situation.stage).in_(sorted(TO_INFORM)), ~standing.exists(), ~_informed())


def untransmitted() -> sa.ColumnElement[bool]:
    """Give the condition that an orientation of a situation awaits its transmission, its examination being over."""
    sent = sa.select(col(Transmission.id)).where(col(Transmission.orientation_id) == col(Orientation.id))
    nominative = sorted(rule.destination for rule in taxonomy().destinations if rule.recipient is not None)
    waiting = sa.select(col(Orientation.id)).where(
        col(Orientation.situation_id) == col(Situation.id),
        col(Orientation.state) == OrientationState.DECIDED,
        col(Orientation.destination).in_(nominative),
        ~sent.exists(),
    )
    return sa.and_(col(Situation.stage).in_(sorted({Stage.FOLLOWED, Stage.CLOSED})), waiting.exists())


def _informed() -> sa.ColumnElement[bool]:
    """Give `policies.family.is_informed` in SQL: the same reading of the same records, for lists."""
    return sa.and_(
        _was_informed(col(FamilyInformation.first_holder)),
        *(
            sa.or_(_was_informed(column), _last(column) == InformationResult.NONE)
            for column in (col(FamilyInformation.second_holder), col(FamilyInformation.minor))
        ),
    )


def _was_informed(column: Mapped[InformationResult]) -> sa.ColumnElement[bool]:
    found = sa.select(col(FamilyInformation.id)).where(
        col(FamilyInformation.situation_id) == col(Situation.id), column == InformationResult.INFORMED
    )
    return found.exists()


def _last(column: Mapped[InformationResult]) -> sa.ScalarSelect[InformationResult]:
    records = sa.select(column).where(col(FamilyInformation.situation_id) == col(Situation.id))
    order = (col(FamilyInformation.made_on), col(FamilyInformation.recorded_at), col(FamilyInformation.id))
    return records.order_by(*(part.desc() for part in order)).limit(1).scalar_subquery()

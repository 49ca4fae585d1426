"""Send to a lawful recipient, once its family is informed or a coded ground stands for it (step 5; CEN-27, CEN-40)."""

from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem, Meeting
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Purpose, new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.examination.models import Examination
from backend.kernel.clock import paris_instant
from backend.kernel.errors import CharterRefusal, InvalidInput, WrongMoment
from backend.kernel.identifiers import new_id
from backend.orientations.actions.letters import tell_recipients
from backend.orientations.events import TransmissionOpened, TransmissionSent
from backend.orientations.forms import TransmissionForm, UndertakingForm
from backend.orientations.models import Orientation, Transmission, TransmissionUndertaking
from backend.orientations.queries.rows import has_undertaken, recipients, records_of, transmissions_of
from backend.orientations.queries.sheets import WITHOUT_MEETING, lawful, leaving
from backend.orientations.states import OPEN, TRANSMISSION
from backend.situations.models import Situation
from policies.access import Action
from policies.charter_words import InformationWaiver, RecipientCategory
from policies.family import is_informed, is_out_of_reach, opens
from policies.indicator_words import Indicator
from policies.meeting_words import MeetingStage
from policies.orientation_words import OrientationState
from policies.orientations import rule_of
from policies.retention import Kind, due
from policies.vocabulary import Stage

STILL_FOLLOWED = frozenset({Stage.FOLLOWED, Stage.UNDER_EXAMINATION})


def limit_transmissions(uow: UnitOfWork, situation: UUID, since: datetime | None) -> None:
    """Put what was sent of a situation under its limitation, or take it off: its recipients stop, the CRIP excepted.

    Source: RGPD, article 18.2; `policies.access` says who reads under limitation.
    """
    statement = sa.update(Transmission).where(col(Transmission.situation_id) == situation).values(limited_at=since)
    uow.session.execute(statement)


def transmit(uow: UnitOfWork, reference: str, form: TransmissionForm, *, version: int | None = None) -> Transmission:
    """Send what is disclosed of a situation for one orientation; `version` is that of the situation that was previewed.

    Raises `CharterRefusal` when the charter knows no such recipient, or before the family is informed; `WrongMoment`
    before the meeting is closed, once sent or withdrawn, or when the situation is no longer followed.
    """
    seen = gate.fetch(uow, Orientation, reference, to=Action.ORIENTATION_READ)
    situation = uow.session.get_one(Situation, seen.situation_id)
    situation = gate.fetch(uow, Situation, situation.reference, to=Action.SITUATION_TRANSMIT, version=version)
    orientation = gate.fetch(uow, Orientation, reference, to=Action.ORIENTATION_TRANSMIT)
    rule = rule_of(orientation.destination)
    category = lawful(situation, rule.recipient)
    if orientation.state is not OrientationState.DECIDED:
        raise WrongMoment("Cette orientation a été retirée en séance.")
    if _meeting_of(uow, orientation).stage is not MeetingStage.CLOSED:
        raise WrongMoment("La réunion n'est pas close : ses orientations peuvent encore être retirées.")
    if any(row.orientation_id == orientation.id for row in transmissions_of(uow, situation.id)):
        raise WrongMoment("Cette orientation a déjà été transmise.")
    if rule.implies_following and situation.stage not in STILL_FOLLOWED:
        raise WrongMoment("Cette situation n'est plus suivie : elle ne se transmet qu'à la CRIP.")
    return _send(uow, situation, orientation, category, form)


def transmit_to_crip(
    uow: UnitOfWork, reference: str, form: TransmissionForm, *, version: int | None = None
) -> Transmission:
    """Send what is disclosed of a situation to the CRIP, from its qualification on, without meeting or filter (R25).

    Raises `CharterRefusal` without the family's information or a coded exemption.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_TRANSMIT, version=version)
    return _send(uow, situation, None, lawful(situation, RecipientCategory.CRIP), form)


def open_transmission(
    uow: UnitOfWork, reference: str, form: UndertakingForm, *, version: int | None = None
) -> Transmission:
    """Accept the undertaking of one transmission, which opens it; nothing changes for who accepted it already.

    Raises `InvalidInput` when the undertaking is not accepted.
    """
    row = gate.fetch(uow, Transmission, reference, to=Action.TRANSMISSION_OPEN, version=version)
    if not form.undertaking:
        raise InvalidInput({"undertaking": "Cochez la case : l'engagement précède la lecture."})
    if not has_undertaken(uow, row):
        row.state = TRANSMISSION.step(row.state, OPEN)
        row.opened_at = row.opened_at or uow.now()
        uow.session.add(
            TransmissionUndertaking(transmission_id=row.id, account_id=uow.account(), accepted_at=uow.now())
        )
        uow.record(TransmissionOpened(Reference(row.reference)))
    return row


def _send(
    uow: UnitOfWork,
    situation: Situation,
    orientation: Orientation | None,
    category: RecipientCategory,
    form: TransmissionForm,
) -> Transmission:
    waiver = _waiver(uow, situation, category, form)
    institution = next((row for row in recipients(uow, situation, category) if row.reference == form.institution), None)
    if institution is None:
        raise InvalidInput({"institution": "Choisissez un service habilité de la liste."})
    support = WITHOUT_MEETING if orientation is None else orientation.destination.label
    content = leaving(uow, situation, category, support, Purpose.TRANSMIT)
    row = Transmission(
        id=new_id(),
        situation_id=situation.id,
        cell_id=situation.cell_id,
        orientation_id=None if orientation is None else orientation.id,
        institution_id=institution.id,
        category=category,
        waiver=waiver,
        sent_at=uow.now(),
        readable_until=paris_instant(due(Kind.TRANSMISSION_LIMIT, uow.today()).day, time()),
    )
    seal_into(row, new_subject(uow, row.id, row.cell_id), {"content": content.sealed()})
    uow.session.add(row)
    uow.session.flush()
    if orientation is not None:
        uow.count_delay(Indicator.TRANSMISSION_DELAY, row.cell_id, orientation.decided_at)
    tell_recipients(uow, situation, row, "transmission_waiting")
    uow.record(TransmissionSent(Reference(situation.reference), Reference(row.reference), category, waiver))
    return row


def _waiver(
    uow: UnitOfWork, situation: Situation, category: RecipientCategory, form: TransmissionForm
) -> InformationWaiver | None:
    """Give the ground that stands for the family's information, None when it was informed."""
    rule = charter_of(situation.charter_version).family_information(category)
    records = records_of(uow, situation.id)
    if not opens(rule, records, form.waiver):
        proposed = (
            " Deux tentatives sont restées sans succès : transmettez à la CRIP." if is_out_of_reach(records) else ""
        )
        raise CharterRefusal(f"{rule.statement}{proposed}", rule.origin)
    return None if is_informed(records) else form.waiver


def _meeting_of(uow: UnitOfWork, orientation: Orientation) -> Meeting:
    return uow.session.scalars(
        sa.select(Meeting)
        .join(AgendaItem, col(AgendaItem.meeting_id) == col(Meeting.id))
        .join(Examination, col(Examination.item_id) == col(AgendaItem.id))
        .where(col(Examination.id) == orientation.examination_id)
    ).one()

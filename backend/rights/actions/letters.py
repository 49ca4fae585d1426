"""What is told by e-mail: that something awaits in Cénacle, and to recipients what became of what they received."""

from datetime import date
from uuid import UUID

from backend.audit.events import Reference
from backend.authorization.actor import Grant
from backend.authorization.work import UnitOfWork
from backend.mail.outbox import queue
from backend.members.queries.standing import grants_of, holders
from backend.orientations.queries.rows import addressees, transmissions_of
from backend.rights.events import RecipientTold
from backend.rights.models import RightsNotice, RightsRequest
from backend.situations.models import Situation
from policies.orientation_words import TransmissionState
from policies.rights_words import RecipientDuty, RightsTask
from policies.vocabulary import Role


def tell_coordinators(uow: UnitOfWork, cell: UUID, task: RightsTask, day: date) -> None:
    """Tell the coordinators of a cell what awaits them, and by when."""
    for person in holders(uow, Role.COORDINATOR, cell):
        if Grant(Role.COORDINATOR, cell) in grants_of(uow, person):
            queue(uow, person.email, "rights_task", link="/droits/recherches", task=task, day=day)


def tell_dpo(uow: UnitOfWork, task: RightsTask, day: date) -> None:
    """Tell the DPO what awaits."""
    for person in holders(uow, Role.DPO):
        if Grant(Role.DPO, None) in grants_of(uow, person):
            queue(uow, person.email, "rights_task", link="/droits", task=task, day=day)


def tell_recipients(uow: UnitOfWork, request: RightsRequest, situation: Situation, duty: RecipientDuty) -> None:
    """Tell whoever received a situation what it becomes, and keep that they were told (RGPD, article 19)."""
    for sent in transmissions_of(uow, situation.id):
        if sent.state is TransmissionState.RECALLED:
            continue
        people = [
            person
            for person in addressees(uow, situation, sent.category)
            if person.institution_id == sent.institution_id
        ]
        for person in people:
            queue(uow, person.email, "rights_recipient", duty=duty, transmission=sent.reference, day=uow.today())
        uow.session.add(
            RightsNotice(
                request_id=request.id,
                institution_id=sent.institution_id,
                duty=duty,
                people=len(people),
                told_at=uow.now(),
            )
        )
        uow.record(RecipientTold(Reference(request.reference), duty, len(people)))

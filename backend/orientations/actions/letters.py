"""What recipients are told by e-mail: that something awaits in Cénacle, without a reference, a name or a number."""

from backend.authorization.work import UnitOfWork
from backend.mail.outbox import queue
from backend.orientations.models import Transmission
from backend.orientations.queries.rows import addressees
from backend.situations.models import Situation


def tell_recipients(uow: UnitOfWork, situation: Situation, transmission: Transmission, template: str) -> int:
    """Queue one message to each person who may open a transmission; give how many."""
    people = [
        person
        for person in addressees(uow, situation, transmission.category)
        if person.institution_id == transmission.institution_id
    ]
    for person in people:
        queue(uow, person.email, template, link="/transmissions", day=uow.today())
    return len(people)

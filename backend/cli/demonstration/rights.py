"""Rights and breaches of the demonstration: an access request that a cell has still to search, a breach to notify."""

from datetime import time

from backend.authorization.work import House
from backend.breaches.actions import declare
from backend.breaches.forms import DeclarationForm
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import DPO
from backend.cli.demonstration.stories import STORIES
from backend.cli.demonstration.timeline import Timeline
from backend.rights.actions.registering import register
from backend.rights.forms import RequestForm
from policies.breaches import BreachCause
from policies.personas import DOMAIN
from policies.rights_words import AuthorityCheck, IdentityCheck, Requester, Right

WITNESS = f"mairie-13@{DOMAIN}"
"""Who saw the breach: anybody may declare one."""


def ask_and_declare(house: House, timeline: Timeline) -> None:
    """Register the request of a parent about the minor of the first story, then declare that a page was seen."""
    minor = STORIES[0].minor
    timeline.at(2, 10)
    with acting(house, DPO) as uow:
        form = RequestForm(
            claim=Right.ACCESS,
            requester=Requester.HOLDER,
            identity_check=IdentityCheck.IN_PERSON,
            authority_check=AuthorityCheck.RECORD,
            received_on=timeline.day(6),
            last_name=minor.last_name,
            first_name=minor.first_name,
        )
        register(uow, form)
    timeline.at(1, 17)
    with acting(house, WITNESS) as uow:
        form_of_breach = DeclarationForm(
            known_on=timeline.day(1),
            known_hour=time(16),
            cause=BreachCause.SCREEN_SEEN,
            summary="Un ordre du jour resté affiché dans une salle ouverte au public",
        )
        declare(uow, form_of_breach)

"""Directory and steering of the demonstration: the first list, a presentation held, a committee to come."""

from collections.abc import Mapping
from datetime import time, timedelta

from backend.authorization.work import House
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import ADMIN, coordinator_of
from backend.cli.demonstration.timeline import Timeline
from backend.directory.actions import begin_directory
from backend.kernel.clock import paris_day
from backend.steering.actions import plan_event, settle_event
from backend.steering.forms import OutcomeForm, SteeringForm
from policies.personas import PERSONAS
from policies.rav_words import OrganisationKind
from policies.steering_words import SteeringKind
from policies.vocabulary import Role

TERRITORY = "13"
PLANNED, HELD = 45, 30
"""Days before the present: the directory is filled and the presentation planned, the presentation takes place."""

AHEAD = timedelta(days=21)
"""From the present to the next meeting of the committee."""

COMMITTEE = next(persona.email for persona in PERSONAS if persona.role is Role.STEERING)


def prepare_steering(house: House, timeline: Timeline, cells: Mapping[str, str]) -> str:
    """Fill the directory and plan the presentation of a cell; give its reference."""
    timeline.at(PLANNED, 9)
    with acting(house, ADMIN) as uow:
        begin_directory(uow)
    timeline.later(20)
    with acting(house, coordinator_of(TERRITORY)) as uow:
        form = SteeringForm(
            kind=SteeringKind.PRESENTATION,
            cell=cells[TERRITORY],
            title="Présentation de la cellule aux partenaires de l'arrondissement",
            day=timeline.day(HELD),
            hour=time(18),
            place="Mairie du 13e, salle des fêtes",
        )
        return plan_event(uow, form).reference


def settle_steering(house: House, timeline: Timeline, presentation: str) -> None:
    """Say that the presentation was held, then plan the next meeting of the committee."""
    timeline.later(5)
    with acting(house, coordinator_of(TERRITORY)) as uow:
        there = (OrganisationKind.TOWN_HALL, OrganisationKind.POLICE, OrganisationKind.EDUCATION)
        settle_event(uow, presentation, 1, OutcomeForm(held=True, present=there))
    timeline.later(5)
    with acting(house, COMMITTEE) as uow:
        form = SteeringForm(
            kind=SteeringKind.COPIL,
            title="Bilan de l'année et calendrier des cellules",
            day=paris_day(timeline.present) + AHEAD,
            hour=time(10),
            place="Hôtel de Ville, salle des commissions",
        )
        plan_event(uow, form)

"""Institutions, accounts and habilitations of the demonstration, four eyes at each step (domain.md section 2)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from backend.authorization.work import House
from backend.charters.actions import record_signature
from backend.charters.queries import charter_in_force
from backend.cli.demonstration.acting import accept_everything, acting, enrol
from backend.cli.demonstration.timeline import Timeline
from backend.institutions.actions import create_institution
from backend.institutions.queries import institutions_of
from backend.members.actions.accounts import Person, appoint_referents, invite
from backend.members.actions.first_administrators import create_first_administrators
from backend.members.actions.habilitations import Proposal, confirm, grant, propose
from policies import personas
from policies.charter_words import CharterKind
from policies.habilitation import Confirmer, confirmer_of
from policies.personas import PERSONAS, Persona
from policies.vocabulary import Origin, Role

ADMIN, ADMIN_2 = (persona.email for persona in PERSONAS if persona.role is Role.ADMINISTRATOR)
DPO = next(persona.email for persona in PERSONAS if persona.role is Role.DPO)

ORIGINS: Mapping[str, Origin] = MappingProxyType(
    {
        personas.DPMP: Origin.MUNICIPAL_POLICE,
        personas.PARQUET: Origin.PARQUET,
        personas.TOWN_HALL: Origin.TOWN_HALL,
        personas.POLICE: Origin.POLICE,
        personas.PJJ: Origin.PJJ,
        personas.PJJ_UNSIGNED: Origin.PJJ,
        personas.EDUCATION: Origin.EDUCATION,
        personas.SOCIAL_SERVICES: Origin.SOCIAL_SERVICES,
        personas.LANDLORD: Origin.LANDLORD,
        personas.ASSOCIATION: Origin.ASSOCIATION,
        personas.CRIP: Origin.SOCIAL_SERVICES,
        personas.EDUCATIONAL_SUCCESS: Origin.CITY_SERVICE,
    }
)
"""Every institution but the city's, which comes with its administrators."""

SIGNATORIES: Mapping[str, str] = MappingProxyType(
    {
        personas.DPMP: "directrice de la police municipale et de la prévention",
        personas.PARQUET: "procureure de la République",
        personas.TOWN_HALL: "maire du 13e arrondissement",
        personas.POLICE: "commissaire central",
        personas.PJJ: "directeur territorial",
        personas.EDUCATION: "directrice académique",
        personas.SOCIAL_SERVICES: "directrice des solidarités",
    }
)
"""Who signed the charter for each institution with members: a function, never a name."""

INTERNAL_RULES = "règlement intérieur 2023"


def create_administrators(house: House, timeline: Timeline) -> None:
    """Create the city's institution and its two administrators, before anybody else is."""
    administrators = [_person(persona) for persona in PERSONAS if persona.role is Role.ADMINISTRATOR]
    with house.transaction() as uow:
        created = create_first_administrators(uow, personas.CITY, administrators)
    for (account, handover), minutes in zip(created, (20, 45), strict=True):
        timeline.later(minutes)
        enrol(house, handover)
        accept_everything(house, account.email)


def settle_institutions(house: House, timeline: Timeline) -> Mapping[str, str]:
    """Create the institutions and their referents, and record who signed; give the references of institutions."""
    timeline.at(62, 10)
    with acting(house, ADMIN) as uow:
        for name, origin in ORIGINS.items():
            timeline.later(4)
            create_institution(uow, name=name, origin=origin)
        known = {institution.name: institution.reference for institution in institutions_of(uow)}
    references = {name: known[name] for name in (personas.CITY, *ORIGINS)}
    for name, reference in references.items():
        timeline.later(8)
        appoint(house, reference, Person(f"Référent, {name}", "référent Cénacle", _referent(name)))
    _sign(house, timeline, references)
    return references


def invite_people(house: House, timeline: Timeline, institutions: Mapping[str, str]) -> Mapping[str, str]:
    """Invite every persona and let each enrol; give the references of their accounts, by address."""
    accounts = {}
    timeline.at(58, 9, 30)
    for persona in PERSONAS:
        if persona.role is not Role.ADMINISTRATOR:
            timeline.later(9)
            accounts[persona.email] = invite_person(house, institutions[persona.institution], _person(persona))
    return accounts


def habilitate(house: House, timeline: Timeline, accounts: Mapping[str, str], cells: Mapping[str, str]) -> None:
    """Take each persona from proposal to acceptance, coordinators first: they confirm the others of their cell."""
    invited = [persona for persona in PERSONAS if persona.email in accounts]
    coordinators = [persona for persona in invited if persona.role is Role.COORDINATOR]
    others = [persona for persona in invited if persona.role is not Role.COORDINATOR]
    for days, group in ((56, coordinators), (54, others)):
        timeline.at(days, 10)
        proposed = {persona.email: _propose(house, timeline, persona, accounts, cells) for persona in group}
        timeline.at(days - 1, 11)
        _grant(house, timeline, proposed)
        timeline.at(days - 1, 16)
        _confirm(house, timeline, group, proposed)
        timeline.at(days - 2, 9)
        for persona in group:
            timeline.later(7)
            accept_everything(house, persona.email)


def _person(persona: Persona) -> Person:
    return Person(persona.name, persona.label, persona.email)


def _referent(institution: str) -> str:
    """Give the address of an institution's referent: not a persona, so not at the personas' domain."""
    rank = (personas.CITY, *ORIGINS).index(institution) + 1
    return f"referent-{rank}@institution.invalid"


def appoint(house: House, institution: str, referent: Person) -> None:
    """Invite and enrol the referent of an institution, and name this person as such."""
    reference = invite_person(house, institution, referent)
    with acting(house, ADMIN) as uow:
        appoint_referents(uow, institution, 1, referent=reference, deputy=None)


def invite_person(house: House, institution: str, person: Person) -> str:
    """Invite somebody, who enrols at once; give the reference of the account."""
    with acting(house, ADMIN) as uow:
        account, handover = invite(uow, institution, person)
    enrol(house, handover)
    return account.reference


def _sign(house: House, timeline: Timeline, references: Mapping[str, str]) -> None:
    timeline.at(60, 14)
    with acting(house, ADMIN) as uow:
        for name, function in SIGNATORIES.items():
            timeline.later(3)
            record_signature(
                uow,
                references[name],
                charter_version=charter_in_force(CharterKind.CENOMED, uow.today()).version,
                rules_version=INTERNAL_RULES,
                signed_on=timeline.day(61),
                signatory_function=function,
            )


def _propose(
    house: House, timeline: Timeline, persona: Persona, accounts: Mapping[str, str], cells: Mapping[str, str]
) -> str:
    timeline.later(5)
    with acting(house, _referent(persona.institution)) as uow:
        cell = None if persona.territory is None else cells[persona.territory]
        return propose(uow, accounts[persona.email], Proposal(persona.role, cell, uow.today())).reference


def _grant(house: House, timeline: Timeline, proposed: Mapping[str, str]) -> None:
    with acting(house, ADMIN) as uow:
        for reference in proposed.values():
            timeline.later()
            grant(uow, reference, 1)


def _confirm(house: House, timeline: Timeline, group: Sequence[Persona], proposed: Mapping[str, str]) -> None:
    for number, persona in enumerate(group, start=1):
        timeline.later(2)
        by_city = confirmer_of(persona.role, for_city=persona.territory is None) is Confirmer.ADMINISTRATOR
        designation = f"arrêté fictif {timeline.day(60).year}-{number}, {persona.role.label}" if by_city else None
        with acting(house, ADMIN_2 if by_city else coordinator_of(persona.territory)) as uow:
            confirm(uow, proposed[persona.email], 2, designation=designation)


def coordinator_of(territory: str | None) -> str:
    """Give the address of the coordinator of a sector's cell; raises `LookupError` where there is none."""
    for persona in PERSONAS:
        if persona.role is Role.COORDINATOR and persona.territory == territory:
            return persona.email
    raise LookupError("no coordinator")

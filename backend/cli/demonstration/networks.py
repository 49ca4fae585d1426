"""Networks and guide of the demonstration: fictitious structures of the real kinds, in three sectors (ORI-K)."""

from collections.abc import Mapping
from datetime import timedelta

from backend.authorization.work import House
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import coordinator_of
from backend.cli.demonstration.timeline import Timeline
from backend.rav.actions.guide import add_structure, publish, record_diffusion
from backend.rav.actions.networks import (
    add_contact,
    add_improvement,
    add_member,
    add_tool,
    open_network,
    step_tool,
)
from backend.rav.actions.works import convene, hold, record_event
from backend.rav.forms import (
    ContactForm,
    DiffusionForm,
    EditionForm,
    EventForm,
    ImprovementForm,
    MeetingForm,
    MemberForm,
    NetworkForm,
    PresenceForm,
    StructureForm,
    ToolForm,
)
from backend.rav.models.networks import Network
from policies.rav_words import (
    Access,
    Medium,
    MeetingKind,
    OrganisationKind,
    PathStep,
    Public,
    StructureKind,
    ThematicDay,
    Theme,
)

EVERYONE, WOMEN = (Public.EVERYONE,), (Public.WOMEN, Public.FAMILIES)
VIOLENCE = (Theme.INTIMATE_VIOLENCE, Theme.SEXUAL_VIOLENCE)

STRUCTURES = (
    ("Association d'aide aux victimes L'Appui imaginaire", StructureKind.AID, EVERYONE, (Theme.RIGHTS,), (13, 14)),
    ("Bureau d'aide aux victimes, tribunal inventé", StructureKind.COURT_OFFICE, EVERYONE, (Theme.RIGHTS,), ()),
    ("Maison de justice et du droit des Peupliers", StructureKind.JUSTICE_HOUSE, EVERYONE, (Theme.RIGHTS,), (13,)),
    ("Point d'accès au droit de la Plaisance fictive", StructureKind.LEGAL_POINT, EVERYONE, (Theme.RIGHTS,), (14,)),
    ("Relais d'accès au droit des Trois Moulins", StructureKind.LEGAL_RELAY, EVERYONE, (Theme.RIGHTS,), (13,)),
    ("Point d'accès au droit de la Butte", StructureKind.LEGAL_POINT, EVERYONE, (Theme.RIGHTS,), (18,)),
    ("Maison des femmes de l'hôpital du Sud", StructureKind.WOMEN_HOUSE, WOMEN, (*VIOLENCE, Theme.CARE), (13,)),
    ("Maison des femmes de l'hôpital du Nord", StructureKind.WOMEN_HOUSE, WOMEN, (*VIOLENCE, Theme.CARE), (18,)),
    ("Lieu d'accueil Premières années", StructureKind.RECEPTION, (Public.YOUNG_WOMEN,), VIOLENCE, (13, 14)),
    ("Halte du Parc, mise à l'abri", StructureKind.SHELTER, WOMEN, (Theme.HOUSING, *VIOLENCE), (14,)),
    ("Halte de la Goutte, mise à l'abri", StructureKind.SHELTER, WOMEN, (Theme.HOUSING, *VIOLENCE), (18,)),
    ("Unité médico-judiciaire fictive", StructureKind.MEDICAL, EVERYONE, (Theme.CARE,), ()),
    ("Brigade de protection de la famille du Sud", StructureKind.POLICE, EVERYONE, VIOLENCE, (13, 14)),
    ("Brigade de protection de la famille du Nord", StructureKind.POLICE, EVERYONE, VIOLENCE, (18,)),
    ("Intervenant social du commissariat du Sud", StructureKind.STATION_SOCIAL, EVERYONE, (Theme.RIGHTS,), (13,)),
    ("Officier de liaison LGBTQIA+, secteur inventé", StructureKind.LIAISON, (Public.LGBTQIA,), (Theme.LGBTQIA,), ()),
    (
        "Délégué du Défenseur des droits, permanence",
        StructureKind.RIGHTS_DEFENDER,
        EVERYONE,
        (Theme.DISCRIMINATION,),
        (),
    ),
    ("Maison des aînés du Sud", StructureKind.ELDERS_HOUSE, (Public.ELDERS,), (Theme.ELDERS,), (13, 14)),
    ("Maison des aînés du Nord", StructureKind.ELDERS_HOUSE, (Public.ELDERS,), (Theme.ELDERS,), (18,)),
    (
        "Centre de prise en charge des auteurs",
        StructureKind.PERPETRATORS,
        (Public.PERPETRATORS,),
        (Theme.PERPETRATORS,),
        (),
    ),
    ("Violences Femmes Info (numéro national)", StructureKind.HELPLINE, (Public.WOMEN,), VIOLENCE, ()),
    (
        "Accueil pédiatrique des enfants en danger",
        StructureKind.CHILD_CARE,
        (Public.MINORS,),
        (Theme.MINORS, Theme.CARE),
        (14,),
    ),
    ("Association Sortir de l'emprise", StructureKind.SECTS, EVERYONE, (Theme.SECTS,), ()),
)
"""Name, kind, publics, themes and arrondissements; addresses and phones are made up below."""

NATIONAL = {StructureKind.HELPLINE: "3919"}
"""The one number that is real, because somebody may call it."""

MEMBERS = (
    ("Mairie du 13e arrondissement", OrganisationKind.TOWN_HALL, "Yves Montreclair", "chargé de mission"),
    ("Commissariat du 13e arrondissement", OrganisationKind.POLICE, "Aline Courtepaille", "référente victimes"),
    ("Association La Passerelle Inventée", OrganisationKind.ASSOCIATION, "Awa Castelnau", "directrice"),
    ("Maison des femmes de l'hôpital du Sud", OrganisationKind.HEALTH, "Régine Valombreuse", "sage-femme"),
)
"""Organisations of the network of the south, each with a professional to call."""


def open_networks(house: House, timeline: Timeline, cells: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Fill the guide, publish it, open two networks; give the meeting to hold and the members who will come."""
    timeline.at(46, 9)
    for territory, own in (("13", {13, 14}), ("18", {18})):
        with acting(house, coordinator_of(territory)) as uow:
            for number, (name, kind, publics, themes, places) in enumerate(STRUCTURES, start=1):
                if (set(places) or {13}) & own:
                    add_structure(uow, _structure(cells[territory], number, name, kind, publics, themes, places))
    timeline.at(46, 11)
    with acting(house, coordinator_of("13")) as uow:
        edition = publish(uow, EditionForm(cell=cells["13"], year=uow.today().year))
        uow.session.flush()
        sent = DiffusionForm(medium=Medium.EMAIL, sent_on=uow.today(), recipients=42)
        record_diffusion(uow, edition.reference, sent)
    timeline.at(46, 15)
    seniors = NetworkForm(cell=cells["18"], name="Réseau seniors du 18e", arrondissements=(18,), themes=(Theme.ELDERS,))
    with acting(house, coordinator_of("18")) as uow:
        open_network(uow, seniors)
    return _south(house, timeline, cells["13"])


def hold_meeting(house: House, timeline: Timeline, meeting: str, members: tuple[str, ...]) -> None:
    """Record who came to the plenary, then what comes next."""
    timeline.later(5)
    with acting(house, coordinator_of("13")) as uow:
        held = hold(uow, meeting, 1, PresenceForm(members=members))
        network = uow.session.get_one(Network, held.network_id)
        convene(uow, network.reference, _meeting(timeline, "Groupe de travail sur le 8 mars", -21))
        event = EventForm(
            day=ThematicDay.NOVEMBER_25,
            title="Village de la prévention",
            held_on=timeline.present.date() + timedelta(days=7),
            place="Place d'Italie",
        )
        record_event(uow, network.reference, event)


def _south(house: House, timeline: Timeline, cell: str) -> tuple[str, tuple[str, ...]]:
    timeline.later(30)
    themes = (Theme.INTIMATE_VIOLENCE, Theme.MINORS)
    with acting(house, coordinator_of("13")) as uow:
        form = NetworkForm(
            cell=cell, name="Réseau violences intrafamiliales Sud", arrondissements=(13, 14), themes=themes
        )
        network = open_network(uow, form)
        uow.session.flush()
        members = []
        for number, (organisation, kind, name, function) in enumerate(MEMBERS, start=1):
            member = add_member(uow, network.reference, MemberForm(organisation=organisation, kind=kind))
            uow.session.flush()
            phone, email = f"01 99 00 13 {number + 20}", f"reseau-{number}@institution.invalid"
            add_contact(uow, member.reference, ContactForm(name=name, function=function, phone=phone, email=email))
            members.append(member.reference)
        title = "Les victimes répètent leur récit à chaque guichet"
        add_improvement(uow, network.reference, ImprovementForm(step=PathStep.RECEPTION, title=title))
        tool = add_tool(uow, network.reference, ToolForm(title="Fiche réflexe pour les agents d'accueil"))
        uow.session.flush()
        step_tool(uow, tool.reference, tool.version, retire=False)
        meeting = convene(uow, network.reference, _meeting(timeline, "Plénière de rentrée", 20))
        uow.session.flush()
        return meeting.reference, tuple(members[:3])


def _meeting(timeline: Timeline, title: str, before: int) -> MeetingForm:
    return MeetingForm(
        kind=MeetingKind.PLENARY if before > 0 else MeetingKind.PROJECT_GROUP,
        title=title,
        day=timeline.day(before),
        hour="14:30",
        place="Salle des mariages, mairie du 13e",
        agenda=("Tour de table", "Ressources du territoire", "Calendrier des journées thématiques"),
    )


def _structure(
    cell: str,
    number: int,
    name: str,
    kind: StructureKind,
    publics: tuple[Public, ...],
    themes: tuple[Theme, ...],
    places: tuple[int, ...],
) -> StructureForm:
    hidden = kind is StructureKind.SHELTER
    return StructureForm(
        cell=cell,
        name=name,
        kind=kind,
        publics=publics,
        themes=themes,
        arrondissements=places,
        confidential=hidden,
        address=None if hidden or kind is StructureKind.HELPLINE else f"{number} rue Imaginaire",
        transport=None if hidden else "Métro 6, station fictive",
        hours="Du lundi au vendredi, 9 h à 17 h",
        phones=NATIONAL.get(kind, f"01 99 00 50 {number:02}"),
        languages="Français, anglais, interprète sur demande",
        accessibility=(Access.STEP_FREE, Access.INTERPRETER),
        approach="Sur appel, avec ou sans rendez-vous",
    )

"""Shapes of what is typed in the networks; every text but a professional contact's is screened (RAV-06)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from backend.web.forms import Day, Flag, Line, Shape, refuse
from backend.web.texts import Arrondissement, Phones, phones, without_person
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
from policies.screening.network import REFUSAL
from policies.territories import ARRONDISSEMENTS
from policies.vocabulary import Word

AGENDA_TITLES = 12
"""Points of an agenda."""


def _email(text: str) -> str:
    name, _, domain = text.partition("@")
    if not name or "." not in domain or "@" in domain or " " in text:
        raise refuse("email", "Écrivez une adresse électronique professionnelle, par exemple accueil@paris.fr.")
    return text


def _hour(text: str) -> str:
    hour, _, minute = text.lower().replace("h", ":").replace(" ", "").partition(":")
    minute = minute or "00"
    if not (hour + minute).isascii() or not (hour.isdigit() and minute.isdigit()):
        raise refuse("hour", "Écrivez l'heure sous la forme 14:30.")
    if int(hour) > 23 or int(minute) > 59:  # noqa: PLR2004  the hours of a day
        raise refuse("hour", "Écrivez une heure entre 0:00 et 23:59.")
    return f"{int(hour):02}:{int(minute):02}"


Title = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(without_person(REFUSAL))]
"""A title, a name of organisation or a place: 120 characters, and nobody in it."""

Sentence = Annotated[Line, Field(min_length=1, max_length=200), AfterValidator(without_person(REFUSAL))]
"""An address or how to come, screened as a title."""

Some = Annotated[tuple[Arrondissement, ...], Field(min_length=1, max_length=ARRONDISSEMENTS)]
"""One arrondissement at least."""


class NetworkForm(Shape):
    """A network to create: who organises it, where."""

    cell: Annotated[Line, Field(min_length=1, max_length=16)]
    name: Title
    arrondissements: Some
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]


class NetworkNameForm(Shape):
    """The name and the arrondissements of a network."""

    name: Title
    arrondissements: Some


class ThemeForm(Shape):
    """A theme, from a day to another."""

    theme: Theme
    valid_from: Day
    valid_until: Day | None = None


class MemberForm(Shape):
    """An organisation that takes part."""

    organisation: Title
    kind: OrganisationKind


class ContactForm(Shape):
    """Somebody to call at work: a professional, whose name is not screened."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    function: Annotated[Line, Field(min_length=1, max_length=120)]
    phone: Annotated[Line, Field(min_length=1, max_length=32), AfterValidator(phones)]
    email: Annotated[Line, Field(min_length=1, max_length=254), AfterValidator(_email)]


class MeetingForm(Shape):
    """A meeting to convene, with its agenda of titles."""

    kind: MeetingKind
    title: Title
    day: Day
    hour: Annotated[Line, Field(min_length=1, max_length=6), AfterValidator(_hour)]
    place: Title
    agenda: Annotated[tuple[Title, ...], Field(min_length=1, max_length=AGENDA_TITLES)]


class PresenceForm(Shape):
    """The organisations that came."""

    members: Annotated[tuple[Annotated[Line, Field(max_length=16)], ...], Field(min_length=1, max_length=200)]


class FollowUpForm(Shape):
    """An action that an organisation took on."""

    title: Title
    member: Annotated[Line, Field(min_length=1, max_length=16)]
    due_on: Day


class EventForm(Shape):
    """An event of a network."""

    day: ThematicDay
    title: Title
    held_on: Day
    place: Title


class ToolForm(Shape):
    """A tool that the network makes."""

    title: Title


class ImprovementForm(Shape):
    """A point to improve."""

    step: PathStep
    title: Title


class StructureForm(Shape):
    """A structure of the guide; without arrondissement, it receives from all Paris."""

    cell: Annotated[Line, Field(min_length=1, max_length=16)] | None = None
    name: Title
    kind: StructureKind
    publics: Annotated[tuple[Public, ...], Field(min_length=1)]
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]
    arrondissements: Annotated[tuple[Arrondissement, ...], Field(max_length=ARRONDISSEMENTS)] = ()
    confidential: Flag = False
    address: Sentence | None = None
    transport: Title | None = None
    hours: Title | None = None
    phones: Phones
    languages: Title | None = None
    accessibility: tuple[Access, ...] = ()
    approach: Sentence | None = None


class EditionForm(Shape):
    """The edition of a year."""

    cell: Annotated[Line, Field(min_length=1, max_length=16)]
    year: Annotated[int, Field(ge=2005, le=2100)]


class DiffusionForm(Shape):
    """How an edition was sent out."""

    medium: Medium
    sent_on: Day
    recipients: Annotated[int, Field(ge=1, le=100_000)]


class DeskLinkForm(Shape):
    """A reception desk that is given a link."""

    cell: Annotated[Line, Field(min_length=1, max_length=16)]
    institution: Annotated[Line, Field(min_length=1, max_length=16)]
    desk: Title


class GuideDecisionForm(Shape):
    """A decision of the city on the public page."""

    opens: Flag
    act: Title
    decided_on: Day


class SearchForm(Shape):
    """The one field of the guide's search: never kept, never in an address."""

    search: Annotated[Line, Field(max_length=120)] = ""


class Who(Word):
    """Whom an individual situation is about, as far as somebody needs to be guided."""

    MINOR = "minor", "une personne mineure"
    ADULT = "adult", "une personne majeure"
    UNKNOWN = "unknown", "je ne sais pas"


class GuidanceForm(Shape):
    """What guides somebody who comes with an individual situation: read, answered, and kept nowhere."""

    who: Who
    theme: Theme | None = None
    arrondissement: Arrondissement | None = None
    immediate_danger: Flag | None = None
    school_offence: Flag | None = None
    radicalisation: Flag | None = None

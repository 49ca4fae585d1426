"""Shapes of intake and qualification: the minimal form of domain.md section 4, closed lists first.

The same shape is filled by the page and by JSON. A draft keeps whatever was typed; the shape is asked at submission.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from backend.kernel.errors import InvalidInput
from backend.signalements.states import FactsState
from backend.web.forms import Day, Flag, Line, Paragraphs, Shape, refuse
from policies.charter import Charter, EstimatedAge
from policies.screening import Severity, advice, screening
from policies.territories import quartiers
from policies.vocabulary import (
    LAPSES,
    OFFENCE_MOTIVES,
    ConcernAnswer,
    ExitChannel,
    Inadmissibility,
    Insufficiency,
    Motive,
    Necessity,
    Period,
    PlaceKind,
    Qualification,
    Residence,
    ReturnReason,
    SchoolLevel,
    Sex,
    StepTaken,
    Word,
)

FACTS_LENGTH = 1200
"""Characters of the optional objective facts."""

OLDEST = 25
"""Years: an estimated age beyond which the form asks to check what was typed."""


def _screened(text: str) -> str:
    for finding in screening(text):
        if finding.category.severity is Severity.REFUSAL:
            raise refuse("screening", advice(finding.category))
    return text


def _named(text: str) -> str:
    if not any(char.isalpha() for char in text):
        raise refuse("name", "Écrivez un nom en lettres.")
    return text


FreeText = Annotated[Paragraphs, Field(max_length=FACTS_LENGTH), AfterValidator(_screened)]
"""A free text of several lines, screened the same way."""

Name = Annotated[Line, Field(min_length=1, max_length=80), AfterValidator(_named), AfterValidator(_screened)]
"""A name as institutions write it."""

ShortText = Annotated[Line, Field(min_length=1, max_length=120), AfterValidator(_screened)]
"""A short text, screened: what may not be collected is refused."""


def _once(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(dict.fromkeys(words))


Once = AfterValidator(_once)
"""A closed list: what is ticked twice counts once, so that it fits in its sealed size."""


class StartForm(Shape):
    """The questions that come first: three diversions, then where the minor lives or, failing that, the facts."""

    immediate_danger: Flag
    school_offence: Flag
    radicalisation: Flag
    residence: Residence
    arrondissement: Annotated[int, Field(ge=1, le=20)]


class SignalementForm(StartForm):
    """What one partner submits about one minor, complete (AU-038 article 3)."""

    last_name: Name
    first_name: Name
    birth_date: Day | None = None
    estimated_age: Annotated[int, Field(ge=0, le=OLDEST)] | None = None
    sex: Sex
    quartier: Annotated[int, Field(ge=1, le=80)] | None = None
    address: ShortText | None = None
    school: ShortText | None = None
    school_level: SchoolLevel
    representative_name: Name | None = None
    representative_contact: ShortText | None = None
    qualification: Qualification
    motives: Annotated[tuple[Motive, ...], Field(min_length=1), Once]
    necessity_mot_01: Necessity | None = None
    necessity_mot_05: Necessity | None = None
    necessity_mot_07: Necessity | None = None
    necessity_mot_08: Necessity | None = None
    necessity_mot_12: Necessity | None = None
    facts_from: Day | None = None
    facts_until: Day | None = None
    periods: Annotated[tuple[Period, ...], Once] = ()
    place_kinds: Annotated[tuple[PlaceKind, ...], Once] = ()
    place: ShortText | None = None
    steps: Annotated[tuple[StepTaken, ...], Field(min_length=1), Once]
    insufficiencies: Annotated[tuple[Insufficiency, ...], Field(min_length=1), Once]
    facts: FreeText | None = None
    warnings_read: Flag = False

    def birth(self, day: date) -> date | EstimatedAge:
        """Give the birth date, or the age that the author estimates on the day of reception."""
        return self.birth_date if self.birth_date is not None else EstimatedAge(self.estimated_age or 0, day)

    def necessities(self) -> dict[str, str]:
        """Give the coded necessity of each offence-related motive."""
        return {motive.value: necessity.value for motive in self.motives if (necessity := self.necessity(motive))}

    def necessity(self, motive: Motive) -> Necessity | None:
        """Give the coded necessity of a motive, if it has one."""
        found: Necessity | None = getattr(self, necessity_field(motive), None)
        return found


def necessity_field(motive: Motive) -> str:
    """Give the name of the field that codes why an offence-related motive is necessary."""
    return f"necessity_{motive.value.lower().replace('-', '_')}"


def check(form: SignalementForm, charter: Charter, day: date) -> None:
    """Check what no field can check alone; raise `InvalidInput` with a sentence per field.

    Majority is the charter's (counted from an estimated age as if the person were the oldest possible), the quartier
    belongs to the arrondissement, each offence-related motive has its necessity, warnings were read.
    """
    errors = {**_birth_errors(form, charter, day), **_motive_errors(form), **_date_errors(form, day)}
    if form.quartier is not None and form.quartier not in {place.number for place in quartiers(form.arrondissement)}:
        errors["quartier"] = "Choisissez un quartier de l'arrondissement indiqué."
    if warnings(form.facts) and not form.warnings_read:
        errors["warnings_read"] = (
            "Relisez le texte signalé, puis cochez cette case ou retirez-en ce qui n'est pas nécessaire."
        )
    if errors:
        raise InvalidInput(errors)


def warnings(text: str | None) -> tuple[str, ...]:
    """Give one sentence per kind of thing that the screening found and that the author must read again."""
    found = dict.fromkeys(finding.category for finding in screening(text or ""))
    return tuple(advice(category) for category in found if category.severity is Severity.WARNING)


def _birth_errors(form: SignalementForm, charter: Charter, day: date) -> dict[str, str]:
    if form.birth_date is None and form.estimated_age is None:
        return {"birth_date": "Indiquez la date de naissance ou, à défaut, un âge estimé."}
    if form.birth_date is not None and form.estimated_age is not None:
        return {"estimated_age": "Gardez la date de naissance ou l'âge estimé, pas les deux."}
    field = "birth_date" if form.birth_date is not None else "estimated_age"
    if form.birth_date is not None and form.birth_date > day:
        return {field: "Cette date est à venir : vérifiez l'année."}
    if not charter.admits_reception(form.birth(day), day):
        rule = charter.rules.majority if form.birth_date else charter.rules.estimated_age
        advice_given = (
            "Vérifiez la date." if form.birth_date else "Indiquez la date de naissance si vous la connaissez."
        )
        return {field: f"{rule.statement} ({rule.origin}). {advice_given}"}
    return {}


def _motive_errors(form: SignalementForm) -> dict[str, str]:
    return {
        necessity_field(motive): f"Dites pourquoi ce motif est nécessaire : {motive.label}."
        for motive in form.motives
        if motive in OFFENCE_MOTIVES and form.necessity(motive) is None
    }


def _date_errors(form: SignalementForm, day: date) -> dict[str, str]:
    if any(fact is not None and fact > day for fact in (form.facts_from, form.facts_until)):
        return {"facts_from": "Les faits ne peuvent pas être à venir : vérifiez les dates."}
    if form.facts_from and form.facts_until and form.facts_from > form.facts_until:
        return {"facts_until": "La fin des faits précède leur début : vérifiez les dates."}
    return {}


class QualificationForm(Shape):
    """The coordinator's decision on what was received (step 1b); sent to the CRIP, nothing else is to decide."""

    admissible: Flag | None = None
    ground: Inadmissibility | None = None
    concern_answer: ConcernAnswer | None = None
    concern_channel: ExitChannel | None = None

    @model_validator(mode="after")
    def _chosen_ground(self) -> Self:
        if self.ground in LAPSES:
            raise refuse("ground", "Ce motif vient d'un délai qui s'achève : choisissez-en un autre.")
        return self


class ReturnForm(Shape):
    """Why a signalement goes back to its author, once."""

    reason: ReturnReason


class ReviewForm(Shape):
    """What becomes of a free text: kept, masked in part, dropped; never rewritten."""

    signalement: Annotated[Line, Field(min_length=1, max_length=16)]
    outcome: FactsState
    masked: Annotated[Paragraphs, Field(max_length=FACTS_LENGTH)] = ""

    def parts(self) -> tuple[str, ...]:
        """Give the passages to mask, one a line."""
        return tuple(part for line in self.masked.splitlines() if (part := line.strip()))


class MergeForm(Shape):
    """Which situation of the same cell absorbs this one, and the answer on a danger when it is already qualified."""

    into: Annotated[Line, Field(min_length=1, max_length=16)]
    concern_answer: ConcernAnswer | None = None


class MoveForm(Shape):
    """The arrondissement whose cell is competent."""

    arrondissement: Annotated[int, Field(ge=1, le=20)]


class InvitationForm(Shape):
    """The named agent who may signal once to a cell without an account."""

    cell: Annotated[Line, Field(min_length=1, max_length=16)]
    institution: Annotated[Line, Field(min_length=1, max_length=16)]
    agent_name: Name
    agent_function: ShortText


class InvitationCodeForm(Shape):
    """What the invited agent gives back: the code heard on the phone, and the undertaking."""

    code: Annotated[Line, Field(min_length=6, max_length=12)]
    undertaking: Flag

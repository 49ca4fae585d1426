"""How a minor and a situation are shown: frozen, in French, and only what is disclosed (None is not shown)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.authorization.vault import Value
from backend.kernel.clock import paris_day
from backend.situations.models import Situation, SituationExit
from backend.web.pages import french_day
from policies.disclosure import Field
from policies.territories import quartiers
from policies.vocabulary import (
    ClosingReason,
    ConcernAnswer,
    ExitKind,
    Inadmissibility,
    Residence,
    SchoolLevel,
    Sex,
    Stage,
)


@dataclass(frozen=True, slots=True)
class MinorView:
    """What may be read of the minor now."""

    last_name: str | None = None
    first_name: str | None = None
    birth: str | None = None
    age: str | None = None
    years: int | None = None
    sex: Sex | None = None
    residence: str | None = None
    address: str | None = None
    school: str | None = None
    school_level: SchoolLevel | None = None
    representative_name: str | None = None
    representative_contact: str | None = None

    @property
    def name(self) -> str:
        """Give first and last name, or words that say it is not shown."""
        return f"{self.first_name} {self.last_name}" if self.last_name else "Identité non communiquée"


@dataclass(frozen=True, slots=True)
class ExitView:
    """An exit made outside the product."""

    kind: ExitKind
    channel: str
    made_on: date


@dataclass(frozen=True, slots=True)
class SituationView:
    """What identifies a situation and says where it stands, without anything of the minor but what is disclosed."""

    reference: str
    cell: str
    stage: Stage
    version: int
    received_on: date
    received_at: datetime
    minor: MinorView
    has_exit: bool
    concern_answer: ConcernAnswer | None
    inadmissibility: Inadmissibility | None
    closing_reason: ClosingReason | None


@dataclass(frozen=True, slots=True)
class ExitPageView:
    """An exit to record, and those already recorded."""

    reference: str
    kind: ExitKind
    typed: Mapping[str, object]
    channels: tuple[tuple[str, str], ...]
    recorded: tuple[ExitView, ...]
    today: date


def minor_view(values: Mapping[str, Value], today: date) -> MinorView:
    """Show what was opened of a minor."""
    birth = values.get("birth")
    return MinorView(
        last_name=_text(values, "last_name"),
        first_name=_text(values, "first_name"),
        birth=_birth(birth, today) if isinstance(birth, Mapping) else None,
        age=_age(birth, today) if isinstance(birth, Mapping) else None,
        years=_years(birth, today) if isinstance(birth, Mapping) else None,
        sex=Sex.of(str(values["sex"])) if "sex" in values else None,
        residence=_residence(values) if "residence" in values else None,
        address=_text(values, "address"),
        school=_text(values, "school"),
        school_level=SchoolLevel.of(str(values["school_level"])) if "school_level" in values else None,
        representative_name=_text(values, "representative_name"),
        representative_contact=_text(values, "representative_contact"),
    )


def situation_view(situation: Situation, cell: str, minor: MinorView, *, fields: frozenset[Field]) -> SituationView:
    """Show a situation and where it stands; the decision, which tells of a danger, only where it is disclosed."""
    decided = Field.DECISION in fields
    return SituationView(
        reference=situation.reference,
        cell=cell,
        stage=situation.stage,
        version=situation.version,
        received_on=paris_day(situation.received_at),
        received_at=situation.received_at,
        minor=minor,
        has_exit=Field.EXITS in fields and situation.first_exit_at is not None,
        concern_answer=situation.concern_answer if decided else None,
        inadmissibility=situation.inadmissibility if decided else None,
        closing_reason=situation.closing_reason if decided else None,
    )


def exit_view(row: SituationExit) -> ExitView:
    """Show an exit."""
    return ExitView(row.kind, row.channel.label, row.made_on)


def _text(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    return str(value) if value else None


def _birth(birth: Mapping[str, object], today: date) -> str:
    if "date" in birth:
        return f"{french_day(date.fromisoformat(str(birth['date'])))} ({_age(birth, today)})"
    return f"environ {birth['age']} ans, âge estimé le {french_day(date.fromisoformat(str(birth['on'])))}"


def _age(birth: Mapping[str, object], today: date) -> str:
    return f"{'' if 'date' in birth else 'environ '}{_years(birth, today)} ans"


def _years(birth: Mapping[str, object], today: date) -> int:
    if "date" not in birth:
        return int(str(birth["age"]))
    born = date.fromisoformat(str(birth["date"]))
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _residence(values: Mapping[str, Value]) -> str:
    residence = Residence.of(str(values["residence"]))
    arrondissement = int(str(values["arrondissement"]))
    where = f"{arrondissement}{'er' if arrondissement == 1 else 'e'} arrondissement"
    if values.get("quartier"):
        number = int(str(values["quartier"]))
        where += ", " + next(place.name for place in quartiers(arrondissement) if place.number == number)
    if residence is Residence.KNOWN:
        return where
    return f"{residence.label} (faits : {where})"

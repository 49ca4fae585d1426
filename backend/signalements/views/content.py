"""How the content of signalements is shown: frozen, in French, only what is disclosed (None is not shown)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.authorization.vault import Value
from backend.crypto.names import Confidence
from backend.signalements.models import Signalement
from backend.signalements.states import FactsState
from backend.signalements.views.intake import Options, choices, ordinal
from backend.signalements.views.invitations import InvitationView
from backend.situations.views import SituationView
from backend.web.pages import french_day
from policies.disclosure import Field
from policies.territories import arrondissements
from policies.vocabulary import (
    LAPSES,
    SCHOOL_MOTIVES,
    ExitChannel,
    Inadmissibility,
    Insufficiency,
    Motive,
    Necessity,
    Origin,
    Period,
    PlaceKind,
    Qualification,
    ReturnReason,
    StepTaken,
)


@dataclass(frozen=True, slots=True)
class MotiveView:
    """A motive, and why it is necessary when it touches on an offence."""

    motive: Motive
    necessity: Necessity | None


@dataclass(frozen=True, slots=True)
class SignalementView:
    """What may be read of one signalement now; None is not shown."""

    reference: str
    submitted_at: datetime
    origin: Origin | None
    author: str | None
    invitation: InvitationView | None
    qualification: Qualification | None
    motives: tuple[MotiveView, ...]
    when: str | None
    where: str | None
    steps: tuple[StepTaken, ...]
    insufficiencies: tuple[Insufficiency, ...]
    facts: str | None
    facts_state: FactsState | None


@dataclass(frozen=True, slots=True)
class ContentView:
    """A situation with its signalements."""

    situation: SituationView
    signalements: tuple[SignalementView, ...]

    @property
    def danger(self) -> bool:
        """Tell whether a signalement says danger, so that an answer is owed."""
        return any(row.qualification in {Qualification.DANGER, Qualification.BOTH} for row in self.signalements)


@dataclass(frozen=True, slots=True)
class MatchView:
    """A situation that may be about the same minor."""

    situation: SituationView
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What a page of decision shows: the content, what was typed, the suggested matches."""

    content: ContentView
    typed: Mapping[str, object]
    matches: tuple[MatchView, ...]
    grounds: Options
    channels: Options
    reasons: Options
    arrondissements: Options


def decision(content: ContentView, typed: Mapping[str, object], matches: tuple[MatchView, ...]) -> DecisionView:
    """Show a page of decision, with the closed lists to choose from."""
    numbers = tuple((str(number), ordinal(number)) for number in arrondissements())
    grounds = tuple((ground.value, ground.label) for ground in Inadmissibility if ground not in LAPSES)
    return DecisionView(content, typed, matches, grounds, choices(ExitChannel), choices(ReturnReason), numbers)


def signalement_view(
    row: Signalement, values: Mapping[str, Value], *, fields: frozenset[Field], invitation: InvitationView | None
) -> SignalementView:
    """Show what was opened of a signalement."""
    circumstances = _mapping(values.get("circumstances"))
    steps = _mapping(values.get("steps"))
    author = _mapping(values.get("author"))
    qualification = values.get("qualification")
    facts = values.get("facts")
    return SignalementView(
        reference=row.reference,
        submitted_at=row.submitted_at,
        origin=row.origin if Field.ORIGIN in fields else None,
        author=f"{author['name']}, {author['function']}, {author['institution']}" if author else None,
        invitation=invitation,
        qualification=Qualification.of(str(qualification)) if qualification else None,
        motives=_motives(values, fields) if "motives" in values else (),
        when=_when(circumstances) if circumstances else None,
        where=_where(circumstances) if circumstances else None,
        steps=tuple(StepTaken.of(step) for step in _listed(steps, "steps")),
        insufficiencies=tuple(Insufficiency.of(reason) for reason in _listed(steps, "insufficiencies")),
        facts=str(facts) if facts else None,
        facts_state=row.facts_state if Field.FACTS in fields else None,
    )


def motives_of(values: Mapping[str, Value]) -> tuple[Motive, ...]:
    """Give the motives of a signalement that was opened."""
    return tuple(Motive.of(motive) for motive in _listed(_mapping(values["motives"]), "motives"))


def _motives(values: Mapping[str, Value], fields: frozenset[Field]) -> tuple[MotiveView, ...]:
    necessities = _mapping(_mapping(values["motives"]).get("necessities"))
    return tuple(
        MotiveView(motive, Necessity.of(str(necessities[motive])) if motive in necessities else None)
        for motive in motives_of(values)
        if Field.MOTIVES in fields or motive in SCHOOL_MOTIVES
    )


def _when(circumstances: Mapping[str, object]) -> str | None:
    start, end = (
        french_day(date.fromisoformat(str(circumstances[name]))) if circumstances[name] else None
        for name in ("from", "until")
    )
    days = (
        f"du {start} au {end}"
        if start and end
        else (f"depuis le {start}" if start else (f"jusqu'au {end}" if end else ""))
    )
    periods = ", ".join(Period.of(period).label for period in _listed(circumstances, "periods"))
    return " ; ".join(part for part in (days, periods) if part) or None


def _where(circumstances: Mapping[str, object]) -> str | None:
    kinds = ", ".join(PlaceKind.of(kind).label for kind in _listed(circumstances, "place_kinds"))
    place = str(circumstances["place"] or "")
    return " ; ".join(part for part in (kinds, place) if part) or None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _listed(content: Mapping[str, object], name: str) -> list[str]:
    listed = content.get(name)
    return [str(item) for item in listed] if isinstance(listed, list) else []

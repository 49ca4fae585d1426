"""How long each thing is kept, from which event, on whose authority (domain section 6, R1 to R7, CEN-55).

The Ville's recorded decisions replace the defaults inside their bounds. What these days mean for a situation stands in
`policies.terms`, what a run then does in `policies.precedence`; this module only counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Self

from pydantic import model_validator

from policies.closed import Closed, Count, Text, read_toml
from policies.months import add_months
from policies.vocabulary import Word

HYPOTHESIS = "hypothèse"


class Kind(Word):
    """What is kept for a time."""

    DRAFT = "draft", "brouillon"
    UNQUALIFIED = "unqualified", "signalement non qualifié"
    INADMISSIBLE = "inadmissible", "situation non recevable, réorientée ou transmise"
    UNANSWERED = "unanswered", "situation sans réponse du parquet"
    UNANSWERED_LIMIT = "unanswered_limit", "situation sans réponse du parquet, limite"
    NOT_RETAINED = "not_retained", "situation non retenue, présentée"
    NOT_RETAINED_LIMIT = "not_retained_limit", "situation non retenue, limite"
    NOT_EXAMINED = "not_examined", "situation retenue, non examinée"
    NOT_EXAMINED_LIMIT = "not_examined_limit", "situation retenue, non examinée, limite"
    FOLLOW_UP_REVIEW = "follow_up_review", "situation suivie, revue"
    FOLLOW_UP_LIMIT = "follow_up_limit", "situation suivie, limite"
    CLOSED = "closed", "situation close"
    ARCHIVE = "archive", "archive intermédiaire"
    ERASURE = "erasure", "situation dont l'effacement a été décidé"
    TRANSMISSION_ANSWERED = "transmission_answered", "transmission, après retour"
    TRANSMISSION_LIMIT = "transmission_limit", "transmission, limite"
    RESEARCH_NOTE = "research_note", "note de recherche préalable"
    MAJORITY = "majority", "majorité"
    AGE_LIMIT = "age_limit", "vingt-cinquième anniversaire"
    RECEIPT = "receipt", "récépissé"
    RECEIPT_LIMIT = "receipt_limit", "récépissé, limite"
    JOURNAL = "journal", "entrée du journal"
    UNUSED_ACCOUNT = "unused_account", "compte sans connexion"
    UNUSED_OCCASIONAL_ACCOUNT = "unused_occasional_account", "compte occasionnel sans connexion"
    REMOVED_ACCOUNT = "removed_account", "compte à supprimer"
    HABILITATION = "habilitation", "habilitation terminée"
    LOCAL_CONTACT = "local_contact", "contact d'une cellule, terminé"
    RIGHTS_REQUEST = "rights_request", "demande d'exercice des droits"
    BREACH = "breach", "violation de données"
    EVIDENCE = "evidence", "accord, attestation ou signature"
    RAV_CONFIRMATION = "rav_confirmation", "contact d'un réseau, confirmation"
    RAV_GRACE = "rav_grace", "contact d'un réseau, délai de grâce"
    MAIL = "mail", "courriel"
    SESSION = "session", "session ou clé de rejeu"
    LINK = "link", "lien à usage unique"
    ACCESS_LOG = "access_log", "trace d'accès technique"
    MAIN_BACKUP = "main_backup", "sauvegarde des données"
    KEYS_BACKUP = "keys_backup", "sauvegarde des clés"
    TOMBSTONE = "tombstone", "trace d'une destruction"


class Outcome(Word):
    """What happens when the time is over."""

    DESTROYED = "destroyed", "destruction"
    INADMISSIBLE = "inadmissible", "traitement comme non recevable"
    CLOSED = "closed", "clôture"
    ARCHIVED = "archived", "archive intermédiaire"
    READING_ENDS = "reading_ends", "fin de la lecture"
    SUSPENDED = "suspended", "suspension"
    REVIEW = "review", "revue"


class RetentionRule(Closed):
    """One duration: days, calendar months, or a rank among the ordinary meetings that follow the starting event."""

    kind: Kind
    statement: Text
    starts: Text
    days: Count | None = None
    months: Count | None = None
    meetings: Count | None = None
    minimum_months: Count = 0
    maximum_months: Count | None = None
    then: Outcome
    authority: Text

    @property
    def is_decidable(self) -> bool:
        """Whether the Ville may decide another duration: counted in months, between two bounds that differ."""
        return self.months is not None and self.maximum_months is not None and self.minimum_months < self.maximum_months

    @property
    def is_hypothesis(self) -> bool:
        """Whether no source fixes this duration, so that people are told so."""
        return self.authority == HYPOTHESIS

    @model_validator(mode="after")
    def _counts_one_way_within_its_bounds(self) -> Self:
        if sum(count is not None for count in (self.days, self.months, self.meetings)) != 1:
            raise ValueError("a duration is in days, in months or in meetings")
        if self.meetings == 0:
            raise ValueError("meetings are counted from the first")
        if self.months is None:
            return self
        if self.months < self.minimum_months:
            raise ValueError("a default below its own minimum")
        if self.maximum_months is not None and self.months > self.maximum_months:
            raise ValueError("a default above its own maximum")
        return self


@dataclass(frozen=True, slots=True)
class Due:
    """The first day on which the outcome of a rule applies."""

    day: date
    rule: RetentionRule


class Schedule(Closed):
    """The whole file: each kind once."""

    rules: tuple[RetentionRule, ...]

    @model_validator(mode="after")
    def _rules_every_kind_once(self) -> Self:
        if sorted(rule.kind for rule in self.rules) != sorted(Kind):
            raise ValueError("each kind has one rule")
        return self


@cache
def rules() -> tuple[RetentionRule, ...]:
    """Give the default durations, in the order of the life of a situation."""
    return Schedule.model_validate(read_toml("retention.toml")).rules


def rule(kind: Kind) -> RetentionRule:
    """Give the default duration of one kind."""
    return next(found for found in rules() if found.kind is kind)


@dataclass(frozen=True, slots=True)
class Decided:
    """A duration that the Ville decided, in months, and the sentence that names its act."""

    months: int
    authority: str


@dataclass(frozen=True, slots=True)
class Durations:
    """The durations that apply on a day: the defaults, and what the Ville decided instead."""

    decided: Mapping[Kind, Decided] = field(default_factory=dict)

    def rule(self, kind: Kind) -> RetentionRule:
        """Give the rule that applies to a kind, with its authority."""
        found = rule(kind)
        decision = self.decided.get(kind)
        if decision is None:
            return found
        statement = (
            f"{kind.label[:1].upper()}{kind.label[1:]} : {decision.months} mois à partir de « {found.starts} », "
            "par décision de la Ville."
        )
        change = {"months": decision.months, "authority": decision.authority, "statement": statement}
        return found.model_copy(update=change)

    def months(self, kind: Kind) -> int:
        """Give a duration in months; raise ValueError for a kind that is not counted so."""
        months = self.rule(kind).months
        if months is None:
            raise ValueError(f"{kind.value} is not counted in months")
        return months

    def fingerprint(self) -> str:
        """Give the SHA-256 of what applies, in hexadecimal: the file as it ships, and every decision."""
        decided = "".join(
            f"\n{kind.value}={found.months};{found.authority}" for kind, found in sorted(self.decided.items())
        )
        return sha256(files("policies").joinpath("retention.toml").read_bytes() + decided.encode()).hexdigest()


DEFAULTS = Durations()
"""The durations of the file, no decision having replaced any."""


def due(kind: Kind, started: date, durations: Durations = DEFAULTS) -> Due:
    """Give the day on which something is due, from its starting event.

    Raises ValueError for a kind that is counted in meetings, for which `due_at_meeting` answers.
    """
    found = durations.rule(kind)
    if found.months is not None:
        return Due(add_months(started, found.months), found)
    if found.days is not None:
        return Due(started + timedelta(days=found.days), found)
    raise ValueError(f"{kind.value} is counted in ordinary meetings")


def due_at_meeting(kind: Kind, started: date, ordinary_meetings: Iterable[date]) -> Due | None:
    """Give the ordinary meeting at which something is due, or None while that meeting has no date.

    Meetings on the starting day itself do not count. Raises ValueError for a kind that is not counted in meetings.
    """
    found = rule(kind)
    if found.meetings is None:
        raise ValueError(f"{kind.value} is not counted in meetings")
    following = sorted(day for day in ordinary_meetings if day > started)
    if len(following) < found.meetings:
        return None
    return Due(following[found.meetings - 1], found)

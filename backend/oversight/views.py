"""How oversight is shown: the state of the journal, what is unusual, who opened a situation."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.authorization.vault import Purpose
from policies.oversight_words import AccessOutcome, AccessState, Channel, LiftGround, Oddity


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Two checkpoints compared: their sizes, and whether one begins the other."""

    first: int
    second: int
    consistent: bool


@dataclass(frozen=True, slots=True)
class JournalView:
    """The last checkpoint and the public key, how checkpoints leave, and a comparison when one was asked."""

    note: str | None
    size: int
    public_key: str
    channels: tuple[Channel, ...]
    comparison: ComparisonView | None
    typed: str


@dataclass(frozen=True, slots=True)
class AccessLine:
    """An unusual access, without its person."""

    reference: str
    day: date
    oddity: Oddity
    number: int
    state: AccessState
    outcome: AccessOutcome | None


@dataclass(frozen=True, slots=True)
class AccessesView:
    """A page of unusual accesses, the thresholds, and where the next page begins."""

    lines: tuple[AccessLine, ...]
    thresholds: tuple[tuple[str, str], ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class AccessView:
    """An unusual access; `person` once its pseudonym was lifted, `others` counts those of the same person."""

    line: AccessLine
    threshold: str
    others: int
    person: str | None
    ground: LiftGround | None
    lifted_at: datetime | None
    settled_at: datetime | None
    lifting: bool
    settling: bool
    grounds: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    version: int


@dataclass(frozen=True, slots=True)
class WitnessedView:
    """How many checkpoints a witness cosigned, the last one and when, and the sizes at which the journal differs."""

    number: int
    size: int
    at: datetime | None
    contradicted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NamesakeLine:
    """A day on which somebody opened the situation of a namesake, how often, and who once it was lifted."""

    day: date
    number: int
    person: str | None


@dataclass(frozen=True, slots=True)
class NamesakesView:
    """Every such day that is still kept, the latest first, and the grounds for knowing who."""

    lines: tuple[NamesakeLine, ...]
    grounds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LookerLine:
    """Who opened a situation on a day, by institution and role: why, and when for the last time."""

    institution: str
    roles: str
    purpose: Purpose
    last_at: datetime


@dataclass(frozen=True, slots=True)
class LookersView:
    """Who opened a situation, the latest first."""

    reference: str
    lines: tuple[LookerLine, ...]
    more: bool

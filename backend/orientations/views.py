"""How step 5 is shown: what was decided, what leaves word for word, what a recipient finds; frozen and in French."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from backend.authorization.vault import Value
from backend.kernel.clock import paris_day
from backend.orientations.models import FamilyInformation, NoticeException, Orientation, Transmission
from backend.signalements.views.content import SignalementView
from backend.signalements.views.intake import Options, choices
from backend.situations.views import MinorView
from backend.web.pages import french_instant
from policies.charter_words import RecipientCategory
from policies.family import GROUNDS, Record
from policies.orientation_words import (
    Addressee,
    Destination,
    InformationMode,
    InformationResult,
    NoticeGround,
    OrientationState,
    TransmissionState,
)
from policies.orientations import DestinationRule, rule_of


@dataclass(frozen=True, slots=True)
class TransmittedView:
    """What leaves, and what the recipient reads: the same words, kept as they were on the day; None did not leave."""

    support: str
    last_name: str | None
    first_name: str | None
    birth: str | None
    sex: str | None
    residence: str | None
    address: str | None
    representative_name: str | None
    representative_contact: str | None
    motives: tuple[str, ...]
    facts: tuple[str, ...]

    def sealed(self) -> dict[str, object]:
        """Give what is sealed."""
        return asdict(self)

    @classmethod
    def of(cls, content: Value) -> "TransmittedView":
        """Show what was sealed."""
        values = content if isinstance(content, Mapping) else {}
        return cls(
            support=str(values["support"]),
            last_name=_text(values, "last_name"),
            first_name=_text(values, "first_name"),
            birth=_text(values, "birth"),
            sex=_text(values, "sex"),
            residence=_text(values, "residence"),
            address=_text(values, "address"),
            representative_name=_text(values, "representative_name"),
            representative_contact=_text(values, "representative_contact"),
            motives=_texts(values, "motives"),
            facts=_texts(values, "facts"),
        )


@dataclass(frozen=True, slots=True)
class TransmissionView:
    """A transmission as everybody who may know of it sees it: nobody is named."""

    reference: str
    version: int
    cell: str
    institution: str
    category: RecipientCategory
    state: TransmissionState
    sent_on: date
    opened_on: str | None
    answered_on: date | None
    reminded_on: date | None
    readable_until: date
    """The last day of reading."""


@dataclass(frozen=True, slots=True)
class OrientationView:
    """An orientation, and what was sent for it."""

    reference: str
    version: int
    destination: Destination
    ages: str | None
    out_of_age: bool
    state: OrientationState
    decided_on: date
    recipient: RecipientCategory | None
    transmission: TransmissionView | None


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A destination that may be chosen today, with what helps to choose it."""

    destination: Destination
    ages: str | None
    out_of_age: bool
    hint: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """The orientations of the situation under examination: those recorded, and those that may be."""

    point: str
    version: int
    recorded: tuple[OrientationView, ...]
    choices: tuple[ChoiceView, ...]

    @property
    def options(self) -> Options:
        """Give the list of a form, ages said in its words."""
        return tuple((item.destination.value, _worded(item)) for item in self.choices)


@dataclass(frozen=True, slots=True)
class InformationLine:
    """What was done on one day to inform a family."""

    made_on: date
    mode: InformationMode
    results: tuple[tuple[Addressee, InformationResult], ...]


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """An exception to a family's information, the source of its ground, and whether it still stands."""

    decided_on: date
    ground: NoticeGround
    source: str
    stands: bool


@dataclass(frozen=True, slots=True)
class FamilyView:
    """Whether a family was informed, what was tried or decided instead, until when it is due."""

    reference: str
    version: int
    informed: bool
    out_of_reach: bool
    owed: bool
    """Whether the information is owed at this stage, done or not."""
    due_on: date
    lines: tuple[InformationLine, ...]
    exceptions: tuple[ExceptionLine, ...]

    @property
    def excepted(self) -> ExceptionLine | None:
        """Give the exception that stands in for the information, if any."""
        return next((line for line in reversed(self.exceptions) if line.stands), None)


@dataclass(frozen=True, slots=True)
class FamilyPageView:
    """The page of a family's information."""

    family: FamilyView
    typed: Mapping[str, object]
    today: date
    modes: Options
    results: Options
    grounds: Options


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What is about to leave, word for word, to whom, and what the charter asks first."""

    reference: str
    version: int
    situation: str
    category: RecipientCategory
    content: TransmittedView
    institutions: Options
    informed: bool
    out_of_reach: bool
    waivers: Options
    statement: str
    origin: str
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReadingView:
    """A transmission for who opens it: its content only once the undertaking is accepted."""

    transmission: TransmissionView
    undertaken: bool
    content: TransmittedView | None
    may_answer: bool
    may_remind: bool


@dataclass(frozen=True, slots=True)
class TransmissionsView:
    """The transmissions that a person may know of, the latest first."""

    lines: tuple[TransmissionView, ...]
    coordinates: bool
    following: str | None


@dataclass(frozen=True, slots=True)
class LetterView:
    """The letter to a family: who is concerned, what the cell is, which rights there are. It accuses nobody."""

    cell: str
    representative: str | None
    minor: str
    on: date


def transmitted_view(support: str, minor: MinorView, signalements: tuple[SignalementView, ...]) -> TransmittedView:
    """Show what leaves, from views that hold nothing but what is disclosed to the recipient."""
    motives = (item for row in signalements for item in row.motives)
    worded = (
        f"{item.motive.label} ({item.necessity.label})" if item.necessity else item.motive.label for item in motives
    )
    return TransmittedView(
        support=support,
        last_name=minor.last_name,
        first_name=minor.first_name,
        birth=minor.birth,
        sex=None if minor.sex is None else minor.sex.label,
        residence=minor.residence,
        address=minor.address,
        representative_name=minor.representative_name,
        representative_contact=minor.representative_contact,
        motives=tuple(dict.fromkeys(worded)),
        facts=tuple(row.facts for row in signalements if row.facts),
    )


def transmission_view(row: Transmission, cell: str, institution: str) -> TransmissionView:
    """Show a transmission."""
    return TransmissionView(
        reference=row.reference,
        version=row.version,
        cell=cell,
        institution=institution,
        category=row.category,
        state=row.state,
        sent_on=paris_day(row.sent_at),
        opened_on=None if row.opened_at is None else french_instant(row.opened_at),
        answered_on=None if row.answered_at is None else paris_day(row.answered_at),
        reminded_on=None if row.reminded_at is None else paris_day(row.reminded_at),
        readable_until=paris_day(row.readable_until - timedelta(microseconds=1)),
    )


def orientation_view(row: Orientation, sent: TransmissionView | None, years: int | None) -> OrientationView:
    """Show an orientation; its recipient is the one that the taxonomy gives it."""
    rule = rule_of(row.destination)
    return OrientationView(
        reference=row.reference,
        version=row.version,
        destination=row.destination,
        ages=rule.ages,
        out_of_age=not rule.receives(years),
        state=row.state,
        decided_on=paris_day(row.decided_at),
        recipient=rule.recipient,
        transmission=sent,
    )


def choice_view(rule: DestinationRule, years: int | None) -> ChoiceView:
    """Show a destination to choose."""
    return ChoiceView(rule.destination, rule.ages, not rule.receives(years), rule.hint)


def record_of(row: FamilyInformation) -> Record:
    """Give a record as the rules read it."""
    results = (row.first_holder, row.second_holder, row.minor)
    return Record(row.made_on, tuple(zip(Addressee, results, strict=True)))


def information_line(row: FamilyInformation) -> InformationLine:
    """Show what was done on one day."""
    return InformationLine(row.made_on, row.mode, record_of(row).results)


def exception_line(row: NoticeException, *, stands: bool) -> ExceptionLine:
    """Show an exception to a family's information."""
    return ExceptionLine(paris_day(row.decided_at), row.ground, GROUNDS[row.ground], stands)


def family_page_view(family: FamilyView, typed: Mapping[str, object], today: date) -> FamilyPageView:
    """Show the page of a family's information, with its closed lists."""
    grounds = tuple((ground.value, f"{ground.label} ({source})") for ground, source in GROUNDS.items())
    return FamilyPageView(family, typed, today, choices(InformationMode), choices(InformationResult), grounds)


def _worded(item: ChoiceView) -> str:
    if item.ages is None:
        return item.destination.label
    return f"{item.destination.label} ({item.ages}{', hors âge' if item.out_of_age else ''})"


def _text(values: Mapping[str, object], name: str) -> str | None:
    value = values[name]
    return None if value is None else str(value)


def _texts(values: Mapping[str, object], name: str) -> tuple[str, ...]:
    listed = values[name]
    return tuple(str(item) for item in listed) if isinstance(listed, list) else ()

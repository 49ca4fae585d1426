"""How networks and their guide are shown: frozen, and without the address of what is confidential."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from policies.rav_words import (
    Access,
    ImprovementState,
    Medium,
    MeetingKind,
    MeetingState,
    OrganisationKind,
    PathStep,
    Public,
    StructureKind,
    ThematicDay,
    Theme,
    ToolState,
)


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A network in a list."""

    reference: str
    name: str
    arrondissements: str
    themes: tuple[Theme, ...]
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class DayView:
    """A thematic day of the year to come, and the event that marks it, when there is one."""

    day: ThematicDay
    on: date
    event: str | None


@dataclass(frozen=True, slots=True)
class NetworksView:
    """The networks, the days to come, and whether the person organises."""

    networks: tuple[NetworkLine, ...]
    days: tuple[DayView, ...]
    organises: bool


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme of a network and its dates."""

    reference: str
    theme: Theme
    valid_from: date
    valid_until: date | None
    version: int


@dataclass(frozen=True, slots=True)
class ContactView:
    """A professional to call; `due_on` is the day by which the contact is to be confirmed."""

    reference: str
    name: str
    function: str
    phone: str
    email: str
    due_on: date
    overdue: bool
    version: int


@dataclass(frozen=True, slots=True)
class MemberView:
    """An organisation of a network and its contacts."""

    reference: str
    organisation: str
    kind: OrganisationKind
    contacts: tuple[ContactView, ...]
    version: int


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """An action to follow."""

    reference: str
    title: str
    organisation: str
    due_on: date
    done_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting of a network, with what is known of it."""

    reference: str
    network: str
    network_name: str
    kind: MeetingKind
    title: str
    starts_at: datetime
    place: str
    state: MeetingState
    agenda: tuple[str, ...]
    present: tuple[str, ...]
    follow_ups: tuple[FollowUpView, ...]
    members: tuple[tuple[str, str], ...]
    organises: bool
    version: int
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in the sheet of its network."""

    reference: str
    kind: MeetingKind
    title: str
    starts_at: datetime
    state: MeetingState


@dataclass(frozen=True, slots=True)
class EventView:
    """An event of a network."""

    reference: str
    day: ThematicDay
    title: str
    held_on: date
    place: str


@dataclass(frozen=True, slots=True)
class ToolView:
    """A tool and where it stands."""

    reference: str
    title: str
    state: ToolState
    version: int


@dataclass(frozen=True, slots=True)
class ImprovementView:
    """A point to improve."""

    reference: str
    step: PathStep
    title: str
    state: ImprovementState
    version: int


@dataclass(frozen=True, slots=True)
class NetworkView:
    """The sheet of a network."""

    reference: str
    name: str
    cell: str
    arrondissements: str
    numbers: tuple[int, ...]
    opened_on: date
    closed_on: date | None
    themes: tuple[ThemeView, ...]
    members: tuple[MemberView, ...]
    meetings: tuple[MeetingLine, ...]
    events: tuple[EventView, ...]
    tools: tuple[ToolView, ...]
    improvements: tuple[ImprovementView, ...]
    organises: bool
    version: int


@dataclass(frozen=True, slots=True)
class StructureView:
    """A structure of the guide as everybody reads it: a confidential address is nowhere in it."""

    reference: str
    name: str
    kind: StructureKind
    publics: tuple[Public, ...]
    themes: tuple[Theme, ...]
    arrondissements: str
    numbers: tuple[int, ...]
    confidential: bool
    address: str | None
    transport: str | None
    hours: str | None
    phones: str
    languages: str | None
    accessibility: tuple[Access, ...]
    approach: str | None
    revised_on: date


@dataclass(frozen=True, slots=True)
class StructureSheet:
    """A structure for who keeps the guide: who revised it, and whether it is to be revised again."""

    structure: StructureView
    revised_by: str
    to_revise: bool
    keeps: bool
    version: int


@dataclass(frozen=True, slots=True)
class GuideView:
    """The guide, or what a search found in it."""

    search: str
    found: tuple[StructureView, ...]
    total: int
    to_revise: int
    keeps: bool
    administers: bool
    action: str


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """What changed in one structure between two editions."""

    name: str
    change: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiffusionView:
    """One sending of an edition."""

    medium: Medium
    sent_on: date
    recipients: int


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition in a list."""

    reference: str
    cell: str
    year: int
    published_on: date
    sent: bool


@dataclass(frozen=True, slots=True)
class EditionsView:
    """The editions, and what the person may publish."""

    editions: tuple[EditionLine, ...]
    cells: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition, what changed since the one before, and how it was sent."""

    reference: str
    cell: str
    year: int
    published_on: date
    structures: tuple[StructureView, ...]
    previous: int | None
    differences: tuple[DifferenceView, ...]
    diffusions: tuple[DiffusionView, ...]
    keeps: bool
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DeskLinkView:
    """A link given to a reception desk; the link itself is shown once and kept nowhere."""

    reference: str
    institution: str
    desk: str
    made_on: date
    ends_on: date
    revoked: bool
    version: int


@dataclass(frozen=True, slots=True)
class DesksView:
    """The links of the desks, and the form of a new one."""

    links: tuple[DeskLinkView, ...]
    cells: tuple[tuple[str, str], ...]
    institutions: tuple[tuple[str, str], ...]
    typed: Mapping[str, object]
    made: str | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on the public page."""

    opens: bool
    act: str
    decided_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """The decisions on the public page, the last one first, and the form of the next."""

    open: bool
    decisions: tuple[DecisionView, ...]
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GuidanceView:
    """Where an individual situation goes: nothing here is stored."""

    who: str | None
    asked: bool
    diverted: tuple[str, ...]
    found: tuple[StructureView, ...]
    may_submit: bool
    typed: Mapping[str, object]
    themes: tuple[tuple[str, str], ...]

"""How cells, their contacts and their acts are shown: frozen, in French."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.cells.models import ContactKind, LocalContact, RecordedAct
from backend.cells.states import ACT, ActDecision, ActState
from backend.charters.views import CharterView, SignatureView
from policies.go_live import RequiredAct, Requirement
from policies.retention_words import RecordCategory


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell in a list; `awaited` are the acts that the person is to enter."""

    reference: str
    name: str
    territory: str
    closed_on: date | None
    awaited: tuple[RequiredAct, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactView:
    """Somebody to call; `version` is the row's, for who holds the contacts."""

    reference: str
    kind: ContactKind
    name: str
    function: str
    phone: str
    email: str
    version: int


@dataclass(frozen=True, slots=True)
class ActView:
    """An act of the go-live gate, and what the person may decide on it now."""

    reference: str
    cell: str
    kind: RequiredAct
    state: ActState
    expired: bool
    number: str
    issued_on: date
    authority: str
    ends_on: date | None
    categories: tuple[RecordCategory, ...]
    file_sha256: str
    entered_at: datetime
    decided_at: datetime | None
    decisions: tuple[ActDecision, ...]
    version: int


@dataclass(frozen=True, slots=True)
class EducationView:
    """The yearly confirmation of the education contacts: its school year, and its day once made."""

    school_year: str
    confirmed_on: date | None
    contacts: int


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with all that the person may read of it, and which parts they hold."""

    reference: str
    version: int
    name: str
    territory: str
    opened_on: date
    closed_on: date | None
    charter: CharterView
    charters: tuple[tuple[str, str], ...]
    intake_closed: str | None
    missing: tuple[Requirement, ...]
    contacts: tuple[ContactView, ...]
    education: EducationView
    acts: tuple[ActView, ...]
    signatures: tuple[SignatureView, ...]
    administers: bool
    holds_contacts: bool
    records_acts: bool
    records_agreements: bool
    sees_keys: bool


def contact_view(contact: LocalContact) -> ContactView:
    """Give a contact as it is shown."""
    return ContactView(
        reference=contact.reference,
        kind=contact.kind,
        name=contact.name,
        function=contact.function,
        phone=contact.phone,
        email=contact.email,
        version=contact.version,
    )


def act_view(act: RecordedAct, cell: str, today: date, *, deciding: bool) -> ActView:
    """Give an act as it is shown; `deciding` says whether the rules let the person decide on it."""
    decisions = tuple(decision for decision in ActDecision if deciding and ACT.allows(act.state, decision))
    return ActView(
        reference=act.reference,
        cell=cell,
        kind=act.kind,
        state=act.state,
        expired=act.ends_on is not None and act.ends_on < today,
        number=act.number,
        issued_on=act.issued_on,
        authority=act.authority,
        ends_on=act.ends_on,
        categories=act.categories,
        file_sha256=act.file_sha256,
        entered_at=act.entered_at,
        decided_at=act.decided_at,
        decisions=decisions,
        version=act.version,
    )

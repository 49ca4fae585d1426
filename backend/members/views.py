"""What pages and JSON show of people: frozen, at work only, never a secret."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class HabilitationLine:
    """A habilitation: whose, of what, where it stands, who must act next, what the reader may do; verbs are paths."""

    reference: str
    version: int
    account: str
    person: str
    institution: str
    role: str
    where: str
    state: str
    state_label: str
    awaits: str | None
    valid_from: date
    valid_until: date | None
    review_by: date | None
    designation: str | None
    needs_designation: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list."""

    reference: str
    name: str
    function: str
    institution: str
    status: str
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session or token, open or not, newest first: how it was opened, and the device where it was."""

    kind: str
    means: str | None
    device: str | None
    created_at: datetime
    last_seen_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device in which the person signed in: what it is, the first time and the last one."""

    words: str
    first_seen_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A passkey of the person."""

    reference: str
    kind: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentityView:
    """Whether an identity at ProConnect is linked, and since when."""

    linked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonaView:
    """A persona of the demonstration: whom one becomes, in one click."""

    email: str
    name: str
    roles: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to accept: a version of the charter, or a commitment; `kind` says which the form sends back."""

    kind: str
    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Whoami:
    """The person of a token: who, where, which habilitations are in force, and what the others lack."""

    compte: str
    nom: str
    institution: str
    habilitations: tuple[dict[str, str | None], ...]
    en_attente: tuple[dict[str, str | tuple[str, ...] | None], ...]

"""How the register of breaches is shown: frozen, in French, every deadline in words with its date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.breaches.models import Breach
from backend.breaches.states import BREACH, CLOSE, COMMUNICATE, NOTIFY, QUALIFY
from backend.web.pages import french_instant
from policies.breaches import (
    BreachCause,
    BreachData,
    BreachEffect,
    BreachMeasure,
    BreachNature,
    BreachRisk,
    BreachScale,
    BreachState,
    Exemption,
    LateGround,
    notify_by,
    owes_communication,
    owes_notification,
)

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The 72 hours: until when, how long is left, how it is to be shown."""

    by: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class ToHandle:
    """How many breaches await the DPO, and the nearest end of the 72 hours, None once the CNIL heard of each."""

    number: int
    words: str | None
    day: str | None


@dataclass(frozen=True, slots=True)
class BreachLine:
    """A breach in the register."""

    reference: str
    cause: BreachCause
    known: str
    state: BreachState
    risk: BreachRisk | None
    notified: str | None
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class BreachesView:
    """The register, as far as the reader may see it; the DPO alone reads it whole and exports it."""

    open: tuple[BreachLine, ...]
    closed: tuple[BreachLine, ...]
    handles: bool


@dataclass(frozen=True, slots=True)
class BreachSheet:
    """A breach, and what the reader may do to it now."""

    line: BreachLine
    version: int
    summary: str
    declared: str
    natures: tuple[BreachNature, ...]
    concerned: tuple[BreachData, ...]
    scale: BreachScale | None
    effects: tuple[BreachEffect, ...]
    measures: tuple[BreachMeasure, ...]
    notification_number: str | None
    late_ground: LateGround | None
    communicated_on: date | None
    exemption: Exemption | None
    owed: tuple[str, ...]
    can_qualify: bool
    can_notify: bool
    can_communicate: bool
    can_close: bool
    typed: Mapping[str, object]


def clock_of(row: Breach, now: datetime) -> Clock | None:
    """Show the 72 hours of a breach, None once the CNIL was notified or when it need not be."""
    if row.notified_at is not None or row.state is BreachState.CLOSED or not owes_notification(row.risk):
        return None
    by = notify_by(row.known_at)
    hours = abs(by - now) // HOUR
    several = "s" if hours > 1 else ""
    if by < now:
        return Clock(french_instant(by), f"dépassées depuis {hours} heure{several}", "danger")
    return Clock(french_instant(by), f"encore {hours} heure{several}", "warning")


def breach_line(row: Breach, now: datetime) -> BreachLine:
    """Show a breach in the register."""
    return BreachLine(
        reference=row.reference,
        cause=row.cause,
        known=french_instant(row.known_at),
        state=row.state,
        risk=row.risk,
        notified=None if row.notified_at is None else french_instant(row.notified_at),
        clock=clock_of(row, now),
    )


def owed_of(row: Breach) -> tuple[str, ...]:
    """Say what keeps a breach from being closed."""
    unheard = row.communicated_on is None and row.exemption is None
    return (
        *(("la notification à la CNIL",) if owes_notification(row.risk) and row.notified_at is None else ()),
        *(("la communication aux personnes",) if owes_communication(row.risk) and unheard else ()),
    )


def breach_sheet(row: Breach, now: datetime, typed: Mapping[str, object], *, handles: bool) -> BreachSheet:
    """Show a breach; `handles` says whether the reader keeps the register."""
    owed = owed_of(row)
    unheard = row.communicated_on is None and row.exemption is None
    return BreachSheet(
        line=breach_line(row, now),
        version=row.version,
        summary=row.summary,
        declared=french_instant(row.declared_at),
        natures=row.natures,
        concerned=row.concerned,
        scale=row.scale,
        effects=row.effects,
        measures=row.measures,
        notification_number=row.notification_number,
        late_ground=row.late_ground,
        communicated_on=row.communicated_on,
        exemption=row.exemption,
        owed=owed,
        can_qualify=handles and BREACH.allows(row.state, QUALIFY),
        can_notify=handles and row.notified_at is None and BREACH.allows(row.state, NOTIFY),
        can_communicate=handles and unheard and BREACH.allows(row.state, COMMUNICATE),
        can_close=handles and not owed and BREACH.allows(row.state, CLOSE),
        typed=typed,
    )

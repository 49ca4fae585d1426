"""What the journal says of breaches: closed words and references."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.breaches import BreachCause, BreachRisk, Exemption


@dataclass(frozen=True, slots=True)
class BreachDeclared(Event):
    """Violation de données déclarée."""

    name: ClassVar[str] = "breaches:breach:declared"
    breach: Reference
    cause: BreachCause


@dataclass(frozen=True, slots=True)
class BreachQualified(Event):
    """Violation de données qualifiée."""

    name: ClassVar[str] = "breaches:breach:qualified"
    breach: Reference
    risk: BreachRisk


@dataclass(frozen=True, slots=True)
class BreachNotified(Event):
    """Violation de données notifiée à la CNIL."""

    name: ClassVar[str] = "breaches:breach:notified"
    breach: Reference
    late: bool


@dataclass(frozen=True, slots=True)
class BreachCommunicated(Event):
    """Violation de données communiquée aux personnes, ou dispensée de l'être."""

    name: ClassVar[str] = "breaches:breach:communicated"
    breach: Reference
    exemption: Exemption | None


@dataclass(frozen=True, slots=True)
class BreachClosed(Event):
    """Inscription au registre des violations close."""

    name: ClassVar[str] = "breaches:breach:closed"
    breach: Reference


@dataclass(frozen=True, slots=True)
class RegisterExported(Event):
    """Registre des violations exporté."""

    name: ClassVar[str] = "breaches:register:exported"
    lines: int

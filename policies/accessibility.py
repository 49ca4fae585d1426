"""The state of conformity of the service to RGAA 4.1.2, as its declaration and the foot of every page say it.

Source: loi 2005-102, article 47; décret 2019-768, article 5; the audit itself is docs/accessibilite.md, criterion by
criterion, and a test compares the two. The figures change with the audit, never without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

CRITERIA = 106
"""Criteria of RGAA 4.1.2, in thirteen themes."""

PARTIAL_FROM = 50
"""Percentage of the applicable criteria from which a service is « partiellement conforme » (décret 2019-768)."""


def state_of(compliant: int, applicable: int) -> str:
    """Give the words that the law asks for, from two numbers of criteria; without any audit, both are 0."""
    if not applicable or 100 * compliant < PARTIAL_FROM * applicable:
        return "non conforme"
    return "totalement conforme" if compliant == applicable else "partiellement conforme"


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found: the day, the criteria met, those that are not with why, those that do not apply."""

    day: date
    compliant: int
    failing: Mapping[str, str]
    without_object: int

    @property
    def applicable(self) -> int:
        """Give how many criteria apply."""
        return self.compliant + len(self.failing)

    @property
    def state(self) -> str:
        """Give the words that the law asks for."""
        return state_of(self.compliant, self.applicable)

    @property
    def rate(self) -> str:
        """Give the part of the applicable criteria that are met, in French, rounded down to a tenth: « 98,3 % »."""
        tenths = 1000 * self.compliant // self.applicable
        return f"{tenths // 10},{tenths % 10} %"


AUDIT = Audit(
    day=date(2026, 11, 30),
    compliant=72,
    failing=MappingProxyType(
        {
            "13.1": "une session finit douze heures après la connexion, et le code demandé après le mot de passe"
            " se donne en cinq minutes : ces deux limites ne se prolongent pas et rien ne les annonce",
        }
    ),
    without_object=33,
)
"""The audit in force, made by who writes the service, without any person with a disability."""

"""The five recorded acts without which a cell takes no nominative input in production (domain section 10, R28)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies.vocabulary import Word


class RequiredAct(Word):
    """An act that an administrator records and that the DPO confirms, for one cell."""

    AIPD = "aipd", "analyse d'impact relative à la protection des données"
    INTERNAL_RULES = "internal_rules", "règlement intérieur"
    CHARTER = "charter", "charte signée"
    CONSTITUTION = "constitution", "acte constitutif du groupe"
    ELIMINATION = "elimination", "accord d'élimination des archives"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Why an act is required, and the source that says so."""

    act: RequiredAct
    statement: str
    source: str


REQUIREMENTS = (
    Requirement(
        RequiredAct.AIPD,
        "Le traitement porte sur des mineurs et des données hautement personnelles : une analyse d'impact le précède.",
        "RGPD, article 35",
    ),
    Requirement(
        RequiredAct.INTERNAL_RULES,
        "L'échange d'informations suit les modalités d'un règlement intérieur.",
        "code de la sécurité intérieure, article L.132-5",
    ),
    Requirement(
        RequiredAct.CHARTER,
        "La charte de fonctionnement est signée par les partenaires institutionnels.",
        "contrat parisien 2023-2026, fiche 1.3",
    ),
    Requirement(
        RequiredAct.CONSTITUTION,
        "La cellule est un groupe de travail et d'échange d'informations que le conseil de prévention a constitué.",
        "code de la sécurité intérieure, article L.132-5",
    ),
    Requirement(
        RequiredAct.ELIMINATION,
        "Rien ne peut être détruit sans l'accord de l'administration des archives.",
        "code du patrimoine, articles L.212-2, L.212-3 et R.212-14",
    ),
)
"""Every act, once, in the order in which they are asked for."""

OTHER_ACTS = tuple(wanted for wanted in REQUIREMENTS if wanted.act is not RequiredAct.ELIMINATION)
"""The acts that only an administrator enters; the archivist may enter an elimination agreement, by category (R5)."""


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """An act as recorded for one cell: its first day, its last day when it has one, and the DPO's confirmation."""

    act: RequiredAct
    starts: date
    ends: date | None
    confirmed: bool

    def in_force(self, day: date) -> bool:
        """Say whether it counts on a day, its first and last days included."""
        return self.confirmed and self.starts <= day and (self.ends is None or day <= self.ends)


def missing(acts: Iterable[RecordedAct], day: date) -> tuple[Requirement, ...]:
    """Give what a cell still lacks on a day: while it is not empty, production refuses nominative input.

    An act that is not confirmed, not yet begun, or expired is missing.
    """
    present = {recorded.act for recorded in acts if recorded.in_force(day)}
    return tuple(requirement for requirement in REQUIREMENTS if requirement.act not in present)

"""Shapes of the rights of persons: closed words first; the only names are those of the person looked for."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.parquet.forms import Reference
from backend.signalements.forms import FACTS_LENGTH, Name, ShortText
from backend.web.forms import Day, Flag, Line, Paragraphs, Shape, refuse
from policies.rights import lacks_authority
from policies.rights_words import (
    AuthorityCheck,
    Decision,
    ExtensionGround,
    IdentityCheck,
    Maskable,
    ParquetConsent,
    RefusalGround,
    Requester,
    ReturnGround,
    Right,
)
from policies.vocabulary import SchoolLevel, Sex

CELLS = 40
"""Cells that one request may name: more than Paris has."""

SITUATIONS = 20
"""Situations of one person in one cell, at most."""


class RequestForm(Shape):
    """A request to register: what, by whom, checked how, about whom; all the cells are asked when none is named."""

    claim: Right
    requester: Requester
    identity_check: IdentityCheck
    authority_check: AuthorityCheck | None = None
    received_on: Day
    last_name: Name
    first_name: Name
    birth_date: Day | None = None
    cells: Annotated[tuple[Reference, ...], Field(max_length=CELLS)] = ()

    @model_validator(mode="after")
    def _authority_is_checked(self) -> Self:
        if lacks_authority(self.requester, self.authority_check):
            if self.authority_check is None:
                raise refuse("authority_check", "Dites comment l'autorité parentale a été vérifiée.")
            raise refuse("authority_check", "Seul un titulaire de l'autorité parentale a à la justifier.")
        return self


class ExtensionForm(Shape):
    """Why two months more are needed, and the day on which the person was told."""

    extension: ExtensionGround
    told_on: Day


class DecisionForm(Shape):
    """How a request ends, with the ground of what is refused."""

    decision: Decision
    ground: RefusalGround | None = None


class AnswerForm(Shape):
    """The day on which the answer left."""

    answered_on: Day


class SearchForm(Shape):
    """What a cell answers: the situations in which it recognises the person, or that it knows nobody."""

    known: Flag
    situations: Annotated[tuple[Reference, ...], Field(max_length=SITUATIONS)] = ()
    other: Annotated[Line, Field(max_length=16)] | None = None
    checked: Flag = False
    """Whether what the cell holds out of the active base was looked at, and is somebody else."""

    def references(self) -> list[str]:
        """Give the situations named, each once."""
        return list(dict.fromkeys((*self.situations, *([self.other] if self.other else []))))


class ExportForm(Shape):
    """What is kept back from an export, passage by passage in free texts, and what the parquet said."""

    masked: Annotated[tuple[Maskable, ...], Field(max_length=len(Maskable))] = ()
    passages: Annotated[Paragraphs, Field(max_length=FACTS_LENGTH * 4)] = ""
    parquet: ParquetConsent

    def parts(self) -> tuple[str, ...]:
        """Give the passages to mask, one a line, the longest first."""
        lines = {part for line in self.passages.splitlines() if (part := line.strip())}
        return tuple(sorted(lines, key=lambda part: (-len(part), part)))


class ReturnForm(Shape):
    """Why an export goes back to the coordinator."""

    ground: ReturnGround


class LiftForm(Shape):
    """The day on which the person was told that the limitation ends (RGPD, article 18.3)."""

    told_on: Day


class RectificationForm(Shape):
    """What the person's data become; what is left empty stays as it is, but for what may be emptied by its own box."""

    last_name: Name | None = None
    first_name: Name | None = None
    birth_date: Day | None = None
    sex: Sex | None = None
    address: ShortText | None = None
    forget_address: Flag = False
    school: ShortText | None = None
    forget_school: Flag = False
    school_level: SchoolLevel | None = None
    representative_name: Name | None = None
    representative_contact: ShortText | None = None
    forget_representative: Flag = False
    forget_facts: Flag = False


class TakingForm(Shape):
    """Nothing is typed to take a signed export away: the press of a button, which no link can make."""

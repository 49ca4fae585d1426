"""Shapes of step 5: closed values and days, not one sentence."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.web.forms import Day, Flag, Line, Shape, refuse
from policies.charter_words import InformationWaiver
from policies.family import Record
from policies.orientation_words import Addressee, Destination, InformationMode, InformationResult, NoticeGround

Reference = Annotated[Line, Field(min_length=1, max_length=16)]


class OrientationForm(Shape):
    """Where the cell proposes a form of support."""

    destination: Destination


class InformationForm(Shape):
    """What was done on one day to inform a family; a mistake is corrected by a later record."""

    made_on: Day
    mode: InformationMode
    first_holder: InformationResult
    second_holder: InformationResult
    minor: InformationResult

    @model_validator(mode="after")
    def _somebody_was_addressed(self) -> Self:
        results = (self.first_holder, self.second_holder, self.minor)
        if all(result is InformationResult.NONE for result in results):
            raise refuse("nobody", "Indiquez au moins une personne informée, ou une tentative sans succès.")
        return self

    def record(self) -> Record:
        """Give the record as the rules read it."""
        results = (self.first_holder, self.second_holder, self.minor)
        return Record(self.made_on, tuple(zip(Addressee, results, strict=True)))


class ExceptionForm(Shape):
    """The coded ground for not informing a family; a mistake is corrected by a later decision."""

    ground: NoticeGround


class LetterForm(Shape):
    """The letter to a family: nothing is asked, and nothing may be typed into it."""


class TransmissionForm(Shape):
    """To which institution, and the coded ground that stands for the family's information when there is one."""

    institution: Reference
    waiver: InformationWaiver | None = None


class UndertakingForm(Shape):
    """The confidentiality undertaking that precedes the first reading."""

    undertaking: Flag = False

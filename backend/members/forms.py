"""Shapes of members: accounts, habilitations, institutions; the same for pages and JSON."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from backend.members.passwords import LONGEST
from backend.web.forms import Day, Flag, Line, Shape, refuse
from policies.habilitation import ExclusionGround
from policies.vocabulary import Origin, Role

REFERENCE_SIZE = 14


def _address(text: str) -> str:
    name, _, host = text.rpartition("@")
    if not name or "." not in host.strip(".") or " " in text:
        raise refuse("email", "Écrivez une adresse complète, par exemple prenom.nom@paris.fr.")
    return text


Email = Annotated[Line, Field(max_length=254), AfterValidator(_address)]
"""An address at work."""

Name = Annotated[Line, Field(min_length=1, max_length=120)]
Reference = Annotated[Line, Field(max_length=REFERENCE_SIZE)]


class InvitationForm(Shape):
    """Who is invited."""

    display_name: Name
    function: Name
    email: Email
    institution: Reference


class EmailForm(Shape):
    """A new address."""

    email: Email


class ExclusionForm(Shape):
    """The coded ground of an exclusion."""

    ground: ExclusionGround


class ProposalForm(Shape):
    """A habilitation to propose; without a cell, for the whole city."""

    role: Role
    cell: Reference | None = None
    valid_from: Day
    valid_until: Day | None = None


class SuccessorForm(Shape):
    """Who takes a post over, by the key of the post."""

    post: Annotated[Line, Field(min_length=1, max_length=64)]
    account: Reference


class DepartureForm(Shape):
    """A departure to settle: the last day, the successors, and whether what stays empty is accepted."""

    leaves_on: Day
    successors: Annotated[tuple[SuccessorForm, ...], Field(max_length=100)] = ()
    acknowledged: Flag = False


class ConfirmationForm(Shape):
    """The reference of the designation by the mayor, for what a second administrator confirms."""

    designation: Annotated[Line, Field(max_length=64)] | None = None


class InstitutionForm(Shape):
    """An institution: its name and what its signalements count as."""

    name: Name
    origin: Origin


class NameForm(Shape):
    """A new name."""

    name: Name


class ReferentsForm(Shape):
    """Who proposes habilitations, and who does it for them: references of accounts."""

    referent: Reference | None = None
    deputy: Reference | None = None

    @model_validator(mode="after")
    def _a_deputy_replaces_somebody(self) -> "ReferentsForm":
        if self.deputy is not None and self.referent is None:
            raise refuse("referent", "Nommez d'abord un référent.")
        return self


class TokenForm(Shape):
    """Both factors, for a bearer token."""

    email: Annotated[Line, Field(max_length=254)]
    mot_de_passe: Annotated[str, Field(max_length=LONGEST)]
    code: Annotated[str, Field(max_length=40)]

"""Shapes of the directory; every text is screened, so that nobody stands in it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.web.forms import Flag, Line, Shape, refuse
from backend.web.texts import Arrondissement, Phones, Sentence, Title
from policies.directory_words import OLDEST, Family, Schooling
from policies.territories import ARRONDISSEMENTS

Age = Annotated[int, Field(ge=0, le=OLDEST)]


class EntryForm(Shape):
    """A dispositif; without arrondissement it receives from all Paris, without age at any age."""

    name: Title
    organisation: Title
    family: Family
    age_from: Age | None = None
    age_until: Age | None = None
    priority_districts: Flag = False
    schooling: Schooling = Schooling.ANY
    arrondissements: Annotated[tuple[Arrondissement, ...], Field(max_length=ARRONDISSEMENTS)] = ()
    approach: Sentence
    phones: Phones | None = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if self.age_from is not None and self.age_until is not None and self.age_until < self.age_from:
            raise refuse("ages", "L'âge maximal ne peut pas être inférieur à l'âge minimal.")
        return self


class DirectorySearchForm(Shape):
    """What is looked for: never kept, never in an address."""

    search: Annotated[Line, Field(max_length=120)] = ""
    family: Family | None = None
    age: Age | None = None
    arrondissement: Arrondissement | None = None
    schooling: Schooling | None = None
    outside_priority_districts: Flag = False

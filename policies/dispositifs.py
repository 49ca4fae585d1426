"""The dispositifs with which the directory begins: public facts about organisations, each with its source."""

from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.closed import Closed, Text, read_toml
from policies.directory_words import OLDEST, Family, Schooling

Age = Annotated[int, Field(ge=0, le=OLDEST, strict=True)]


class Dispositif(Closed):
    """A dispositif as a source names it; without arrondissement, for all Paris."""

    code: Text
    name: Annotated[str, Field(min_length=1, max_length=120)]
    organisation: Annotated[str, Field(min_length=1, max_length=120)]
    family: Family
    age_from: Age | None = None
    age_until: Age | None = None
    priority_districts: bool = False
    schooling: Schooling = Schooling.ANY
    arrondissements: tuple[int, ...] = ()
    approach: Annotated[str, Field(min_length=1, max_length=200)]
    phones: str | None = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if self.age_from is not None and self.age_until is not None and self.age_until < self.age_from:
            raise ValueError("ages are in order")
        return self


class _Listed(Closed):
    dispositifs: tuple[Dispositif, ...]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        if len({one.code for one in self.dispositifs}) != len(self.dispositifs):
            raise ValueError("each code once")
        return self


@cache
def dispositifs() -> tuple[Dispositif, ...]:
    """Give the dispositifs, in the order of the file."""
    return _Listed.model_validate(read_toml("taxonomies/dispositifs.toml")).dispositifs

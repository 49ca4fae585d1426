"""The taxonomy of orientations: validity, ages, eligibility, and to whom a transmission may go (seed ORI-01 to ORI-H).

An age out of range is a hint, never a refusal: no source says otherwise. A destination that is over on the day is
refused with its reason (AMB-21). An orientation is not a transmission: some have no lawful recipient (AMB-13).
"""

from datetime import date
from functools import cache
from typing import Self

from pydantic import model_validator

from policies.charter_rules import CharterRule
from policies.charter_words import RecipientCategory
from policies.closed import Closed, Count, Text, read_toml
from policies.orientation_words import Destination
from policies.vocabulary import Origin

WITHOUT_FOLLOWING = frozenset({RecipientCategory.CRIP})
"""Recipients whose answer the cell does not wait for: the CRIP decides on its own."""

ORIGINS = {
    RecipientCategory.CRIP: frozenset({Origin.SOCIAL_SERVICES}),
    RecipientCategory.SOCIAL_SERVICES: frozenset({Origin.SOCIAL_SERVICES}),
    RecipientCategory.ASSOCIATION: frozenset({Origin.ASSOCIATION}),
    RecipientCategory.SCHOOL: frozenset({Origin.EDUCATION}),
    RecipientCategory.EDUCATIONAL_SUCCESS: frozenset({Origin.CITY_SERVICE}),
}
"""Categories of institution among which each kind of recipient is found."""


class DestinationRule(Closed):
    """One destination: where it was read, when it holds, for whom, and which lawful recipient receives, if any."""

    destination: Destination
    sources: tuple[Text, ...]
    hint: Text
    youngest: Count | None = None
    oldest: Count | None = None
    recipient: RecipientCategory | None = None
    school: bool = False
    valid_until: date | None = None
    ended: Text | None = None

    @property
    def ages(self) -> str | None:
        """The ages that it receives, in words; None when the sources give none."""
        if self.youngest is None or self.oldest is None:
            return None
        return f"{self.youngest} à {self.oldest} ans"

    @property
    def implies_following(self) -> bool:
        """Whether the situation stays followed until the service has answered."""
        return self.recipient is not None and self.recipient not in WITHOUT_FOLLOWING

    def receives(self, years: int | None) -> bool:
        """Say whether it receives somebody of this age; an unknown age is no obstacle."""
        if years is None or self.youngest is None or self.oldest is None:
            return True
        return self.youngest <= years <= self.oldest

    def is_valid_on(self, day: date) -> bool:
        """Say whether a meeting of that day may still choose it."""
        return self.valid_until is None or day <= self.valid_until

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.youngest is None) is not (self.oldest is None):
            raise ValueError("a range of ages has two ends")
        if (self.valid_until is None) is not (self.ended is None):
            raise ValueError("a destination that is over says what replaced it")
        return self


class Taxonomy(Closed):
    """The whole file: each destination once, and the rule on following until the service has answered."""

    following: CharterRule
    destinations: tuple[DestinationRule, ...]

    @model_validator(mode="after")
    def _every_destination_once(self) -> Self:
        if sorted(rule.destination for rule in self.destinations) != sorted(Destination):
            raise ValueError("each destination has one rule")
        return self


@cache
def taxonomy() -> Taxonomy:
    """Give the taxonomy that ships with the product."""
    return Taxonomy.model_validate(read_toml("taxonomies/orientations.toml"))


def rule_of(destination: Destination) -> DestinationRule:
    """Give what is known of a destination."""
    return next(rule for rule in taxonomy().destinations if rule.destination is destination)


def open_on(day: date) -> tuple[DestinationRule, ...]:
    """Give the destinations among which a meeting of that day chooses."""
    return tuple(rule for rule in taxonomy().destinations if rule.is_valid_on(day))

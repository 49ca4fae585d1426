"""The numbers of each writer: an event carries one, or declares void those of a transaction that was rolled back."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.audit.bodies import Body


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a writer, first and last included, that no event carries and none declares void."""

    writer: UUID
    first: int
    last: int


@dataclass(slots=True)
class Numbers:
    """What was met of each writer: every number up to `reached`, and some ahead, with the instant of their event."""

    reached: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    ahead: defaultdict[UUID, dict[int, datetime]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, body: Body) -> None:
        """Take the numbers of an event; transactions do not end in the order they began, so any order will do."""
        reached, ahead = self.reached[body.writer], self.ahead[body.writer]
        ahead |= {number: body.at for number in (body.sequence, *body.void) if number > reached}
        while reached + 1 in ahead:
            reached += 1
            del ahead[reached]
        self.reached[body.writer] = reached

    def begin(self, marks: Mapping[UUID, int]) -> None:
        """Take as met every number up to the mark of each writer: what carried them expired."""
        self.reached.update(marks)

    def gaps(self, before: datetime) -> tuple[Gap, ...]:
        """Give what is missing under a number given at `before` or earlier."""
        found = []
        for writer in sorted(self.ahead):
            last = self.reached[writer]
            for number, at in sorted(self.ahead[writer].items()):
                if number > last + 1 and at <= before:
                    found.append(Gap(writer, last + 1, number - 1))
                last = number
        return tuple(found)

"""Whether a family was informed before a transmission, and what may stand for it (domain.md section 3, step 5; AMB-09).

It is information, not consent. Pure readings of dated records: nothing of what was said is written anywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from policies.charter_rules import FamilyInformationRule
from policies.charter_words import InformationWaiver
from policies.orientation_words import Addressee, InformationResult, NoticeGround

ATTEMPTS = 2
"""Dated attempts without success, on distinct days, after which the CRIP is proposed."""

GROUNDS: Mapping[NoticeGround, str] = {
    NoticeGround.IMPOSSIBLE: "RGPD, article 14, paragraphe 5, point b",
    NoticeGround.IMPAIRMENT: "RGPD, article 14, paragraphe 5, point b",
    NoticeGround.SECRECY: "RGPD, article 14, paragraphe 5, point d",
    NoticeGround.CHILD_INTEREST: "hypothèse",
}
"""The source of each ground of an exception to the individual notice; none of them opens a transmission."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was done on one day, for each of those to whom the information is owed."""

    made_on: date
    results: tuple[tuple[Addressee, InformationResult], ...]

    def result(self, addressee: Addressee) -> InformationResult:
        """Give what became of one of them."""
        return dict(self.results)[addressee]


def is_informed(records: Sequence[Record]) -> bool:
    """Say whether everybody was informed, or is known not to be: one holder of parental authority at least was."""
    if not any(record.result(Addressee.FIRST_HOLDER) is InformationResult.INFORMED for record in records):
        return False
    return all(_is_settled(records, addressee) for addressee in Addressee)


def failed_attempts(records: Sequence[Record]) -> tuple[date, ...]:
    """Give the days on which a holder of parental authority, still not informed, could not be reached."""
    days = {
        record.made_on
        for record in records
        for addressee in (Addressee.FIRST_HOLDER, Addressee.SECOND_HOLDER)
        if record.result(addressee) is InformationResult.NOT_REACHED and not _is_settled(records, addressee)
    }
    return tuple(sorted(days))


def is_out_of_reach(records: Sequence[Record]) -> bool:
    """Say whether two dated attempts have failed: social services stay closed, the CRIP is proposed."""
    return len(failed_attempts(records)) >= ATTEMPTS


def opens(rule: FamilyInformationRule, records: Sequence[Record], waiver: InformationWaiver | None) -> bool:
    """Say whether a transmission may leave: the family is informed, or a ground that the rule names stands for it."""
    return is_informed(records) or waiver in rule.waivers


def exception_stands(decided_at: datetime, examinations: Iterable[datetime]) -> bool:
    """Say whether an exception to the individual notice still stands in for it (domain.md section 9).

    `examinations` holds the instant at which each examination that came to a decision began: the exception decided
    before one lapses with it, the one decided in séance is that examination's.
    """
    return all(begun_at < decided_at for begun_at in examinations)


def _is_settled(records: Sequence[Record], addressee: Addressee) -> bool:
    """Say whether one of them was informed, or is known not to exist or not to be concerned, by the last record."""
    results = [record.result(addressee) for record in sorted(records, key=lambda record: record.made_on)]
    return InformationResult.INFORMED in results or results[-1:] == [InformationResult.NONE]

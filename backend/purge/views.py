"""How retention and purge are shown: frozen, in French, counts and references only."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.purge.models import PurgeNotice, PurgeRun, RetentionDecision
from backend.purge.states import DECISION
from policies.retention import RetentionRule, rule
from policies.retention_words import DecisionState, Guard, Opinion, RecordCategory, RunState
from policies.terms import Step


@dataclass(frozen=True, slots=True)
class StepView:
    """What a rule does to a situation, and when; `authority` is the rule's, or the act of the Ville."""

    day: date
    then: str
    statement: str
    authority: str


@dataclass(frozen=True, slots=True)
class RetentionView:
    """The next step of a situation, and the one that leaves nothing."""

    following: StepView
    end: StepView
    notice: date | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A destruction announced to the coordinator."""

    situation: str
    readable: bool
    due_on: date
    opened_on: date
    seen: int
    statement: str


@dataclass(frozen=True, slots=True)
class NoticesView:
    """A page of announced destructions, and where the next ones start."""

    notices: tuple[NoticeView, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class CountView:
    """How many of one category a run treated in one way."""

    verdict: str
    category: str
    cell: str | None
    agreement: str | None
    number: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list."""

    reference: str
    day: date
    state: RunState
    guard: Guard | None
    destroyed: int


@dataclass(frozen=True, slots=True)
class RunsView:
    """A page of runs, and where the next ones start."""

    runs: tuple[RunLine, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: what it did, what it refused, its two dates, and whether it may be confirmed now."""

    reference: str
    version: int
    day: date
    state: RunState
    guard: Guard | None
    started_at: datetime
    finished_at: datetime | None
    confirmed_at: datetime | None
    irrecoverable_from: date | None
    attested: bool
    durations_sha256: str | None
    counts: tuple[CountView, ...]
    confirming: bool


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An elimination agreement in force: its act, what it covers, its last day when it has one."""

    act: str
    categories: tuple[RecordCategory, ...]
    ends_on: date | None
    ending_soon: bool


@dataclass(frozen=True, slots=True)
class CellAuditView:
    """What is past its day in a cell, by reason, with its agreements and the categories that none covers."""

    cell: str
    reference: str
    agreements: tuple[AgreementView, ...]
    uncovered: tuple[RecordCategory, ...]
    held: int
    announced: int
    next_run: int
    waiting: int
    limited: int
    locked: int

    @property
    def overdue(self) -> int:
        """Count what is past its day, whatever holds it."""
        return self.next_run + self.waiting + self.limited + self.locked


@dataclass(frozen=True, slots=True)
class AuditView:
    """The DPO's page: the state of the purge, what is overdue and why, the last runs, the key that verifies them.

    `restored` says that the rows were restored from a backup, which stopped it, and that nobody put it back since.
    """

    stopped_at: datetime | None
    restored: bool
    version: int
    switching: bool
    cells: tuple[CellAuditView, ...]
    runs: tuple[RunLine, ...]
    public_key: str

    @property
    def unexplained(self) -> int:
        """Count what is overdue and neither locked, limited, nor under notice: it goes at the next run."""
        return sum(cell.next_run for cell in self.cells)


@dataclass(frozen=True, slots=True)
class RuleView:
    """A duration in force."""

    statement: str
    starts: str
    duration: str
    then: str
    authority: str
    hypothesis: bool


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A duration decided by the Ville, in a list."""

    reference: str
    kind: str
    months: int
    state: DecisionState
    applies_on: date


@dataclass(frozen=True, slots=True)
class DurationsView:
    """Every duration in force, and what the Ville decided."""

    rules: tuple[RuleView, ...]
    decisions: tuple[DecisionLine, ...]
    entering: bool


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What a decision would change on the day it applies: situations concerned, sooner or later, and at once."""

    concerned: int
    sooner: bool
    at_once: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A duration decided by the Ville, its preview, and the opinions that may be given now."""

    reference: str
    version: int
    kind: str
    statement: str
    present: int
    months: int
    number: str
    decided_on: date
    authority: str
    applies_on: date
    state: DecisionState
    preview: PreviewView
    opinions: tuple[Opinion, ...]


def step_view(step: Step) -> StepView:
    """Show a step with the rule that made it."""
    return StepView(step.day, step.then.label, step.rule.statement, step.rule.authority)


def notice_view(notice: PurgeNotice, situation: str, *, readable: bool) -> NoticeView:
    """Show a notice; `readable` says whether the situation may still be opened."""
    statement = rule(notice.kind).statement
    return NoticeView(situation, readable, notice.due_on, notice.opened_on, notice.seen, statement)


def run_line(row: PurgeRun, destroyed: int) -> RunLine:
    """Show a run in a list, with how many situations it destroyed."""
    return RunLine(row.reference, row.day, row.state, row.guard, destroyed)


def rule_view(found: RetentionRule) -> RuleView:
    """Show a duration in force."""
    return RuleView(
        found.statement, found.starts, duration_words(found), found.then.label, found.authority, found.is_hypothesis
    )


def duration_words(found: RetentionRule) -> str:
    """Write a duration in words."""
    if found.days == 0:
        return "aussitôt"
    if found.days is not None:
        return f"{found.days} jour{'s' if found.days > 1 else ''}"
    if found.months is not None:
        return f"{found.months} mois"
    return f"{found.meetings} réunions ordinaires"


def decision_line(row: RetentionDecision) -> DecisionLine:
    """Show a decision in a list."""
    return DecisionLine(row.reference, row.kind.label, row.months, row.state, row.applies_on)


def decision_view(row: RetentionDecision, present: int, preview: PreviewView, *, advising: bool) -> DecisionView:
    """Show a decision; `advising` says whether the rules let the person give an opinion on it."""
    return DecisionView(
        reference=row.reference,
        version=row.version,
        kind=row.kind.label,
        statement=rule(row.kind).statement,
        present=present,
        months=row.months,
        number=row.number,
        decided_on=row.decided_on,
        authority=row.authority,
        applies_on=row.applies_on,
        state=row.state,
        preview=preview,
        opinions=tuple(opinion for opinion in Opinion if advising and DECISION.allows(row.state, opinion)),
    )

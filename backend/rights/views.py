"""How the rights of persons are shown: frozen, in French; only a search and an export say anything of a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from backend.authorization.vault import Value
from backend.rights.models import RightsFinding, RightsRequest, RightsSearch
from backend.situations.views import SituationView
from backend.web.fields import options
from backend.web.pages import in_words
from policies.retention_words import Custody
from policies.rights import GROUNDS, decisions_for, grounds_for, remedies
from policies.rights_words import (
    AuthorityCheck,
    Decision,
    ExtensionGround,
    FindingState,
    IdentityCheck,
    Maskable,
    ParquetConsent,
    RecipientDuty,
    RefusalGround,
    Requester,
    RequestState,
    ReturnGround,
    Right,
    SearchState,
)

Options = tuple[tuple[str, str], ...]

NEAR_DAYS = 7
"""Days before a deadline from which it is said to be near."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is owed, how far it is, and how it is to be shown."""

    day: date
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the register."""

    reference: str
    claim: Right
    requester: Requester
    received_on: date
    deadline: Deadline | None
    state: RequestState
    decision: Decision | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class LateNotices:
    """How many families of a cell were not informed in time: a number, never which."""

    cell: str
    number: int


@dataclass(frozen=True, slots=True)
class RequestsView:
    """The register: what is under way by deadline, then the last answers; and the notices that cells owe."""

    open: tuple[RequestLine, ...]
    answered: tuple[RequestLine, ...]
    late: tuple[LateNotices, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A recognised situation, as the DPO follows it: where its export stands, never what it says."""

    reference: str
    cell: str
    state: FindingState
    limiting: bool
    rectified: bool
    destroyed: bool


@dataclass(frozen=True, slots=True)
class SearchLine:
    """What a cell was asked, and what it answered."""

    reference: str
    cell: str
    state: SearchState
    deadline: Deadline | None
    findings: tuple[FindingLine, ...]
    apart: int


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A recipient told of what was granted."""

    institution: str
    duty: RecipientDuty
    told_on: date
    people: int


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request with all that awaits the DPO."""

    line: RequestLine
    version: int
    identity_check: IdentityCheck
    authority_check: AuthorityCheck | None
    extension: ExtensionGround | None
    extension_told_on: date | None
    ground: RefusalGround | None
    article: str | None
    remedies: tuple[str, ...]
    searches: tuple[SearchLine, ...]
    notices: tuple[NoticeLine, ...]
    awaited: tuple[str, ...]
    can_extend: bool
    can_decide: bool
    can_answer: bool
    decisions: Options
    grounds: Options
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SearchesView:
    """What a coordinator is asked: searches to answer, situations to prepare or to rectify, the last ones answered."""

    asked: tuple[SearchLine, ...]
    to_do: tuple[FindingLine, ...]
    answered: tuple[SearchLine, ...]


@dataclass(frozen=True, slots=True)
class ApartLine:
    """A situation out of the active base that resembles who is looked for: its reference, and where it lies."""

    reference: str
    custody: Custody


@dataclass(frozen=True, slots=True)
class SearchSheet:
    """A search for who makes it: who is looked for, what may be the same person, and what the cell answered."""

    line: SearchLine
    version: int
    claim: Right
    limiting: bool
    typed: Mapping[str, object]
    person: str | None = None
    birth: date | None = None
    candidates: tuple[SituationView, ...] = ()
    apart: tuple[ApartLine, ...] = ()
    can_answer: bool = False
    can_deny: bool = False


@dataclass(frozen=True, slots=True)
class ExportSection:
    """A part of an export: a title, and lines of a term and a value."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExportView:
    """What one cell holds of one person, as it is handed over: redacted, frozen on the day it was prepared."""

    cell: str
    prepared_on: date
    sections: tuple[ExportSection, ...]

    def sealed(self) -> dict[str, object]:
        """Give what is sealed."""
        return {**asdict(self), "prepared_on": self.prepared_on.isoformat()}

    @classmethod
    def of(cls, content: Value) -> "ExportView":
        """Show what was sealed."""
        values: Mapping[str, object] = content if isinstance(content, Mapping) else {}
        listed = values["sections"]
        sections = listed if isinstance(listed, list) else []
        return cls(
            cell=str(values["cell"]),
            prepared_on=date.fromisoformat(str(values["prepared_on"])),
            sections=tuple(
                ExportSection(str(item["title"]), tuple((str(term), str(value)) for term, value in item["lines"]))
                for item in sections
            ),
        )


@dataclass(frozen=True, slots=True)
class FindingSheet:
    """A recognised situation for its coordinator or for the DPO: its export, and what may be done to it now."""

    line: FindingLine
    version: int
    claim: Right
    requester: Requester
    situation: str | None
    """Its reference, for the coordinator only."""
    export: ExportView | None
    return_ground: ReturnGround | None
    texts: tuple[str, ...]
    to_check: tuple[str, ...]
    can_prepare: bool
    can_sign: bool
    can_return: bool
    can_take: bool
    can_rectify: bool
    can_lift: bool
    maskables: Options
    consents: Options
    return_grounds: Options
    typed: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer to a request, to be sent with an address that the product does not hold."""

    reference: str
    claim: Right
    received_on: date
    decision: Decision
    ground: str | None
    article: str | None
    remedies: tuple[str, ...]
    on: date


def deadline(day: date, today: date) -> Deadline:
    """Show a day by which something is owed."""
    left = (day - today).days
    kind = "danger" if left < 0 else "warning" if left <= NEAR_DAYS else "neutral"
    return Deadline(day, in_words(day, today), kind)


def request_line(row: RightsRequest, today: date) -> RequestLine:
    """Show a request in the register."""
    return RequestLine(
        reference=row.reference,
        claim=row.claim,
        requester=row.requester,
        received_on=row.received_on,
        deadline=None if row.state is RequestState.ANSWERED else deadline(row.due_on, today),
        state=row.state,
        decision=row.decision,
        answered_on=row.answered_on,
    )


def search_line(row: RightsSearch, cell: str, today: date, findings: tuple[FindingLine, ...] = ()) -> SearchLine:
    """Show what a cell was asked."""
    owed = deadline(row.due_on, today) if row.state is SearchState.ASKED else None
    return SearchLine(row.reference, cell, row.state, owed, findings, row.apart)


def finding_line(row: RightsFinding, cell: str, *, destroyed: bool = False) -> FindingLine:
    """Show where the export of a situation stands; `destroyed` says that its erasure was decided."""
    return FindingLine(row.reference, cell, row.state, row.limiting, row.rectified_at is not None, destroyed)


def decision_options(row: RightsRequest, *, known: bool, apart: bool, awaiting: bool) -> tuple[Options, Options]:
    """Give the decisions open on a request, and the grounds of a refusal with their articles.

    While something is awaited, only a refusal may be decided.
    """
    grounds = tuple((ground.value, f"{ground.label} ({GROUNDS[ground][0]})") for ground in grounds_for(row.claim))
    open_now = (Decision.REFUSED,) if awaiting else decisions_for(row.claim, known=known, apart=apart)
    return options(open_now), grounds


def answer_view(row: RightsRequest, decision: Decision, today: date) -> AnswerView:
    """Show the answer to a decided request."""
    article = None if row.ground is None else GROUNDS[row.ground][0]
    return AnswerView(
        reference=row.reference,
        claim=row.claim,
        received_on=row.received_on,
        decision=decision,
        ground=None if row.ground is None else row.ground.label,
        article=article,
        remedies=remedies(row.claim),
        on=today,
    )


MASKABLES = options(Maskable)
CONSENTS = options(ParquetConsent)
RETURN_GROUNDS = options(ReturnGround)
EXTENSIONS = options(ExtensionGround)

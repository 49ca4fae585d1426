"""Submit a signalement: the one verb behind the page, the JSON and the one-time form (step 1).

Order across stores: the situation's key and tokens are durable in `keys`, then the rows, the receipt and the journal's
outbox in one transaction of `main`, then the draft's key is destroyed. Killed anywhere, nothing is half there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.idempotency import Sending, made_before, remember
from backend.authorization.vault import new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import cell_for, require_intake
from backend.charters.queries import charter_of
from backend.crypto.names import tokens
from backend.kernel.errors import CharterRefusal, InvalidInput
from backend.kernel.identifiers import new_id
from backend.members.queries.people import author_of
from backend.signalements.events import SignalementDiverted, SignalementSubmitted
from backend.signalements.forms import SignalementForm, StartForm, check
from backend.signalements.models import Receipt, Signalement, SignalementFacts
from backend.signalements.states import FactsState
from backend.situations.actions import open_situation
from policies.access import Action
from policies.charter import Charter, counted_birth
from policies.indicator_words import Indicator
from policies.territories import guidance_without_cell
from policies.vocabulary import Diversion, Motive, Origin, ReceiptStatus

ROUTE = "signalement"
"""Name under which idempotency keys of submissions are remembered."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who signals: shown to the coordinator only, but for the category of origin."""

    account: UUID | None
    origin: Origin
    name: str
    function: str
    institution: str
    invitation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission makes: the author's receipt, and the keys that now seal what was typed."""

    receipt: Receipt
    keys: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Completion:
    """What a signalement returned for completion keeps: its receipt and the instant of its first reception."""

    receipt: Receipt
    received_at: datetime


def divert(uow: UnitOfWork, form: StartForm) -> Diversion | None:
    """Give the first diversion that the answers call for, and record the fact and the day: nothing else is kept."""
    answers = {
        Diversion.IMMEDIATE_DANGER: form.immediate_danger,
        Diversion.SCHOOL_OFFENCE: form.school_offence,
        Diversion.RADICALISATION: form.radicalisation,
    }
    diversion = next((diversion for diversion, yes in answers.items() if yes), None)
    if diversion is not None:
        uow.record(SignalementDiverted(diversion))
        cell = cell_for(uow, form.arrondissement, uow.today())
        if cell is not None:
            uow.count(Indicator.DIVERTED, cell.id, diversion)
    return diversion


def competent_cell(uow: UnitOfWork, arrondissement: int) -> Cell:
    """Give the cell of the minor's residence, open to nominative input; raise `InvalidInput` where there is none.

    The sentence then gives the arrondissement's coordinator and the CRIP (step 1).
    """
    cell = cell_for(uow, arrondissement, uow.today())
    if cell is None:
        raise InvalidInput({"arrondissement": guidance_without_cell(uow.today(), arrondissement)})
    require_intake(uow, cell)
    return cell


def submit_directly(uow: UnitOfWork, form: SignalementForm, sending: Sending | None = None) -> Receipt:
    """Submit in one go, as programs do; the same sending gives the same receipt."""
    if reference := made_before(uow, uow.account(), ROUTE, sending):
        return gate.fetch(uow, Receipt, reference, to=Action.RECEIPT_READ)
    cell = competent_cell(uow, form.arrondissement)
    gate.fetch(uow, Cell, cell.reference, to=Action.CELL_SUBMIT)
    receipt = submit(uow, cell, form, signed_in_author(uow, charter_of(cell.charter_version))).receipt
    remember(uow, uow.account(), ROUTE, sending, receipt.reference)
    return receipt


def signed_in_author(uow: UnitOfWork, charter: Charter) -> Author:
    """Give the person who acts as an author; raise `CharterRefusal` when the charter does not let them submit."""
    person = author_of(uow, uow.account())
    rule = charter.rules.submission
    if not any(charter.may_submit(role) for role in uow.actor.roles):
        raise CharterRefusal(rule.statement, rule.origin)
    return Author(uow.account(), Origin.of(person.origin), person.name, person.function, person.institution)


def submit(
    uow: UnitOfWork, cell: Cell, form: SignalementForm, author: Author, completion: Completion | None = None
) -> Submitted:
    """Open a situation with its first signalement, and give the author's receipt with the keys that were drawn.

    Raises `InvalidInput` for what the charter or the form cannot accept.
    """
    charter = charter_of(cell.charter_version)
    check(form, charter, uow.today())
    now = uow.now()
    birth = form.birth(uow.today())
    receipt = _receipt(uow, cell, author, completion)
    situation, key = open_situation(
        uow,
        cell.id,
        charter,
        person_values(form, uow.today()),
        tokens(form.last_name, form.first_name, counted_birth(birth)),
        majority_month=charter.majority_month(birth),
        received_at=completion.received_at if completion else now,
        returned_before=completion is not None,
    )
    signalement = Signalement(
        id=new_id(),
        situation_id=situation.id,
        cell_id=cell.id,
        receipt_id=receipt.id,
        invitation_id=author.invitation,
        origin=author.origin,
        submitted_at=now,
        facts_state=FactsState.TO_REVIEW if form.facts else FactsState.NONE,
    )
    seal_into(signalement, key, signalement_values(form, author))
    uow.session.add(signalement)
    uow.session.flush()
    texts = {add_facts(uow, signalement, form.facts).id} if form.facts else set()
    count_received(uow, cell.id, author.origin, form.motives, by=1)
    uow.record(SignalementSubmitted(Reference(receipt.reference)))
    return Submitted(receipt, frozenset({situation.id, *texts}))


def _receipt(uow: UnitOfWork, cell: Cell, author: Author, completion: Completion | None) -> Receipt:
    if completion is not None:
        completion.receipt.status = ReceiptStatus.RECEIVED
        completion.receipt.return_reason = None
        return completion.receipt
    receipt = Receipt(cell_id=cell.id, account_id=author.account, submitted_at=uow.now())
    uow.session.add(receipt)
    uow.session.flush()
    return receipt


def add_facts(uow: UnitOfWork, signalement: Signalement, text: str) -> SignalementFacts:
    """Seal the objective facts of a signalement under a key of their own, and give their row."""
    facts = SignalementFacts(
        id=new_id(),
        signalement_id=signalement.id,
        situation_id=signalement.situation_id,
        cell_id=signalement.cell_id,
    )
    seal_into(facts, new_subject(uow, facts.id, facts.cell_id), {"text": text})
    uow.session.add(facts)
    return facts


def count_received(uow: UnitOfWork, cell: UUID, origin: Origin, motives: tuple[Motive, ...], *, by: int) -> None:
    """Count one signalement of a cell by origin and by motive, or take it back with `by=-1`."""
    uow.count(Indicator.SIGNALEMENT_RECEIVED, cell, by=by)
    uow.count(Indicator.SIGNALEMENT_BY_ORIGIN, cell, origin, by=by)
    for motive in motives:
        uow.count(Indicator.SIGNALEMENT_BY_MOTIVE, cell, motive, by=by)


def person_values(form: SignalementForm, day: date) -> dict[str, str | dict[str, object] | None]:
    """Give what the form says of the minor, by column of `SituationPerson`."""
    birth: dict[str, object] = (
        {"date": form.birth_date.isoformat()} if form.birth_date else {"age": form.estimated_age, "on": day.isoformat()}
    )
    return {
        "last_name": form.last_name,
        "first_name": form.first_name,
        "birth": birth,
        "sex": form.sex,
        "residence": form.residence,
        "arrondissement": str(form.arrondissement),
        "quartier": "" if form.quartier is None else str(form.quartier),
        "address": form.address,
        "school": form.school,
        "school_level": form.school_level,
        "representative_name": form.representative_name,
        "representative_contact": form.representative_contact,
    }


def signalement_values(form: SignalementForm, author: Author) -> dict[str, str | dict[str, object]]:
    """Give what the form says of why and how, by column of `Signalement`."""
    return {
        "author": {"name": author.name, "function": author.function, "institution": author.institution},
        "qualification": form.qualification,
        "motives": {"motives": list(form.motives), "necessities": form.necessities()},
        "circumstances": {
            "from": form.facts_from.isoformat() if form.facts_from else None,
            "until": form.facts_until.isoformat() if form.facts_until else None,
            "periods": list(form.periods),
            "place_kinds": list(form.place_kinds),
            "place": form.place,
        },
        "steps": {"steps": list(form.steps), "insufficiencies": list(form.insufficiencies)},
    }

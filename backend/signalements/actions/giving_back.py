"""Give a signalement back to its author for completion, once, with a coded reason (step 1b)."""

from collections.abc import Mapping

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.errors import CharterRefusal, WrongMoment
from backend.kernel.identifiers import new_id
from backend.signalements.actions.merging import birth_of
from backend.signalements.actions.moving import erase
from backend.signalements.actions.resealing import OpenedSignalement, OpenedSituation, open_whole
from backend.signalements.actions.submission import count_received
from backend.signalements.events import SignalementReturned
from backend.signalements.forms import ReturnForm, necessity_field
from backend.signalements.models import Draft, Receipt
from backend.situations.models import Situation
from backend.situations.states import RETURN, SITUATION
from policies.access import Action
from policies.charter import EstimatedAge
from policies.vocabulary import Motive, ReceiptStatus


def give_back(uow: UnitOfWork, reference: str, form: ReturnForm, *, version: int | None = None) -> Receipt:
    """Turn what was received into a draft of its author, sealed under the draft's key, and give the receipt.

    The situation is destroyed with its key: the coordinator keeps the receipt, the author completes and sends again,
    the date of first reception is kept. Raises `CharterRefusal` the second time, `WrongMoment` once qualified, once
    merged, once an exit is recorded (it would go with the situation), or when the author used a one-time form.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_RETURN, version=version)
    SITUATION.step(situation.stage, RETURN)
    rule = charter_of(situation.charter_version).rules.completion
    if situation.returned_before:
        raise CharterRefusal(rule.statement, rule.origin)
    if situation.first_exit_at is not None:
        raise WrongMoment("Une sortie est enregistrée sur cette situation : elle ne peut plus être renvoyée.")
    content = open_whole(uow, situation)
    if len(content.signalements) != 1:
        raise WrongMoment("Plusieurs signalements sont réunis ici : ils ne peuvent plus être renvoyés.")
    (signalement,) = content.signalements
    receipt = None if signalement.row.receipt_id is None else uow.session.get(Receipt, signalement.row.receipt_id)
    if receipt is None:
        raise WrongMoment("Le récépissé de ce signalement a disparu avec son délai : il ne peut plus être renvoyé.")
    if receipt.account_id is None:
        raise WrongMoment("L'auteur a utilisé un formulaire à usage unique : joignez-le par téléphone.")
    draft = Draft(
        id=new_id(),
        cell_id=situation.cell_id,
        account_id=receipt.account_id,
        created_at=uow.now(),
        saved_at=uow.now(),
        receipt_id=receipt.id,
        received_at=situation.received_at,
    )
    seal_into(draft, new_subject(uow, draft.id, draft.cell_id), {"content": typed_again(content, signalement)})
    uow.session.add(draft)
    receipt.status = ReceiptStatus.TO_COMPLETE
    receipt.return_reason = form.reason
    count_received(uow, situation.cell_id, signalement.row.origin, signalement.motives, by=-1)
    uow.record(SignalementReturned(Reference(situation.reference), form.reason))
    texts = [] if signalement.facts is None else [signalement.facts.id]
    erase(uow, situation, content, Ground.RETURNED, dict.fromkeys([situation.id, *texts], draft.id))
    uow.session.flush()
    uow.session.delete(situation)
    return receipt


def typed_again(content: OpenedSituation, signalement: OpenedSignalement) -> dict[str, object]:
    """Give the form's fields as their author had typed them."""
    person, values = content.values, signalement.values
    birth = birth_of(person["birth"])
    motives = _fields(values["motives"])
    circumstances = _fields(values["circumstances"])
    typed: dict[str, object] = {
        **{name: person[name] or "" for name in person if name != "birth"},
        "birth_date": "" if isinstance(birth, EstimatedAge) else birth.strftime("%d/%m/%Y"),
        "estimated_age": str(birth.years) if isinstance(birth, EstimatedAge) else "",
        "qualification": values["qualification"],
        "motives": motives["motives"],
        "facts_from": _day(circumstances["from"]),
        "facts_until": _day(circumstances["until"]),
        "periods": circumstances["periods"],
        "place_kinds": circumstances["place_kinds"],
        "place": circumstances["place"] or "",
        **_fields(values["steps"]),
        "facts": signalement.text or "",
    }
    for motive, necessity in _fields(motives["necessities"]).items():
        typed[necessity_field(Motive.of(motive))] = necessity
    return typed


def _fields(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _day(iso: object) -> str:
    return "/".join(reversed(str(iso).split("-"))) if iso else ""

"""What awaits each role, the lists of the coordinator, the sheet of a situation."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.work import UnitOfWork
from backend.boards.views import ListView, SheetView, TaskView
from backend.charters.queries import charter_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import NotFound
from backend.members.models import Account
from backend.members.queries.standing import missing_conditions
from backend.parquet.queries import answer_views
from backend.parquet.views import CHOICES
from backend.signalements.models import Receipt
from backend.signalements.queries.content import content_view, situation_views
from backend.signalements.queries.rows import my_drafts, signalements_of
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from backend.situations.queries import exits_of, shown
from backend.situations.states import ADMIT, MERGE, MOVE, RETAIN, RETURN, SITUATION
from backend.situations.views import exit_view
from backend.web.pages import in_words
from policies.access import SUBMITTERS, Action
from policies.disclosure import Field
from policies.months import add_months
from policies.retention import Kind, due
from policies.vocabulary import ReceiptStatus, Role, Stage

GROUPS: dict[str, tuple[str, frozenset[Stage]]] = {
    "a-qualifier": ("À qualifier", frozenset({Stage.RECEIVED})),
    "a-transmettre": ("À transmettre au parquet", frozenset({Stage.ADMISSIBLE})),
    "au-parquet": ("Réponse attendue du parquet", frozenset({Stage.WITH_PARQUET})),
    "retenues": ("Retenues", frozenset({Stage.RETAINED})),
    "non-retenues": ("Non retenues", frozenset({Stage.NOT_RETAINED})),
    "closes": ("Non recevables et réorientées", frozenset({Stage.INADMISSIBLE, Stage.REDIRECTED})),
}
"""Groups of the coordinator's list, in the order of the work."""

PAGE = 50


def tasks(uow: UnitOfWork) -> tuple[TaskView, ...]:
    """Give what awaits the person, the most pressing first."""
    found: list[TaskView] = []
    if uow.actor.holds_anywhere({Role.COORDINATOR}):
        found += _coordinator(uow)
    if uow.actor.holds_anywhere({Role.PARQUET}):
        found += _parquet(uow)
    if uow.actor.holds_anywhere(SUBMITTERS):
        found += _submitter(uow)
    return tuple(sorted(found, key=lambda task: not task.urgent))


def lacking(uow: UnitOfWork) -> tuple[str, ...]:
    """Say, habilitation by habilitation, what keeps it from being in force."""
    account = uow.session.get_one(Account, uow.account())
    return tuple(
        f"{held.grant.role.label.capitalize()} : {' '.join(condition.label for condition in held.lacking)}"
        for held in missing_conditions(uow, account)
    )


def situations_list(uow: UnitOfWork, group: str, after: str | None) -> ListView:
    """Give a page of the coordinator's situations of one group, names opened in one batch."""
    if group not in GROUPS:
        raise NotFound
    title, stages = GROUPS[group]
    page = gate.page(
        uow,
        Situation,
        cells=uow.actor.cells({Role.COORDINATOR}),
        instant="received_at",
        where=[col(Situation.stage).in_(sorted(stages))],
        after=_cursor(after),
        size=PAGE,
    )
    tabs = tuple((name, label, name == group) for name, (label, _) in GROUPS.items())
    following = None if page.following is None else f"{page.following.at.isoformat()}~{page.following.row}"
    return ListView(title, tabs, situation_views(uow, page.rows), group == "a-transmettre", following)


def sheet(uow: UnitOfWork, reference: str) -> SheetView:
    """Give the sheet of a situation, with what the person may do to it now."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    content = content_view(uow, situation)
    base = f"/situations/{reference}"
    to_review = any(row.facts_state is FactsState.TO_REVIEW for row in signalements_of(uow, [situation]))
    offered = [
        ("Qualifier la situation", f"{base}/qualification", ADMIT, Action.SITUATION_QUALIFY),
        ("Rattacher à une autre situation", f"{base}/rattachement", MERGE, Action.SITUATION_MERGE),
        ("Renvoyer pour complément", f"{base}/renvoi", RETURN, Action.SITUATION_RETURN),
        ("Transmettre à la cellule compétente", f"{base}/transfert", MOVE, Action.SITUATION_MOVE),
    ]
    acts = [
        (label, href)
        for label, href, verb, action in offered
        if SITUATION.allows(situation.stage, verb) and gate.permits(uow, situation, action)
    ]
    if to_review and gate.permits(uow, situation, Action.SITUATION_REVIEW):
        acts.insert(0, ("Relire le texte libre", f"{base}/relecture"))
    return SheetView(
        content=content,
        step=_STEPS[situation.stage],
        answers=answer_views(uow, situation) if Field.PARQUET_ANSWER in shown(uow, situation) else (),
        exits=tuple(exit_view(row) for row in exits_of(uow, situation)),
        acts=tuple(acts[1:]),
        primary=acts[0] if acts else None,
        can_answer=SITUATION.allows(situation.stage, RETAIN) and gate.permits(uow, situation, Action.SITUATION_ANSWER),
        answer_choices=CHOICES,
    )


_STEPS = {
    Stage.RECEIVED: 1,
    Stage.ADMISSIBLE: 2,
    Stage.WITH_PARQUET: 2,
    Stage.RETAINED: 3,
    Stage.NOT_RETAINED: 4,
    Stage.INADMISSIBLE: 1,
    Stage.REDIRECTED: 1,
}
"""Step of the charter in which a situation stands."""


def _coordinator(uow: UnitOfWork) -> list[TaskView]:
    found = []
    for group, (label, stages) in list(GROUPS.items())[:3]:
        rows = _oldest(uow, stages)
        number = gate.count(uow, Situation, col(Situation.stage).in_(sorted(stages)))
        if number:
            found.append(_counted(uow, label, number, f"/situations?groupe={group}", rows, stages))
    exits = gate.count(
        uow, Situation, col(Situation.first_exit_at).is_not(None), col(Situation.stage) == Stage.RECEIVED
    )
    if exits:
        text = "Une sortie a été enregistrée sur une situation à qualifier : à traiter d'abord."
        found.append(TaskView("Sorties enregistrées", text, "/situations?groupe=a-qualifier", "Ouvrir", urgent=True))
    return found


def _counted(
    uow: UnitOfWork, label: str, number: int, href: str, oldest: Situation | None, stages: frozenset[Stage]
) -> TaskView:
    words = (
        f"{number} situation{'s' if number > 1 else ''}" if number <= gate.COUNT_LIMIT else "plus de 1 000 situations"
    )
    limit = _deadline(oldest, stages)
    if limit is None:
        return TaskView(label, words, href, "Ouvrir")
    urgent = (limit - uow.today()).days <= URGENT_DAYS
    return TaskView(label, words, href, "Ouvrir", in_words(limit, uow.today()), limit.isoformat(), urgent)


URGENT_DAYS = 7
"""Days before a deadline from which a task comes first."""


def _deadline(oldest: Situation | None, stages: frozenset[Stage]) -> date | None:
    """Give the day on which the oldest signalement left unqualified lapses; the other groups have none yet."""
    if oldest is None or Stage.RECEIVED not in stages:
        return None
    months = charter_of(oldest.charter_version).rules.unqualified.months
    return add_months(paris_day(oldest.received_at), months)


def _oldest(uow: UnitOfWork, stages: frozenset[Stage]) -> Situation | None:
    statement = gate.readable(uow, Situation).where(col(Situation.stage).in_(sorted(stages)))
    return uow.session.scalar(statement.order_by(col(Situation.received_at), col(Situation.id)).limit(1))


def _parquet(uow: UnitOfWork) -> list[TaskView]:
    stages = frozenset({Stage.WITH_PARQUET})
    number = gate.count(uow, Situation, col(Situation.stage).in_(sorted(stages)))
    if not number:
        return []
    plural = "s" if number > 1 else ""
    text = f"{number} situation{plural} attend{'ent' if number > 1 else ''} votre réponse."
    return [TaskView("Filtre du parquet", text, "/parquet", "Répondre")]


def _submitter(uow: UnitOfWork) -> list[TaskView]:
    found = []
    back = gate.count(uow, Receipt, col(Receipt.status) == ReceiptStatus.TO_COMPLETE)
    if back:
        text = "Le coordonnateur vous demande un complément."
        found.append(TaskView("Signalement à compléter", text, "/signalements", "Compléter", urgent=True))
    kept = my_drafts(uow)
    if kept:
        limit = min(due(Kind.DRAFT, paris_day(draft.created_at)).day for draft in kept)
        text = f"{len(kept)} brouillon{'s' if len(kept) > 1 else ''} en cours."
        words = in_words(limit, uow.today())
        urgent = (limit - uow.today()).days <= URGENT_DAYS
        found.append(TaskView("Brouillons", text, "/signalements", "Reprendre", words, limit.isoformat(), urgent))
    return found


def _cursor(text: str | None) -> Cursor | None:
    if not text:
        return None
    at, _, row = text.partition("~")
    try:
        return Cursor(datetime.fromisoformat(at), UUID(row))
    except ValueError:
        raise NotFound from None

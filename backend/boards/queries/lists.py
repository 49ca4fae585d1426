"""The lists of the coordinator, and the sheet of a situation."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.work import UnitOfWork
from backend.boards.views import BatchView, ListView, SheetView
from backend.kernel.errors import NotFound
from backend.orientations.queries.rows import uninformed, untransmitted
from backend.oversight.queries.lookers import lookers_of
from backend.parquet.queries import answer_views
from backend.parquet.views import CHOICES
from backend.purge.queries.boards import retention_view
from backend.research.queries import seats_of
from backend.research.views import SeatView
from backend.signalements.queries.content import content_view, situation_views
from backend.signalements.queries.rows import signalements_of
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from backend.situations.queries import exits_of, shown
from backend.situations.states import ADMIT, MERGE, MOVE, RETAIN, RETURN, SITUATION
from backend.situations.views import exit_view
from policies.access import Action
from policies.disclosure import Field
from policies.vocabulary import Role, Sharing, Stage


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the coordinator's list: its label, what it holds, its stages, and what else brings a situation in.

    `free` leaves out what is under limitation: a batch would be refused whole for it. `awaited` tells that the
    coordinator has something to do there.
    """

    label: str
    about: str
    stages: frozenset[Stage] = frozenset(Stage)
    unread_exits: bool = False
    sharing: Sharing | None = None
    awaits: Callable[[], sa.ColumnElement[bool]] | None = None
    free: bool = False
    awaited: bool = False

    def where(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Give the condition that a situation of the group meets."""
        if self.awaits is not None:
            return (self.awaits(),)
        if self.unread_exits:
            return (col(Situation.exit_unread) == sa.true(),)
        shared = () if self.sharing is None else (col(Situation.sharing) == self.sharing,)
        free = (col(Situation.limited_at).is_(None),) if self.free else ()
        return (col(Situation.stage).in_(sorted(self.stages)), *shared, *free)


GROUPS: dict[str, Group] = {
    "sorties": Group(
        "Sorties à lire",
        "Quelqu'un a saisi la CRIP ou le parquet sans attendre la réunion : prenez-en connaissance.",
        unread_exits=True,
        awaited=True,
    ),
    "a-qualifier": Group(
        "À qualifier",
        "Chaque signalement attend votre décision. Sans elle, il est non recevable au bout de deux mois.",
        frozenset({Stage.RECEIVED}),
        awaited=True,
    ),
    "a-transmettre": Group(
        "À transmettre au parquet",
        "Une situation paraît ici une fois qualifiée recevable.",
        frozenset({Stage.ADMISSIBLE}),
        free=True,
        awaited=True,
    ),
    "a-ouvrir": Group(
        "Recherche à ouvrir",
        "Une situation paraît ici dès que le parquet l'a retenue : ouvrez-la aux membres avant la réunion.",
        frozenset({Stage.RETAINED}),
        sharing=Sharing.WITHHELD,
        free=True,
        awaited=True,
    ),
    "a-informer": Group(
        "Familles à informer",
        "Chaque famille est informée dans le mois qui suit la réception, et avant toute transmission.",
        awaits=uninformed,
        awaited=True,
    ),
    "orientees": Group(
        "Orientations à transmettre",
        "Une situation paraît ici quand la cellule a décidé une orientation qui n'est pas encore partie.",
        awaits=untransmitted,
        awaited=True,
    ),
    "au-parquet": Group(
        "Réponse attendue du parquet", "Transmises, pas encore répondues.", frozenset({Stage.WITH_PARQUET})
    ),
    "retenues": Group("Retenues", "Retenues par le parquet, pas encore examinées.", frozenset({Stage.RETAINED})),
    "non-retenues": Group(
        "Non retenues",
        "Déjà suivies par la justice : présentées en réunion, puis détruites.",
        frozenset({Stage.NOT_RETAINED}),
    ),
    "suivies": Group(
        "Suivies", "En cours d'examen, ou suivies par la cellule.", frozenset({Stage.UNDER_EXAMINATION, Stage.FOLLOWED})
    ),
    "limitees": Group(
        "Sous limitation",
        "Une demande de droits les met à l'écart : elles ne sont ni examinées, ni transmises, ni détruites.",
        awaits=lambda: col(Situation.limited_at).is_not(None),
    ),
    "closes": Group(
        "Closes",
        "Closes, non recevables ou réorientées : chacune sera détruite à son terme.",
        frozenset({Stage.CLOSED, Stage.INADMISSIBLE, Stage.REDIRECTED}),
    ),
}
"""Groups of the coordinator's list: what awaits them first, each in the order of the work."""

BATCHES: dict[str, BatchView] = {
    "a-transmettre": BatchView(
        "/situations/transmission-parquet",
        "Transmettre au parquet les situations cochées",
        "Le parquet lira aussitôt les situations transmises.",
    ),
    "a-ouvrir": BatchView(
        "/situations/ouverture-recherche",
        "Ouvrir la recherche sur les situations cochées",
        "Les membres de la cellule les liront jusqu'à la clôture de la réunion.",
    ),
}
"""What is done to several situations of a group at once."""

PAGE = 50

LOOKERS = 5
"""Lines of « qui a ouvert cette situation » on its sheet; the others have a page of their own."""


def situations_list(uow: UnitOfWork, group: str, after: str | None) -> ListView:
    """Give a page of the coordinator's situations of one group, names opened in one batch."""
    if group not in GROUPS:
        raise NotFound
    chosen = GROUPS[group]
    page = gate.page(
        uow,
        Situation,
        cells=uow.actor.cells({Role.COORDINATOR}),
        instant="received_at",
        where=chosen.where(),
        after=Cursor.of(after),
        size=PAGE,
    )
    tabs = tuple((f"?groupe={name}", other.label, name == group) for name, other in GROUPS.items())
    awaited = sum(other.awaited for other in GROUPS.values())
    following = None if page.following is None else page.following.text()
    return ListView(
        title=chosen.label,
        about=chosen.about,
        group=group,
        awaited=tabs[:awaited],
        others=tabs[awaited:],
        rows=situation_views(uow, page.rows),
        batch=BATCHES.get(group),
        following=following,
    )


def sheet(uow: UnitOfWork, reference: str) -> SheetView:
    """Give the sheet of a situation, with what the person may do to it now."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    content = content_view(uow, situation)
    fields = shown(uow, situation)
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
    if situation.sharing is Sharing.SEATS:
        if gate.permits(uow, situation, Action.SITUATION_PREPARE):
            acts.append(("Préparer l'examen", f"{base}/recherche"))
        if gate.permits(uow, situation, Action.SITUATION_INVITE):
            acts.append(("Inviter le chef d'établissement", f"{base}/invite"))
    closable = situation.stage is Stage.RETAINED and situation.decided_at is None
    if closable and gate.permits(uow, situation, Action.SITUATION_CLOSE):
        acts.append(("Clore sans examen", f"{base}/cloture"))
    if gate.permits(uow, situation, Action.SITUATION_TRANSMIT):
        acts.append(("Informer la famille, transmettre, suivre les retours", f"{base}/suites"))
    if to_review and gate.permits(uow, situation, Action.SITUATION_REVIEW):
        acts.insert(0, ("Relire le texte libre", f"{base}/relecture"))
    return SheetView(
        content=content,
        step=_STEPS[situation.stage],
        answers=answer_views(uow, situation) if Field.PARQUET_ANSWER in fields else (),
        exits=tuple(exit_view(row) for row in exits_of(uow, situation)) if Field.EXITS in fields else (),
        exits_to_read=situation.exit_unread and gate.permits(uow, situation, Action.SITUATION_ACKNOWLEDGE),
        acts=tuple(acts[1:]),
        primary=acts[0] if acts else None,
        seats=_seats(uow, situation),
        can_answer=SITUATION.allows(situation.stage, RETAIN) and gate.permits(uow, situation, Action.SITUATION_ANSWER),
        answer_choices=CHOICES,
        limited_since=situation.limited_at,
        retention=retention_view(uow, situation) if _coordinates(uow, situation) else None,
        lookers=lookers_of(uow, situation, LOOKERS) if gate.permits(uow, situation, Action.SITUATION_WATCH) else None,
    )


def _coordinates(uow: UnitOfWork, situation: Situation) -> bool:
    """Tell whether the person coordinates the cell: what awaits a situation would tell others its outcome."""
    return Role.COORDINATOR in uow.actor.roles_in(situation.cell_id)


def _seats(uow: UnitOfWork, situation: Situation) -> tuple[SeatView, ...]:
    """Say who has prepared, to the coordinator while research is open."""
    open_now = situation.sharing is Sharing.SEATS
    return seats_of(uow, situation) if open_now and gate.permits(uow, situation, Action.SITUATION_INVITE) else ()


_STEPS = {
    Stage.RECEIVED: 1,
    Stage.ADMISSIBLE: 2,
    Stage.WITH_PARQUET: 2,
    Stage.RETAINED: 3,
    Stage.NOT_RETAINED: 4,
    Stage.UNDER_EXAMINATION: 4,
    Stage.FOLLOWED: 5,
    Stage.CLOSED: 6,
    Stage.INADMISSIBLE: 1,
    Stage.REDIRECTED: 1,
}
"""Step of the charter in which a situation stands."""

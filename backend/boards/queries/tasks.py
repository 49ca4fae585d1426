"""What awaits each role, with its deadline: the first page shows this and nothing else."""

from collections.abc import Callable
from datetime import date

from sqlmodel import col

from backend.agenda.queries.sheets import awaited, next_meeting
from backend.archives.queries import own_opening, to_sign
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.queries.lists import GROUPS
from backend.boards.views import TaskView
from backend.breaches.queries import to_handle
from backend.cells.models import RecordedAct
from backend.cells.queries import acts_to_enter, cells_of, education_confirmed
from backend.cells.states import ActState
from backend.charters.queries import charter_of
from backend.directory.queries import revisions_due
from backend.examination.queries import attendance_awaited
from backend.feedback.queries import to_list
from backend.following.queries import reviews_due
from backend.indicators.queries.dashboards import span_label, watched
from backend.indicators.queries.figures import releases
from backend.kernel.clock import paris_day
from backend.members.models import Account, Habilitation
from backend.members.queries.standing import missing_conditions
from backend.orientations.queries.rows import uninformed
from backend.orientations.queries.sheets import NOTICE_MONTHS, transmissions_to
from backend.oversight.queries.accesses import waiting
from backend.purge.queries.boards import announced_count, refused_today, stopped_state
from backend.purge.queries.durations import decisions_to_advise
from backend.research.queries import to_prepare
from backend.rights.queries.tasks import Awaited, awaiting_coordinator, awaiting_dpo, overdue_notices
from backend.signalements.models import Invitation, Receipt
from backend.signalements.queries.rows import my_drafts
from backend.situations.models import Situation
from backend.steering.queries import to_settle
from backend.web.pages import french_instant, in_words
from policies.access import SUBMITTERS, Action
from policies.habilitation import HabilitationState
from policies.months import add_months
from policies.orientation_words import TransmissionState
from policies.retention import Kind, due, rule
from policies.school_years import school_year, school_year_label
from policies.vocabulary import SEATS, ReceiptStatus, Role, Stage

URGENT_DAYS = 7
"""Days before a deadline from which a task comes first."""


def tasks(uow: UnitOfWork) -> tuple[TaskView, ...]:
    """Give what awaits the person, the most pressing first."""
    found = [*_habilitations(uow), *_meetings(uow), *_upkeep(uow)]
    for roles, panel in _PANELS:
        if uow.actor.holds_anywhere(roles):
            found += panel(uow)
    return tuple(sorted(found, key=lambda task: not task.urgent))


def lacking(uow: UnitOfWork) -> tuple[str, ...]:
    """Say, habilitation by habilitation, what keeps it from being in force."""
    account = uow.session.get_one(Account, uow.account())
    return tuple(
        f"{held.grant.role.label.capitalize()} : {' '.join(condition.label for condition in held.lacking)}"
        for held in missing_conditions(uow, account)
    )


def _meetings(uow: UnitOfWork) -> list[TaskView]:
    found = [TaskView(words.removesuffix("."), "À faire dans « Réunions ».", href) for words, href in awaited(uow)]
    if coming := next_meeting(uow):
        words = in_words(coming.day, uow.today())
        text = f"{coming.cell}, {coming.when}."
        urgent = (coming.day - uow.today()).days <= URGENT_DAYS
        href = f"/reunions/{coming.reference}"
        found.append(TaskView("Prochaine réunion", text, href, words, coming.day.isoformat(), urgent))
    return found


def _research(uow: UnitOfWork) -> list[TaskView]:
    number = to_prepare(uow)
    if not number:
        return []
    return [TaskView("Recherche préalable", f"{_several(number, 'situation')} à préparer.", "/recherche")]


def _attendance(uow: UnitOfWork) -> list[TaskView]:
    asked = attendance_awaited(uow)
    if not asked:
        return []
    text = f"{_several(len(asked), 'situation')} en cours d'examen."
    return [TaskView("Assiduité à vérifier", text, "/assiduite", urgent=True)]


def _upkeep(uow: UnitOfWork) -> list[TaskView]:
    found = []
    if number := revisions_due(uow):
        text = f"{_several(number, 'fiche')} sans relecture depuis un an."
        found.append(TaskView("Annuaire à relire", text, "/annuaire/a-relire"))
    if number := to_settle(uow):
        text = f"{_several(number, 'événement')} : tenu ou non ?"
        found.append(TaskView("Pilotage", text, "/pilotage"))
    return found


def _habilitations(uow: UnitOfWork) -> list[TaskView]:
    awaited = (
        (HabilitationState.PROPOSED, Action.HABILITATION_GRANT, "à accorder"),
        (HabilitationState.GRANTED, Action.HABILITATION_CONFIRM, "à confirmer"),
        (HabilitationState.SUSPENDED, Action.HABILITATION_CONFIRM, "à confirmer de nouveau"),
    )
    found = []
    for state, action, words in awaited:
        number = gate.count(uow, Habilitation, col(Habilitation.state) == state, to=action)
        if number:
            text = f"{_several(number, 'habilitation')} {words}."
            found.append(TaskView(f"Habilitations {words}", text, "/habilitations"))
    return found


def _acts(uow: UnitOfWork) -> list[TaskView]:
    awaited = acts_to_enter(uow, cells_of(uow))
    if not awaited:
        return []
    number = len(awaited)
    text = f"{_several(number, 'cellule')} atten{'dent' if number > 1 else 'd'} un acte que vous pouvez enregistrer."
    return [TaskView("Actes à enregistrer", text, "/cellules")]


def _dpo(uow: UnitOfWork) -> list[TaskView]:
    found = []
    number = gate.count(uow, RecordedAct, col(RecordedAct.state) == ActState.ENTERED)
    if number:
        text = f"{_several(number, 'acte')} sans votre avis : la cellule ne peut pas encore recevoir de signalement."
        found.append(TaskView("Actes à confirmer", text, "/actes"))
    if awaited := decisions_to_advise(uow):
        text = f"{_several(awaited, 'durée')} de conservation à examiner avant application."
        found.append(TaskView("Avis sur une durée", text, "/conservation"))
    found += [_owed(uow, owed) for owed in awaiting_dpo(uow)]
    if late := overdue_notices(uow):
        text = f"{_several(late, 'situation')} dont la famille n'a pas été informée dans le mois."
        found.append(TaskView("Information des familles", text, "/droits#familles", urgent=True))
    if (clock := to_handle(uow)) is not None:
        text = f"{_several(clock.number, 'violation')} à traiter ; la CNIL est à prévenir dans les 72 heures."
        found.append(TaskView("Violations de données", text, "/violations", clock.words, clock.day, urgent=True))
    if openings := to_sign(uow):
        text = f"{_several(openings, 'demande')} d'ouverture à signer ou à refuser."
        found.append(TaskView("Archive intermédiaire", text, "/archives", urgent=True))
    if stopped := stopped_state(uow):
        why = "" if stopped.stopped_by else " : les données ont été restaurées d'une sauvegarde"
        text = f"Rien n'est détruit, annoncé ni verrouillé{why}."
        found.append(TaskView("Purge arrêtée", text, "/purge", urgent=True))
    if refused := refused_today(uow):
        text = "La purge a refusé son passage d'aujourd'hui : elle attend votre confirmation."
        found.append(TaskView("Purge refusée", text, f"/purge/passages/{refused.reference}", urgent=True))
    if unusual := waiting(uow):
        text = f"Accès inhabituels que personne n'a regardés : {unusual}."
        found.append(TaskView("Accès inhabituels", text, "/acces-inhabituels"))
    return found


def _education_contacts(uow: UnitOfWork) -> list[TaskView]:
    year = school_year(uow.today())
    own = uow.actor.cells({Role.COORDINATOR})
    return [
        TaskView(
            f"Correspondants de l'Éducation nationale, {cell.name}",
            f"La liste de l'année scolaire {school_year_label(year)} est à confirmer.",
            f"/cellules/{cell.reference}",
        )
        for cell in cells_of(uow)
        if cell.id in own and education_confirmed(uow, cell, year) is None
    ]


def _coordinator(uow: UnitOfWork) -> list[TaskView]:
    found = []
    for name in ("a-qualifier", "a-transmettre", "au-parquet", "a-ouvrir"):
        group = GROUPS[name]
        rows = _oldest(uow, group.stages)
        number = gate.count(uow, Situation, *group.where())
        if number:
            found.append(_counted(uow, group.label, number, f"/situations?groupe={name}", rows, group.stages))
    found += _families(uow)
    orientations = gate.count(uow, Situation, *GROUPS["orientees"].where())
    if orientations:
        text = f"{_several(orientations, 'situation')} avec une orientation qui n'est pas encore transmise."
        found.append(TaskView("Orientations à transmettre", text, "/situations?groupe=orientees"))
    if feedback := to_list(uow):
        text = f"{_several(feedback, 'retour')} à inscrire au prochain ordre du jour."
        found.append(TaskView("Retours reçus", text, "/reunions"))
    if reviews := reviews_due(uow):
        text = (
            f"{_several(reviews, 'situation suivie')} sans décision depuis {rule(Kind.FOLLOW_UP_REVIEW).months} mois."
        )
        found.append(TaskView("Suivis à revoir", text, "/suivi?groupe=a-revoir"))
    found += [_owed(uow, owed) for owed in awaiting_coordinator(uow)]
    authors = gate.count(
        uow, Invitation, col(Invitation.used_at).is_not(None), col(Invitation.author_confirmed_at).is_(None)
    )
    if authors:
        text = f"{_several(authors, 'auteur')} à rappeler avant de qualifier."
        found.append(TaskView("Formulaires à usage unique", text, "/invitations"))
    announced, nearest = announced_count(uow)
    if announced and nearest is not None:
        text = f"{_several(announced, 'situation')} à détruire : vérifiez avant l'échéance."
        limit = in_words(nearest, uow.today())
        found.append(TaskView("Destructions annoncées", text, "/destructions", limit, nearest.isoformat(), urgent=True))
    exits = gate.count(uow, Situation, *GROUPS["sorties"].where())
    if exits:
        text = f"{_several(exits, 'situation')} avec une sortie que vous n'avez pas encore lue : à traiter d'abord."
        found.insert(0, TaskView("Sorties enregistrées", text, "/situations?groupe=sorties", urgent=True))
    return found


def _owed(uow: UnitOfWork, owed: Awaited) -> TaskView:
    words, urgent = in_words(owed.day, uow.today()), (owed.day - uow.today()).days <= URGENT_DAYS
    return TaskView(owed.title, owed.text, owed.href, words, owed.day.isoformat(), urgent)


def _archive(uow: UnitOfWork) -> list[TaskView]:
    opening = own_opening(uow)
    if opening is None or opening.open_until is None:
        return []
    text = f"Une situation archivée vous est ouverte jusqu'au {french_instant(opening.open_until)}."
    return [TaskView("Archive ouverte", text, f"/archives/ouvertures/{opening.reference}", urgent=True)]


def _families(uow: UnitOfWork) -> list[TaskView]:
    """Say which families are still to be informed: due one calendar month after reception (R21)."""
    number = gate.count(uow, Situation, uninformed())
    oldest = uow.session.scalar(
        gate.readable(uow, Situation)
        .where(uninformed())
        .order_by(col(Situation.received_at), col(Situation.id))
        .limit(1)
    )
    if oldest is None:
        return []
    limit = add_months(paris_day(oldest.received_at), NOTICE_MONTHS)
    words, urgent = in_words(limit, uow.today()), (limit - uow.today()).days <= URGENT_DAYS
    text = f"{_several(number, 'situation')}, au plus tard un mois après la réception et avant toute transmission."
    href = "/situations?groupe=a-informer"
    return [TaskView("Familles à informer", text, href, words, limit.isoformat(), urgent)]


def _recipient(uow: UnitOfWork) -> list[TaskView]:
    found = []
    if number := transmissions_to(uow, TransmissionState.SENT):
        text = f"{_several(number, 'transmission')} adressée{'s' if number > 1 else ''} à votre service, à ouvrir."
        found.append(TaskView("Transmissions à ouvrir", text, "/transmissions", urgent=True))
    if number := transmissions_to(uow, TransmissionState.OPENED):
        text = f"{_several(number, 'transmission')} dont la cellule attend votre retour."
        found.append(TaskView("Retours à donner", text, "/transmissions"))
    return found


def _counted(
    uow: UnitOfWork, label: str, number: int, href: str, oldest: Situation | None, stages: frozenset[Stage]
) -> TaskView:
    words = (
        f"{number} situation{'s' if number > 1 else ''}" if number <= gate.COUNT_LIMIT else "plus de 1 000 situations"
    )
    limit = _deadline(oldest, stages)
    if limit is None:
        return TaskView(label, words, href)
    urgent = (limit - uow.today()).days <= URGENT_DAYS
    return TaskView(label, words, href, in_words(limit, uow.today()), limit.isoformat(), urgent)


def _deadline(oldest: Situation | None, stages: frozenset[Stage]) -> date | None:
    """Give the day on which the oldest signalement left unqualified lapses; the other groups have none yet."""
    if oldest is None or Stage.RECEIVED not in stages:
        return None
    months = charter_of(oldest.charter_version).rules.unqualified.months
    return add_months(paris_day(oldest.received_at), months)


def _oldest(uow: UnitOfWork, stages: frozenset[Stage]) -> Situation | None:
    statement = gate.readable(uow, Situation).where(col(Situation.stage).in_(sorted(stages)))
    return uow.session.scalar(statement.order_by(col(Situation.received_at), col(Situation.id)).limit(1))


def _guest(uow: UnitOfWork) -> list[TaskView]:
    rows = uow.session.scalars(gate.readable(uow, Situation).where(col(Situation.guest_id) == uow.account())).all()
    return [
        TaskView("Invitation", "Vous êtes invité à l'examen d'une situation.", f"/situations/{row.reference}")
        for row in rows
    ]


def _parquet(uow: UnitOfWork) -> list[TaskView]:
    stages = frozenset({Stage.WITH_PARQUET})
    number = gate.count(uow, Situation, col(Situation.stage).in_(sorted(stages)))
    if not number:
        return []
    plural = "s" if number > 1 else ""
    text = f"{number} situation{plural} attend{'ent' if number > 1 else ''} votre réponse."
    return [TaskView("Filtre du parquet", text, "/parquet")]


def _steering(uow: UnitOfWork) -> list[TaskView]:
    found = []
    published = releases(uow)
    if published:
        text = f"Derniers chiffres publiés : {span_label(published[0].period)}. Les bilans annuels sont à côté."
        found.append(TaskView("Indicateurs", text, "/indicateurs"))
    if lacking := watched(uow):
        text = f"{_several(len(lacking), 'cellule')} sans référent de proximité ou sans réunion prévue."
        found.append(TaskView("Cellules incomplètes", text, "/indicateurs"))
    return found


def _submitter(uow: UnitOfWork) -> list[TaskView]:
    found = []
    back = gate.count(uow, Receipt, col(Receipt.status) == ReceiptStatus.TO_COMPLETE)
    if back:
        text = "Le coordonnateur vous demande un complément."
        found.append(TaskView("Signalement à compléter", text, "/signalements", urgent=True))
    kept = my_drafts(uow)
    if kept:
        limit = min(due(Kind.DRAFT, paris_day(draft.created_at)).day for draft in kept)
        text = f"{len(kept)} brouillon{'s' if len(kept) > 1 else ''} en cours."
        words = in_words(limit, uow.today())
        urgent = (limit - uow.today()).days <= URGENT_DAYS
        found.append(TaskView("Brouillons", text, "/signalements", words, limit.isoformat(), urgent))
    return found


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


_PANELS: tuple[tuple[frozenset[Role], Callable[[UnitOfWork], list[TaskView]]], ...] = (
    (frozenset({Role.COORDINATOR}), _coordinator),
    (frozenset({Role.COORDINATOR}), _education_contacts),
    (frozenset({Role.COORDINATOR}), _archive),
    (frozenset({Role.PARQUET}), _parquet),
    (SEATS, _research),
    (frozenset({Role.EDUCATION}), _attendance),
    (frozenset({Role.RECIPIENT, Role.SOCIAL_COORDINATOR}), _recipient),
    (frozenset({Role.GUEST}), _guest),
    (frozenset({Role.ADMINISTRATOR, Role.ARCHIVIST}), _acts),
    (frozenset({Role.DPO}), _dpo),
    (frozenset({Role.STEERING}), _steering),
    (SUBMITTERS, _submitter),
)
"""What each role is shown, in this order; a person with several roles reads them all."""

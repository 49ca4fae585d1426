"""Lists of accounts, habilitations and sessions, with what the reader may do to each."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.cells.models import Cell
from backend.institutions.models import Institution
from backend.members.models import (
    Account,
    AccountSession,
    Habilitation,
    KnownDevice,
    Passkey,
    ProviderIdentity,
    SessionKind,
)
from backend.members.queries.sessions import account_that_may_sign_in, is_current, is_locked
from backend.members.queries.standing import held_by, review_due
from backend.members.states import CONFIRM, END, GRANT, HABILITATION, OPEN, REVIEW, SUSPEND
from backend.members.views import (
    AccountLine,
    Deed,
    DeviceLine,
    HabilitationLine,
    IdentityView,
    PasskeyLine,
    PersonaView,
    SessionLine,
    Whoami,
)
from policies.access import Action
from policies.charter import published
from policies.habilitation import AccountStatus, Commitment, Condition, Confirmer, HabilitationState
from policies.sign_in import Means, PasskeyKind, Software, System
from policies.vocabulary import Role

PAGE = 50

LATEST = 10
"""Sessions that a person is shown, open or not."""

VERBS = (
    (GRANT, "accord", Action.HABILITATION_GRANT, "Accorder"),
    (CONFIRM, "confirmation", Action.HABILITATION_CONFIRM, "Confirmer"),
    (REVIEW, "revue", Action.HABILITATION_REVIEW, "Revoir pour douze mois"),
    (SUSPEND, "suspension", Action.HABILITATION_SUSPEND, "Suspendre"),
    (END, "fin", Action.HABILITATION_END, "Mettre fin"),
)
"""What may be done to a habilitation: move, last part of the address, action, words of the button."""

_AWAITS = {
    HabilitationState.PROPOSED: "un administrateur doit l'accorder",
    HabilitationState.GRANTED: "à confirmer par {}",
    HabilitationState.SUSPENDED: "à confirmer de nouveau par {}",
}


def accounts(uow: UnitOfWork, after: str | None) -> tuple[tuple[AccountLine, ...], str | None]:
    """Give a page of the accounts that the person may read, by address, and where the next page starts."""
    statement = readable(uow, Account).order_by(col(Account.email)).limit(PAGE + 1)
    if after is not None:
        statement = statement.where(col(Account.email) > _email_of(uow, after))
    rows = uow.session.scalars(statement).all()
    institutions = _institutions(uow, rows)
    lines = tuple(account_line(row, institutions[row.institution_id]) for row in rows[:PAGE])
    return lines, lines[-1].reference if len(rows) > PAGE else None


def account_line(account: Account, institution: str) -> AccountLine:
    """Give what a list shows of an account."""
    return AccountLine(
        reference=account.reference,
        name=account.display_name,
        function=account.function,
        institution=institution,
        status=AccountStatus.of(account.status).label,
        last_sign_in_at=account.last_sign_in_at,
    )


def colleagues(uow: UnitOfWork, institution: Institution) -> Sequence[Account]:
    """Give the people of an institution whose account is open, as far as the person may read them, by name."""
    statement = readable(uow, Account).where(
        col(Account.institution_id) == institution.id,
        col(Account.status).in_(sorted({AccountStatus.INVITED, AccountStatus.ACTIVE, AccountStatus.SUSPENDED})),
    )
    return uow.session.scalars(statement.order_by(col(Account.display_name), col(Account.id)).limit(500)).all()


def habilitations(uow: UnitOfWork, after: str | None) -> tuple[tuple[HabilitationLine, ...], str | None]:
    """Give a page of the open habilitations that the person may read: those that await a step first."""
    order = sa.case(
        {state: rank for rank, state in enumerate(sorted(OPEN - {HabilitationState.CONFIRMED}))},
        value=col(Habilitation.state),
        else_=9,
    )
    statement = readable(uow, Habilitation).where(col(Habilitation.state).in_(sorted(OPEN)))
    skipped = int(after) if after is not None and after.isdecimal() and len(after) < 6 else 0  # noqa: PLR2004
    rows = uow.session.scalars(
        statement.order_by(order, col(Habilitation.reviewed_on), col(Habilitation.id)).offset(skipped).limit(PAGE + 1)
    ).all()
    return habilitation_lines(uow, rows[:PAGE]), str(skipped + PAGE) if len(rows) > PAGE else None


def habilitations_of(uow: UnitOfWork, account: Account) -> tuple[HabilitationLine, ...]:
    """Give every habilitation of a person that the reader may read, the latest first."""
    statement = readable(uow, Habilitation).where(col(Habilitation.account_id) == account.id)
    rows = uow.session.scalars(statement.order_by(col(Habilitation.valid_from).desc(), col(Habilitation.id))).all()
    return habilitation_lines(uow, rows)


def habilitation_lines(uow: UnitOfWork, rows: Sequence[Habilitation]) -> tuple[HabilitationLine, ...]:
    """Give what lists show of some habilitations, with what the reader may do to each."""
    ids = {row.account_id for row in rows}
    holders = {row.id: row for row in uow.session.scalars(sa.select(Account).where(col(Account.id).in_(ids)))}
    institutions = _institutions(uow, list(holders.values()))
    cells = {cell.id: cell.name for cell in uow.session.scalars(sa.select(Cell))}
    return tuple(
        _line(uow, row, holders[row.account_id], institutions[holders[row.account_id].institution_id], cells)
        for row in rows
    )


def own_sessions(uow: UnitOfWork) -> tuple[SessionLine, ...]:
    """Give the last sessions and tokens of the person who asks, the open ones and the others, the latest first."""
    rows = uow.session.execute(
        sa.select(AccountSession, KnownDevice)
        .outerjoin(KnownDevice, col(KnownDevice.id) == col(AccountSession.device_id))
        .where(
            col(AccountSession.account_id) == uow.account(),
            col(AccountSession.kind).in_([SessionKind.FULL, SessionKind.TOKEN]),
        )
        .order_by(col(AccountSession.created_at).desc(), col(AccountSession.id))
        .limit(LATEST)
    )
    return tuple(
        SessionLine(
            kind=SessionKind.of(row.kind).label,
            means=None if row.means is None else Means.of(row.means).label,
            device=None if device is None else device_words(device),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            state=_session_state(uow, row),
        )
        for row, device in rows
    )


def own_devices(uow: UnitOfWork) -> tuple[DeviceLine, ...]:
    """Give the devices of the person who asks, the one that signed in last first."""
    session = None if uow.actor.session is None else uow.session.get(AccountSession, uow.actor.session)
    rows = uow.session.scalars(
        sa.select(KnownDevice)
        .where(col(KnownDevice.account_id) == uow.account())
        .order_by(col(KnownDevice.last_seen_at).desc(), col(KnownDevice.id))
    )
    return tuple(
        DeviceLine(
            words=device_words(row),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            current=session is not None and row.id == session.device_id,
        )
        for row in rows
    )


def own_passkeys(uow: UnitOfWork) -> tuple[PasskeyLine, ...]:
    """Give the passkeys of the person who asks, the oldest first."""
    statement = sa.select(Passkey).where(col(Passkey.account_id) == uow.account())
    rows = uow.session.scalars(statement.order_by(col(Passkey.created_at), col(Passkey.id)))
    return tuple(
        PasskeyLine(row.reference, PasskeyKind.of(row.kind).label, row.created_at, row.last_used_at) for row in rows
    )


def own_identity(uow: UnitOfWork) -> IdentityView:
    """Tell since when an identity at the provider opens the account of the person who asks."""
    statement = sa.select(col(ProviderIdentity.linked_at)).where(col(ProviderIdentity.account_id) == uow.account())
    return IdentityView(uow.session.scalar(statement))


def device_words(device: KnownDevice) -> str:
    """Say what a device is: « Firefox, sur Windows »."""
    return f"{Software.of(device.software).label}, sur {System.of(device.system).label}"


def deeds(uow: UnitOfWork, account: Account) -> tuple[Deed, ...]:
    """Give what the person still has to accept, each once."""
    found: dict[str, Deed] = {}
    for held in held_by(uow, account):
        if held.to_accept is not None:
            found[held.to_accept] = Deed("charter", held.to_accept, published()[held.to_accept].label)
        for condition, commitment in (
            (Condition.UNDERTAKING, Commitment.CONFIDENTIALITY_UNDERTAKING),
            (Condition.CLAUSE, Commitment.CONFIDENTIALITY_CLAUSE),
        ):
            if condition in held.lacking:
                found[commitment] = Deed("commitment", commitment, commitment.label)
    return tuple(found.values())


def personas(uow: UnitOfWork) -> tuple[PersonaView, ...]:
    """Give who may be entered in one click: nobody outside the demonstration."""
    if uow.settings.mode != "demo":
        return ()
    statement = sa.select(Account).where(col(Account.email).like("%@demo.invalid")).order_by(col(Account.created_at))
    people = [account for account in uow.session.scalars(statement) if account_that_may_sign_in(uow, account.id)]
    return tuple(PersonaView(person.email, person.display_name, _held_words(uow, person)) for person in people)


def whoami(uow: UnitOfWork, account: Account) -> Whoami:
    """Give the person of a token, with every open habilitation."""
    held = held_by(uow, account)
    cells = {cell.id: cell.reference for cell in uow.session.scalars(sa.select(Cell))}
    return Whoami(
        compte=account.reference,
        nom=account.display_name,
        institution=uow.session.get_one(Institution, account.institution_id).name,
        habilitations=tuple(
            {"role": one.grant.role.value, "cellule": cells.get(one.grant.cell) if one.grant.cell else None}
            for one in held
            if not one.lacking
        ),
        en_attente=tuple(
            {
                "role": one.grant.role.value,
                "cellule": cells.get(one.grant.cell) if one.grant.cell else None,
                "conditions": tuple(condition.value for condition in one.lacking),
            }
            for one in held
            if one.lacking
        ),
    )


def _session_state(uow: UnitOfWork, session: AccountSession) -> str:
    if session.id == uow.actor.session:
        return "ouverte : celle-ci"
    if is_current(session, uow.now()):
        return "verrouillée" if is_locked(session, uow.now()) else "ouverte"
    return "terminée"


def _line(
    uow: UnitOfWork, row: Habilitation, holder: Account, institution: str, cells: Mapping[UUID, str]
) -> HabilitationLine:
    state = HabilitationState.of(row.state)
    awaits = _AWAITS.get(state)
    return HabilitationLine(
        reference=row.reference,
        version=row.version,
        account=holder.reference,
        person=holder.display_name,
        institution=institution,
        role=Role.of(row.role).label,
        where="toute la Ville" if row.cell_id is None else cells[row.cell_id],
        state=row.state,
        state_label=state.label,
        awaits=None if awaits is None else awaits.format(Confirmer.of(row.confirmer).label),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        review_by=review_due(row) if state is HabilitationState.CONFIRMED else None,
        designation=row.designation,
        needs_designation=row.confirmer == Confirmer.ADMINISTRATOR,
        verbs=tuple(
            (path, words)
            for move, path, action, words in VERBS
            if HABILITATION.allows(state, move) and permits(uow, row, action)
        ),
    )


def _held_words(uow: UnitOfWork, account: Account) -> str:
    held = held_by(uow, account)
    cells = {cell.id: cell.name for cell in uow.session.scalars(sa.select(Cell))}
    words = [
        f"{one.grant.role.label}, {cells[one.grant.cell]}" if one.grant.cell else one.grant.role.label for one in held
    ]
    return " ; ".join(dict.fromkeys(words))


def _institutions(uow: UnitOfWork, people: Sequence[Account]) -> dict[UUID, str]:
    ids = {person.institution_id for person in people}
    rows = uow.session.scalars(sa.select(Institution).where(col(Institution.id).in_(ids)))
    return {institution.id: institution.name for institution in rows}


def _email_of(uow: UnitOfWork, reference: str) -> str:
    return uow.session.scalar(sa.select(col(Account.email)).where(col(Account.reference) == reference)) or ""

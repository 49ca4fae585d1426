"""What a person accepts before a habilitation takes effect: the charter, an undertaking, a clause (R11)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.charters.models import CharterSignature
from backend.charters.queries import binding_versions
from backend.kernel.errors import WrongMoment
from backend.members.events import CharterAccepted, CommitmentMade
from backend.members.models import Account, CharterAcceptance, Undertaking
from policies.access import Action
from policies.charter import published
from policies.habilitation import Commitment


def accept_charter(uow: UnitOfWork, account_reference: str, charter_version: str) -> CharterAcceptance:
    """Accept a version of the charter, and the règlement intérieur signed with it, for oneself.

    Raises `WrongMoment` when the institution has not signed it or it binds nobody today. Accepting twice changes
    nothing.
    """
    account = fetch(uow, Account, account_reference, to=Action.ACCOUNT_OWN)
    charter = published().get(charter_version)
    if charter is None or charter_version not in binding_versions(
        uow, account.institution_id, charter.kind, uow.today()
    ):
        raise WrongMoment("Votre institution n'a pas signé cette version de la charte.")
    accepted = uow.session.scalar(
        sa.select(CharterAcceptance).where(
            col(CharterAcceptance.account_id) == account.id,
            col(CharterAcceptance.charter_version) == charter_version,
        )
    )
    if accepted is not None:
        return accepted
    rules = uow.session.scalars(
        sa.select(col(CharterSignature.rules_version))
        .where(
            col(CharterSignature.institution_id) == account.institution_id,
            col(CharterSignature.charter_version) == charter_version,
        )
        .order_by(col(CharterSignature.signed_on).desc())
        .limit(1)
    ).one()
    acceptance = CharterAcceptance(
        account_id=account.id, charter_version=charter_version, rules_version=rules, accepted_at=uow.now()
    )
    uow.session.add(acceptance)
    uow.record(CharterAccepted(Reference(account.reference)))
    return acceptance


def undertake(uow: UnitOfWork, account_reference: str, commitment: Commitment) -> Undertaking:
    """Accept the confidentiality undertaking or clause, for oneself; accepting twice changes nothing."""
    account = fetch(uow, Account, account_reference, to=Action.ACCOUNT_OWN)
    made = uow.session.scalar(
        sa.select(Undertaking).where(col(Undertaking.account_id) == account.id, col(Undertaking.kind) == commitment)
    )
    if made is not None:
        return made
    undertaking = Undertaking(account_id=account.id, kind=commitment, accepted_at=uow.now())
    uow.session.add(undertaking)
    uow.record(CommitmentMade(Reference(account.reference), commitment))
    return undertaking

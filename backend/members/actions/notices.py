"""Who is told that somebody's way in changed: the person, who may not have made the change, and the DPO."""

from backend.audit.events import Reference
from backend.authorization.work import UnitOfWork
from backend.mail.outbox import queue
from backend.members.events import CredentialChange, CredentialsChanged
from backend.members.models import Account
from backend.members.queries.standing import holders
from policies.vocabulary import Role


def tell(uow: UnitOfWork, account: Account, address: str, change: CredentialChange) -> None:
    """Journal a change of credentials; tell the person at an address that was theirs before, and the DPO."""
    uow.record(CredentialsChanged(Reference(account.reference), change))
    queue(uow, address, "credentials_changed", day=uow.today(), change=change)
    for dpo in holders(uow, Role.DPO):
        queue(
            uow, dpo.email, "credentials_notice", day=uow.today(), change=change, account=Reference(account.reference)
        )


def tell_holder(uow: UnitOfWork, account: Account, change: CredentialChange) -> None:
    """Journal a change of credentials that suspends nothing; tell the person, who may not have made it."""
    uow.record(CredentialsChanged(Reference(account.reference), change))
    queue(uow, account.email, "sign_in_changed", day=uow.today(), change=change)

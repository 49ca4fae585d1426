"""Somebody leaves: what they hold ends in one act, and no cell is left without its coordinator or parquet unknowingly.

The account closes, sessions and links end, habilitations stop at the last day, the institution's referent is replaced
by the deputy; what other features keep for the person alone goes with the event (decision 0010). Source: R13.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from backend.audit.events import Reference
from backend.authorization.gate import fetch
from backend.authorization.work import UnitOfWork
from backend.institutions.actions import replace_referent
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.mail.outbox import queue
from backend.members.actions.credentials import void_identity, void_links, void_passkeys
from backend.members.actions.devices import forget_devices
from backend.members.actions.habilitations import Proposal, end_all, propose
from backend.members.actions.sessions import end_sessions
from backend.members.events import AccountClosed, PersonLeft
from backend.members.models import Account
from backend.members.queries.departures import Post, candidates, vacated
from policies.access import Action
from policies.habilitation import ENDED_ACCOUNTS, AccountStatus

LATER = (
    "Un départ se règle le jour où il prend effet, ou après. Préparez-le dès maintenant en faisant proposer "
    "l'habilitation du successeur."
)


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure to settle: the last day, who takes over each post, by its key, and whether a gap is accepted."""

    leaves_on: date
    successors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    acknowledged: bool = False


def settle_departure(uow: UnitOfWork, reference: str, version: int, departure: Departure) -> Account:
    """Settle what somebody who leaves holds, all at once or not at all.

    Raises `WrongMoment` for an account that is closed, `InvalidInput` for a day to come, for a successor who neither
    holds the habilitation nor may be proposed, and for a post left empty that nobody acknowledged.
    """
    account = fetch(uow, Account, reference, to=Action.ACCOUNT_CLOSE, version=version)
    if account.status in ENDED_ACCOUNTS:
        raise WrongMoment(f"Ce compte est {AccountStatus.of(account.status).label}.")
    if departure.leaves_on > uow.today():
        raise InvalidInput({"leaves_on": LATER})
    posts = vacated(uow, account, lock=True)
    named = {post: departure.successors[post.key] for post in posts if departure.successors.get(post.key)}
    if departure.successors.keys() - {post.key for post in posts}:
        raise InvalidInput({}, "Ce qui est à pourvoir a changé. Rechargez la page, puis recommencez.")
    empty = [post for post in posts if post not in named]
    if empty and not departure.acknowledged:
        posts_left = ", ".join(post.label for post in empty)
        raise InvalidInput(
            {"acknowledged": f"Nommez un successeur, ou confirmez que personne ne tiendra plus : {posts_left}."}
        )
    for post, successor in named.items():
        _take_over(uow, account, post, successor)
    _close(uow, account, departure.leaves_on)
    uow.record(PersonLeft(Reference(account.reference), len(named), len(empty)))
    queue(uow, account.email, "departure", day=departure.leaves_on)
    return account


def _take_over(uow: UnitOfWork, leaver: Account, post: Post, successor: str) -> None:
    """Give a post to somebody who is already habilitated to it or on the way, or propose them, as the referent."""
    person = next((one for one in candidates(uow, leaver, post) if one.account.reference == successor), None)
    if person is None:
        raise InvalidInput({f"successor-{post.key}": "Choisissez une personne de la liste."})
    if not person.habilitated:
        propose(uow, successor, Proposal(post.role, post.cell_reference, uow.today()))
    queue(uow, person.account.email, "succession", day=uow.today(), role=post.role)


def _close(uow: UnitOfWork, account: Account, leaves_on: date) -> None:
    account.status = AccountStatus.CLOSED
    end_sessions(uow, account)
    void_links(uow, account)
    void_passkeys(uow, account)
    void_identity(uow, account)
    forget_devices(uow, account)
    end_all(uow, account, on=leaves_on)
    replace_referent(uow, account.institution_id, account.id)
    uow.record(AccountClosed(Reference(account.reference)))

"""How the people of the demonstration enrol and act: by the verbs of sign-in, habilitation by habilitation.

Their passwords and recovery codes are drawn, used once and forgotten: one enters by the list of personas, nothing else.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import pyotp

from backend.authorization.work import House, UnitOfWork
from backend.members.actions.commitments import accept_charter, undertake
from backend.members.actions.credentials import STEP, Handover
from backend.members.actions.enrolment import choose_password, confirm_totp, open_link, provisioning
from backend.members.actions.sessions import sign_in_as_persona, sign_out
from backend.members.models import Account
from backend.members.queries.listings import deeds
from backend.members.queries.sessions import actor_of_session
from policies.habilitation import Commitment


@contextmanager
def acting(house: House, email: str) -> Iterator[UnitOfWork]:
    """Sign somebody in, give the unit of work in which they act, with what they hold at this moment, and sign out."""
    with house.transaction() as uow:
        secret = sign_in_as_persona(uow, email)
        uow.enter(actor_of_session(uow, secret))
        yield uow
        sign_out(uow, secret)


def enrol(house: House, handover: Handover) -> None:
    """Follow a link with its code to an active account, with a password and an application that nobody has."""
    secret = open_link(house, unquote(handover.path.rpartition("/")[2]), handover.code)
    choose_password(house, secret, new_password())
    with house.transaction() as uow:
        application = pyotp.TOTP(provisioning(uow, secret).secret, interval=STEP)
        enrolled = confirm_totp(uow, secret, application.at(uow.now()))
        sign_out(uow, enrolled.secret)


def new_password() -> str:
    """Draw a password of 192 bits; the suffix makes it pass the rule on kinds of characters whatever is drawn."""
    return f"{secrets.token_urlsafe(24)}-7aZ"


def accept_everything(house: House, email: str) -> None:
    """Let somebody accept what their habilitations ask for: the charter, the undertaking or the clause."""
    with acting(house, email) as uow:
        account = uow.session.get_one(Account, uow.account())
        for deed in deeds(uow, account):
            if deed.kind == "charter":
                accept_charter(uow, account.reference, deed.value)
            else:
                undertake(uow, account.reference, Commitment.of(deed.value))

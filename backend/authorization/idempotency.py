"""A change sent twice happens once: the same key gives the first answer, with another body it is refused (section 6).

A row keeps who, which route, the key, a MAC of the body and the reference that was made; never the body or the answer.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.crypto.columns import operational, reference, secret
from backend.crypto.keyring import ServiceKey
from backend.kernel.database import MainRow, UtcDateTime
from backend.kernel.errors import InvalidInput
from backend.kernel.identifiers import new_id

LIFE = timedelta(hours=24)
"""How long a key is remembered (domain.md section 6)."""


class IdempotencyKey(MainRow, table=True):
    """One change already made."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("account_id", "route", "key"),)

    id: UUID = reference(default_factory=new_id, primary_key=True)
    account_id: UUID = reference()
    route: str = operational(max_length=64)
    key: str = reference(max_length=64)
    body_mac: bytes = secret()
    result: str = reference(max_length=16)
    made_at: datetime = operational(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of a request: its idempotency key, and the bytes that the key stands for."""

    key: str
    body: bytes


def made_before(uow: UnitOfWork, owner: UUID, route: str, sending: Sending | None) -> str | None:
    """Give the reference that the same sending made, or None; raise `InvalidInput` when the body is another.

    What was sent without a key has made nothing before.
    """
    if sending is None:
        return None
    statement = sa.select(IdempotencyKey).where(
        col(IdempotencyKey.account_id) == owner,
        col(IdempotencyKey.route) == route,
        col(IdempotencyKey.key) == sending.key,
        col(IdempotencyKey.made_at) > uow.now() - LIFE,
    )
    known = uow.session.scalar(statement)
    if known is None:
        return None
    if not hmac.compare_digest(known.body_mac, _mac(uow, sending.body)):
        raise InvalidInput(
            {}, "Cette clé d'envoi a déjà servi pour un autre contenu. Rechargez la page, puis recommencez."
        )
    return known.result


def remember(uow: UnitOfWork, owner: UUID, route: str, sending: Sending | None, result: str) -> None:
    """Remember what a sending made, in its own transaction, and forget what is over 24 hours old.

    What was sent without a key is not remembered.
    """
    if sending is None:
        return
    uow.session.execute(sa.delete(IdempotencyKey).where(col(IdempotencyKey.made_at) <= uow.now() - LIFE))
    row = IdempotencyKey(
        account_id=owner,
        route=route,
        key=sending.key,
        body_mac=_mac(uow, sending.body),
        result=result,
        made_at=uow.now(),
    )
    uow.session.add(row)


def _mac(uow: UnitOfWork, body: bytes) -> bytes:
    return hmac.digest(uow.keyring.service_key(ServiceKey.JOURNAL_MAC), b"idempotency\0" + body, sha256)

"""Failures in a row, counted in the database before anything is checked (architecture.md section 6; CNIL 2022-100).

Counted first, so that parallel attempts cannot share one try; in a transaction of its own, so that it survives what
the request becomes. Keys are hashes: of an account or of a network, of known and unknown addresses alike.
"""

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.kernel.errors import Throttled
from backend.members.models import SignInThrottle
from policies.habilitation import NETWORK_ALLOWANCE, delay_after

FORGOTTEN_AFTER = timedelta(hours=24)
"""Life of a count without any new attempt."""


def password_key(email: str) -> bytes:
    """Give the key of the attempts on one address, whether it has an account or not."""
    return sha256(b"password\0" + email.encode()).digest()


def second_factor_key(account: object) -> bytes:
    """Give the key of the attempts on one account's second factor."""
    return sha256(b"second-factor\0" + str(account).encode()).digest()


def network_key(host: str) -> bytes:
    """Give the key of the attempts from one network: /24 in IPv4, /64 in IPv6; a whole office shares it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return sha256(b"network\0" + host.encode()).digest()
    prefix = 24 if address.version == 4 else 64  # noqa: PLR2004
    network = ipaddress.ip_network((address, prefix), strict=False)
    return sha256(b"network\0" + network.with_prefixlen.encode()).digest()


def count_attempt(uow: UnitOfWork, keys: Sequence[bytes], *, network: bytes | None = None) -> None:
    """Count one attempt as failed until it is told to have succeeded; raise `Throttled` when it comes too early.

    A refused attempt is not counted, so that somebody who waits is let in.
    """
    now = uow.now()
    rows = [(_row(uow, key), 0) for key in sorted(keys)]
    if network is not None:
        rows.append((_row(uow, network), NETWORK_ALLOWANCE))
    waits = [row.blocked_until - now for row, _ in rows if row.blocked_until is not None and row.blocked_until > now]
    if waits:
        raise Throttled(int(max(waits).total_seconds()))
    for row, allowance in rows:
        row.failures = 1 if now - row.last_attempt_at >= FORGOTTEN_AFTER else row.failures + 1
        row.last_attempt_at = now
        delay = delay_after(row.failures - allowance)
        row.blocked_until = now + timedelta(minutes=delay) if delay else None


def forget_old_attempts(uow: UnitOfWork) -> None:
    """Delete the counts that nobody added to for a day: addresses tried once would stay for ever."""
    old = col(SignInThrottle.last_attempt_at) <= uow.now() - FORGOTTEN_AFTER
    uow.session.execute(sa.delete(SignInThrottle).where(old))


def forget_attempts(uow: UnitOfWork, keys: Sequence[bytes], *, network: bytes | None = None) -> None:
    """Say that the attempt succeeded: the account's count is over, the network's loses only this attempt.

    Otherwise somebody with an account of their own would clear the network's count between two guesses.
    """
    uow.session.execute(sa.delete(SignInThrottle).where(col(SignInThrottle.key_hash).in_(keys)))
    if network is not None:
        row = _row(uow, network)
        row.failures = max(0, row.failures - 1)
        row.blocked_until = None if delay_after(row.failures - NETWORK_ALLOWANCE) == 0 else row.blocked_until


def _row(uow: UnitOfWork, key: bytes) -> SignInThrottle:
    """Give the row of a key, locked; made when it is the first attempt, which somebody else may be making too."""
    dialect = sqlite if uow.stores.main.embedded else postgresql
    first = dialect.insert(SignInThrottle).values(key_hash=key, failures=0, last_attempt_at=uow.now())
    uow.session.execute(first.on_conflict_do_nothing())
    return uow.session.get_one(SignInThrottle, key, with_for_update=True, populate_existing=True)

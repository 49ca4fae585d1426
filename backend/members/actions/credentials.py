"""What proves who somebody is: one-time links, TOTP, recovery codes (R16; RFC 6238)."""

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pyotp
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.crypto.keyring import ServiceKey
from backend.kernel.identifiers import ALPHABET, new_secret
from backend.members.models import Account, EnrolmentLink, Passkey, ProviderIdentity, RecoveryCode
from backend.members.queries.sessions import fingerprint
from policies.habilitation import LINK_DAYS, RECOVERY_CODES

STEP = 30
"""Seconds of a TOTP step."""

DRIFT = 1
"""Steps that a telephone's clock may be early or late."""

LINK_CODE_DIGITS = 8
RECOVERY_LENGTH = 16
"""Characters of a recovery code: 80 random bits."""


@dataclass(frozen=True, slots=True, repr=False)
class Handover:
    """What lets a person enrol: a link, which goes by e-mail, and a code, which goes by telephone; never together."""

    path: str
    code: str


def issue_link(uow: UnitOfWork, account: Account) -> Handover:
    """Draw a one-time link and its code, good for seven days; the links before it are void."""
    void_links(uow, account)
    token = new_secret()
    code = "".join(secrets.choice("0123456789") for _ in range(LINK_CODE_DIGITS))
    uow.session.add(
        EnrolmentLink(
            account_id=account.id,
            token_hash=fingerprint(token),
            code_hash=link_code_hash(uow, token, code),
            expires_at=uow.now() + timedelta(days=LINK_DAYS),
        )
    )
    return Handover(f"/inscription/{quote(token)}", code)


def void_links(uow: UnitOfWork, account: Account) -> None:
    """Forget every link of a person."""
    uow.session.execute(sa.delete(EnrolmentLink).where(col(EnrolmentLink.account_id) == account.id))


def link_code_hash(uow: UnitOfWork, token: str, code: str) -> bytes:
    """Give what is stored of a code: bound to its link's secret, and to a key that `main` does not hold.

    Until the e-mail leaves, its link waits in `main`: without the key, a stolen file would give the eight digits too.
    """
    key = uow.keyring.service_key(ServiceKey.JOURNAL_MAC)
    return hmac.digest(key, f"link-code\0{token}\0{''.join(code.split())}".encode(), "sha256")


def new_totp(uow: UnitOfWork, account: Account) -> None:
    """Draw the secret of the person's application; it counts once a first code was read from it."""
    account.totp_wrapped = uow.keyring.wrap_credential(account.id, pyotp.random_base32().encode())
    account.totp_confirmed_at = None
    account.totp_last_step = None


def totp_of(uow: UnitOfWork, account: Account) -> pyotp.TOTP:
    """Open the secret of the person's application; raises `LookupError` when there is none."""
    if account.totp_wrapped is None:
        raise LookupError("no second factor")
    return pyotp.TOTP(uow.keyring.unwrap_credential(account.id, account.totp_wrapped).decode(), interval=STEP)


def use_totp(uow: UnitOfWork, account: Account, code: str) -> bool:
    """Check a code of the application, one step early or late; a step serves once: a code seen cannot be replayed."""
    if account.totp_wrapped is None:
        return False
    totp = totp_of(uow, account)
    present = int(uow.now().timestamp()) // STEP
    given = "".join(code.split())
    for step in range(present - DRIFT, present + DRIFT + 1):
        fresh = account.totp_last_step is None or step > account.totp_last_step
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()) and fresh:
            account.totp_last_step = step
            return True
    return False


def use_recovery_code(uow: UnitOfWork, account: Account, code: str) -> bool:
    """Check a recovery code and use it up."""
    given = "".join(character for character in code.upper() if character.isalnum())
    found = uow.session.scalar(
        sa.select(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account.id,
            col(RecoveryCode.code_hash) == fingerprint(given),
            col(RecoveryCode.used_at).is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = uow.now()
    return True


def new_recovery_codes(uow: UnitOfWork, account: Account) -> tuple[str, ...]:
    """Replace the recovery codes of a person; given once, to be shown once."""
    void_recovery_codes(uow, account)
    codes = tuple(_draw_recovery_codes())
    uow.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=fingerprint(code.replace("-", ""))) for code in codes
    )
    return codes


def void_recovery_codes(uow: UnitOfWork, account: Account) -> None:
    """Forget every recovery code of a person."""
    uow.session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))


def void_passkeys(uow: UnitOfWork, account: Account) -> None:
    """Forget every passkey of a person."""
    uow.session.execute(sa.delete(Passkey).where(col(Passkey.account_id) == account.id))


def void_identity(uow: UnitOfWork, account: Account) -> bool:
    """Forget the identity of a person at the provider; tell whether there was one."""
    forgotten = uow.session.scalars(
        sa.delete(ProviderIdentity)
        .where(col(ProviderIdentity.account_id) == account.id)
        .returning(col(ProviderIdentity.id))
    )
    return bool(forgotten.all())


def _draw_recovery_codes() -> Iterator[str]:
    for _ in range(RECOVERY_CODES):
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))
        yield "-".join(drawn[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))

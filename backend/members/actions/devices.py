"""The devices of a person: recognised by a cookie, so that a sign-in from another is told by e-mail (LINC fiche 18).

What is kept of a device is its browser and its system in two closed words; neither address nor place.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.kernel.clock import PARIS
from backend.mail.outbox import queue
from backend.members.models import Account, KnownDevice
from backend.members.queries.sessions import fingerprint
from policies.sign_in import DEVICE_DAYS, DEVICES, Software, System, software_of, system_of


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """From where somebody comes: the secret of the device's cookie, and what its browser says of itself."""

    secret: str
    agent: str


def recognise(uow: UnitOfWork, account: Account, visit: Visit) -> KnownDevice:
    """Give the device of a sign-in; the first one from a device that is not known is told to the person."""
    device = uow.session.scalar(
        sa.select(KnownDevice).where(
            col(KnownDevice.account_id) == account.id, col(KnownDevice.secret_hash) == fingerprint(visit.secret)
        )
    )
    if device is None:
        device = KnownDevice(
            account_id=account.id,
            secret_hash=fingerprint(visit.secret),
            software=software_of(visit.agent),
            system=system_of(visit.agent),
            first_seen_at=uow.now(),
            last_seen_at=uow.now(),
        )
        uow.session.add(device)
        uow.session.flush()  # the session leads to it without a relationship to order them by
        # Who enrols knows where from; everybody else may learn of somebody else's sign-in here.
        if account.last_sign_in_at is not None:
            _tell(uow, account, device)
        _forget_beyond(uow, account)
    device.last_seen_at = uow.now()
    return device


def forget_devices(uow: UnitOfWork, account: Account) -> None:
    """Forget every device of a person, whose credentials are somebody else's until proved otherwise."""
    uow.session.execute(sa.delete(KnownDevice).where(col(KnownDevice.account_id) == account.id))


def forget_old_devices(uow: UnitOfWork) -> None:
    """Forget the devices from which nobody signed in for long, to be called once a day."""
    old = col(KnownDevice.last_seen_at) <= uow.now() - timedelta(days=DEVICE_DAYS)
    uow.session.execute(sa.delete(KnownDevice).where(old))


def _tell(uow: UnitOfWork, account: Account, device: KnownDevice) -> None:
    local = uow.now().astimezone(PARIS)
    queue(
        uow,
        account.email,
        "new_device",
        day=local.date(),
        hour=local.hour,
        minute=local.minute,
        software=Software.of(device.software),
        system=System.of(device.system),
    )


def _forget_beyond(uow: UnitOfWork, account: Account) -> None:
    latest = (
        sa.select(col(KnownDevice.id))
        .where(col(KnownDevice.account_id) == account.id)
        .order_by(col(KnownDevice.last_seen_at).desc(), col(KnownDevice.id))
        .limit(DEVICES)
    )
    kept = uow.session.scalars(latest).all()
    uow.session.execute(
        sa.delete(KnownDevice).where(col(KnownDevice.account_id) == account.id, col(KnownDevice.id).not_in(kept))
    )

"""A whole house on empty stores, for tests: real databases, real keys, a driven clock, no HTTP.

Tables come from the models that the test imported; migrations have tests of their own.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import backend.institutions.models  # noqa: F401  signatures refer to its table
from backend.audit.journal import Journal
from backend.authorization.actor import Actor, Grant
from backend.authorization.work import House
from backend.crypto.keyring import Keyring, ServiceKey
from backend.crypto.providers import FileRoot
from backend.kernel.clock import DrivenClock
from backend.kernel.database import JournalRow, KeysRow, MainRow, Stores, open_store
from backend.kernel.identifiers import new_id
from backend.settings import Settings
from policies.vocabulary import Role

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 9 h in Paris."""


def new_house(
    urls: dict[str, str],
    folder: Path,
    clock: DrivenClock,
    mode: Literal["demo", "production"] = "production",
    pool_size: int = 3,
) -> House:
    """Build a house on three empty stores; its caller disposes of the stores."""
    stores = Stores(**{name: open_store(url, pool_size) for name, url in urls.items()})
    for store, row in ((stores.main, MainRow), (stores.keys, KeysRow), (stores.journal, JournalRow)):
        row.metadata.create_all(store.engine)
    settings = Settings(mode=mode, data=folder / "cenacle-data", pool_size=pool_size)
    root = FileRoot.create(settings.root_key_path(), settings.data)
    keyring = Keyring.initialise(stores.keys, root, clock, mode, new_id())
    journal = Journal(
        stores,
        mac_key=keyring.service_key(ServiceKey.JOURNAL_MAC),
        log_key=keyring.service_key(ServiceKey.LOG),
        clock=clock,
    )
    return House(settings=settings, stores=stores, clock=clock, journal=journal, keyring=keyring)


def someone(*roles: Role, cell: UUID | None = None, institution: UUID | None = None) -> Actor:
    """Give somebody who holds some roles, in a cell or for the city."""
    return Actor(
        account=new_id(),
        institution=institution,
        grants=frozenset(Grant(role, cell) for role in roles),
        session=new_id(),
    )

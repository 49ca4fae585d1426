"""The keyring: draws, wraps, opens and destroys keys; nothing else reads the store `keys` (architecture.md section 4).

`ring` is what is asked of keys, `rotating` renews them, `standing` says where they stand; `rooted` opens what the root
wraps, `wraps` what the cells hold.
"""

from backend.crypto.keyring.orphans import ORPHAN_AGE, ORPHANS_AT_ONCE
from backend.crypto.keyring.ring import Keyring, Tombstone
from backend.crypto.keyring.rooted import CACHE_LIFE
from backend.crypto.keyring.rotating import LEASE, OF_ROOT, Rotation, Rotations
from backend.crypto.keyring.superseded import Superseded
from backend.crypto.keystore import HolderKind, ServiceKey

__all__ = [
    "CACHE_LIFE",
    "LEASE",
    "OF_ROOT",
    "ORPHANS_AT_ONCE",
    "ORPHAN_AGE",
    "HolderKind",
    "Keyring",
    "Rotation",
    "Rotations",
    "ServiceKey",
    "Superseded",
    "Tombstone",
]

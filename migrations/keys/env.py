"""The history of the store `keys`."""

from backend.crypto.keystore import KeysIdentity
from backend.kernel.migrations import run

run(KeysIdentity.metadata)

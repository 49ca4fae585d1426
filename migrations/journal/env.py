"""The history of the store `journal`; its identity is declared in `crypto`, with those of the other two."""

import backend.crypto.keystore  # noqa: F401
from backend.audit.models import JournalLeaf
from backend.kernel.migrations import run

run(JournalLeaf.metadata)

"""Pages of oversight: the journal and its proofs, unusual accesses, who opened a situation."""

from backend.oversight.pages.accesses import router as accesses
from backend.oversight.pages.journal import router as journal

ROUTERS = (journal, accesses)
"""Every router of oversight, wired by the app."""

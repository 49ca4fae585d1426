"""Pages of retention and purge: the audit, runs and attestations, durations, what is announced to a coordinator."""

from backend.purge.pages.durations import router as durations
from backend.purge.pages.runs import router as runs

ROUTERS = (runs, durations)
"""Every router of the purge, wired by the app."""

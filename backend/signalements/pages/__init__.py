"""Pages of intake and qualification: they translate, and have no rule of their own."""

from backend.signalements.pages.decisions import router as decisions
from backend.signalements.pages.intake import router as intake
from backend.signalements.pages.invitations import router as invitations

ROUTERS = (intake, decisions, invitations)
"""Every router of the feature, wired by the app."""

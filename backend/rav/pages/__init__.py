"""Pages of the networks, of their guide, of its public side, and of who comes with an individual situation."""

from backend.rav.pages.desks import router as desks
from backend.rav.pages.guidance import router as guidance
from backend.rav.pages.guide import router as guide
from backend.rav.pages.networks import router as networks
from backend.rav.pages.outside import router as outside
from backend.rav.pages.works import router as works

ROUTERS = (guidance, guide, desks, outside, works, networks)
"""Every router, wired by the app; the sheet of a network comes last, whose address would take the others'."""

"""Home, lists, sheet, séance, and pages of information."""

from backend.boards.pages.departures import router as departures
from backend.boards.pages.home import router as home
from backend.boards.pages.information import router as information
from backend.boards.pages.session import router as session
from backend.boards.pages.situations import router as situations

ROUTERS = (home, situations, session, departures, information)
"""Every router of the boards, wired by the app."""

"""Pages of meetings: lists and calendar, the sheet of one, its agenda, what members answer."""

from backend.agenda.pages.calendar import router as calendar
from backend.agenda.pages.preparing import router as preparing
from backend.agenda.pages.sheets import router as sheets

ROUTERS = (calendar, sheets, preparing)
"""Every router of meetings, wired by the app; the calendar comes first, its addresses are words, not references."""

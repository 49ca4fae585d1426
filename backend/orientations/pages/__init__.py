"""What the coordinator does after a meeting, and what a recipient finds; the séance is a board."""

from backend.orientations.pages.coordinating import router as coordinating
from backend.orientations.pages.receiving import router as receiving

ROUTERS = (coordinating, receiving)
"""Every router of the orientations, wired by the app."""

"""Pages of the rights of persons: the DPO's register, the coordinators' searches, the recognised situations."""

from backend.rights.pages import findings, requests, searches

ROUTERS = (searches.router, findings.router, requests.router)
"""In this order: the register answers at `/droits/{reference}`, which the others' first words would match."""

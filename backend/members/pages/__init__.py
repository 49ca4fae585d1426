"""Pages of members and institutions: they translate, and have no rule of their own."""

from backend.members.pages.accounts import router as accounts
from backend.members.pages.enrolment import router as enrolment
from backend.members.pages.habilitations import router as habilitations
from backend.members.pages.institutions import router as institutions
from backend.members.pages.own import router as own
from backend.members.pages.proconnect import router as proconnect
from backend.members.pages.security import router as security
from backend.members.pages.signing_in import router as signing_in

ROUTERS = (signing_in, proconnect, enrolment, own, security, accounts, habilitations, institutions)
"""Every router of the feature, wired by the app."""

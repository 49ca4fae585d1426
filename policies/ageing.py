"""How long an account stands that nobody signs in to (domain.md section 6; R13)."""

from collections.abc import Collection
from datetime import date

from policies.months import add_months
from policies.retention import DEFAULTS, Kind
from policies.vocabulary import Role

OCCASIONAL_ROLES = frozenset({Role.REPORTER, Role.RECIPIENT})
"""Roles of people whom Cénacle sees once a year: they signal, or they answer."""

UNUSED_REMINDER_DAYS = (30, 7)
"""Days before the suspension of an account on which its person is told."""


def unused_kind(roles: Collection[Role]) -> Kind:
    """Give the rule that suspends the account of somebody who holds these roles, or none at all."""
    return Kind.UNUSED_OCCASIONAL_ACCOUNT if roles and OCCASIONAL_ROLES.issuperset(roles) else Kind.UNUSED_ACCOUNT


def suspended_on(last_used: date, roles: Collection[Role]) -> date:
    """Give the first day on which an account is suspended for want of a sign-in."""
    return add_months(last_used, DEFAULTS.months(unused_kind(roles)))


def removed_on(last_used: date) -> date:
    """Give the first day on which nothing is kept of an account but its pseudonym."""
    return add_months(last_used, DEFAULTS.months(Kind.REMOVED_ACCOUNT))

"""Breaches: 72 hours to the second, and what each risk makes due (RGPD, articles 33 and 34; R23)."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.breaches import BreachRisk, is_late, notify_by, owes_communication, owes_notification

KNOWN = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
"""The night on which summer time ends in Paris: 72 hours are 72 hours."""


def test_the_cnil_is_notified_within_72_hours_of_the_moment_it_was_known() -> None:
    assert notify_by(KNOWN) - KNOWN == timedelta(hours=72)
    assert not is_late(KNOWN, KNOWN + timedelta(hours=72))
    assert is_late(KNOWN, KNOWN + timedelta(hours=72, seconds=1))


@pytest.mark.parametrize(
    "risk,notification,communication",
    [
        (None, True, False),
        (BreachRisk.UNLIKELY, False, False),
        (BreachRisk.RISK, True, False),
        (BreachRisk.HIGH, True, True),
    ],
)
def test_what_is_due_follows_from_the_risk_and_until_it_is_assessed_the_clock_runs(
    *, risk: BreachRisk | None, notification: bool, communication: bool
) -> None:
    assert owes_notification(risk) is notification
    assert owes_communication(risk) is communication

"""When keys are renewed: by their period, or as soon as something makes them due."""

from datetime import UTC, datetime, timedelta

from policies.retention import Kind, rule
from policies.rotation import PERIOD, SUSPICIONS, RotationGround, due_at, old_root_life, replaced_key_life

DRAWN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_key_is_due_after_two_years_or_since_it_was_marked() -> None:
    assert timedelta(days=730) == PERIOD
    assert due_at(DRAWN, None) == DRAWN + PERIOD
    assert due_at(DRAWN, DRAWN + timedelta(days=3)) == DRAWN + timedelta(days=3)
    assert due_at(DRAWN, DRAWN + 2 * PERIOD) == DRAWN + PERIOD


def test_what_was_replaced_stays_as_long_as_a_backup_may_need_it() -> None:
    assert replaced_key_life() == timedelta(days=rule(Kind.MAIN_BACKUP).days or 0) == timedelta(days=30)
    assert old_root_life() == timedelta(days=rule(Kind.KEYS_BACKUP).days or 0) == timedelta(days=7)


def test_nobody_states_as_a_suspicion_what_the_service_finds_by_itself() -> None:
    assert not SUSPICIONS & {
        RotationGround.PERIOD,
        RotationGround.DEPARTURE,
        RotationGround.EXCLUSION,
        RotationGround.MOVE,
    }

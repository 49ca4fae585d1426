"""Lists are bounded per hour: the file of a cell cannot be copied page by page."""

from datetime import timedelta

import pytest

from backend.authorization.quota import charge_listing
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import SignInRequired, Throttled
from policies.disclosure import LISTED_PER_HOUR
from tests.unit.authorization.conftest import Scene


def _list(scene: Scene, rows: int) -> None:
    with scene.house.transaction(scene.coordinator) as uow:
        charge_listing(uow, rows)


def test_a_day_s_work_passes_and_a_copy_of_the_file_does_not(scene: Scene) -> None:
    _list(scene, LISTED_PER_HOUR)
    with pytest.raises(Throttled) as refused:
        _list(scene, 1)
    assert 0 < refused.value.retry_after <= 3600


def test_a_refused_page_does_not_count(scene: Scene) -> None:
    _list(scene, LISTED_PER_HOUR - 1)
    with pytest.raises(Throttled):
        _list(scene, 2)
    _list(scene, 1)


def test_the_next_hour_starts_from_nothing(scene: Scene, clock: DrivenClock) -> None:
    _list(scene, LISTED_PER_HOUR)
    clock.advance(timedelta(hours=1))
    _list(scene, LISTED_PER_HOUR)


def test_one_person_s_lists_do_not_weigh_on_another(scene: Scene) -> None:
    _list(scene, LISTED_PER_HOUR)
    with scene.house.transaction(scene.parquet) as uow:
        charge_listing(uow, 1)


def test_nobody_lists_without_being_signed_in(scene: Scene) -> None:
    with pytest.raises(SignInRequired), scene.house.transaction() as uow:
        charge_listing(uow, 1)

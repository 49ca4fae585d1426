"""What a backup destroys beside what it makes: copies that are over, never on a clock that jumped."""

import fcntl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import backend.tables  # noqa: F401  the house needs every table
from backend.authorization.timekeeping import trust_clock
from backend.authorization.work import House
from backend.cli.doctor import unfinished
from backend.crypto.keystore import MainIdentity
from backend.custody.actions import saving
from backend.custody.actions.saving import save
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from policies.custody_words import StoreKind
from tests.support.house import MORNING, new_house

PUBLIC = X25519PrivateKey.generate().public_key().public_bytes_raw()


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(tmp_path: Path, clock: DrivenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    urls = {name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")}
    built = new_house(urls, tmp_path, clock)
    with built.stores.main.transaction() as session:
        session.add(MainIdentity(mode="production", store_set=new_id(), created_at=clock()))
    monkeypatch.setattr(saving, "revision", lambda _store: "0001")  # these tables come from the models
    _trusts(built)
    yield built
    built.stores.dispose()


def _trusts(house: House) -> None:
    with house.transaction() as uow:
        trust_clock(uow)


def _saves(house: House, folder: Path) -> set[str]:
    """Save the keys, and give the copies that are there."""
    save(house, PUBLIC, folder, (StoreKind.KEYS,))
    return {path.name for path in (folder / "keys").iterdir()}


@pytest.mark.parametrize("years", [10, -10])
def test_a_backup_on_a_wrong_clock_destroys_no_other_and_goes_with_the_next_one(
    house: House, clock: DrivenClock, tmp_path: Path, years: int
) -> None:
    folder = tmp_path / "copies"
    first = _saves(house, folder)
    jump = timedelta(days=365 * years)
    clock.advance(jump)
    second = _saves(house, folder)
    assert first < second
    assert house.keyring.last_backup(StoreKind.KEYS) == MORNING, "what a wrong clock dates does not count"
    clock.advance(timedelta(days=1) - jump)
    third = _saves(house, folder)
    assert first < third
    assert len(third) == 2, "the copy that the wrong clock dated is gone"


def test_what_a_killed_backup_left_goes_and_what_another_one_is_writing_stays(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "copies" / "keys"
    folder.mkdir(parents=True)
    killed, written = (folder / f"keys-2026112{day}T080000Z.backup.partial" for day in (1, 2))
    killed.write_bytes(b"sealed")
    with written.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        (finding,) = unfinished(folder.parent)
        assert "à détruire : 1" in finding.sentence
        left = _saves(house, folder.parent)
    assert killed.name not in left
    assert written.name in left
    assert len(left) == 2
    _saves(house, folder.parent)
    assert list(unfinished(folder.parent)) == []


def test_a_backup_goes_when_its_life_is_over(house: House, clock: DrivenClock, tmp_path: Path) -> None:
    first = _saves(house, tmp_path / "copies")
    for _ in range(7):
        clock.advance(timedelta(days=1))
        _trusts(house)
        last = _saves(house, tmp_path / "copies")
    assert len(last) == 7
    assert not first & last

"""The tables of keys print nothing and name nobody, the three stores know each other, the inventory is the code's."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend.crypto.keystore import (
    HolderKey,
    HolderKind,
    IdentityColumns,
    IdentityError,
    JournalIdentity,
    KeysIdentity,
    MainIdentity,
    RestorationRecord,
    SearchToken,
    ServiceKey,
    ServiceKeyRecord,
    SubjectWrap,
    TombstoneRecord,
    check_files,
    check_identity,
    check_restoration,
)
from backend.kernel.clock import DrivenClock
from backend.kernel.database import KeysRow, Store, Stores, open_store
from policies.classification import Classification

INVENTORY = Path(__file__).parents[3] / "docs" / "keys.md"


@pytest.fixture
def stores(store_urls: dict[str, str]) -> Iterator[Stores]:
    opened = Stores(*(open_store(store_urls[name], 2) for name in ("main", "keys", "journal")))
    for store in (opened.main, opened.keys, opened.journal):
        KeysIdentity.__table__.create(store.engine)  # type: ignore[attr-defined]
    yield opened
    opened.dispose()


def test_nothing_opens_while_a_restoration_is_not_finished(stores: Stores, clock: DrivenClock) -> None:
    RestorationRecord.__table__.create(stores.keys.engine)  # type: ignore[attr-defined]
    check_restoration(stores.keys)
    with stores.keys.transaction() as session:
        session.add(RestorationRecord(id=ONE, started_at=clock(), finished_at=clock()))
    check_restoration(stores.keys)
    with stores.keys.transaction() as session:
        session.add(RestorationRecord(id=OTHER, started_at=clock()))
    with pytest.raises(IdentityError, match="restore --resume"):
        check_restoration(stores.keys)


def write(store: Store, identity: type[IdentityColumns], mode: str, store_set: UUID, at: datetime) -> None:
    with store.transaction() as session:
        session.add(identity(mode=mode, store_set=store_set, created_at=at))


def write_all(stores: Stores, clock: DrivenClock, modes: tuple[str, str, str], sets: tuple[UUID, UUID, UUID]) -> None:
    write(stores.main, MainIdentity, modes[0], sets[0], clock())
    write(stores.keys, KeysIdentity, modes[1], sets[1], clock())
    write(stores.journal, JournalIdentity, modes[2], sets[2], clock())


ONE, OTHER = uuid4(), uuid4()
DEMO = ("demo", "demo", "demo")


def test_three_stores_of_one_set_and_mode_start(stores: Stores, clock: DrivenClock) -> None:
    write_all(stores, clock, DEMO, (ONE, ONE, ONE))
    check_identity(stores, "demo")


@pytest.mark.parametrize(
    "sets", [(OTHER, ONE, ONE), (ONE, OTHER, ONE), (ONE, ONE, OTHER)], ids=["main", "keys", "journal"]
)
def test_a_store_of_another_set_stops_the_start(
    stores: Stores, clock: DrivenClock, sets: tuple[UUID, UUID, UUID]
) -> None:
    write_all(stores, clock, DEMO, sets)
    with pytest.raises(IdentityError, match="même installation"):
        check_identity(stores, "demo")


@pytest.mark.parametrize(
    "modes, asked, store",
    [
        (DEMO, "production", "main"),
        (("production", "demo", "production"), "production", "keys"),
        (("demo", "demo", "production"), "demo", "journal"),
    ],
)
def test_a_store_of_another_mode_stops_the_start(
    stores: Stores, clock: DrivenClock, modes: tuple[str, str, str], asked: str, store: str
) -> None:
    write_all(stores, clock, modes, (ONE, ONE, ONE))
    with pytest.raises(IdentityError, match=f"« {store} » a été créé en mode"):
        check_identity(stores, asked)


@pytest.mark.parametrize("lost", ["main", "keys", "journal"])
def test_a_store_whose_file_is_lost_stops_the_start_and_is_not_made_again(tmp_path: Path, lost: str) -> None:
    stores = Stores(*(open_store(f"sqlite:///{tmp_path / name}.sqlite", 1) for name in ("main", "keys", "journal")))
    for name in {"main", "keys", "journal"} - {lost}:
        (tmp_path / f"{name}.sqlite").touch()
    with pytest.raises(IdentityError, match=f"« {lost} » a disparu"):
        check_files(stores)
    assert not (tmp_path / f"{lost}.sqlite").exists()


def test_a_folder_without_any_store_says_to_begin(tmp_path: Path) -> None:
    stores = Stores(*(open_store(f"sqlite:///{tmp_path / name}.sqlite", 1) for name in ("main", "keys", "journal")))
    with pytest.raises(IdentityError, match="cenacle init"):
        check_files(stores)


def test_stores_on_servers_have_no_file_to_lose() -> None:
    urls = (f"postgresql+psycopg://nobody@localhost/{name}" for name in ("main", "keys", "journal"))
    check_files(Stores(*(open_store(url, 1) for url in urls)))


def test_a_store_without_identity_stops_the_start(stores: Stores, clock: DrivenClock) -> None:
    write(stores.main, MainIdentity, "demo", ONE, clock())
    with pytest.raises(IdentityError, match=r"« keys » n'a pas été initialisé"):
        check_identity(stores, "demo")


def test_every_column_of_the_keys_store_is_classified_and_none_is_about_a_person() -> None:
    allowed = {Classification.REFERENCE, Classification.OPERATIONAL, Classification.SECRET}
    for table in KeysRow.metadata.tables.values():
        for column in table.columns:
            assert column.info["classification"] in allowed, column


def test_whatever_is_wrapped_or_hashed_is_secret() -> None:
    for table in KeysRow.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.LargeBinary) and column.name != "public":
                assert column.info["classification"] is Classification.SECRET, column


@pytest.mark.parametrize("row", [SubjectWrap, SearchToken, HolderKey, ServiceKeyRecord, TombstoneRecord])
def test_a_row_of_keys_prints_its_table_alone(row: type[KeysRow]) -> None:
    filled = row(wrapped=b"wrapped", digest=b"digest", reference="7K3M", subject=ONE)
    assert repr(filled) == str(filled) == f"<{row.__name__}>"


def test_the_inventory_has_a_line_for_each_kind_of_key_and_no_other() -> None:
    described = re.findall(r"^\| `([a-z-]+)` \|", INVENTORY.read_text(encoding="utf-8"), re.MULTILINE)
    kinds = ["root", "subject", *HolderKind, *ServiceKey]
    assert sorted(described) == sorted(kinds)


def test_the_inventory_fills_every_box() -> None:
    lines = [line for line in INVENTORY.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert lines
    for line in lines:
        boxes = [box.strip() for box in line.strip("|").split("|")]
        assert len(boxes) == 7, line
        assert all(boxes), line

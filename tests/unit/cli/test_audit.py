"""`cenacle audit`: what it says of a whole journal and of one that was touched, and how it exits."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from backend.authorization.work import House
from backend.cli.audit import app
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import DrivenClock
from tests.support.house import MORNING, new_house
from tests.support.journal import ENTRY, OUTBOX, SITUATION, open_stores, owner, write


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    open_stores(store_urls).dispose()
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


def test_a_whole_journal_is_said_whole(house: House) -> None:
    write(house.journal, 3, SITUATION)
    house.journal.seal_outbox()
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 0
    assert "Événements scellés : 3\nÉvénements en attente : 0\n" in told.output
    assert told.output.endswith("Le journal est intègre.\n")


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_what_expired_is_counted(house: House, clock: DrivenClock) -> None:
    write(house.journal, 3)
    house.journal.seal_outbox()
    clock.advance(timedelta(days=366))
    write(house.journal)
    house.journal.seal_outbox()
    house.journal.expire(MORNING + timedelta(days=1), house.keyring.public_key(ServiceKey.LOG))
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 0
    assert "Contenus expirés : 3, inscrits avant le 24/11/2026 ; leurs empreintes restent.\n" in told.output


def test_one_altered_byte_is_named_and_the_command_fails(house: House) -> None:
    write(house.journal, 3, SITUATION)
    house.journal.seal_outbox()
    with owner(house.stores.journal) as attacker:
        attacker.execute(sa.update(ENTRY).where(ENTRY.c.leaf == 1).values(salt=bytes(32)))
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 1
    assert "Feuille 1 : l'empreinte ou le sel a été modifié." in told.stderr
    assert "PAS intègre" in told.stderr


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_dropped_trigger_is_named_and_the_command_fails(house: House) -> None:
    with owner(house.stores.journal):
        pass
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 1
    assert "Protection retirée de la base : journal_leaf_refuse_delete" in told.stderr


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_missing_number_is_named_and_the_command_fails(house: House) -> None:
    write(house.journal, 3)
    with owner(house.stores.main) as attacker:
        attacker.execute(sa.delete(OUTBOX).where(OUTBOX.c.sequence == 2))
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 1
    assert f"Numéros manquants, écrivain {house.journal.writer} : de 2 à 2" in told.stderr


def test_the_last_checkpoint_is_printed_as_it_was_signed(house: House) -> None:
    assert CliRunner().invoke(app, ["checkpoint"], obj=house).exit_code == 1
    write(house.journal, 3)
    house.journal.seal_outbox()
    told = CliRunner().invoke(app, ["checkpoint"], obj=house)
    assert (told.exit_code, told.stdout) == (0, house.journal.checkpoint())

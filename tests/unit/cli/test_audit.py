"""`cenacle audit`: what it says of a whole journal and of one that was touched, and how it exits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from backend.audit.proving import check_event
from backend.authorization.work import House
from backend.cli.audit import app
from backend.crypto.keyring import ServiceKey
from backend.kernel.clock import DrivenClock
from backend.oversight.models import CosignedCheckpoint
from tests.support.house import MORNING, new_house
from tests.support.journal import CHECKPOINT, ENTRY, OUTBOX, SITUATION, open_stores, owner, write
from tests.support.witness import SECONDS, cosign, verifier

SQLITE = pytest.mark.parametrize("engine_kind", ["sqlite"])


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


@SQLITE
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


@SQLITE
def test_a_dropped_trigger_is_named_and_the_command_fails(house: House) -> None:
    with owner(house.stores.journal):
        pass
    told = CliRunner().invoke(app, ["verify"], obj=house)
    assert told.exit_code == 1
    assert "Protection retirée de la base : journal_leaf_refuse_delete" in told.stderr


@SQLITE
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


@pytest.fixture
def earlier(house: House, tmp_path: Path) -> Path:
    """Give a checkpoint kept from before the last events."""
    write(house.journal, 3, SITUATION)
    house.journal.seal_outbox()
    kept = tmp_path / "earlier.txt"
    kept.write_text(str(house.journal.checkpoint()), encoding="utf-8")
    write(house.journal, 2)
    house.journal.seal_outbox()
    return kept


def ask(house: House, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], obj=house)


@SQLITE
def test_the_proof_of_an_event_is_printed_and_holds(house: House, earlier: Path) -> None:
    told = ask(house, "prove", 1)
    key = house.keyring.public_key(ServiceKey.LOG)
    assert (told.exit_code, check_event(told.stdout, key).number) == (0, 1)
    refused = ask(house, "prove", 5)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Aucune preuve" in refused.stderr
    assert earlier.is_file()


@SQLITE
def test_nothing_was_removed_between_two_checkpoints(house: House, earlier: Path, tmp_path: Path) -> None:
    told = ask(house, "consistency", earlier)
    assert told.exit_code == 0
    assert told.stdout.endswith("Cohérent : les 3 premiers événements sont les mêmes, il y en a 5.\n")
    later = tmp_path / "later.txt"
    later.write_text(ask(house, "checkpoint").stdout, encoding="utf-8")
    assert ask(house, "consistency", earlier, later).stdout == told.stdout
    backwards = ask(house, "consistency", later, earlier)
    assert (backwards.exit_code, backwards.stderr.startswith("INCOHÉRENT")) == (1, True)


@SQLITE
def test_what_is_no_checkpoint_of_this_journal_is_refused(house: House, earlier: Path, tmp_path: Path) -> None:
    earlier.write_text(earlier.read_text(encoding="utf-8").replace("\n3\n", "\n4\n"), encoding="utf-8")
    assert "n'est pas signé par la clé" in ask(house, "consistency", earlier).stderr
    assert "ne se lit pas" in ask(house, "consistency", tmp_path / "nowhere").stderr


@SQLITE
def test_the_tree_is_exported_once_in_a_folder(house: House, earlier: Path, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    told = ask(house, "export", folder, "--entries")
    assert told.stdout.startswith("Feuilles exportées : 5 ; paquets de contenus : 1.\nClé publique du journal : ")
    assert "n'est pas vide" in ask(house, "export", folder).stderr
    assert "ne peut pas être écrit" in ask(house, "export", earlier / "below").stderr


@SQLITE
def test_nothing_is_exported_or_published_before_the_first_seal(house: House, tmp_path: Path) -> None:
    assert "Rien n'a encore été scellé" in ask(house, "export", tmp_path / "export").stderr
    assert "Aucune publication n'est réglée" in ask(house, "publish").stderr
    assert "Rien n'a encore été scellé" in ask(published(house, checkpoint_folder=tmp_path), "publish").stderr


def published(house: House, **settings: object) -> House:
    return replace(house, settings=house.settings.model_copy(update=settings))


@SQLITE
def test_each_way_out_is_named_with_what_became_of_it(house: House, earlier: Path, tmp_path: Path) -> None:
    folder = earlier.parent
    assert ask(published(house, checkpoint_folder=folder), "publish").stdout == "dossier : fait\n"
    told = ask(published(house, checkpoint_folder=folder, checkpoint_command="false"), "publish")
    assert (told.exit_code, told.stdout) == (1, "dossier : fait\n")
    assert told.stderr == "commande d'un témoin : échec\n"
    with owner(house.stores.journal) as attacker:
        attacker.execute(sa.update(CHECKPOINT).values(note="rien"))
    assert "n'est pas signé" in ask(published(house, checkpoint_folder=tmp_path), "publish").stderr


@SQLITE
def test_verify_and_export_hold_the_journal_to_what_its_witness_cosigned(
    house: House, earlier: Path, tmp_path: Path
) -> None:
    note = earlier.read_text(encoding="utf-8")
    size = int(note.splitlines()[1])
    row = CosignedCheckpoint(size=size, note=f"{note}{cosign(note)}\n", signed_at=datetime.fromtimestamp(SECONDS, UTC))
    with house.stores.main.transaction() as session:
        session.add(row)
    watched = published(house, checkpoint_witness=verifier())
    told = ask(watched, "verify")
    assert told.exit_code == 0, told.output
    assert f"Points de contrôle cosignés par le témoin : 1 ; le dernier, de {size} événements" in told.stdout
    assert ask(watched, "export", tmp_path / "export").exit_code == 0
    assert (tmp_path / "export" / "checkpoint.cosigned").read_text(encoding="utf-8").endswith(f"{cosign(note)}\n")
    assert ask(watched, "consistency", tmp_path / "export" / "checkpoint.cosigned").exit_code == 0
    wrong = ask(published(house, checkpoint_witness=verifier(key=bytes(32))), "verify")
    assert wrong.exit_code == 1
    assert f"contredit le point de contrôle cosigné de {size} événements" in wrong.stderr
    assert "CENACLE_CHECKPOINT_WITNESS" in ask(published(house, checkpoint_witness="rien"), "verify").stderr

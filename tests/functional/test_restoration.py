"""Backups and restorations as an operator makes them: nothing purged comes back, nothing newer is lost.

On files, and on real PostgreSQL with real dumps.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col
from typer.testing import CliRunner, Result

from backend.app import open_house
from backend.authorization.roles import Discrepancies, read_back
from backend.authorization.row_security import POLICIES
from backend.authorization.vault import Purpose, open_rows
from backend.cells.actions import decide_act
from backend.cells.models import RecordedAct
from backend.cells.states import ActDecision
from backend.cli import custody
from backend.cli.command import app
from backend.crypto.keyring.standing import standing_of
from backend.crypto.keystore import IdentityError
from backend.custody.actions.register import keep_register
from backend.custody.actions.rotating import rotate_cell, rotate_root
from backend.kernel.clock import DrivenClock
from backend.kernel.database import open_store
from backend.kernel.errors import NotFound
from backend.members.actions.exclusions import exclude_person
from backend.members.models import Account
from backend.purge.actions.running import run
from backend.purge.actions.switching import restart, stop
from backend.settings import Settings
from backend.signalements.models import Draft
from backend.situations.models import Situation, SituationPerson
from policies.habilitation import ExclusionGround
from policies.retention_words import Custody
from policies.rotation import RootPlace, RotationGround
from tests.functional.test_purge import exists, inadmissible, others
from tests.functional.test_purge_erasure import RARE, files_with, secrets_of
from tests.functional.test_rights import denied, pressed, recognised, registered
from tests.support.cast import Cast, copied
from tests.support.http import words_of
from tests.support.journeys import TYPED, agreed, decided, drafted, opened_by, qualified, sent
from tests.support.postgresql import Cluster

STORES = ("main", "keys", "journal")


class Operator:
    """Who runs the commands on a machine: its environment, its key in a drawer, its clock."""

    def __init__(self, cast: Cast, patch: pytest.MonkeyPatch) -> None:
        settings = cast.house.settings
        self.cast = cast
        self.patch = patch
        self.data = settings.data
        self.private = cast.folder / "coffre" / "privee"
        self.private.parent.mkdir()
        patch.setenv("CENACLE_MODE", "demo")
        patch.setenv("CENACLE_DATA", str(settings.data))
        for store in STORES:
            url: SecretStr | None = getattr(settings, f"{store}_url")
            if url is not None:
                patch.setenv(f"CENACLE_{store.upper()}_URL", url.get_secret_value())
        patch.setattr(custody, "system_clock", cast.clock)
        patch.setattr(
            custody,
            "opened",
            lambda settings, destroying: open_house(settings, cast.clock, destroying=destroying),
        )
        patch.setattr(
            custody, "open_house", lambda settings, restoring: open_house(settings, cast.clock, restoring=restoring)
        )

    def signs_in(self, names: Mapping[str, str], postgresql: Cluster, role: str) -> None:
        """Use the addresses of another role from here on."""
        for store, name in names.items():
            self.patch.setenv(f"CENACLE_{store.upper()}_URL", postgresql.url(name, role))

    def types(self, *words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    def saves(self) -> dict[str, Path]:
        """Save, and give the latest file of each store."""
        told = self.types("backup")
        assert told.exit_code == 0, told.output
        folder = Settings().backup_path()
        return {store: max((folder / store).glob("*.backup")) for store in STORES}

    def restores(self, files: Mapping[str, Path], *more: object) -> Result:
        named = [word for store, path in files.items() for word in (f"--{store}", path)]
        return self.types("restore", *named, "--private-key", self.private, *more)

    def loses(self, *stores: str) -> None:
        self.cast.house.stores.dispose()
        for store in stores:
            for path in self.data.glob(f"{store}.sqlite*"):
                path.unlink()


def nearly_over(cast: Cast) -> str:
    """Leave a situation that the purge of tomorrow destroys, among others, and give its reference."""
    agreed(cast)
    ended = inadmissible(cast, **RARE)
    others(cast, 5)
    with cast.house.transaction(cast.everywhere()) as uow:
        uow.session.execute(
            sa.update(Situation)
            .where(col(Situation.reference) == ended)
            .values(qualified_at=cast.clock() - timedelta(days=24))
        )
    for _ in range(6):
        cast.pass_time(timedelta(days=1))
        run(cast.purging)
    assert referenced(cast, ended)
    return ended


def days_pass(cast: Cast, days: int) -> None:
    for _ in range(days):
        cast.pass_time(timedelta(days=1))
        run(cast.purging)


def referenced(cast: Cast, reference: str) -> bool:
    with cast.house.transaction(cast.everywhere()) as uow:
        return uow.session.scalar(sa.select(col(Situation.id)).where(col(Situation.reference) == reference)) is not None


@pytest.fixture(scope="module")
def eve(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cast, str]:
    made = copied(troupe, tmp_path_factory.mktemp("veille") / "house")
    ended = nearly_over(made)
    made.house.stores.dispose()
    return made, ended


@pytest.fixture
def cast(eve: tuple[Cast, str], tmp_path: Path) -> Iterator[Cast]:
    """Give a house on the eve of the destruction of one situation."""
    own = copied(eve[0], tmp_path / "house")
    own.clock.advance(eve[0].clock() - own.clock())
    yield own
    own.house.stores.dispose()


@pytest.fixture
def purged(eve: tuple[Cast, str]) -> str:
    return eve[1]


@pytest.fixture
def operator(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Operator:
    made = Operator(cast, monkeypatch)
    assert made.types("keys", "backup-key", "--private", made.private).exit_code == 0
    return made


def count(said: Result, label: str) -> int:
    found = re.search(rf"{label}[^:]*: (\d+)\.", said.output)
    assert found, said.output
    return int(found[1])


def reopened(cast: Cast) -> Cast:
    house = open_house(cast.house.settings, cast.clock)
    return Cast(house, cast.clock, cast.cells, cast.institutions, cast.people, cast.kept, cast.folder)


def test_an_older_backup_of_the_rows_brings_nothing_purged_back_and_keeps_what_is_newer(
    cast: Cast, operator: Operator, purged: str
) -> None:
    secrets = secrets_of(cast, purged)
    before = operator.saves()
    moved = sent(cast, last_name="Mobile", first_name="Ana")
    cast.pass_time(timedelta(minutes=5))
    between = operator.saves()
    decided(cast, moved.situation, "transfert", {"arrondissement": "18"})
    days_pass(cast, 2)
    assert exists(cast, purged) is None
    newer = sent(cast, last_name="Récente", first_name="Zoé")
    keys = alive(cast)
    operator.loses("main")
    said = operator.restores({"main": between["main"]})
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    assert count(said, "rendues à leur cellule") == 2, "the situation that was moved, and its text"
    back = reopened(cast)
    try:
        assert exists(back, purged) is None
        assert files_with(operator.data, secrets) == []
        assert "Mobile" in words_of(back.another("coordinator_13").get(f"/situations/{moved.situation}"))
        assert back.anonymous().get("/situations").status_code == 303
        assert alive(back) >= keys, "no key of what came after is destroyed"
        assert exists(back, newer.situation) is None
        assert back.house.journal.verify().ok
    finally:
        back.house.stores.dispose()
    operator.loses("main")
    said = operator.restores({"main": before["main"]})
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1


def test_what_protected_somebody_since_the_backup_is_put_back_and_the_purge_waits_for_the_dpo(
    cast: Cast, operator: Operator, purged: str
) -> None:
    unwanted = sent(cast, facts="", last_name="Effacée", first_name="Lou").situation
    saved = operator.saves()["main"]
    cast.pass_time(timedelta(hours=8))
    objecting = registered(cast, claim="objection", last_name=RARE["last_name"], first_name=RARE["first_name"])
    recognised(cast, objecting, purged)
    erasing = registered(cast, claim="erasure", last_name="Effacée", first_name="Lou")
    recognised(cast, erasing, unwanted)
    denied(cast, erasing)
    assert pressed(cast, "dpo", f"/droits/{erasing}", "decision", decision="granted").status_code == 303
    with cast.house.transaction(cast.actor("dpo")) as uow:
        stop(uow)
        [act] = uow.session.scalars(sa.select(RecordedAct))
        withdrawn = decide_act(uow, act.reference, act.version, decision=ActDecision.WITHDRAW).reference
    operator.loses("main")
    said = operator.restores({"main": saved})
    assert said.exit_code == 0, said.output
    assert count(said, "remises sous limitation") == 2
    for label, about in (
        ("Demande d'exercice des droits enregistrée", objecting),
        ("Situation placée sous limitation", purged),
        ("Effacement d'une situation décidé", unwanted),
        ("Acte de mise en service confirmé, refusé ou retiré", withdrawn),
    ):
        assert re.search(rf"À refaire avant de servir : {label} \([^)]*{about}", said.stderr), said.stderr
    back = reopened(cast)
    days_pass(back, 3)
    kept, gone = exists(back, purged), exists(back, unwanted)
    assert kept is not None
    assert kept.limited_at is not None
    assert gone is not None
    assert (gone.erased_at is not None, gone.custody) == (True, Custody.LOCKED)
    assert back.browser("coordinator_13").get(f"/situations/{unwanted}").status_code == 404
    with back.house.transaction(back.everywhere()) as uow:
        assert not uow.keyring.open_subjects({(gone.id, gone.cell_id)}), "its key is out of the cell's hands"
    for page in ("/", "/purge"):
        assert "restaurées d'une sauvegarde" in words_of(back.browser("dpo").get(page))
    with back.house.transaction(replace(back.actor("dpo"), stepped_up=True)) as uow:
        restart(uow)
    days_pass(back, 2)
    assert exists(back, purged) is not None, "frozen, whatever its notice had seen"
    back.house.stores.dispose()


def alive(cast: Cast) -> set[object]:
    with cast.house.stores.keys.transaction() as session:
        return set(session.scalars(sa.text("SELECT subject FROM subject")))


def test_the_thief_of_the_root_key_todays_keys_and_the_rows_of_a_draft_opens_nothing_purged(
    cast: Cast, operator: Operator, tmp_path: Path
) -> None:
    address = drafted(cast)
    cast.browser("reporter").send(address, {**TYPED, **RARE, "act": "save"})
    cast.house.stores.dispose()
    old = tmp_path / "ancienne"
    shutil.copytree(operator.data, old)
    receipt = cast.browser("reporter").send(address, {**TYPED, **RARE, "act": "send"}).headers["location"]
    situation = opened_by(cast, receipt.removeprefix("/recepisses/")).situation
    qualified(cast, situation, admissible="non", ground="not_a_minor")
    others(cast, 5)
    with cast.house.stores.main.transaction() as session:
        values = {"qualified_at": cast.clock() - timedelta(days=24)}
        session.execute(sa.update(Situation).where(col(Situation.reference) == situation).values(values))
    days_pass(cast, 8)
    assert exists(cast, situation) is None
    cast.house.stores.dispose()
    for path in old.glob("keys.sqlite*"):
        path.unlink()
    for path in operator.data.glob("keys.sqlite*"):
        shutil.copy(path, old / path.name)
    stolen = cast.house.settings.model_copy(update={"data": old, "root_key_file": cast.house.settings.root_key_path()})
    thief = open_house(stolen, DrivenClock(cast.clock()))
    with thief.transaction(cast.actor("reporter")) as uow:
        [draft] = uow.session.scalars(sa.select(Draft))
        uow.keyring.reinstate([draft.id])
        uow.keyring.release([draft.id])
        with pytest.raises(NotFound):
            open_rows(uow, [draft], ["content"], Purpose.DRAFT, [])
    thief.stores.dispose()


def test_a_rotation_after_the_backup_brings_nothing_purged_back_and_needs_the_root_that_its_custodians_kept(
    cast: Cast, operator: Operator, purged: str
) -> None:
    alive_one = sent(cast, last_name="Vivante", first_name="Ana").situation
    saved = operator.saves()
    house, cell = cast.house, cast.cells["13"].id
    assert rotate_root(house, RootPlace.FILE, RotationGround.PERIOD, unheard)
    assert rotate_cell(house, cell, 1, RotationGround.LOST_COPY, unheard)
    root = house.settings.root_key_path()
    vault = root.rename(root.with_name("coffre.root-key"))
    assert "Vivante" in words_of(cast.another("coordinator_13").get(f"/situations/{alive_one}"))
    secrets = secrets_of(cast, purged)
    days_pass(cast, 2)
    assert exists(cast, purged) is None
    assert files_with(operator.data, secrets) == []
    keep_register(house)

    # The rows alone, older than the rotation: the replaced keys still open them.
    operator.loses("main")
    said = operator.restores({"main": saved["main"]})
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    back = reopened(cast)
    assert exists(back, purged) is None
    assert "Vivante" in words_of(back.another("coordinator_13").get(f"/situations/{alive_one}"))
    back.house.stores.dispose()

    # Rows and keys of before: under the old root, which the operator brings back from where it was kept.
    operator.loses("main", "keys")
    refused = operator.restores({"main": saved["main"], "keys": saved["keys"]})
    assert (refused.exit_code, "clé racine est absent" in refused.stderr) == (1, True), refused.output
    vault.rename(root)
    said = operator.types("restore", "--resume")
    assert said.exit_code == 0, said.output
    back = reopened(cast)
    assert exists(back, purged) is None
    assert "Vivante" in words_of(back.another("coordinator_13").get(f"/situations/{alive_one}"))
    assert rotate_root(back.house, RootPlace.FILE, RotationGround.PERIOD, unheard)
    assert [one.generation for one in standing_of(back.house.stores.keys).roots] == [3], "2 is another key's"
    assert rotate_cell(back.house, cell, 1, RotationGround.LOST_COPY, unheard)
    assert exists(back, purged) is None
    assert "Vivante" in words_of(back.another("coordinator_13").get(f"/situations/{alive_one}"))
    assert back.house.journal.verify().ok
    back.house.stores.dispose()


def unheard(_moved: int, _total: int) -> None:
    """Nobody looks."""


def test_losing_every_store_brings_them_back_as_of_the_backup_without_what_the_register_says_is_gone(
    cast: Cast, operator: Operator, purged: str
) -> None:
    saved = operator.saves()
    days_pass(cast, 2)
    with cast.house.transaction(cast.actor("administrator")) as uow:
        account = uow.session.get_one(Account, cast.people["police_13"].id)
        police = exclude_person(uow, account.reference, account.version, ground=ExclusionGround.MISUSE).reference
    keep_register(cast.house)
    journal = operator.data / "journal.sqlite"
    assert exists(cast, purged) is None
    operator.loses("main", "keys")
    register = Settings().register_path()
    register.rename(register.with_suffix(".ailleurs"))
    refused = operator.restores({"main": saved["main"], "keys": saved["keys"]})
    assert (refused.exit_code, "registre des destructions manque" in refused.stderr) == (1, True)
    assert not (operator.data / "main.sqlite").exists()
    said = operator.restores(
        {"main": saved["main"], "keys": saved["keys"]}, "--register", register.with_suffix(".ailleurs")
    )
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    assert f"Personne exclue pour manquement ({police})" in said.stderr
    assert journal.is_file()
    back = reopened(cast)
    assert exists(back, purged) is None
    assert back.house.journal.verify().ok
    back.house.stores.dispose()


def test_without_its_tombstones_the_journal_still_says_what_was_purged(
    cast: Cast, operator: Operator, purged: str
) -> None:
    saved = operator.saves()
    empty = Settings().register_path()
    aside = empty.with_suffix(".vieux")
    shutil.copy(empty, aside)
    days_pass(cast, 2)
    operator.loses("main", "keys")
    empty.unlink()
    said = operator.restores({"main": saved["main"], "keys": saved["keys"]}, "--register", aside)
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    back = reopened(cast)
    assert exists(back, purged) is None
    back.house.stores.dispose()


def test_nothing_is_served_in_the_middle_of_a_restoration_and_it_is_resumed(
    cast: Cast, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(cast)
    saved = operator.saves()
    operator.loses("main")
    with monkeypatch.context() as killed:
        killed.setattr(custody, "finish_restoration", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with suppress(KeyboardInterrupt):
            operator.restores({"main": saved["main"]})
    with pytest.raises(IdentityError, match="--resume"):
        open_house(cast.house.settings, cast.clock)
    assert operator.types("backup").exit_code == 1
    assert operator.types("restore", "--resume").exit_code == 0
    again = operator.types("restore", "--resume")
    assert (again.exit_code, again.stderr) == (1, "Aucune restauration n'est en cours.\n")
    open_house(cast.house.settings, cast.clock).stores.dispose()


def test_what_must_not_be_restored_is_refused_before_anything_is_changed(
    cast: Cast, operator: Operator, tmp_path: Path
) -> None:
    sent(cast)
    saved = operator.saves()
    keys, main, journal = saved["keys"], saved["main"], saved["journal"]
    cut, turned = tmp_path / "coupe.backup", tmp_path / "change.backup"
    cut.write_bytes(main.read_bytes()[:-9])
    data = bytearray(main.read_bytes())
    data[len(data) // 2] ^= 1
    turned.write_bytes(data)
    stranger = tmp_path / "autre"
    stranger.write_text(f"cenacle-backup-private:{'A' * 43}=\n")
    shown = operator.restores(saved, "--check")
    assert shown.exit_code == 0, shown.output
    assert "Rien n'a été changé" in shown.stdout

    def refuses(files: Mapping[str, Path], why: str, *more: object) -> None:
        said = operator.restores(files, *more)
        assert (said.exit_code, why in said.stderr) == (1, True), said.output

    refuses({"main": main}, "n'est pas vide")
    sent(cast, last_name="Après")
    operator.saves()
    operator.loses("main")
    refuses({"main": cut}, "incomplète ou a été modifiée")
    refuses({"main": turned}, "incomplète ou a été modifiée")
    refuses({"main": keys}, "sauvegarde du magasin « clés »")
    refuses({"main": stranger}, "n'est pas une sauvegarde")
    refuses({"main": main}, "n'est pas pour cette clé privée", "--private-key", stranger)
    refuses({"main": main}, "moitié privée", "--private-key", Settings().backup_key_path())
    assert operator.types("restore").exit_code == 1
    assert operator.types("restore", "--main", main).exit_code == 1
    assert not (operator.data / "main.sqlite").exists()
    assert operator.restores({"main": max(main.parent.glob("*.backup"))}).exit_code == 0
    operator.loses("journal")
    refuses({"journal": journal}, "plus ancienne que les données")
    operator.loses("main")
    cast.pass_time(timedelta(days=61))
    refuses({"main": main, "journal": journal}, "plus ancienne que les traces de destruction")


def test_a_register_that_was_touched_is_refused(cast: Cast, operator: Operator) -> None:
    sent(cast)
    saved = operator.saves()
    register = Settings().register_path()
    line = f'["{uuid4()}","7K3M-9QX2-PD4T","purged:closed","{cast.clock().isoformat()}"]\n'
    register.write_text(line + register.read_text())
    operator.loses("main")
    said = operator.restores({"main": saved["main"]})
    assert (said.exit_code, "a été modifié" in said.stderr) == (1, True)


def test_a_backup_is_destroyed_when_its_time_is_over_and_holds_no_name_or_wrap_in_the_open(
    cast: Cast, operator: Operator
) -> None:
    done = sent(cast)
    secrets = secrets_of(cast, done.situation) | {done.situation.encode()}
    first = operator.saves()
    folder = Settings().backup_path()
    assert files_with(folder, secrets) == []
    cast.pass_time(timedelta(days=7))
    refused = operator.types("backup")
    assert "n'a été détruite" in refused.stderr, "nobody said that this clock is right"
    assert first["keys"].exists()
    cast.pass_long(timedelta(0))
    operator.saves()
    assert (first["main"].exists(), first["keys"].exists(), first["journal"].exists()) == (True, False, True)
    cast.pass_long(timedelta(days=23))
    alone = operator.types("backup", "--only", "main")
    assert (alone.exit_code, alone.stdout.count("SHA-256")) == (0, 1), alone.output
    assert not first["main"].exists()
    assert first["journal"].exists(), "what was not saved again is not destroyed"


def test_on_postgresql_real_dumps_are_saved_and_restored_under_the_roles_that_may_and_nothing_purged_comes_back(
    guarded: Cast, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = guarded
    operator = Operator(cast, monkeypatch)
    names = {store: str(getattr(cast.house.stores, store).engine.url.database) for store in STORES}
    operator.signs_in(names, postgresql, "dumper")
    assert operator.types("keys", "backup-key", "--private", operator.private).exit_code == 0
    purged = nearly_over(cast)
    moved = sent(cast, last_name="Mobile", first_name="Ana")
    saved = operator.saves()
    decided(cast, moved.situation, "transfert", {"arrondissement": "18"})
    days_pass(cast, 2)
    assert not referenced(cast, purged)
    cast.house.stores.dispose()
    cast.purging.stores.dispose()
    postgresql.drop_database(names["main"])
    postgresql.create_database(names["main"])
    restored = open_store(postgresql.url(names["main"]), 1)
    operator.signs_in(names, postgresql, "owner")
    said = operator.restores({"main": saved["main"]})
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    assert count(said, "rendues à leur cellule") == 2
    back = reopened(cast)
    with back.house.transaction(back.everywhere()) as uow:
        references = set(uow.session.scalars(sa.select(col(Situation.reference))))
        assert purged not in references
        person = uow.session.scalars(
            sa.select(SituationPerson)
            .join(Situation, col(Situation.id) == col(SituationPerson.situation_id))
            .where(col(Situation.reference) == moved.situation)
        ).one()
        opened = open_rows(uow, [person], ["last_name"], Purpose.READ, [])
    assert opened[person.id]["last_name"] == "Mobile"
    with restored.engine.connect() as connection:
        forced = connection.scalar(
            sa.text("SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relrowsecurity")
        )
    assert read_back(restored, "main") == Discrepancies((), (), ())
    restored.engine.dispose()
    assert forced == len(POLICIES)
    back.house.stores.dispose()

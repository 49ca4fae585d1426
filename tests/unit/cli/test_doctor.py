"""What `cenacle doctor` finds in the stores, and that it changes nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer import Typer
from typer.testing import CliRunner

from backend.audit.events import Reference
from backend.authorization.roles import grant_rights
from backend.authorization.work import House
from backend.cells.actions import close_cell, open_cell
from backend.cells.events import CellRenamed
from backend.cli import doctor as examined
from backend.cli.checks import Finding, Level, named
from backend.crypto.keyring import Keyring
from backend.crypto.keystore import JournalIdentity, MainIdentity
from backend.crypto.providers import FileRoot
from backend.institutions.actions import create_institution
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores, open_store
from backend.kernel.identifiers import new_id
from backend.kernel.migrations import downgrade, upgrade
from backend.members.models import Account, Habilitation
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.habilitation import AccountStatus, HabilitationState, confirmer_of
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house, someone
from tests.support.journal import owner
from tests.support.witness import verifier

ADMINISTRATOR = someone(Role.ADMINISTRATOR)
PASSWORD = "mot-de-passe-a-ne-pas-montrer"


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


def administrator(house: House, status: AccountStatus = AccountStatus.ACTIVE) -> None:
    with house.transaction(ADMINISTRATOR) as uow:
        name = new_id().hex
        institution = create_institution(uow, name=name, origin=Origin.CITY_SERVICE)
        account = Account(
            institution_id=institution.id,
            email=f"{name}@exemple.invalid",
            display_name="Administrateur",
            function="administrateur",
            status=status,
            created_at=uow.now(),
        )
        uow.session.add(account)
        uow.session.flush()
        uow.session.add(
            Habilitation(
                account_id=account.id,
                role=Role.ADMINISTRATOR,
                confirmer=confirmer_of(Role.ADMINISTRATOR, for_city=True),
                state=HabilitationState.CONFIRMED,
                valid_from=uow.today(),
            )
        )


def administrators(house: House) -> Finding:
    with house.transaction() as uow:
        return examined.administrators(uow)


def test_fewer_than_two_active_administrators_is_an_error(house: House) -> None:
    administrator(house)
    administrator(house, AccountStatus.SUSPENDED)
    assert administrators(house).level is Level.ERROR
    administrator(house)
    assert administrators(house).level is Level.OK


def test_a_cell_without_its_acts_is_named_with_what_it_lacks(house: House) -> None:
    with house.transaction(ADMINISTRATOR) as uow:
        kind, day = CharterKind.CENOMED, date(2026, 1, 5)
        open_cell(uow, kind=kind, territory="13", name="CENOMED du 13e", opened_on=day)
        other = open_cell(uow, kind=kind, territory="18", name="CENOMED du 18e", opened_on=day)
        close_cell(uow, other.reference, 1, closed_on=uow.today())
    with house.transaction() as uow:
        [finding] = examined.acts(uow)
    assert finding.level is Level.WARNING
    assert "CENOMED du 13e" in finding.sentence
    assert "accord d'élimination des archives" in finding.sentence


def test_a_demonstration_needs_no_act(house: House) -> None:
    demo = House(
        settings=house.settings.model_copy(update={"mode": "demo"}),
        stores=house.stores,
        clock=house.clock,
        journal=house.journal,
        keyring=house.keyring,
    )
    with demo.transaction(ADMINISTRATOR) as uow:
        kind = CharterKind.CENOMED
        open_cell(uow, kind=kind, territory="13", name="CENOMED du 13e", opened_on=date(2026, 1, 5))
        assert [finding.level for finding in examined.acts(uow)] == [Level.OK]


def test_an_event_that_waits_more_than_a_minute_is_an_error(house: House, clock: DrivenClock) -> None:
    with house.stores.main.transaction() as session:
        house.journal.record(session, CellRenamed(Reference("0000-0000-0001")), account=None, at=clock())
    clock.advance(timedelta(seconds=60))
    assert examined.lag(house.journal).level is Level.OK
    clock.advance(timedelta(seconds=1))
    assert examined.lag(house.journal).level is Level.ERROR


def test_a_store_without_a_recent_backup_is_named(house: House, clock: DrivenClock) -> None:
    assert "(données, clés, journal)" in examined.backups(house.keyring, clock()).sentence
    for store in ("main", "keys"):
        house.keyring.record_backup(store, clock(), "digest")
    assert "(journal)" in examined.backups(house.keyring, clock()).sentence
    house.keyring.record_backup("journal", clock(), "digest")
    assert examined.backups(house.keyring, clock()).level is Level.OK
    clock.advance(timedelta(hours=27))
    assert examined.backups(house.keyring, clock()).level is Level.WARNING


def test_a_clock_behind_what_was_written_is_an_error(house: House, clock: DrivenClock) -> None:
    with house.stores.main.transaction() as session:
        session.add(MainIdentity(mode="production", store_set=new_id(), created_at=clock()))
        house.journal.record(session, CellRenamed(Reference("0000-0000-0001")), account=None, at=clock())
    assert examined.hands(house.stores, clock()).level is Level.OK
    assert examined.hands(house.stores, clock() - timedelta(seconds=1)).level is Level.ERROR
    with house.stores.main.transaction() as session:
        session.execute(sa.update(MainIdentity).values(created_at=clock() - timedelta(days=1)))
    assert examined.hands(house.stores, clock() - timedelta(seconds=1)).level is Level.OK
    house.journal.seal_outbox()
    assert examined.hands(house.stores, clock() - timedelta(seconds=1)).level is Level.ERROR
    far = examined.hands(house.stores, clock() + timedelta(hours=49))
    assert (far.level, "Rien n'est détruit ni publié" in far.sentence) == (Level.ERROR, True)


def test_stores_that_do_not_exist_are_said_and_not_created(tmp_path: Path, clock: DrivenClock) -> None:
    settings = Settings(data=tmp_path / "donnees")
    findings = list(examined.examine(settings, clock))
    assert findings[-1] == Finding(Level.ERROR, "Il n'y a aucun magasin ici : lancez « cenacle init ».")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_store_is_said_to_be_damaged(tmp_path: Path, clock: DrivenClock) -> None:
    for store in ("main", "keys", "journal"):
        (tmp_path / f"{store}.sqlite").write_bytes(b"x" * 4096)
    findings = list(examined.examine(Settings(data=tmp_path), clock))
    assert findings[-1].level is Level.ERROR
    assert "abîmé" in findings[-1].sentence


def test_a_store_that_does_not_answer_ends_the_examination_without_its_password(
    tmp_path: Path, clock: DrivenClock
) -> None:
    down = SecretStr(f"postgresql+psycopg://cenacle:{PASSWORD}@127.0.0.1:1/main")
    settings = Settings(data=tmp_path / "donnees", main_url=down, keys_url=down, journal_url=down)
    findings = list(examined.examine(settings, clock))
    assert findings[-1].level is Level.ERROR
    assert "ne répond pas" in findings[-1].sentence
    assert not any(PASSWORD in finding.sentence for finding in findings)


def test_the_command_exits_with_one_and_shows_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENACLE_DATA", str(tmp_path / "donnees"))
    monkeypatch.setenv("CENACLE_SMTP_URL", f"smtp://cenacle:{PASSWORD}@127.0.0.1:1")
    command = Typer()
    command.command()(examined.doctor)
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "à corriger : Il n'y a aucun magasin ici" in result.output
    assert PASSWORD not in result.output


@pytest.fixture
def installation(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Settings:
    """An empty installation, as `cenacle init` leaves it but for its administrators."""
    settings = Settings(
        mode="demo",
        data=tmp_path / "donnees",
        **{f"{name}_url": SecretStr(url) for name, url in store_urls.items()},  # type: ignore[arg-type]
    )
    root = FileRoot.create(settings.root_key_path(), settings.data)
    stores = Stores(**{name: open_store(url, 1) for name, url in store_urls.items()})
    for name in ("keys", "main", "journal"):
        upgrade(named(stores)[name], name)
        grant_rights(named(stores)[name], name)
    store_set = new_id()
    Keyring.initialise(stores.keys, root, clock, settings.mode, store_set)
    with stores.main.transaction() as session:
        session.add(MainIdentity(mode=settings.mode, store_set=store_set, created_at=clock()))
    with stores.journal.transaction() as session:
        session.add(JournalIdentity(mode=settings.mode, store_set=store_set, created_at=clock()))
    stores.dispose()
    return settings


def errors(settings: Settings, clock: DrivenClock) -> list[str]:
    return [finding.sentence for finding in examined.examine(settings, clock) if finding.level is Level.ERROR]


def test_an_installation_is_examined_to_its_end(installation: Settings, clock: DrivenClock) -> None:
    assert errors(installation, clock) == [
        "Administrateurs actifs : 0. Il en faut deux : faites inscrire ou habilitez l'autre."
    ]
    sentences = [finding.sentence for finding in examined.examine(installation, clock)]
    assert "Les migrations sont à jour." in sentences
    assert "Les trois magasins et la clé racine vont ensemble." in sentences


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_right_that_was_not_declared_is_an_error_and_one_that_is_missing_a_warning(
    installation: Settings, clock: DrivenClock
) -> None:
    main, journal = (open_store(installation.store_url(name), 1) for name in ("main", "journal"))
    with main.transaction() as session:
        session.execute(sa.text("GRANT DELETE ON receipt, habilitation, mail_outbox TO application"))
        session.execute(sa.text("GRANT SELECT ON draft, account, passkey TO reader"))
    with journal.transaction() as session:
        session.execute(sa.text("REVOKE SELECT ON journal_leaf FROM reader"))
    wide = next(sentence for sentence in errors(installation, clock) if "droits de trop" in sentence)
    assert "application : DELETE habilitation" in wide
    assert "…" in wide, "six are told as five and more"
    assert "« journal » n'a pas tous ses rôles" in str(
        [finding.sentence for finding in examined.examine(installation, clock) if finding.level is Level.WARNING]
    )
    for store in (main, journal):
        store.engine.dispose()


def test_the_key_of_the_witness_is_checked_when_there_is_one(installation: Settings, clock: DrivenClock) -> None:
    wrong = installation.model_copy(update={"checkpoint_witness": "rien"})
    assert any("CENACLE_CHECKPOINT_WITNESS" in sentence for sentence in errors(wrong, clock))
    good = installation.model_copy(update={"checkpoint_witness": verifier()})
    assert not any("CENACLE_CHECKPOINT_WITNESS" in sentence for sentence in errors(good, clock))


def test_stores_of_another_mode_are_refused(installation: Settings, clock: DrivenClock) -> None:
    production = installation.model_copy(update={"mode": "production", "public_url": "https://cenacle.test"})
    assert any("créé en mode demo" in sentence for sentence in errors(production, clock))


def test_a_store_of_another_installation_is_refused(installation: Settings, clock: DrivenClock) -> None:
    main = open_store(installation.store_url("main"), 1)
    with main.transaction() as session:
        session.execute(sa.update(MainIdentity).values(store_set=new_id()))
    main.engine.dispose()
    assert any("ne viennent pas de la même installation" in sentence for sentence in errors(installation, clock))


def test_another_root_key_is_refused(installation: Settings, clock: DrivenClock) -> None:
    installation.root_key_path().unlink()
    FileRoot.create(installation.root_key_path(), installation.data)
    assert len(errors(installation, clock)) == 1


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_trigger_that_somebody_dropped_is_an_error(installation: Settings, clock: DrivenClock) -> None:
    store = open_store(installation.store_url("journal"), 1)
    with owner(store):
        pass
    store.engine.dispose()
    assert [error for error in errors(installation, clock) if "ne protège plus le journal" in error]


def test_a_store_whose_migrations_wait_ends_the_examination(installation: Settings, clock: DrivenClock) -> None:
    keys = open_store(installation.store_url("keys"), 1)
    downgrade(keys, "keys", "base")
    keys.engine.dispose()
    assert errors(installation, clock) == ["Des migrations attendent (keys) : lancez « cenacle migrate »."]

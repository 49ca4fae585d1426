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
from backend.authorization.work import House
from backend.cells.actions import close_cell, open_cell
from backend.cells.events import CellRenamed
from backend.cli import doctor as examined
from backend.cli.checks import Finding, Level
from backend.crypto.keystore import MainIdentity
from backend.institutions.actions import create_institution
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from backend.members.models import Account, Habilitation
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.habilitation import AccountStatus, HabilitationState, confirmer_of
from policies.vocabulary import Origin, Role
from tests.support.house import MORNING, new_house, someone

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


def test_stores_that_do_not_exist_are_said_and_not_created(tmp_path: Path, clock: DrivenClock) -> None:
    settings = Settings(data=tmp_path / "donnees")
    findings = list(examined.examine(settings, clock))
    assert findings[-1] == Finding(Level.ERROR, "Le magasin « main » n'existe pas : lancez « cenacle init ».")
    assert list(tmp_path.iterdir()) == []


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
    assert "à corriger : Le magasin « main » n'existe pas" in result.output
    assert PASSWORD not in result.output

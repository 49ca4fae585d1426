"""`cenacle user`: what the operator of the machine may do for accounts, and what not even the operator may."""

import pytest
from typer.testing import CliRunner, Result

from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House
from backend.cli.users import app
from backend.members.actions.accounts import Person, invite, reset_credentials
from backend.members.actions.enrolment import open_link
from backend.members.models import Account
from backend.members.queries.sessions import actor_of_session
from policies.habilitation import AccountStatus
from policies.vocabulary import Role
from tests.support.people import acting, enter, password_hash, row
from tests.unit.members.conftest import City, city, clock, engine_kind, house

__all__ = ["city", "clock", "engine_kind", "house"]


def run(house: House, *words: str) -> Result:
    return CliRunner().invoke(app, list(words), obj=house)


def test_accounts_are_listed_with_their_state(house: House, city: City) -> None:
    told = run(house, "list")
    assert told.exit_code == 0
    assert f"{city.officer.reference}  officer@police.invalid  actif" in told.output


def test_every_session_of_somebody_is_ended(house: House, city: City) -> None:
    secret = enter(house, city.officer)
    assert run(house, "end-sessions", " OFFICER@police.invalid").output == "Sessions fermées : 1\n"
    with house.transaction() as uow:
        assert actor_of_session(uow, secret) == ANONYMOUS
    assert run(house, "end-sessions", "personne@police.invalid").exit_code == 1


def test_a_link_is_printed_again_for_an_invitation_only(house: House, city: City) -> None:
    with house.transaction(acting(house, city.admin)) as uow:
        invite(uow, city.police_reference, Person("Camille Roux", "agente", "camille@police.invalid"))
    told = run(house, "link", "camille@police.invalid")
    assert told.exit_code == 0
    address, code = (line.rpartition(" : ")[2] for line in told.output.splitlines())
    assert open_link(house, address.rpartition("/")[2], code)
    refused = run(house, "link", "officer@police.invalid")
    assert refused.exit_code == 1
    assert "Aucune invitation" in refused.stderr


def test_the_last_administrator_does_not_stay_alone_for_ever(house: House, city: City) -> None:
    command = ("confirm-administrator", city.admin_2.email, "--designation", "arrêté 2026-50")
    assert "Deux administrateurs sont en fonction" in run(house, *command).stderr
    version = row(house, city.admin_2).version
    with house.transaction(acting(house, city.admin)) as uow:
        reset_credentials(uow, city.admin_2.reference, version)
    with house.transaction() as uow:
        account = uow.session.get_one(Account, city.admin_2.id)
        account.status = AccountStatus.ACTIVE
        account.password_hash, account.totp_confirmed_at = password_hash(), uow.now()
    assert acting(house, city.admin_2).roles == frozenset()
    assert run(house, *command).exit_code == 0
    assert acting(house, city.admin_2).roles == {Role.ADMINISTRATOR}
    assert run(house, *command).exit_code == 1


@pytest.mark.parametrize("who", ["officer", "coordinator", "dpo"])
def test_the_console_makes_nobody_an_administrator(house: House, city: City, who: str) -> None:
    version = row(house, city.admin_2).version
    with house.transaction(acting(house, city.admin)) as uow:
        reset_credentials(uow, city.admin_2.reference, version)
    told = run(house, "confirm-administrator", getattr(city, who).email, "--designation", "arrêté 1")
    assert told.exit_code == 1

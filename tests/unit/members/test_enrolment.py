"""Enrolment: a link by e-mail and a code by telephone, both needed, once, for seven days."""

from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired, WrongMoment
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import Person, change_email, invite, reset_credentials
from backend.members.actions.credentials import Handover
from backend.members.actions.departures import Departure, settle_departure
from backend.members.actions.enrolment import (
    check_link,
    choose_password,
    confirm_totp,
    open_link,
    provisioning,
)
from backend.members.actions.exclusions import exclude_person
from backend.members.actions.first_administrators import create_first_administrators
from backend.members.actions.signing_in import WrongCredentials, give_second_factor, sign_in
from backend.members.models import Account, EnrolmentLink, RecoveryCode
from backend.members.queries.sessions import actor_of_session
from policies.habilitation import AccountStatus, ExclusionGround
from tests.support.people import HOST, PASSWORD, Someone, acting, code_in
from tests.unit.members.conftest import City, both_engines

NEWCOMER = Person("Camille Roux", "brigadière", "Camille.Roux@Police.invalid")


def invited(house: House, city: City) -> tuple[Someone, Handover]:
    with house.transaction(acting(house, city.admin)) as uow:
        account, handover = invite(uow, city.police_reference, NEWCOMER)
        return Someone(account.id, account.reference, account.email, account.institution_id), handover


def token_of(handover: Handover) -> str:
    return handover.path.rpartition("/")[2]


def enrol(house: House, person: Someone, handover: Handover) -> tuple[str, tuple[str, ...]]:
    secret = open_link(house, token_of(handover), handover.code)
    choose_password(house, secret, PASSWORD)
    with house.transaction() as uow:
        enrolled = confirm_totp(uow, secret, code_in(uow, person.id))
    return enrolled.secret, enrolled.recovery_codes


@both_engines
def test_a_link_a_code_a_password_and_an_application_make_a_member(house: House, city: City) -> None:
    person, handover = invited(house, city)
    secret, codes = enrol(house, person, handover)
    assert len(set(codes)) == 8
    with house.transaction() as uow:
        assert actor_of_session(uow, secret).account == person.id
        assert uow.session.get_one(Account, person.id).status == AccountStatus.ACTIVE
    waiting = sign_in(house, "camille.roux@police.invalid", PASSWORD, HOST)
    assert give_second_factor(house, waiting, codes[3])


def test_the_link_goes_by_mail_and_the_code_does_not(house: House, city: City) -> None:
    _, handover = invited(house, city)
    with house.transaction() as uow:
        message = uow.session.scalars(sa.select(MailOutbox)).one()
    assert message.recipient == "camille.roux@police.invalid"
    assert message.link == handover.path
    assert handover.code not in message.content + str(message.link)


def test_a_stolen_main_with_the_link_that_waits_to_leave_does_not_give_the_code(house: House, city: City) -> None:
    """The e-mail waits in `main` with its link: hashed with nothing else, eight digits are found in a minute."""
    _, handover = invited(house, city)
    with house.transaction() as uow:
        token = str(uow.session.scalars(sa.select(col(MailOutbox.link))).one()).rpartition("/")[2]
        stored = uow.session.scalars(sa.select(col(EnrolmentLink.code_hash))).one()
    assert token == token_of(handover)
    assert stored not in {sha256(f"{token}{glue}{handover.code}".encode()).digest() for glue in ("", "\0", " ", ":")}


def test_neither_link_nor_code_stands_in_the_database(house: House, city: City) -> None:
    _, handover = invited(house, city)
    with house.transaction() as uow:
        link = uow.session.scalars(sa.select(EnrolmentLink)).one()
    kept = link.token_hash + link.code_hash
    assert token_of(handover).encode() not in kept
    assert handover.code.encode() not in kept
    with pytest.raises(NotFound):
        open_link(house, link.token_hash.hex(), handover.code)


def test_looking_at_a_link_does_not_consume_it(house: House, city: City) -> None:
    _, handover = invited(house, city)
    for _ in range(3):
        with house.transaction() as uow:
            check_link(uow, token_of(handover))
    assert open_link(house, token_of(handover), handover.code)


def test_a_link_serves_once(house: House, city: City) -> None:
    _, handover = invited(house, city)
    open_link(house, token_of(handover), handover.code)
    with pytest.raises(NotFound):
        open_link(house, token_of(handover), handover.code)


def test_a_link_ends_after_seven_days(house: House, city: City, clock: DrivenClock) -> None:
    _, handover = invited(house, city)
    clock.advance(timedelta(days=7))
    with pytest.raises(NotFound):
        open_link(house, token_of(handover), handover.code)


def test_five_wrong_codes_void_a_link(house: House, city: City) -> None:
    _, handover = invited(house, city)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            open_link(house, token_of(handover), "00000000")
    with pytest.raises(NotFound):
        open_link(house, token_of(handover), handover.code)


def test_a_code_may_be_typed_with_spaces(house: House, city: City) -> None:
    _, handover = invited(house, city)
    assert open_link(house, token_of(handover), f" {handover.code[:4]} {handover.code[4:]} ")


def test_a_new_link_voids_the_one_before(house: House, city: City) -> None:
    person, handover = invited(house, city)
    with house.transaction(acting(house, city.admin)) as uow:
        version = uow.session.get_one(Account, person.id).version
        _, second = reset_credentials(uow, person.reference, version)
    with pytest.raises(NotFound):
        open_link(house, token_of(handover), handover.code)
    assert open_link(house, token_of(second), second.code)


def test_a_change_of_address_voids_the_link_sent_to_the_former_one(house: House, city: City) -> None:
    person, handover = invited(house, city)
    with house.transaction(acting(house, city.admin)) as uow:
        version = uow.session.get_one(Account, person.id).version
        change_email(uow, person.reference, version, email="camille.roux@paris.invalid")
    with pytest.raises(NotFound):
        open_link(house, token_of(handover), handover.code)


def test_an_enrolment_lasts_an_hour_and_opens_nothing_else(house: House, city: City, clock: DrivenClock) -> None:
    _, handover = invited(house, city)
    secret = open_link(house, token_of(handover), handover.code)
    with house.transaction() as uow:
        assert actor_of_session(uow, secret) == ANONYMOUS
    clock.advance(timedelta(hours=1))
    with pytest.raises(SignInRequired):
        choose_password(house, secret, PASSWORD)


def test_a_weak_password_is_refused_beside_its_field(house: House, city: City) -> None:
    _, handover = invited(house, city)
    secret = open_link(house, token_of(handover), handover.code)
    for password in ("court", "CamilleRoux-2026", "camille.roux@police"):
        with pytest.raises(InvalidInput) as refused:
            choose_password(house, secret, password)
        assert "password" in refused.value.errors


def test_the_application_is_told_its_secret_only_after_the_password(house: House, city: City) -> None:
    person, handover = invited(house, city)
    secret = open_link(house, token_of(handover), handover.code)
    with house.transaction() as uow, pytest.raises(SignInRequired):
        provisioning(uow, secret)
    choose_password(house, secret, PASSWORD)
    with house.transaction() as uow:
        told = provisioning(uow, secret)
        again = provisioning(uow, secret)
        assert told.secret == again.secret
        assert told.uri.startswith("otpauth://totp/C%C3%A9nacle:camille.roux%40police.invalid?secret=")
        with pytest.raises(InvalidInput):
            confirm_totp(uow, secret, "000000")
        confirm_totp(uow, secret, code_in(uow, person.id))
        with pytest.raises(SignInRequired):
            provisioning(uow, secret)


def test_nobody_signs_in_before_the_application_is_confirmed(house: House, city: City) -> None:
    person, handover = invited(house, city)
    secret = open_link(house, token_of(handover), handover.code)
    choose_password(house, secret, PASSWORD)
    with pytest.raises(WrongCredentials):
        sign_in(house, person.email, PASSWORD, HOST)


def test_who_is_put_out_during_the_enrolment_does_not_finish_it(house: House, city: City) -> None:
    person, handover = invited(house, city)
    secret = open_link(house, token_of(handover), handover.code)
    with house.transaction(acting(house, city.admin)) as uow:
        exclude_person(
            uow, person.reference, uow.session.get_one(Account, person.id).version, ground=ExclusionGround.MISUSE
        )
    with pytest.raises(SignInRequired):
        choose_password(house, secret, PASSWORD)


def test_one_person_has_one_account_and_only_administrators_invite(house: House, city: City) -> None:
    invited(house, city)
    with house.transaction(acting(house, city.admin)) as uow, pytest.raises(InvalidInput):
        invite(uow, city.police_reference, NEWCOMER)
    another = Person("Dominique Petit", "gardien", "dominique@police.invalid")
    for person in (another, NEWCOMER):  # the same answer whether the address has an account or not
        with house.transaction(acting(house, city.referent)) as uow, pytest.raises(Forbidden):
            invite(uow, city.police_reference, person)


def test_a_closed_account_ends_at_once_and_opens_again_with_nothing(house: House, city: City) -> None:
    person, handover = invited(house, city)
    secret, _ = enrol(house, person, handover)
    with house.transaction(acting(house, city.referent)) as uow:
        settle_departure(uow, person.reference, uow.session.get_one(Account, person.id).version, Departure(uow.today()))
    with house.transaction() as uow:
        assert actor_of_session(uow, secret) == ANONYMOUS
    with pytest.raises(WrongCredentials):
        sign_in(house, person.email, PASSWORD, HOST)
    with house.transaction(acting(house, city.admin)) as uow:
        account = uow.session.get_one(Account, person.id)
        with pytest.raises(WrongMoment):
            settle_departure(uow, person.reference, account.version, Departure(uow.today()))
    with house.transaction(acting(house, city.admin)) as uow:
        _, second = reset_credentials(uow, person.reference, uow.session.get_one(Account, person.id).version)
        assert uow.session.scalars(sa.select(RecoveryCode).where(col(RecoveryCode.account_id) == person.id)).all() == []
    reopened, _ = enrol(house, person, second)
    with house.transaction() as uow:
        assert actor_of_session(uow, reopened).grants == frozenset()


FIRST = [Person("Ada", "administratrice", "ada@paris.invalid"), Person("Bob", "administrateur", "bob@paris.invalid")]


def test_the_first_administrators_are_two_without_any_password(house: House) -> None:
    with house.transaction() as uow:
        created = create_first_administrators(uow, "Ville de Paris", FIRST)
        assert [account.password_hash for account, _ in created] == [None, None]
    for account, handover in created:
        person = Someone(account.id, account.reference, account.email, account.institution_id)
        secret, _ = enrol(house, person, handover)
        with house.transaction() as uow:
            assert actor_of_session(uow, secret).roles == frozenset()  # the clause is still to be accepted
    with house.transaction() as uow, pytest.raises(WrongMoment):
        create_first_administrators(uow, "Ville bis", FIRST)


@pytest.mark.parametrize("people", [[], FIRST[:1], [FIRST[0], Person("Ada", "encore", " ADA@paris.invalid")]])
def test_one_administrator_is_refused(house: House, people: list[Person]) -> None:
    with house.transaction() as uow, pytest.raises(InvalidInput):
        create_first_administrators(uow, "Ville de Paris", people)

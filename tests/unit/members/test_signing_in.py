"""Sign-in, attacked: enumeration, guessing, replay, fixation, stolen hashes (R16, R18)."""

import statistics
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import NotFound, SignInRequired, Throttled
from backend.kernel.identifiers import new_id
from backend.members.actions.accounts import renew_recovery_codes
from backend.members.actions.sessions import (
    end_own_sessions,
    lock,
    sign_in_as_persona,
    sign_out,
    token_as_persona,
    touch,
)
from backend.members.actions.signing_in import (
    WrongCredentials,
    give_second_factor,
    sign_in,
    sign_in_for_token,
    step_up,
    unlock,
)
from backend.members.models import Account, AccountSession, RecoveryCode, SessionKind
from backend.members.queries.sessions import actor_of_session, actor_of_token
from policies.habilitation import AccountStatus
from tests.support.people import HOST, PASSWORD, Someone, acting, code_of, enter, row
from tests.unit.members.conftest import City, both_engines


def who(house: House, secret: str) -> Actor:
    with house.transaction() as uow:
        return actor_of_session(uow, secret)


def bearer(house: House, token: str) -> Actor:
    with house.transaction() as uow:
        return actor_of_token(uow, token)


def signed_in(house: House, person: Someone) -> str:
    waiting = sign_in(house, person.email, PASSWORD, HOST)
    return give_second_factor(house, waiting, code_of(house, person))


@both_engines
def test_a_password_then_a_code_open_a_session(house: House, city: City) -> None:
    actor = who(house, signed_in(house, city.officer))
    assert actor.account == city.officer.id
    assert actor.institution == city.police
    assert actor.stepped_up


def test_an_address_is_recognised_whatever_its_capitals_and_spaces(house: House, city: City) -> None:
    assert sign_in(house, f"  {city.officer.email.upper()} ", PASSWORD, HOST)


def test_a_password_alone_opens_nothing(house: House, city: City) -> None:
    assert who(house, sign_in(house, city.officer.email, PASSWORD, HOST)) == ANONYMOUS


def test_the_second_step_cannot_wait_more_than_five_minutes(house: House, city: City, clock: DrivenClock) -> None:
    waiting = sign_in(house, city.officer.email, PASSWORD, HOST)
    clock.advance(timedelta(minutes=5))
    with pytest.raises(SignInRequired):
        give_second_factor(house, waiting, code_of(house, city.officer))


def test_the_secret_changes_at_the_second_factor_so_a_planted_one_opens_nothing(house: House, city: City) -> None:
    planted = sign_in(house, city.officer.email, PASSWORD, HOST)
    opened = give_second_factor(house, planted, code_of(house, city.officer))
    assert opened != planted
    assert who(house, planted) == ANONYMOUS
    assert who(house, opened) != ANONYMOUS
    with pytest.raises(SignInRequired):
        give_second_factor(house, planted, "000000")


@pytest.mark.parametrize(
    "status", [AccountStatus.INVITED, AccountStatus.SUSPENDED, AccountStatus.EXCLUDED, AccountStatus.CLOSED]
)
def test_unknown_inactive_and_mistaken_people_read_the_same_words(
    house: House, city: City, status: AccountStatus
) -> None:
    with house.transaction() as uow:
        uow.session.get_one(Account, city.officer.id).status = status
    refusals = []
    for email, password in (
        ("personne@police.invalid", PASSWORD),
        (city.referent.email, "Faux mot de passe 9"),
        (city.officer.email, PASSWORD),
    ):
        with pytest.raises(WrongCredentials) as refused:
            sign_in(house, email, password, HOST)
        refusals.append((refused.value.status, refused.value.code, refused.value.title, refused.value.detail))
    assert len(set(refusals)) == 1


def test_an_unknown_address_takes_as_long_as_a_known_one(house: House, city: City) -> None:
    def spent(email: str) -> float:
        start = time.process_time()
        with pytest.raises(WrongCredentials):
            sign_in(house, email, "Faux mot de passe 9", HOST)
        return time.process_time() - start

    spent("premier@police.invalid")
    known = statistics.median(spent(city.officer.email) for _ in range(3))
    unknown = statistics.median(spent("personne@police.invalid") for _ in range(3))
    assert 0.5 < unknown / known < 2


@both_engines
def test_five_failures_make_the_sixth_wait_even_with_the_right_password(
    house: House, city: City, clock: DrivenClock
) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            sign_in(house, city.officer.email, "faux", HOST)
    for password in ("faux", PASSWORD):
        with pytest.raises(Throttled) as refused:
            sign_in(house, city.officer.email, password, HOST)
        assert refused.value.retry_after == 60
    clock.advance(timedelta(minutes=1))
    assert sign_in(house, city.officer.email, PASSWORD, HOST)


def test_an_unknown_address_is_slowed_down_like_a_known_one(house: House) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            sign_in(house, "personne@police.invalid", "faux", HOST)
    with pytest.raises(Throttled):
        sign_in(house, "personne@police.invalid", "faux", HOST)


@both_engines
def test_a_code_cannot_be_replayed_even_in_another_session(house: House, city: City) -> None:
    code = code_of(house, city.officer)
    give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), code)
    with pytest.raises(WrongCredentials):
        give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), code)


@pytest.mark.parametrize("seconds, accepted", [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_early_or_late(
    house: House, city: City, clock: DrivenClock, seconds: int, *, accepted: bool
) -> None:
    waiting = sign_in(house, city.officer.email, PASSWORD, HOST)
    clock.advance(timedelta(seconds=seconds))
    code = code_of(house, city.officer)
    clock.advance(timedelta(seconds=-seconds))
    if accepted:
        assert give_second_factor(house, waiting, code)
    else:
        with pytest.raises(WrongCredentials):
            give_second_factor(house, waiting, code)


def test_an_older_code_is_refused_once_a_newer_one_was_used(house: House, city: City, clock: DrivenClock) -> None:
    old = code_of(house, city.officer)
    clock.advance(timedelta(seconds=30))
    signed_in(house, city.officer)
    with pytest.raises(WrongCredentials):
        give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), old)


def test_codes_cannot_be_guessed_by_signing_in_again(house: House, city: City) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), "abcdef")
    waiting = sign_in(house, city.officer.email, PASSWORD, HOST)
    with pytest.raises(Throttled):
        give_second_factor(house, waiting, code_of(house, city.officer))


@both_engines
def test_a_recovery_code_serves_once_and_for_its_owner(house: House, city: City) -> None:
    with house.transaction(acting(house, city.officer)) as uow:
        codes = renew_recovery_codes(uow, city.officer.reference)
    assert len(set(codes)) == 8
    with pytest.raises(WrongCredentials):
        give_second_factor(house, sign_in(house, city.referent.email, PASSWORD, HOST), codes[0])
    typed = codes[0].lower().replace("-", " ")
    assert give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), typed)
    with pytest.raises(WrongCredentials):
        give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), codes[0])


def test_new_recovery_codes_void_the_former_ones(house: House, city: City) -> None:
    actor = acting(house, city.officer)
    with house.transaction(actor) as uow:
        former = renew_recovery_codes(uow, city.officer.reference)
    with house.transaction(actor) as uow:
        renew_recovery_codes(uow, city.officer.reference)
    with pytest.raises(WrongCredentials):
        give_second_factor(house, sign_in(house, city.officer.email, PASSWORD, HOST), former[0])


def test_what_the_database_holds_signs_nobody_in(house: House, city: City) -> None:
    secret = signed_in(house, city.officer)
    with house.transaction(acting(house, city.officer)) as uow:
        renew_recovery_codes(uow, city.officer.reference)
    with house.transaction() as uow:
        account = uow.session.get_one(Account, city.officer.id)
        session = uow.session.scalars(
            sa.select(AccountSession).where(col(AccountSession.secret_hash).is_not(None))
        ).all()
        code = uow.session.scalars(sa.select(RecoveryCode)).first()
        assert code is not None
        stolen = [s.secret_hash.hex() for s in session if s.secret_hash] + [str(s.id) for s in session]
        stolen += [str(account.password_hash), code.code_hash.hex(), str(account.totp_wrapped)]
    assert secret not in stolen
    for value in stolen:
        assert who(house, value) == ANONYMOUS
        with pytest.raises((WrongCredentials, Throttled)):
            sign_in(house, city.officer.email, value, "203.0.113.8")
    waiting = sign_in(house, city.referent.email, PASSWORD, HOST)
    with pytest.raises(WrongCredentials):
        give_second_factor(house, waiting, code.code_hash.hex())


def test_a_secret_moved_to_another_account_gives_no_code(house: House, city: City) -> None:
    with house.transaction() as uow:
        uow.session.get_one(Account, city.coordinator.id).totp_wrapped = uow.session.get_one(
            Account, city.officer.id
        ).totp_wrapped
    waiting = sign_in(house, city.coordinator.email, PASSWORD, HOST)
    with pytest.raises(Exception, match="does not open"):
        give_second_factor(house, waiting, code_of(house, city.officer))


def test_an_idle_session_locks_after_fifteen_minutes_and_a_used_one_does_not(
    house: House, city: City, clock: DrivenClock
) -> None:
    secret = signed_in(house, city.officer)
    for _ in range(3):
        clock.advance(timedelta(minutes=14))
        actor = who(house, secret)
        assert actor != ANONYMOUS
        with house.transaction(actor) as uow:
            assert actor.session
            touch(uow, actor.session)
    clock.advance(timedelta(minutes=15))
    assert who(house, secret) == ANONYMOUS


@both_engines
def test_a_locked_session_goes_on_with_the_password_or_with_a_code(
    house: House, city: City, clock: DrivenClock
) -> None:
    secret = signed_in(house, city.officer)
    for proof in (PASSWORD, "code"):
        with house.transaction(who(house, secret)) as uow:
            lock(uow)
        assert who(house, secret) == ANONYMOUS
        with pytest.raises(WrongCredentials):
            unlock(house, secret, "faux")
        clock.advance(timedelta(seconds=30))
        unlock(house, secret, code_of(house, city.officer) if proof == "code" else proof)
        assert who(house, secret).account == city.officer.id


def test_a_lock_cannot_be_guessed_open(house: House, city: City, clock: DrivenClock) -> None:
    secret = signed_in(house, city.officer)
    clock.advance(timedelta(minutes=20))
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            unlock(house, secret, "faux")
    with pytest.raises(Throttled):
        unlock(house, secret, PASSWORD)


def test_a_session_ends_after_twelve_hours_even_in_use_and_is_not_unlocked(
    house: House, city: City, clock: DrivenClock
) -> None:
    secret = signed_in(house, city.officer)
    clock.advance(timedelta(hours=12))
    assert who(house, secret) == ANONYMOUS
    with pytest.raises(SignInRequired):
        unlock(house, secret, PASSWORD)


def test_a_fresh_code_steps_up_for_ten_minutes(house: House, city: City, clock: DrivenClock) -> None:
    secret = signed_in(house, city.officer)
    clock.advance(timedelta(minutes=10))
    actor = who(house, secret)
    assert actor.account
    assert not actor.stepped_up
    assert actor.session
    with pytest.raises(WrongCredentials):
        step_up(house, actor.session, "000000")
    assert not who(house, secret).stepped_up
    step_up(house, actor.session, code_of(house, city.officer))
    assert who(house, secret).stepped_up
    with pytest.raises(SignInRequired):
        step_up(house, new_id(), code_of(house, city.officer))


def test_signing_out_ends_the_session_at_once_locked_or_not(house: House, city: City, clock: DrivenClock) -> None:
    for idle in (0, 30):
        secret = enter(house, city.officer)
        clock.advance(timedelta(minutes=idle))
        with house.transaction() as uow:
            sign_out(uow, secret)
            sign_out(uow, "nothing")
        clock.advance(timedelta(minutes=-idle))
        assert who(house, secret) == ANONYMOUS


@both_engines
def test_ending_all_ones_sessions_ends_tokens_too(house: House, city: City) -> None:
    secret = signed_in(house, city.officer)
    token = issued(house, city.officer)
    actor = who(house, secret)
    with house.transaction(actor) as uow:
        assert end_own_sessions(uow, city.officer.reference) == 2
    assert who(house, secret) == ANONYMOUS
    with pytest.raises(SignInRequired):
        bearer(house, token)


def issued(house: House, person: Someone) -> str:
    with house.transaction() as uow:
        uow.session.get_one(Account, person.id).totp_last_step = None
    return sign_in_for_token(house, person.email, PASSWORD, code_of(house, person), HOST)


@both_engines
def test_both_factors_at_once_give_a_token_for_ten_minutes(house: House, city: City, clock: DrivenClock) -> None:
    token = issued(house, city.officer)
    assert bearer(house, token).account == city.officer.id
    assert not bearer(house, token).stepped_up
    clock.advance(timedelta(minutes=10))
    with pytest.raises(SignInRequired):
        bearer(house, token)


def test_a_token_needs_both_factors_and_never_says_which_one_failed(house: House, city: City) -> None:
    details = set()
    code = code_of(house, city.officer)
    for email, password, given in (
        ("personne@police.invalid", PASSWORD, code),
        (city.officer.email, "faux", code),
        (city.officer.email, PASSWORD, "000000"),
    ):
        with pytest.raises(WrongCredentials) as refused:
            sign_in_for_token(house, email, password, given, HOST)
        details.add(refused.value.detail)
    assert len(details) == 1


def test_a_session_is_no_token_and_a_token_is_no_session(house: House, city: City) -> None:
    secret = signed_in(house, city.officer)
    token = issued(house, city.officer)
    assert who(house, token) == ANONYMOUS
    with pytest.raises(SignInRequired):
        bearer(house, secret)


def test_personas_do_not_exist_in_production(house: House, city: City) -> None:
    for enter_as in (sign_in_as_persona, token_as_persona):
        with house.transaction() as uow, pytest.raises(NotFound):
            enter_as(uow, city.officer.email)


def test_the_first_factor_of_somebody_who_is_put_out_meanwhile_opens_nothing(house: House, city: City) -> None:
    waiting = sign_in(house, city.officer.email, PASSWORD, HOST)
    with house.transaction() as uow:
        uow.session.get_one(Account, city.officer.id).status = AccountStatus.EXCLUDED
    with pytest.raises(WrongCredentials):
        give_second_factor(house, waiting, code_of(house, city.officer))
    assert row(house, city.officer).last_sign_in_at is None
    with house.transaction() as uow:
        kinds = set(uow.session.scalars(sa.select(col(AccountSession.kind))))
    assert kinds == {SessionKind.SECOND_FACTOR}

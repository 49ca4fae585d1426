"""Attacks on passkeys through HTTP: another site, another session, an old answer, a copied key, somebody else's."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import reset_credentials
from backend.members.models import AccountSession, Passkey
from policies.sign_in import PASSKEYS
from policies.vocabulary import Role
from tests.support.authenticator import Authenticator, decoded, encoded
from tests.support.browsing import Browser, browser, entered
from tests.support.cast import Cast
from tests.support.house import MORNING, new_house
from tests.support.http import words_of
from tests.support.people import (
    PASSWORD,
    Someone,
    acting,
    enter,
    hold,
    new_cell,
    new_institution,
    new_person,
    row,
    sign_charter,
)

ADDRESS = "https://cenacle.invalid"


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def alone(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@pytest.fixture
def house(alone: House) -> House:
    return replace(alone, settings=alone.settings.model_copy(update={"public_url": ADDRESS}))


@pytest.fixture
def member(house: House) -> Someone:
    institution = new_institution(house)
    sign_charter(house, institution)
    person = new_person(house, institution, "membre@police.invalid")
    hold(house, person, Role.POLICE, new_cell(house).id)
    return person


def inside(house: House, person: Someone) -> Browser:
    """Open a browser that holds somebody's session."""
    somebody = browser(house, ADDRESS)
    somebody.client.cookies.set("__Host-cenacle", enter(house, person), domain="cenacle.invalid", path="/")
    return somebody


def at_second_factor(house: House, person: Someone) -> Browser:
    somebody = browser(house, ADDRESS)
    assert somebody.post("/connexion", email=person.email, password=PASSWORD).status_code == 303
    return somebody


def asked(page: Response) -> str:
    """Give what a page asks of the browser."""
    [found] = re.findall(r'data-asked="([^"]+)"', page.text)
    return html.unescape(found)


def made(house: House, person: Someone, key: Authenticator) -> Browser:
    somebody = inside(house, person)
    answer = key.create(asked(somebody.get("/compte/cles/nouvelle")))
    assert somebody.post("/compte/cles", passkey=answer).headers["Location"] == "/compte/connexion?fait=cle"
    return somebody


def gives(somebody: Browser, answer: str) -> Response:
    return somebody.post("/connexion/code", passkey=answer, next="/compte")


def kept(house: House) -> int:
    with house.transaction() as uow:
        return uow.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) or 0


def test_a_passkey_opens_the_session_of_its_holder(house: House, member: Someone) -> None:
    key = Authenticator()
    made(house, member, key)
    somebody = at_second_factor(house, member)
    assert gives(somebody, key.get(asked(somebody.get("/connexion/code")))).headers["Location"] == "/compte"
    assert somebody.get("/compte").status_code == 200
    with house.transaction() as uow:
        [passkey] = uow.session.scalars(sa.select(Passkey))
        assert (passkey.uses, passkey.last_used_at) == (1, house.clock())


@pytest.mark.parametrize(
    "key",
    [
        Authenticator(host="ailleurs.invalid"),
        Authenticator(origin="https://ailleurs.invalid"),
        Authenticator(origin="http://cenacle.invalid"),
        Authenticator(verified=False),
    ],
    ids=["another host", "another origin", "without TLS", "holder not verified"],
)
def test_a_passkey_of_another_site_or_of_whoever_holds_the_key_is_not_kept(
    house: House, member: Someone, key: Authenticator
) -> None:
    somebody = inside(house, member)
    answer = somebody.post("/compte/cles", passkey=key.create(asked(somebody.get("/compte/cles/nouvelle"))))
    assert answer.status_code == 422
    assert "n'a pas pu être vérifiée" in words_of(answer)
    assert kept(house) == 0


@pytest.mark.parametrize("fault", ["host", "origin", "verified", "key"])
def test_an_answer_for_another_site_or_by_another_key_opens_nothing(house: House, member: Someone, fault: str) -> None:
    key = Authenticator()
    made(house, member, key)
    changes = {"host": "ailleurs.invalid", "origin": "https://ailleurs.invalid", "verified": False}
    setattr(key, fault, changes.get(fault, Authenticator().key))
    somebody = at_second_factor(house, member)
    answer = gives(somebody, key.get(asked(somebody.get("/connexion/code"))))
    assert answer.status_code == 401
    assert "Cette clé d'accès ne correspond pas" in words_of(answer)
    assert somebody.get("/compte").status_code == 303


def test_an_answer_serves_once_and_in_one_session(house: House, member: Someone) -> None:
    key = Authenticator()
    made(house, member, key)
    first, second = at_second_factor(house, member), at_second_factor(house, member)
    answer = key.get(asked(first.get("/connexion/code")))
    second.get("/connexion/code")
    assert gives(second, answer).status_code == 401
    assert gives(first, answer).status_code == 303
    third = at_second_factor(house, member)
    third.get("/connexion/code")
    assert gives(third, answer).status_code == 401


def test_an_answer_that_failed_used_its_challenge_up(house: House, member: Someone) -> None:
    key = Authenticator()
    made(house, member, key)
    somebody = at_second_factor(house, member)
    asking = asked(somebody.get("/connexion/code"))
    assert gives(somebody, Authenticator().get(asking)).status_code == 401
    assert gives(somebody, key.get(asking)).status_code == 401


def test_an_old_challenge_is_refused(house: House, member: Someone, clock: DrivenClock) -> None:
    key = Authenticator()
    somebody = inside(house, member)
    answer = key.create(asked(somebody.get("/compte/cles/nouvelle")))
    clock.advance(timedelta(minutes=5))
    assert somebody.post("/compte/cles", passkey=answer).status_code == 422
    assert kept(house) == 0


def test_a_copied_key_is_known_by_its_count(house: House, member: Someone, clock: DrivenClock) -> None:
    key = Authenticator(uses=7)
    made(house, member, key)
    copy = replace(key, uses=3)
    somebody = at_second_factor(house, member)
    assert gives(somebody, copy.get(asked(somebody.get("/connexion/code")))).status_code == 401
    clock.advance(timedelta(minutes=1))
    somebody = at_second_factor(house, member)
    assert gives(somebody, key.get(asked(somebody.get("/connexion/code")))).status_code == 303


def test_the_passkey_of_somebody_else_opens_nothing(house: House, member: Someone) -> None:
    other = new_person(house, member.institution, "autre@police.invalid")
    theirs, ours = Authenticator(), Authenticator()
    made(house, other, theirs)
    made(house, member, ours)
    somebody = at_second_factor(house, member)
    asking = asked(somebody.get("/connexion/code"))
    assert encoded(theirs.identifier) not in asking
    assert gives(somebody, theirs.get(asking)).status_code == 401


def test_one_authenticator_makes_one_passkey_whoever_asks(house: House, member: Someone) -> None:
    key = Authenticator()
    somebody = made(house, member, key)
    asking = asked(somebody.get("/compte/cles/nouvelle"))
    assert [decoded(one["id"]) for one in json.loads(asking)["excludeCredentials"]] == [key.identifier]
    assert somebody.post("/compte/cles", passkey=key.create(asking)).status_code == 422
    other = inside(house, new_person(house, member.institution, "autre@police.invalid"))
    assert other.post("/compte/cles", passkey=key.create(asked(other.get("/compte/cles/nouvelle")))).status_code == 422
    assert kept(house) == 1


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 7}', '{"id": "é"}', "[" * 5000, "9" * 20_000])
def test_what_is_no_answer_is_refused(house: House, member: Someone, answer: str) -> None:
    key = Authenticator()
    somebody = made(house, member, key)
    somebody.get("/compte/cles/nouvelle")
    assert somebody.post("/compte/cles", passkey=answer).status_code == 422
    waiting = at_second_factor(house, member)
    waiting.get("/connexion/code")
    assert gives(waiting, answer).status_code == 401
    assert kept(house) == 1


def test_guesses_with_a_passkey_are_counted_with_the_codes(house: House, member: Someone) -> None:
    made(house, member, Authenticator())
    somebody = at_second_factor(house, member)
    for _ in range(5):
        somebody.get("/connexion/code")
        assert gives(somebody, "{}").status_code == 401
    assert gives(somebody, "{}").status_code == 429


def test_a_passkey_confirms_a_sensitive_act(house: House, member: Someone, clock: DrivenClock) -> None:
    key = Authenticator()
    somebody = made(house, member, key)
    clock.advance(timedelta(minutes=11))
    for path in ("/compte/cles", "/compte/codes"):
        assert somebody.post(path).headers["Location"].startswith("/confirmation?suite=/compte/")
    assert somebody.get("/compte/cles/nouvelle").headers["Location"] == "/confirmation?suite=/compte/cles/nouvelle"
    page = somebody.get("/confirmation?suite=/compte/connexion")
    wrong = somebody.post("/confirmation", passkey=Authenticator().get(asked(page)), next="/compte/connexion")
    assert wrong.status_code == 401
    done = somebody.post("/confirmation", passkey=key.get(asked(wrong)), next="/compte/connexion")
    assert done.headers["Location"] == "/compte/connexion"
    assert somebody.post("/compte/codes").status_code == 200


def test_a_passkey_is_removed_by_its_holder_alone_who_is_told_of_both(
    house: House, member: Someone, clock: DrivenClock
) -> None:
    somebody = made(house, member, Authenticator())
    with house.transaction() as uow:
        [passkey] = uow.session.scalars(sa.select(Passkey))
    path = f"/compte/cles/{passkey.reference}/retrait"
    other = inside(house, new_person(house, member.institution, "autre@police.invalid"))
    assert other.post(path).status_code == 404
    assert somebody.client.post(path, data={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403
    clock.advance(timedelta(minutes=11))
    assert somebody.post(path).headers["Location"] == "/confirmation?suite=/compte/connexion"
    assert kept(house) == 1
    again = inside(house, member)
    assert again.post(path).headers["Location"] == "/compte/connexion?fait=retrait"
    assert again.post(path).status_code == 404
    with house.transaction() as uow:
        told = [(mail.recipient, mail.template) for mail in uow.session.scalars(sa.select(MailOutbox))]
    assert told == [(member.email, "sign_in_changed")] * 2


def test_a_person_has_so_many_passkeys_and_no_more(house: House, member: Someone) -> None:
    for _ in range(PASSKEYS):
        somebody = made(house, member, Authenticator())
    assert somebody.get("/compte/cles/nouvelle").status_code == 409
    assert kept(house) == PASSKEYS


def test_a_reset_forgets_the_passkeys(house: House, member: Someone) -> None:
    made(house, member, Authenticator())
    administrator = new_person(house, new_institution(house, "Ville de Paris"), "admin@paris.invalid")
    hold(house, administrator, Role.ADMINISTRATOR)
    seen = row(house, member).version
    with house.transaction(acting(house, administrator)) as uow:
        reset_credentials(uow, member.reference, seen)
    assert kept(house) == 0


def test_the_challenge_is_kept_apart_from_what_the_page_of_another_session_says(house: House, member: Someone) -> None:
    made(house, member, Authenticator())
    somebody = at_second_factor(house, member)
    first, second = (json.loads(asked(somebody.get("/connexion/code")))["challenge"] for _ in range(2))
    assert first != second
    assert len(decoded(first)) == 32
    with house.transaction() as uow:
        kept_ones = set(uow.session.scalars(sa.select(col(AccountSession.challenge))))
    assert decoded(second) in kept_ones
    assert decoded(first) not in kept_ones


def test_where_no_browser_makes_any_nothing_of_it_shows(alone: House, member: Someone) -> None:
    somebody = entered(alone, member)
    assert "clé d'accès" not in words_of(somebody.get("/compte/connexion")).lower()
    assert somebody.get("/compte/cles/nouvelle").status_code == 404


def test_the_same_holds_on_postgresql_under_row_level_security(guarded: Cast) -> None:
    house = replace(guarded.house, settings=guarded.house.settings.model_copy(update={"public_url": ADDRESS}))
    member, key = guarded.people["police_13"], Authenticator()
    made(house, member, key)
    somebody = at_second_factor(house, member)
    assert gives(somebody, key.get(asked(somebody.get("/connexion/code")))).headers["Location"] == "/compte"
    assert "Mot de passe et clé d'accès" in words_of(somebody.get("/compte/connexion"))

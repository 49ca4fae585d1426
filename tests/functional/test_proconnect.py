"""Sign in through ProConnect: with the certified implementation, then with a provider that lies, lie after lie.

Each lie is refused, journalled under its own word, and told to the person in the same words as any other.
"""

import hmac
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import serialize_compact
from sqlmodel import col

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock, system_clock
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import reset_credentials
from backend.members.actions.departures import Departure, settle_departure
from backend.members.models import AccountSession, ProviderIdentity, ProviderRequest, SessionKind
from backend.members.provider import CONVERSATIONS, Asked, _conversation
from policies.habilitation import HabilitationState, Minutes
from policies.sign_in import ProviderFault
from policies.vocabulary import Role
from tests.support.browsing import Browser, browser, entered
from tests.support.cast import Cast
from tests.support.house import MORNING, new_house
from tests.support.http import title_of, words_of
from tests.support.people import (
    Someone,
    acting,
    code_of,
    habilitation_of,
    hold,
    new_cell,
    new_institution,
    new_person,
    row,
    sign_charter,
)
from tests.support.proconnect import (
    CLIENT,
    IDP,
    SUB,
    Liar,
    answered,
    certified,
    lying,
    new_key,
    origin_of,
    registered,
    returned,
    settings_for,
)

START = "/connexion/proconnect?suite=/compte"
BACK = "/connexion/proconnect/retour"
REFUSED = "La réponse de ProConnect n'a pas pu être vérifiée."


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
def liar(clock: DrivenClock) -> Iterator[Liar]:
    with lying(clock()) as started:
        yield started


@pytest.fixture
def house(alone: House, liar: Liar) -> House:
    return at(alone, liar.issuer)


@pytest.fixture
def member(alone: House) -> Someone:
    institution = new_institution(alone)
    sign_charter(alone, institution)
    person = new_person(alone, institution, "membre@police.invalid")
    hold(alone, person, Role.POLICE, new_cell(alone).id)
    return person


def at(house: House, issuer: str) -> House:
    """Give a house registered at a provider."""
    return replace(house, settings=house.settings.model_copy(update=settings_for(issuer)))


def linked(house: House, liar: Liar, person: Someone) -> None:
    """Let somebody have linked the identity of which the liar speaks."""
    key = json.dumps([liar.issuer, IDP, SUB])
    with house.transaction() as uow:
        uow.session.add(
            ProviderIdentity(account_id=person.id, identity_hash=sha256(key.encode()).digest(), linked_at=uow.now())
        )


def sent(somebody: Browser, path: str = START) -> str:
    """Send somebody's browser to the provider; give where."""
    answer = somebody.get(path)
    assert answer.status_code == 303
    return answer.headers["Location"]


def faults(house: House) -> list[str]:
    """Give what the journal says was refused of the provider, in order."""
    with house.stores.journal.transaction() as session:
        bodies = session.scalars(
            sa.text("SELECT body FROM journal_entry WHERE name = 'members:provider:refused' ORDER BY leaf")
        )
        return [json.loads(body)["values"]["fault"] for body in bodies]


def full_sessions(house: House) -> int:
    with house.transaction() as uow:
        statement = sa.select(sa.func.count()).where(col(AccountSession.kind) == SessionKind.FULL)
        return uow.session.scalar(statement) or 0


# With the certified implementation.


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with certified() as started:
        yield started


@pytest.fixture
def real(store_urls: dict[str, str], tmp_path: Path, issuer: str) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, DrivenClock(system_clock()))
    yield at(built, issuer)
    built.stores.dispose()


@pytest.fixture
def agent(real: House) -> Someone:
    institution = new_institution(real)
    sign_charter(real, institution)
    person = new_person(real, institution, "agent@police.invalid")
    hold(real, person, Role.POLICE, new_cell(real).id)
    return person


def link_through(house: House, person: Someone, account: str) -> Browser:
    """Link an identity of the certified implementation, as somebody does it."""
    somebody = entered(house, person)
    page = somebody.post("/compte/proconnect")
    assert page.status_code == 200
    assert "/connexion/proconnect/depart" in page.text
    address = sent(somebody, "/connexion/proconnect/depart")
    done = somebody.get(answered(address, account, "eidas2"))
    assert "Votre identité ProConnect est associée." in words_of(done)
    return somebody


@pytest.fixture
def jar() -> Iterator[httpx2.Client]:
    with httpx2.Client() as client:
        yield client


def test_an_agent_links_an_identity_then_signs_in_and_out_through_the_provider(
    real: House, agent: Someone, jar: httpx2.Client
) -> None:
    link_through(real, agent, SUB)
    somebody = browser(real)
    assert "S'identifier avec ProConnect" in words_of(somebody.get("/connexion?suite=/compte"))
    came = somebody.get(answered(sent(somebody), SUB, "eidas2", jar))
    assert came.status_code == 200
    assert re.findall(r'href="([^"]+)" data-continue', came.text) == ["/compte"]
    assert somebody.get("/compte").status_code == 200
    assert "ProConnect" in words_of(somebody.get("/compte/connexion"))
    # What the provider vouches for is no second factor of ours.
    assert somebody.post("/compte/codes").headers["Location"].startswith("/confirmation")
    left = somebody.post("/deconnexion")
    assert "/deconnexion/proconnect" in left.text
    assert somebody.get("/compte").status_code == 303
    leaving = somebody.get("/deconnexion/proconnect")
    asked = parse_qs(urlsplit(leaving.headers["Location"]).query)
    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/deconnexion/proconnect/retour"]
    assert len(asked["state"][0]) >= 32
    page = jar.get(leaving.headers["Location"])
    assert page.status_code == 200
    [xsrf] = re.findall(r'name="xsrf" value="([^"]+)"', page.text)
    origin = origin_of(leaving.headers["Location"])
    gone = jar.post(f"{origin}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
    back = urlsplit(gone.headers["Location"])
    assert somebody.get(f"{back.path}?{back.query}").headers["Location"] == "/connexion?fait=deconnexion"
    assert "déconnecté de Cénacle et de ProConnect" in words_of(somebody.get("/connexion?fait=deconnexion"))


def test_a_weak_second_factor_of_the_provider_needs_ours_too(real: House, agent: Someone) -> None:
    link_through(real, agent, SUB)
    somebody = browser(real)
    came = somebody.get(answered(sent(somebody), SUB, "eidas1-mfa"))
    assert re.findall(r'href="([^"]+)" data-continue', came.text) == ["/connexion/code?suite=/compte"]
    assert somebody.get("/compte").status_code == 303
    assert somebody.post("/connexion/code", code="000000", next="/compte").status_code == 401
    done = somebody.post("/connexion/code", code=code_of(real, agent), next="/compte")
    assert done.headers["Location"] == "/compte"
    assert somebody.get("/compte").status_code == 200
    assert "/deconnexion/proconnect" in somebody.post("/deconnexion").text


def test_the_provider_itself_refuses_a_level_that_was_not_asked_for(real: House, agent: Someone) -> None:
    link_through(real, agent, SUB)
    somebody = browser(real)
    with pytest.raises(RuntimeError):
        answered(sent(somebody), SUB, "eidas1")


def test_an_identity_that_no_account_has_is_told_kindly_and_enters_nothing(real: House, agent: Someone) -> None:
    link_through(real, agent, SUB)
    for account in ("police.agent-8", "interieur.agent-7"):
        somebody = browser(real)
        came = somebody.get(answered(sent(somebody), account, "eidas3"))
        assert came.status_code == 403
        assert "ProConnect vous connaît, Cénacle pas encore" in words_of(came)
        assert account not in came.text
        assert somebody.get("/compte").status_code == 303
    assert faults(real) == ["unknown", "unknown"]


def test_somebody_who_declines_at_the_provider_is_brought_back(real: House) -> None:
    somebody = browser(real)
    came = somebody.get(answered(sent(somebody), "", "eidas2"))
    assert (came.status_code, faults(real)) == (401, ["declined"])


def test_a_code_that_comes_too_late_is_refused_by_the_provider(real: House) -> None:
    with certified(code_seconds=1) as slow:
        house = at(real, slow)
        somebody = browser(house)
        back = answered(sent(somebody), SUB, "eidas2")
        time.sleep(2.1)
        assert somebody.get(back).status_code == 401
        assert faults(house) == ["code"]


# What linking an identity does (domain.md section 2).


def test_linking_suspends_what_the_person_holds_until_somebody_else_confirms_it(real: House, agent: Someone) -> None:
    institution = new_institution(real, "Ville de Paris")
    dpo = new_person(real, institution, "dpo@paris.invalid")
    hold(real, dpo, Role.DPO)
    held = hold(real, agent, Role.STEERING)
    somebody = link_through(real, agent, SUB)
    assert habilitation_of(real, held).state == HabilitationState.SUSPENDED
    assert habilitation_of(real, held).confirmed_by is None
    with real.transaction() as uow:
        told = {(mail.recipient, mail.template) for mail in uow.session.scalars(sa.select(MailOutbox))}
    assert {(agent.email, "credentials_changed"), (dpo.email, "credentials_notice")} <= told
    assert "suspendue, à confirmer de nouveau" in words_of(somebody.get("/compte")).lower()
    with real.stores.journal.transaction() as session:
        bodies = session.scalars(
            sa.text("SELECT body FROM journal_entry WHERE name = 'members:account:credentials_changed'")
        )
        assert [json.loads(body)["account"] for body in bodies] == [str(agent.id)]


def test_an_identity_opens_one_account_and_an_account_has_one_identity(real: House, agent: Someone) -> None:
    somebody = link_through(real, agent, SUB)
    again = somebody.post("/compte/proconnect")
    assert again.status_code == 409
    other = new_person(real, agent.institution, "autre@police.invalid")
    second = entered(real, other)
    second.post("/compte/proconnect")
    came = second.get(answered(sent(second, "/connexion/proconnect/depart"), SUB, "eidas2"))
    assert came.status_code == 409
    with real.transaction() as uow:
        assert uow.session.scalars(sa.select(col(ProviderIdentity.account_id))).all() == [agent.id]


def test_a_reset_forgets_the_identity(real: House, agent: Someone) -> None:
    link_through(real, agent, SUB)
    administrator = new_person(real, new_institution(real, "Ville de Paris"), "admin@paris.invalid")
    hold(real, administrator, Role.ADMINISTRATOR)
    seen = row(real, agent).version
    with real.transaction(acting(real, administrator)) as uow:
        reset_credentials(uow, agent.reference, seen)
    with real.transaction() as uow:
        assert uow.session.scalars(sa.select(ProviderIdentity)).all() == []
    somebody = browser(real)
    assert somebody.get(answered(sent(somebody), SUB, "eidas2")).status_code == 403


# With the provider that lies.


def encoded(*parts: dict[str, Any]) -> str:
    """Give the parts of a token as they travel."""
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


def unsigned(claims: dict[str, Any]) -> str:
    """Give a token of the algorithm « none », as RFC 7519 allows it and nobody should."""
    return encoded({"alg": "none", "typ": "JWT"}, claims) + "."


def by_public_key(liar: Liar) -> Callable[[Any], str]:
    """Sign with the provider's public key as if it were a shared secret: the classic confusion of algorithms."""

    def confused(claims: dict[str, Any]) -> str:
        text = encoded({"alg": "HS256", "kid": "current"}, claims)
        mac = hmac.digest(liar.key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{urlsafe_b64encode(mac).decode().rstrip('=')}"

    return confused


def by_another_algorithm(_liar: Liar) -> Callable[[Any], str]:
    key = RSAKey.generate_key(2048, {"kid": "current"}, auto_kid=False)
    return lambda claims: jwt.encode({"alg": "RS256", "kid": "current"}, claims, key)


def without_name(liar: Liar) -> Callable[[Any], str]:
    return lambda claims: jwt.encode({"alg": "ES256"}, claims, liar.key)


def tell(name: str, value: object) -> Callable[[Liar], None]:
    """Let the liar set one of its fields, computed from itself when it is a function."""
    return lambda liar: setattr(liar, name, value(liar) if callable(value) else value)


def later(seconds: int) -> Callable[[Liar], dict[str, object]]:
    """Give claims dated some seconds from now, good for five minutes from then."""
    return lambda liar: {
        "iat": int(liar.now.timestamp()) + seconds,
        "exp": int(liar.now.timestamp()) + seconds + 300,
    }


HEADER = {"alg": "ES256", "kid": "current"}
ELSEWHERE = "https://fournisseur.invalid"
OWN_KEYS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")

LIES: dict[str, tuple[Callable[[Liar], None], ProviderFault]] = {
    "another nonce": (tell("claims", {"nonce": "n" * 43}), ProviderFault.NONCE),
    "no nonce": (tell("claims", {"nonce": None}), ProviderFault.NONCE),
    "another audience": (tell("claims", {"aud": "un-autre-service"}), ProviderFault.AUDIENCE),
    "an audience of two, issued to the other": (
        tell("claims", {"aud": [CLIENT, "un-autre-service"], "azp": "un-autre-service"}),
        ProviderFault.AUDIENCE,
    ),
    "another issuer in the token": (tell("claims", {"iss": ELSEWHERE}), ProviderFault.ISSUER),
    "no issuer in the token": (tell("claims", {"iss": None}), ProviderFault.ISSUER),
    "no subject": (tell("claims", {"sub": None}), ProviderFault.CLAIMS),
    "a subject that is no text": (tell("claims", {"sub": 7}), ProviderFault.CLAIMS),
    "a password alone": (tell("claims", {"acr": "eidas1"}), ProviderFault.ASSURANCE),
    "no level": (tell("claims", {"acr": None}), ProviderFault.ASSURANCE),
    "a level that nobody knows": (tell("claims", {"acr": "eidas9"}), ProviderFault.ASSURANCE),
    "a token of yesterday": (tell("claims", later(-86400)), ProviderFault.TIME),
    "a token of tomorrow": (tell("claims", later(86400)), ProviderFault.TIME),
    "a clock a minute early": (tell("claims", later(60)), ProviderFault.TIME),
    "a token without end": (tell("claims", {"exp": None}), ProviderFault.TIME),
    "the algorithm none": (tell("id_token", lambda _liar: unsigned), ProviderFault.ALGORITHM),
    "the public key as a secret": (tell("id_token", by_public_key), ProviderFault.ALGORITHM),
    "another algorithm": (tell("id_token", by_another_algorithm), ProviderFault.ALGORITHM),
    "a key without a name": (tell("id_token", without_name), ProviderFault.SIGNATURE),
    "a key that is not published": (tell("signing", lambda _liar: new_key("current")), ProviderFault.SIGNATURE),
    "a key that was withdrawn": (tell("published", lambda _liar: [new_key("next")]), ProviderFault.SIGNATURE),
    "no key at all": (tell("published", []), ProviderFault.SIGNATURE),
    "a token that is none": (tell("id_token", lambda _liar: lambda _claims: "a.b.c"), ProviderFault.SIGNATURE),
    "an unsigned identity": (
        tell("userinfo", ("application/json", json.dumps({"sub": SUB, "idp_id": IDP}))),
        ProviderFault.USERINFO,
    ),
    "an identity of the algorithm none": (
        tell("userinfo", ("application/jwt", unsigned({"sub": SUB, "idp_id": IDP}))),
        ProviderFault.ALGORITHM,
    ),
    "the identity of somebody else": (tell("about", {"sub": "police.agent-8"}), ProviderFault.USERINFO),
    "an identity for another service": (tell("about", {"aud": "un-autre-service"}), ProviderFault.AUDIENCE),
    "an identity from another issuer": (tell("about", {"iss": ELSEWHERE}), ProviderFault.ISSUER),
    "an identity that nobody vouches for": (tell("about", {"idp_id": None}), ProviderFault.CLAIMS),
    "the subject of another provider": (tell("about", {"idp_id": "interieur"}), ProviderFault.UNKNOWN),
    "another issuer in the discovery": (tell("discovery", {"issuer": ELSEWHERE}), ProviderFault.DISCOVERY),
    **{
        f"{name} at somebody else's": (tell("discovery", {name: f"{ELSEWHERE}/x"}), ProviderFault.DISCOVERY)
        for name in OWN_KEYS
    },
    "tokens that are missing": (
        tell("answers", {"/token": (200, {"Content-Type": "application/json"}, b'{"access_token": "a"}')}),
        ProviderFault.CLAIMS,
    ),
    "tokens that fit no header": (
        tell("answers", {"/token": (200, {}, json.dumps({"access_token": "é\n", "id_token": "a.b.c"}).encode())}),
        ProviderFault.CLAIMS,
    ),
    "tokens nested without end": (tell("answers", {"/token": (200, {}, b"[" * 60_000)}), ProviderFault.CODE),
    "keys nested without end": (tell("answers", {"/jwks": (200, {}, b"[" * 60_000)}), ProviderFault.UNREACHABLE),
    "a payload nested without end": (
        tell("id_token", lambda liar: lambda _claims: serialize_compact(HEADER, b"[" * 30_000, liar.key)),
        ProviderFault.SIGNATURE,
    ),
    "tokens that are no JSON": (tell("answers", {"/token": (200, {}, b"<p>")}), ProviderFault.CODE),
    "a redirect": (
        tell("answers", {"/userinfo": (302, {"Location": f"{ELSEWHERE}/x"}, b"")}),
        ProviderFault.UNREACHABLE,
    ),
    "keys that never end": (tell("answers", {"/jwks": (200, {}, b" " * 70_000)}), ProviderFault.UNREACHABLE),
    "keys that are packed": (
        tell("answers", {"/jwks": (200, {"Content-Encoding": "gzip"}, b"x")}),
        ProviderFault.UNREACHABLE,
    ),
    "a fault of the provider": (tell("answers", {"/token": (500, {}, b"panne")}), ProviderFault.UNREACHABLE),
}

STATUS = {ProviderFault.UNREACHABLE: 503, ProviderFault.UNKNOWN: 403}


def test_a_provider_that_says_the_truth_lets_its_agent_in(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    assert somebody.get(returned(liar, sent(somebody))).status_code == 200
    assert somebody.get("/compte").status_code == 200
    assert faults(house) == []


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_journalled_and_told_without_detail(
    house: House, liar: Liar, member: Someone, lie: str
) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    say, fault = LIES[lie]
    say(liar)
    answer = somebody.get(back)
    assert (answer.status_code, faults(house)) == (STATUS.get(fault, 401), [fault.value])
    if answer.status_code == 401:
        assert REFUSED in words_of(answer)
        assert title_of(answer) == "Connexion impossible · Cénacle"
    for word in (fault.value, SUB, "jeton", "nonce", "signature", liar.issuer):
        assert word not in answer.text
    assert full_sessions(house) == 0
    assert somebody.get("/compte").status_code == 303


def test_every_lie_reads_the_same(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    pages = set()
    for lie in ("another nonce", "the algorithm none", "a password alone", "an unsigned identity"):
        somebody = browser(house)
        liar.nonce = ""
        back = returned(liar, sent(somebody), code=lie)
        liar.claims, liar.id_token, liar.userinfo = {}, None, None
        LIES[lie][0](liar)
        pages.add(somebody.get(back).text)
    assert len(pages) == 1


@pytest.mark.parametrize(
    "changes,fault",
    [
        ({"state": "s" * 43}, ProviderFault.REQUEST),
        ({"state": None}, ProviderFault.REQUEST),
        ({"iss": ELSEWHERE}, ProviderFault.MIXED_UP),
        ({"iss": None}, ProviderFault.MIXED_UP),
        ({"code": None}, ProviderFault.DECLINED),
        ({"code": "", "error": "access_denied"}, ProviderFault.DECLINED),
    ],
)
def test_an_answer_that_does_not_fit_what_was_asked_is_refused(
    house: House, liar: Liar, member: Someone, changes: dict[str, str | None], fault: ProviderFault
) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    answer = somebody.get(returned(liar, sent(somebody), **changes))
    assert (answer.status_code, faults(house)) == (401, [fault.value])
    assert REFUSED in words_of(answer)
    # Nothing was sent to a provider that did not answer this request.
    assert [path for path, _ in liar.asked if path == "/token"] == []


def test_an_answer_serves_once_whoever_brings_it(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    cookie = somebody.client.cookies["cenacle-proconnect"]
    assert somebody.get(back).status_code == 200
    assert "cenacle-proconnect" not in somebody.client.cookies
    thief = browser(house)
    thief.client.cookies.set("cenacle-proconnect", cookie)
    assert thief.get(back).status_code == 401
    assert browser(house).get(back).status_code == 401
    assert faults(house) == ["request", "request"]
    assert full_sessions(house) == 1


def test_a_code_given_to_another_browser_opens_nothing(house: House, liar: Liar, member: Someone) -> None:
    """Somebody signs in at the provider, then has the victim's browser bring the answer: login CSRF."""
    linked(house, liar, member)
    attacker, target = browser(house), browser(house)
    back = returned(liar, sent(attacker))
    sent(target)
    assert target.get(back).status_code == 401
    assert faults(house) == ["request"]
    assert target.get("/compte").status_code == 303


def test_a_code_already_used_is_refused(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    liar.used_codes.add("code-1")
    somebody = browser(house)
    assert somebody.get(returned(liar, sent(somebody))).status_code == 401
    assert faults(house) == ["code"]


def test_an_answer_that_comes_too_late_is_refused(
    house: House, liar: Liar, member: Someone, clock: DrivenClock
) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    clock.advance(timedelta(minutes=Minutes.PROVIDER))
    assert somebody.get(back).status_code == 401
    assert faults(house) == ["request"]
    sent(browser(house))
    with house.transaction() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(ProviderRequest)) == 1


@pytest.mark.parametrize("seconds", [20, -320])
def test_a_clock_a_little_early_or_late_is_believed(house: House, liar: Liar, member: Someone, seconds: int) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    liar.claims = later(seconds)(liar)
    assert somebody.get(back).status_code == 200


def test_a_new_key_is_believed_as_soon_as_it_is_published(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    following = new_key("next")
    liar.published, liar.signing = [liar.key, following], following
    assert somebody.get(back).status_code == 200


@pytest.mark.parametrize("path", ["https://elsewhere.invalid", "//elsewhere.invalid", "/\\elsewhere.invalid"])
def test_nobody_is_sent_elsewhere_after_the_provider(house: House, liar: Liar, member: Someone, path: str) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    came = somebody.get(returned(liar, sent(somebody, f"/connexion/proconnect?suite={path}")))
    assert re.findall(r'href="([^"]+)" data-continue', came.text) == ["/"]


def test_what_is_asked_of_the_provider_is_the_profile(house: House, liar: Liar) -> None:
    somebody = browser(house)
    answer = somebody.get(START)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    assert answer.headers["Location"].startswith(f"{liar.issuer}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid idp_id"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/connexion/proconnect/retour"
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert json.loads(asked["claims"]) == {
        "id_token": {"acr": {"essential": True, "values": ["eidas1-mfa", "eidas2", "eidas3"]}}
    }
    # ProConnect answers an error to whatever it does not know.
    known = {"response_type", "client_id", "scope", "redirect_uri", "state", "nonce", "claims"}
    assert asked.keys() == known | {"code_challenge", "code_challenge_method"}
    cookie = next(one for one in answer.headers.get_list("Set-Cookie") if one.startswith("cenacle-proconnect="))
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    secret = somebody.client.cookies["cenacle-proconnect"]
    assert secret not in answer.headers["Location"]
    with house.transaction() as uow:
        [kept] = uow.session.scalars(sa.select(ProviderRequest))
        assert kept.secret_hash == sha256(secret.encode()).digest()
    assert Asked(secret).state == asked["state"]


def test_nothing_is_asked_of_the_provider_within_a_transaction(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    held: list[int] = []
    pool: Any = house.stores.main.engine.pool
    liar.watch = lambda: held.append(pool.checkedout())
    assert somebody.get(returned(liar, sent(somebody))).status_code == 200
    somebody.post("/deconnexion")
    somebody.get("/deconnexion/proconnect")
    assert len(held) >= 6
    assert set(held) == {0}


def test_somebody_who_left_does_not_come_back_through_the_provider(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    administrator = new_person(house, new_institution(house, "Ville de Paris"), "admin@paris.invalid")
    hold(house, administrator, Role.ADMINISTRATOR)
    somebody = browser(house)
    assert somebody.get(returned(liar, sent(somebody))).status_code == 200
    seen = row(house, member).version
    with house.transaction(acting(house, administrator)) as uow:
        settle_departure(uow, member.reference, seen, Departure(uow.today(), acknowledged=True))
    assert somebody.get("/compte").status_code == 303
    again = browser(house)
    liar.nonce = ""
    assert again.get(returned(liar, sent(again), code="code-2")).status_code == 403


def test_the_agents_of_a_ministry_are_not_let_in_by_its_siret(house: House, liar: Liar, member: Someone) -> None:
    """Neither asked for nor read: an identity that nobody linked opens nothing, whatever else it says (R17)."""
    liar.about = {"siret": "11001401600015", "roles": ["agent_public_etat"], "email": member.email}
    somebody = browser(house)
    assert somebody.get(returned(liar, sent(somebody))).status_code == 403
    assert "siret" not in sent(browser(house))


def test_a_link_needs_a_fresh_factor_and_the_form_of_the_page(
    house: House, member: Someone, clock: DrivenClock
) -> None:
    somebody = entered(house, member)
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}
    assert somebody.client.post("/compte/proconnect", data={}, headers=headers).status_code == 403
    clock.advance(timedelta(minutes=11))
    assert somebody.post("/compte/proconnect").headers["Location"] == "/confirmation?suite=/compte/connexion"
    assert somebody.post("/compte/proconnect/retrait").headers["Location"].startswith("/confirmation")
    assert somebody.get("/connexion/proconnect/depart").status_code == 409


@pytest.mark.parametrize("path", ["/compte/sessions", "/verrouillage", "/deconnexion"])
def test_a_link_fails_once_its_session_has_ended_or_is_locked(
    house: House, liar: Liar, member: Someone, path: str
) -> None:
    somebody = entered(house, member)
    assert somebody.post("/compte/proconnect").status_code == 200
    back = returned(liar, sent(somebody, "/connexion/proconnect/depart"))
    assert somebody.post(path).headers["Location"] == "/connexion"
    assert somebody.get(back).status_code == 409
    with house.transaction() as uow:
        assert uow.session.scalars(sa.select(ProviderIdentity)).all() == []


def test_an_identity_is_removed_by_its_holder_who_is_told(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = entered(house, member)
    assert somebody.post("/compte/proconnect/retrait").headers["Location"] == "/compte/connexion?fait=identite"
    assert somebody.post("/compte/proconnect/retrait").status_code == 409
    with house.transaction() as uow:
        [mail] = uow.session.scalars(sa.select(MailOutbox))
    assert (mail.recipient, mail.template) == (member.email, "sign_in_changed")


def test_the_id_token_is_kept_wrapped_and_serves_one_departure(house: House, liar: Liar, member: Someone) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    assert somebody.get(returned(liar, sent(somebody))).status_code == 200
    with house.transaction() as uow:
        [session] = uow.session.scalars(sa.select(AccountSession).where(col(AccountSession.ended_at).is_(None)))
        assert session.id_token_wrapped is not None
        assert b"eyJ" not in session.id_token_wrapped
    assert somebody.get("/deconnexion/proconnect").headers["Location"] == "/connexion"
    assert somebody.get("/compte").status_code == 200
    assert "/deconnexion/proconnect" in somebody.post("/deconnexion").text
    kept = somebody.cookie
    assert somebody.get("/deconnexion/proconnect").headers["Location"].startswith(f"{liar.issuer}/session/end?")
    somebody.client.cookies.set("cenacle", kept)
    assert somebody.get("/deconnexion/proconnect").headers["Location"] == "/connexion"
    assert somebody.get("/deconnexion/proconnect/retour?state=faux").headers["Location"] == "/connexion"


def test_without_the_settings_nothing_of_it_shows(alone: House, member: Someone) -> None:
    somebody = entered(alone, member)
    assert "ProConnect" not in browser(alone).get("/connexion").text
    assert "ProConnect" not in somebody.get("/compte/connexion").text
    for path in ("/connexion/proconnect", "/connexion/proconnect/depart", BACK):
        assert browser(alone).get(path).status_code == 404
    assert somebody.post("/compte/proconnect").status_code == 404
    assert browser(alone).get("/deconnexion/proconnect").headers["Location"] == "/connexion"


def test_a_provider_over_plain_http_beyond_this_machine_is_refused(alone: House) -> None:
    house = at(alone, "http://fournisseur.invalid")
    assert browser(house).get(START).status_code == 401
    assert faults(house) == ["discovery"]


def test_a_provider_that_is_not_there_is_said_to_be_so(alone: House) -> None:
    house = at(alone, "http://127.0.0.1:9")
    answer = browser(house).get(START)
    assert (answer.status_code, faults(house)) == (503, ["unreachable"])
    assert "ProConnect ne répond pas" in words_of(answer)


def test_a_provider_that_drags_is_given_up(
    house: House, liar: Liar, member: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(house, liar, member)
    somebody = browser(house)
    back = returned(liar, sent(somebody))
    monkeypatch.setattr("backend.members.provider.DEADLINE", 0.2)
    liar.watch = lambda: time.sleep(0.15)
    assert somebody.get(back).status_code == 503
    assert faults(house) == ["unreachable"]
    assert full_sessions(house) == 0


def test_a_provider_that_drags_does_not_take_every_place(
    house: House, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.members.provider.PATIENCE", 0.1)
    with ExitStack() as conversations:
        for _ in range(CONVERSATIONS):
            conversations.enter_context(_conversation(registered(liar.issuer)))
        assert browser(house).get(START).status_code == 503
    assert browser(house).get(START).status_code == 303


def test_the_same_holds_on_postgresql_under_row_level_security(guarded: Cast) -> None:
    with lying(guarded.clock()) as liar:
        house = at(guarded.house, liar.issuer)
        member = guarded.people["police_13"]
        somebody = entered(house, member)
        assert somebody.post("/compte/proconnect").status_code == 200
        back = returned(liar, sent(somebody, "/connexion/proconnect/depart"))
        assert "est associée" in words_of(somebody.get(back))
        assert somebody.get(back).status_code == 401
        again, liar.nonce = browser(house), ""
        assert again.get(returned(liar, sent(again), code="code-2")).status_code == 200
        assert "suspendue, à confirmer de nouveau" in words_of(again.get("/compte"))
        assert again.post("/deconnexion").status_code == 200
        assert again.get("/deconnexion/proconnect").headers["Location"].startswith(f"{liar.issuer}/session/end?")


def test_one_answer_brought_twice_at_once_opens_one_session(guarded: Cast) -> None:
    with lying(guarded.clock()) as liar, ThreadPoolExecutor(2) as threads:
        house = at(guarded.house, liar.issuer)
        linked(house, liar, guarded.people["police_13"])
        somebody, other = browser(house), browser(house)
        back = returned(liar, sent(somebody))
        other.client.cookies.set("cenacle-proconnect", somebody.client.cookies["cenacle-proconnect"])
        statuses = sorted(threads.map(lambda one: one.get(back).status_code, (somebody, other)))
        assert statuses == [200, 401]

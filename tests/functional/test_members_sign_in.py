"""Sign-in, enrolment, lock and tokens through HTTP, on the whole application; the attacks that a browser can carry."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.members.actions.exclusions import exclude_person
from backend.members.actions.sessions import open_token
from backend.members.models import Account
from backend.web.session import csrf_token
from policies.habilitation import ExclusionGround
from policies.vocabulary import Role
from tests.support.browsing import browser, entered, signed_in
from tests.support.house import MORNING, new_house
from tests.support.people import (
    PASSWORD,
    Someone,
    acting,
    code_of,
    hold,
    new_cell,
    new_institution,
    new_person,
    row,
    sign_charter,
)


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@pytest.fixture
def member(house: House) -> Someone:
    institution = new_institution(house)
    sign_charter(house, institution)
    person = new_person(house, institution, "membre@police.invalid")
    hold(house, person, Role.POLICE, new_cell(house).id)
    return person


@pytest.fixture
def administrator(house: House) -> Someone:
    person = new_person(house, new_institution(house, "Ville de Paris"), "admin@paris.invalid")
    hold(house, person, Role.ADMINISTRATOR)
    return person


def test_a_person_signs_in_reads_their_account_and_signs_out(house: House, member: Someone) -> None:
    somebody = browser(house)
    asked = somebody.get("/compte")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/connexion?suite=/compte")
    assert 'name="next" value="/compte"' in somebody.get("/connexion?suite=/compte").text
    first = somebody.post("/connexion", email=member.email, password=PASSWORD, next="/compte")
    assert first.headers["Location"] == "/connexion/code?suite=/compte"
    assert somebody.get("/compte").status_code == 303
    second = somebody.post("/connexion/code", code=code_of(house, member), next="/compte")
    assert (second.status_code, second.headers["Location"]) == (303, "/compte")
    page = somebody.get("/compte").text
    assert member.email in page
    assert "Commissariat, CENOMED du 13e" not in page
    assert "CENOMED du 13e" in page
    out = somebody.post("/deconnexion")
    assert out.headers["Location"] == "/connexion"
    assert somebody.get("/compte").status_code == 303


def test_the_cookie_is_bound_to_the_host_over_tls(house: House, member: Someone) -> None:
    served = replace(house, settings=house.settings.model_copy(update={"public_url": "https://cenacle.invalid"}))
    somebody = browser(served, "https://cenacle.invalid")
    answer = somebody.post("/connexion", email=member.email, password=PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-cenacle=")
    for attribute in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie
    assert len(somebody.cookie) == 43  # 256 bits


def test_a_planted_cookie_is_replaced_at_each_step(house: House, member: Someone) -> None:
    somebody = browser(house)
    somebody.client.cookies.set("cenacle", "planted", domain="127.0.0.1", path="/")
    secrets = {"planted"}
    answer = somebody.post("/connexion", email=member.email, password=PASSWORD)
    secrets.add(re.findall(r"cenacle=([^;]+)", answer.headers["Set-Cookie"])[0])
    somebody.client.cookies.clear()
    somebody.client.cookies.set("cenacle", max(secrets - {"planted"}), domain="127.0.0.1", path="/")
    answer = somebody.post("/connexion/code", code=code_of(house, member))
    secrets.add(re.findall(r"cenacle=([^;]+)", answer.headers["Set-Cookie"])[0])
    assert len(secrets) == 3


def test_a_mistake_reads_the_same_whoever_it_is_and_keeps_the_address_only(house: House, member: Someone) -> None:
    pages = []
    for email in (member.email, "personne@police.invalid"):
        answer = browser(house).post("/connexion", email=email, password="Un autre mot 99", next="/")
        assert answer.status_code == 401
        assert "Un autre mot 99" not in answer.text
        pages.append(answer.text.replace(email, "ADRESSE"))
    assert pages[0] == pages[1]
    assert "ADRESSE" in pages[0]


def test_the_sixth_attempt_waits_and_says_how_long(house: House, member: Someone) -> None:
    somebody = browser(house)
    for _ in range(5):
        assert somebody.post("/connexion", email=member.email, password="faux").status_code == 401
    answer = somebody.post("/connexion", email=member.email, password=PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Réessayez dans 1 minute." in answer.text


@pytest.mark.parametrize("path", ["https://elsewhere.invalid", "//elsewhere.invalid", "/\\elsewhere.invalid", "x", ""])
def test_nobody_is_sent_elsewhere_after_the_sign_in(house: House, member: Someone, path: str) -> None:
    somebody = browser(house)
    somebody.post("/connexion", email=member.email, password=PASSWORD, next=path)
    answer = somebody.post("/connexion/code", code=code_of(house, member), next=path)
    assert answer.headers["Location"] == "/"


def test_a_form_from_another_site_is_refused(house: House, member: Someone) -> None:
    somebody = signed_in(house, member)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.invalid"}, {}):
        answer = somebody.client.post("/compte/sessions", data={"csrf": csrf_token(somebody.cookie)}, headers=headers)
        assert answer.status_code == 403
    answer = somebody.client.post("/compte/sessions", data={}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert somebody.get("/compte").status_code == 200


def test_an_idle_session_locks_and_is_taken_up_again(house: House, member: Someone, clock: DrivenClock) -> None:
    somebody = signed_in(house, member)
    clock.advance(timedelta(minutes=15))
    assert somebody.get("/compte").headers["Location"] == "/connexion?suite=/compte"
    page = somebody.get("/connexion?suite=/compte").text
    assert "Session verrouillée" in page
    assert somebody.post("/connexion/reprise", proof="faux", next="/compte").status_code == 401
    assert somebody.post("/connexion/reprise", proof=PASSWORD, next="/compte").headers["Location"] == "/compte"
    assert somebody.get("/compte").status_code == 200
    assert somebody.post("/verrouillage").status_code == 303
    assert somebody.get("/compte").status_code == 303
    assert somebody.post("/deconnexion").status_code == 303
    assert "Session verrouillée" not in somebody.get("/connexion").text


def test_somebody_excluded_loses_the_session_and_the_token_within_the_next_request(
    house: House, member: Someone, administrator: Someone
) -> None:
    somebody = signed_in(house, member)
    with house.transaction() as uow:
        bearer = {"Authorization": f"Bearer {open_token(uow, uow.session.get_one(Account, member.id))}"}
    assert somebody.client.get("/api/v1/moi", headers=bearer).status_code == 200
    seen = row(house, member).version
    with house.transaction(acting(house, administrator)) as uow:
        exclude_person(uow, member.reference, seen, ground=ExclusionGround.CONFIDENTIALITY)
    assert somebody.get("/compte").status_code == 303
    assert somebody.client.get("/api/v1/moi", headers=bearer).status_code == 401


def test_new_recovery_codes_ask_for_a_fresh_code_first(house: House, member: Someone, clock: DrivenClock) -> None:
    somebody = signed_in(house, member)
    clock.advance(timedelta(minutes=11))
    assert somebody.post("/compte/codes").headers["Location"] == "/confirmation?suite=/compte/connexion"
    assert somebody.get("/confirmation?suite=/compte").status_code == 200
    assert somebody.post("/confirmation", code="000000", next="/compte").status_code == 401
    answer = somebody.post("/confirmation", code=code_of(house, member), next="/compte")
    assert answer.headers["Location"] == "/compte"
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", somebody.post("/compte/codes").text)
    assert len(codes) == 8
    other = browser(house)
    assert other.sign_in(member.email, codes[0]).headers["Location"] == "/compte"
    assert browser(house).sign_in(member.email, codes[0]).status_code == 401


def test_ending_every_session_ends_them_on_every_machine(house: House, member: Someone, clock: DrivenClock) -> None:
    first = signed_in(house, member)
    clock.advance(timedelta(seconds=30))
    second = signed_in(house, member)
    assert first.post("/compte/sessions").headers["Location"] == "/connexion"
    assert second.get("/compte").status_code == 303


def test_an_invited_person_enrols_from_the_link_to_the_clause(house: House, administrator: Someone) -> None:
    admin = signed_in(house, administrator)
    page = admin.get("/comptes/nouveau").text
    institution = re.findall(r'<option value="([0-9A-Z-]{14})"', page)[0]
    answer = admin.post(
        "/comptes/nouveau",
        display_name="Camille Roux",
        function="agente",
        email="camille@police.invalid",
        institution=institution,
    )
    code = "".join(re.findall(r"<strong>(\d{4}) (\d{4})</strong>", answer.text)[0])
    with house.transaction() as uow:
        link = uow.session.scalars(sa.select(MailOutbox)).one().link
    assert link
    assert code not in link
    newcomer = browser(house)
    assert newcomer.get(link).status_code == 200
    assert newcomer.client.head(link).status_code == 405
    assert newcomer.cookie == ""
    wrong = newcomer.post(link, code="00000000")
    assert wrong.status_code == 401
    assert newcomer.post(link, code=code).headers["Location"] == "/mon-inscription/mot-de-passe"
    assert browser(house).get(link).status_code == 404
    weak = newcomer.post("/mon-inscription/mot-de-passe", password="azerty", again="azerty")
    assert weak.status_code == 422
    assert "azerty" not in weak.text
    assert newcomer.post("/mon-inscription/mot-de-passe", password=PASSWORD, again="autre").status_code == 422
    chosen = newcomer.post("/mon-inscription/mot-de-passe", password=PASSWORD, again=PASSWORD)
    assert chosen.headers["Location"] == "/mon-inscription/application"
    shown = newcomer.get("/mon-inscription/application").text
    assert "<path d=" in shown
    letters = re.findall(r"<strong>([A-Z2-7 ]{39})</strong>", shown)
    assert len(letters) == 1
    assert newcomer.post("/mon-inscription/application", code="000000").status_code == 422
    with house.transaction() as uow:
        account = uow.session.scalars(sa.select(Account).where(col(Account.email) == "camille@police.invalid")).one()
    person = Someone(account.id, account.reference, account.email, account.institution_id)
    done = newcomer.post("/mon-inscription/application", code=code_of(house, person))
    assert len(re.findall(r"<code>", done.text)) == 8
    hold(house, person, Role.STEERING)
    assert "engagement" in newcomer.get("/engagements").text
    assert newcomer.post("/engagements", kind="commitment", value="confidentiality_clause").status_code == 422
    accepted = newcomer.post("/engagements", kind="commitment", value="confidentiality_clause", accepted="oui")
    assert accepted.headers["Location"] == "/compte?fait=accepte"


def test_a_token_is_given_for_both_factors_and_says_who_one_is(house: House, member: Someone) -> None:
    client = browser(house).client
    answer = client.post(
        "/api/v1/jetons",
        json={"email": member.email, "mot_de_passe": PASSWORD, "code": code_of(house, member)},
    )
    assert answer.status_code == 201
    assert answer.json()["duree"] == 600
    bearer = {"Authorization": f"Bearer {answer.json()['jeton']}"}
    me = client.get("/api/v1/moi", headers=bearer).json()
    assert me["compte"] == member.reference
    assert [held["role"] for held in me["habilitations"]] == ["police"]
    assert me["en_attente"] == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_what_is_no_token_reads_nothing(house: House, token: str) -> None:
    answer = browser(house).client.get("/api/v1/moi", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_is_not_read_by_the_api(house: House, member: Someone) -> None:
    assert signed_in(house, member).get("/api/v1/moi").status_code == 401


def test_a_wrong_code_for_a_token_is_a_problem_without_detail(house: House, member: Someone) -> None:
    client = browser(house).client
    for email in (member.email, "personne@police.invalid"):
        answer = client.post("/api/v1/jetons", json={"email": email, "mot_de_passe": PASSWORD, "code": "000000"})
        assert answer.status_code == 401
        assert answer.json()["detail"] == "L'adresse, le mot de passe ou le code ne correspond pas."
    unknown = client.post("/api/v1/jetons", json={"email": member.email, "role": "administrator"})
    assert unknown.status_code == 422
    assert set(unknown.json()["errors"]) >= {"mot_de_passe", "code", "role"}


def test_personas_are_one_click_away_in_demonstration_only(
    store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock
) -> None:
    house = new_house(store_urls, tmp_path, clock, mode="demo")
    person = new_person(house, new_institution(house), "dpo@demo.invalid")
    hold(house, person, Role.DPO)
    new_person(house, person.institution, "autre@police.invalid")
    somebody = browser(house)
    page = somebody.get("/connexion").text
    assert 'action="/connexion/demo/dpo@demo.invalid"' in page
    assert "autre@police.invalid" not in page
    assert somebody.post("/connexion/demo/dpo@demo.invalid").headers["Location"] == "/"
    assert somebody.get("/compte").status_code == 200
    assert somebody.post("/connexion/demo/personne@demo.invalid").status_code == 404
    house.stores.dispose()


def test_there_is_no_persona_in_production(house: House, member: Someone) -> None:
    somebody = browser(house)
    assert "demo" not in somebody.get("/connexion").text
    assert somebody.post(f"/connexion/demo/{member.email}").status_code == 404


def test_the_first_page_leads_to_what_is_missing_and_to_ones_account(house: House, member: Someone) -> None:
    newcomer = new_person(house, member.institution, "nouvelle@police.invalid", clause=False)
    hold(house, newcomer, Role.REPORTER)
    somebody = entered(house, newcomer)
    page = somebody.get("/").text
    assert 'href="/engagements"' in page
    assert 'href="/compte"' in page
    asked = somebody.get("/engagements").text
    assert "Je m&#39;engage à n&#39;utiliser les informations" in asked or "Je m'engage à n'utiliser" in asked
    somebody.post("/engagements", kind="commitment", value="confidentiality_undertaking", accepted="oui")
    assert 'href="/engagements"' not in somebody.get("/").text


def test_a_member_reads_and_accepts_the_charter_that_the_institution_signed(house: House, member: Someone) -> None:
    newcomer = new_person(house, member.institution, "nouvelle@police.invalid", clause=False)
    hold(house, newcomer, Role.REPORTER)
    hold(house, newcomer, Role.PJJ, new_cell(house, "CENOMED du 18e", "75118").id)
    somebody = entered(house, newcomer)
    assert "J'accepte la charte et le règlement intérieur" in somebody.get("/engagements").text
    assert somebody.post("/engagements", kind="charter", value="cenomed-1999", accepted="oui").status_code == 409
    assert somebody.post("/engagements", kind="commitment", value="rien", accepted="oui").status_code == 422
    accepted = somebody.post("/engagements", kind="charter", value="cenomed-2023", accepted="oui")
    assert accepted.headers["Location"] == "/engagements"
    assert "J'accepte la charte" not in somebody.get("/engagements").text

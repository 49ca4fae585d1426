"""One-time forms: a link by e-mail, a code by phone, one signalement, nothing to read (architecture, section 6)."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.institutions.models import Institution
from backend.mail.models import MailOutbox
from backend.signalements.models import Invitation
from backend.situations.models import Situation
from tests.support.cast import Cast
from tests.support.http import Browser, form_of, forms_of, links_of, words_of
from tests.support.journeys import START, TYPED, qualified, rows, sent

AGENT = {"agent_name": "Camille Gardien", "agent_function": "gardien d'immeuble"}
FORM = dict(TYPED)


@dataclass(frozen=True)
class Given:
    """What the coordinator read once: the link and the code."""

    link: str
    code: str

    @property
    def path(self) -> str:
        return "/formulaire/" + self.link.rpartition("/")[2]

    @property
    def secret(self) -> str:
        return self.link.rpartition("/")[2]


def invited(cast: Cast, who: str = "coordinator_13", cell: str = "13", institution: str = "landlord") -> Given:
    page = cast.browser(who).send("/invitations", chosen(cast, cell, institution))
    assert page.status_code == 200, words_of(page)
    [link] = re.findall(r'<code id="lien-texte">([^<]+)</code>', page.text)
    [code] = re.findall(r'class="code-shown"><strong>([\d ]+)</strong>', page.text)
    return Given(link, code)


def chosen(cast: Cast, cell: str, institution: str) -> dict[str, str]:
    with cast.house.stores.main.transaction() as session:
        row = session.get_one(Institution, cast.institutions[institution])
    return {"cell": cast.cells[cell].reference, "institution": row.reference, **AGENT}


def entered(cast: Cast, given: Given) -> Browser:
    """Open the form in the agent's browser, with the code."""
    agent = cast.anonymous()
    answer = agent.send(given.path, {"code": given.code, "undertaking": "oui"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/formulaire")
    return agent


def filled(agent: Browser, **typed: str) -> Response:
    """Answer the first questions, then fill the form and send it."""
    asked = agent.send("/formulaire", {**START, "act": "start"})
    assert asked.status_code == 200, words_of(asked)
    return agent.resend(asked, {**FORM, **typed, "act": "send"}, "/formulaire")


def only(cast: Cast) -> Invitation:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Invitation)).one()


def situation(cast: Cast) -> str:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(col(Situation.reference))).one()


def test_an_agent_without_an_account_signals_once_and_the_coordinator_confirms_before_qualifying(cast: Cast) -> None:
    given = invited(cast)
    agent = entered(cast, given)
    answer = filled(agent)
    assert answer.status_code == 200
    assert "Votre signalement est envoyé" in words_of(answer)
    assert "Durand" not in answer.text
    reference = situation(cast)
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{reference}"))
    assert "Camille Gardien, gardien d'immeuble, Bailleur du Sud" in sheet
    assert "auteur à confirmer par téléphone" in sheet
    refused = qualified(cast, reference)
    assert refused.status_code == 409
    assert "Confirmez d'abord" in words_of(refused)
    action = f"/invitations/{only(cast).reference}/confirmation"
    confirmed = cast.browser("coordinator_13").send("/invitations", {}, action)
    assert confirmed.status_code == 303
    assert qualified(cast, reference).status_code == 303
    assert "auteur confirmé" in words_of(cast.browser("coordinator_13").get("/invitations"))


def test_opening_the_link_consumes_nothing(cast: Cast) -> None:
    given = invited(cast)
    before = only(cast)
    for _ in range(30):
        scanner = cast.anonymous()
        assert scanner.get(given.path).status_code == 200
        scanner.client.head(given.path)
        scanner.client.options(given.path)
    after = only(cast)
    assert (after.version, after.attempts, after.opened_at) == (before.version, 0, None)
    assert filled(entered(cast, given)).status_code == 200


def test_the_page_of_the_link_says_nothing_of_who_was_invited(cast: Cast) -> None:
    page = cast.anonymous().get(invited(cast).path)
    for hidden in ("Camille", "Gardien", "Bailleur", "13e"):
        assert hidden not in words_of(page)


def test_the_fifth_wrong_code_voids_the_link(cast: Cast) -> None:
    given = invited(cast)
    wrong = "00000000" if given.code != "0000 0000" else "11111111"
    for attempt in range(1, 6):
        agent = cast.anonymous()
        answer = agent.send(given.path, {"code": wrong, "undertaking": "oui"})
        assert answer.status_code == (404 if attempt == 5 else 422)
        assert "set-cookie" not in answer.headers
        assert only(cast).attempts == attempt
    agent = cast.anonymous()
    assert agent.get(given.path).status_code == 404
    assert agent.post(given.path, {"code": given.code, "undertaking": "oui"}).status_code == 404
    assert only(cast).opened_at is None


def test_the_undertaking_comes_first_and_costs_no_attempt(cast: Cast) -> None:
    given = invited(cast)
    answer = cast.anonymous().send(given.path, {"code": given.code})
    assert answer.status_code == 422
    assert 'id="champ-undertaking-erreur"' in answer.text
    assert given.code not in answer.text
    assert only(cast).attempts == 0
    assert filled(entered(cast, given)).status_code == 200


def test_a_code_opens_one_form_and_a_form_is_sent_once(cast: Cast) -> None:
    given = invited(cast)
    agent = entered(cast, given)
    second = cast.anonymous().post(given.path, {"code": given.code, "undertaking": "oui"})
    assert second.status_code == 404
    asked = agent.send("/formulaire", {**START, "act": "start"})
    kept = dict(agent.client.cookies)
    assert agent.resend(asked, {**FORM, "act": "send"}, "/formulaire").status_code == 200
    assert agent.get("/formulaire").status_code == 404
    again = cast.anonymous()
    for name, value in kept.items():
        again.client.cookies.set(name, value)
    assert again.get("/formulaire").status_code == 404
    assert again.resend(asked, {**FORM, "act": "send"}, "/formulaire").status_code == 404
    assert again.get(given.path).status_code == 404
    assert len(rows(cast)["situation"]) == 1


def test_a_link_lives_seven_days_and_a_form_two_hours(cast: Cast) -> None:
    given, late = invited(cast), invited(cast)
    cast.pass_time(timedelta(days=7) - timedelta(minutes=121))
    agent = entered(cast, given)
    cast.pass_time(timedelta(minutes=119))
    assert agent.get("/formulaire").status_code == 200
    assert cast.anonymous().get(late.path).status_code == 200
    cast.pass_time(timedelta(minutes=2))
    assert agent.get("/formulaire").status_code == 404
    assert agent.post("/formulaire", {**START, **FORM, "act": "send"}).status_code == 404
    assert cast.anonymous().get(late.path).status_code == 404
    assert cast.anonymous().post(late.path, {"code": late.code, "undertaking": "oui"}).status_code == 404
    assert "expirée" in words_of(cast.browser("coordinator_13").get("/invitations"))


def test_an_invitation_that_is_withdrawn_opens_nothing(cast: Cast) -> None:
    given = invited(cast)
    agent = entered(cast, given)
    action = f"/invitations/{only(cast).reference}/retrait"
    assert cast.browser("coordinator_13").send("/invitations", {}, action).status_code == 303
    assert agent.get("/formulaire").status_code == 404
    assert agent.post("/formulaire", {**START, **FORM, "act": "send"}).status_code == 404
    assert cast.anonymous().get(given.path).status_code == 404
    assert rows(cast)["situation"] == []


def test_an_error_on_the_form_keeps_what_was_typed_and_spends_nothing(cast: Cast) -> None:
    agent = entered(cast, invited(cast))
    answer = filled(agent, sex="", last_name="Zylberkwist")
    assert answer.status_code == 422
    shown = form_of(answer, "/formulaire").shown()
    assert (shown["last_name"], shown["place"], shown["motives"]) == (
        ("Zylberkwist",),
        ("Square du Puits",),
        ("MOT-02", "MOT-05"),
    )
    assert "Zylberkwist" not in repr(rows(cast))
    assert agent.resend(answer, {"sex": "male", "act": "send"}, "/formulaire").status_code == 200


def test_the_form_reads_nothing_and_nothing_else_opens_to_its_agent(cast: Cast) -> None:
    done = sent(cast)
    agent = entered(cast, invited(cast))
    page = agent.get("/formulaire")
    assert "Durand" not in page.text
    for path in ("/", "/situations", f"/situations/{done.situation}", f"/recepisses/{done.receipt}", "/signalements"):
        assert agent.get(path).headers["location"].startswith("/connexion")
    assert {form.action for form in forms_of(page)} == {"/formulaire"}
    assert not {link for link in links_of(page) if link.startswith(("/situations", "/signalements"))}


def test_an_invitation_is_worth_for_its_cell_only(cast: Cast) -> None:
    agent = entered(cast, invited(cast))
    asked = agent.send("/formulaire", {**START, "arrondissement": "18", "act": "start"})
    answer = agent.resend(asked, {**FORM, "quartier": "", "act": "send"}, "/formulaire")
    assert answer.status_code == 422
    assert "CENOMED du 13e" in words_of(answer)
    assert rows(cast)["situation"] == []


def test_the_diversion_questions_are_asked_to_an_invited_agent_too(cast: Cast) -> None:
    agent = entered(cast, invited(cast))
    answer = agent.send("/formulaire", {**START, "immediate_danger": "oui", "act": "start"})
    assert answer.status_code == 200
    assert "119" in words_of(answer)
    assert rows(cast)["situation"] == []
    forged = agent.post("/formulaire", {**START, **FORM, "immediate_danger": "oui", "act": "send"})
    assert forged.status_code in {200, 422}
    assert rows(cast)["situation"] == []


def test_the_first_questions_keep_what_was_answered(cast: Cast) -> None:
    agent = entered(cast, invited(cast))
    answer = agent.send("/formulaire", {**START, "radicalisation": "", "act": "start"})
    assert answer.status_code == 422
    shown = form_of(answer, "/formulaire").shown()
    assert (shown["residence"], shown["arrondissement"], shown["school_offence"]) == (("known",), ("13",), ("non",))
    assert agent.resend(answer, {"radicalisation": "non", "act": "start"}, "/formulaire").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"residence": "x", "arrondissement": "abc"},
        {"residence": "known", "arrondissement": "99"},
        {"residence": "known", "arrondissement": ""},
        {"residence": ("known", "none"), "arrondissement": ("13", "18")},
        {"arrondissement": "9" * 5000},
        {},
    ],
)
def test_a_forged_form_is_answered_in_french(cast: Cast, fields: dict[str, str]) -> None:
    agent = entered(cast, invited(cast))
    for act in ("send", "start", "autre"):
        answer = agent.post("/formulaire", {**FORM, **fields, "act": act})
        assert answer.status_code == 422
    assert rows(cast)["situation"] == []


def test_link_and_code_stand_together_nowhere_and_in_clear_nowhere(cast: Cast) -> None:
    given = invited(cast)
    entered(cast, invited(cast))
    held = repr(rows(cast))
    assert given.secret not in held
    assert given.code.replace(" ", "") not in held
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(MailOutbox)).all() == []
    for page in ("/invitations", "/"):
        text = cast.browser("coordinator_13").get(page).text
        assert given.secret not in text
        assert given.code not in text
        assert given.code.replace(" ", "") not in text


def test_a_coordinator_invites_to_own_cells_only(cast: Cast) -> None:
    given = invited(cast)
    reference = only(cast).reference
    other = cast.browser("coordinator_18")
    assert reference not in other.get("/invitations").text
    csrf = other.csrf()
    for verb in ("retrait", "confirmation"):
        assert other.post(f"/invitations/{reference}/{verb}", {"csrf": csrf, "version": "1"}).status_code == 404
    fields = {"csrf": csrf, **chosen(cast, "13", "landlord")}
    assert other.post("/invitations", fields).status_code == 403
    assert (
        cast.browser("police_13").post("/invitations", {**fields, "csrf": cast.browser("police_13").csrf()}).status_code
        == 403
    )
    assert len(rows(cast)["invitation"]) == 1
    assert cast.anonymous().get(given.path).status_code == 200


def test_an_institution_that_is_unknown_is_refused_and_what_was_typed_is_kept(cast: Cast) -> None:
    fields = {**chosen(cast, "13", "landlord"), "institution": "0000-0000-0000"}
    answer = cast.browser("coordinator_13").send("/invitations", fields)
    assert answer.status_code == 422
    assert form_of(answer, "/invitations").shown()["agent_name"] == ("Camille Gardien",)
    assert rows(cast)["invitation"] == []


def test_a_signalement_of_an_invited_agent_is_not_given_back(cast: Cast) -> None:
    filled(entered(cast, invited(cast)))
    reference = situation(cast)
    answer = cast.browser("coordinator_13").send(f"/situations/{reference}/renvoi", {"reason": "motive_unclear"})
    assert answer.status_code == 409
    assert "joignez-le par téléphone" in words_of(answer)


def test_the_cookie_of_the_form_is_out_of_reach_of_scripts_and_other_sites(cast: Cast) -> None:
    given = invited(cast)
    answer = cast.anonymous().send(given.path, {"code": given.code, "undertaking": "oui"})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Max-Age=7200" in cookie
    assert given.secret not in cookie

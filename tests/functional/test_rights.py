"""Rights of persons through HTTP: searched, redacted, signed off, frozen, rectified, erased, forgotten (R22)."""

import json
import subprocess
from collections.abc import Mapping
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.cli import loops
from backend.crypto.keystore import SubjectWrap, TombstoneRecord
from backend.kernel.clock import paris_instant
from backend.kernel.errors import Forbidden, InvalidInput
from backend.mail.models import MailOutbox
from backend.rights.actions.exporting import sign
from backend.rights.actions.limiting import lift
from backend.rights.actions.reminding import remind_requests
from backend.rights.forms import LiftForm
from backend.rights.models import RightsFinding, RightsNotice, RightsRequest, RightsSearch
from backend.situations.models import Situation, SituationPerson
from policies.retention_words import Custody
from policies.rights_words import Right
from policies.vocabulary import Sharing, Stage
from tests.support.cast import Cast
from tests.support.http import Values, forms_of, words_of
from tests.support.journeys import agreed, answered, at_parquet, decided, problem, qualified, sent
from tests.support.pdf import unreadable
from tests.support.sessions import one, send_to_crip

API = "/api/v1/droits"
ASKED: Mapping[str, Values] = {
    "claim": "access",
    "requester": "holder",
    "identity_check": "in_person",
    "authority_check": "record",
    "received_on": "20/11/2026",
    "last_name": "Durand",
    "first_name": "Elodie",
    "birth_date": "16/03/2010",
}
REPORTER = ("Bailleur", "Reporter", "reporter")
OTHERS = ("Martine", "06 39 98 12 34")


def registered(cast: Cast, **fields: Values) -> str:
    """Register a request as the DPO; give its reference."""
    done = cast.browser("dpo").send("/droits/nouvelle", {**ASKED, **fields})
    assert done.status_code == 303, words_of(done)
    return done.headers["location"].split("/")[2].partition("?")[0]


def search_of(cast: Cast, request: str, cell: str = "13") -> str:
    with cast.house.transaction(cast.everywhere()) as uow:
        statement = (
            sa.select(col(RightsSearch.reference))
            .join(RightsRequest, col(RightsRequest.id) == col(RightsSearch.request_id))
            .where(col(RightsRequest.reference) == request, col(RightsSearch.cell_id) == cast.cells[cell].id)
        )
        return uow.session.scalars(statement).one()


def recognised(cast: Cast, request: str, *situations: str, cell: str = "13") -> str:
    """Recognise situations in a cell, as its coordinator; give the reference of the first finding."""
    search = search_of(cast, request, cell)
    page = f"/droits/recherches/{search}"
    browser = cast.browser(f"coordinator_{cell}")
    shown = browser.get(page)
    form = next(form for form in forms_of(shown) if form.action == page and any(f.value == "oui" for f in form.fields))
    done = browser.post(page, form.filled({"situations": situations}))
    assert done.status_code == 303, words_of(done)
    with cast.house.transaction(cast.everywhere()) as uow:
        found = sa.select(RightsFinding).join(RightsSearch, col(RightsSearch.id) == col(RightsFinding.search_id))
        rows = uow.session.scalars(found.where(col(RightsSearch.reference) == search)).all()
        assert len(rows) == len(situations)
        return rows[0].reference


def denied(cast: Cast, request: str, cell: str = "18") -> None:
    page = f"/droits/recherches/{search_of(cast, request, cell)}"
    browser = cast.browser(f"coordinator_{cell}")
    shown = browser.get(page)
    form = next(form for form in forms_of(shown) if form.action == page and any(f.value == "non" for f in form.fields))
    assert browser.post(page, form.filled({})).status_code == 303


def held(cast: Cast, **typed: str) -> str:
    """Bring a situation with a reviewed text; give its reference."""
    done = sent(cast, **typed)
    path = f"/situations/{done.situation}/relecture"
    assert cast.browser("coordinator_13").send(path, {"outcome": "kept"}).status_code == 303
    return done.situation


def prepared(cast: Cast, finding: str, **fields: Values) -> Response:
    page = f"/droits/reconnues/{finding}"
    return cast.browser("coordinator_13").send(page, {"parquet": "not_consulted", **fields}, f"{page}/export")


def pressed(cast: Cast, who: str, page: str, verb: str, **fields: Values) -> Response:
    return cast.browser(who).send(page, fields, f"{page}/{verb}")


def row(cast: Cast, reference: str) -> Situation:
    return one(cast, Situation, reference)


def mails(cast: Cast, template: str) -> set[str]:
    with cast.house.stores.main.transaction() as session:
        found = sa.select(col(MailOutbox.recipient)).where(col(MailOutbox.template) == template)
        return set(session.scalars(found))


def journal(cast: Cast) -> str:
    with cast.house.stores.journal.transaction() as session:
        return "\n".join(session.scalars(sa.text("SELECT body FROM journal_entry")))


def test_who_owes_something_is_told_as_its_last_day_comes_and_nobody_else(cast: Cast) -> None:
    request = registered(cast)
    asked, due = (one(cast, RightsSearch, search_of(cast, request)).due_on, one(cast, RightsRequest, request).due_on)
    denied(cast, request, "13")
    coordinator, dpo = (cast.people[who].email for who in ("coordinator_18", "dpo"))
    for last, told in ((asked, coordinator), (due, dpo)):
        for before, expected in ((3, set()), (2, {told}), (1, set()), (0, {told})):
            assert reminded(cast, last - timedelta(days=before)) == expected
    assert reminded(cast, due - timedelta(days=7)) == {dpo}
    assert reminded(cast, due + timedelta(days=1)) == set()


def reminded(cast: Cast, day: date) -> set[str]:
    """Go through the daily reminders of a day; give to whom they go."""
    cast.clock.instant = paris_instant(day, time(9))
    with cast.house.transaction() as uow:
        uow.session.execute(sa.delete(MailOutbox))
        remind_requests(uow)
    return mails(cast, "rights_task")


def test_an_access_goes_from_the_dpo_to_the_cells_and_back_and_leaves_nothing_behind(cast: Cast) -> None:
    situation = held(cast)
    request = registered(cast)
    assert mails(cast, "rights_task") >= {cast.people[f"coordinator_{cell}"].email for cell in ("13", "18")}
    sheet = f"/droits/{request}"
    dpo = cast.browser("dpo")
    assert "dans 27 jours" in words_of(dpo.get(sheet))
    assert "Durand" not in dpo.get(sheet).text + dpo.get("/droits").text + dpo.get("/").text
    assert "1 recherche de personne dans votre cellule" in words_of(cast.browser("coordinator_13").get("/"))
    early = pressed(cast, "dpo", sheet, "decision", decision="nothing_held")
    assert early.status_code == 409
    assert "2 réponses de cellule" in words_of(early)
    shown = words_of(cast.browser("coordinator_13").get(f"/droits/recherches/{search_of(cast, request)}"))
    assert "Élodie Durand" in shown
    assert situation in shown
    other = cast.browser("coordinator_18").get(f"/droits/recherches/{search_of(cast, request, '18')}")
    assert situation not in other.text
    finding = recognised(cast, request, situation)
    denied(cast, request)
    page = f"/droits/reconnues/{finding}"
    done = prepared(cast, finding, masked=("address", "school"), passages="Deux fois en une semaine.")
    assert done.status_code == 303, words_of(done)
    export = words_of(dpo.get(page))
    for said in ("Durand", "Élodie", "16 mars 2010", "Vue seule le soir", "[masqué]", "non communiqué"):
        assert said in export, said
    for hidden in ("rue du Moulin", "Peupliers", "Deux fois en une semaine", situation, *OTHERS, *REPORTER):
        assert hidden not in dpo.get(page).text, hidden
    assert "1 export à relire" in words_of(dpo.get("/"))
    with cast.house.stores.main.transaction() as session:
        for table in ("rights_request", "rights_search", "rights_finding", "mail_outbox"):
            for found in session.execute(sa.text(f"SELECT * FROM {table}")):
                assert b"Durand" not in repr(tuple(found)).encode()
    _handed_over(cast, request, finding)


def _handed_over(cast: Cast, request: str, finding: str) -> None:
    """Send an export back, sign it, hand it over, answer: then nothing is left, and after a year not even the line."""
    dpo, sheet, page = cast.browser("dpo"), f"/droits/{request}", f"/droits/reconnues/{finding}"
    assert pressed(cast, "dpo", page, "renvoi", ground="third_person").status_code == 303
    assert "Le délégué vous a renvoyé cet export" in words_of(cast.browser("coordinator_13").get(page))
    assert prepared(cast, finding, passages="Vue seule le soir.").status_code == 303
    assert pressed(cast, "dpo", page, "validation").status_code == 303
    written = pressed(cast, "dpo", page, "pdf")
    assert written.content.startswith(b"%PDF-")
    assert unreadable(written.content, cast.folder) == []
    (cast.folder / "export.pdf").write_bytes(written.content)
    read = ["pdftotext", "-layout", str(cast.folder / "export.pdf"), "-"]
    text = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    assert "Durand" in text
    assert "Martine" not in text
    taken = json.loads(pressed(cast, "dpo", page, "json").content)
    assert taken["sections"][0]["title"] == "Ce qui est enregistré de la personne"
    assert "Durand" not in written.headers["content-disposition"]
    assert pressed(cast, "dpo", sheet, "decision", decision="granted").status_code == 303
    assert dpo.get(f"{sheet}/pdf").content.startswith(b"%PDF-")
    subject = one(cast, RightsFinding, finding).id
    searched = one(cast, RightsSearch, search_of(cast, request)).id
    assert pressed(cast, "dpo", sheet, "reponse", answered_on="23/11/2026").status_code == 303
    assert one(cast, RightsFinding, finding).content is None
    assert one(cast, RightsSearch, search_of(cast, request)).person is None
    with cast.house.stores.keys.transaction() as session:
        for gone in (subject, searched):
            assert session.scalar(sa.select(sa.func.count()).where(col(SubjectWrap.subject) == gone)) == 0
            assert session.get(TombstoneRecord, gone) is not None
    assert "Durand" not in words_of(dpo.get(page))
    for name in ("Durand", "Elodie", "Élodie"):
        assert name not in journal(cast)
    live(cast, 366)
    with cast.house.stores.main.transaction() as session:
        for model in (RightsRequest, RightsSearch, RightsFinding):
            assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def live(cast: Cast, days: int) -> None:
    """Let time pass, then its daily round."""
    cast.pass_long(timedelta(days=days))
    loops.go_round(cast.house)


def test_an_export_that_still_names_somebody_is_not_prepared(cast: Cast) -> None:
    text = "Sa mère Martine l'attend.\nMonsieur Untel, gardien, l'a vue."
    situation = held(cast, facts=text, warnings_read="oui")
    finding = recognised(cast, registered(cast), situation)
    refusals = {"Ce passage n'y est pas": "n'est dans aucun texte", "": "nomme encore l'auteur du signalement"}
    for passages, said in refusals.items():
        refused = prepared(cast, finding, passages=passages)
        assert refused.status_code == 422
        assert said in words_of(refused)
    assert one(cast, RightsFinding, finding).content is None
    assert prepared(cast, finding, passages="Sa mère Martine l'attend.").status_code == 303


def test_a_text_that_nobody_reviewed_does_not_leave(cast: Cast) -> None:
    situation = sent(cast).situation
    finding = recognised(cast, registered(cast), situation)
    page = cast.browser("coordinator_13").get(f"/droits/reconnues/{finding}")
    assert page.status_code == 409
    assert "Relisez d'abord le texte libre" in words_of(page)


def test_the_parquet_s_answer_is_told_only_if_it_agreed_and_the_protection_of_the_child_only_if_nothing_forbids(
    cast: Cast,
) -> None:
    situation = at_parquet(cast, facts="").situation
    excepting = pressed(
        cast, "coordinator_13", f"/situations/{situation}/famille", "exception", ground="child_interest"
    )
    assert excepting.status_code == 303
    assert answered(cast, {situation: "not_retained"}).status_code == 303
    decided(cast, situation, "sortie/crip", {"channel": "phone"})
    request = registered(cast)
    finding = recognised(cast, request, situation)
    page = f"/droits/reconnues/{finding}"
    assert prepared(cast, finding).status_code == 303
    shown = cast.browser("dpo").get(page).text
    for hidden in ("non retenue", "suivi judiciaire", "préoccupante", "CRIP", "Famille non informée"):
        assert hidden not in shown, hidden
    assert "en cours d'étude" in words_of(cast.browser("dpo").get(page))
    assert prepared(cast, finding, parquet="opposed").status_code == 303
    assert "non retenue" not in cast.browser("dpo").get(page).text
    assert prepared(cast, finding, parquet="agreed", masked=()).status_code == 303
    told = words_of(cast.browser("dpo").get(page))
    assert "non retenue" in told
    assert "information préoccupante" in told
    assert "information contraire à l'intérêt de l'enfant" in told


def test_two_people_make_an_export_and_it_leaves_only_signed(cast: Cast) -> None:
    situation = held(cast)
    request = registered(cast)
    finding = recognised(cast, request, situation)
    page = f"/droits/reconnues/{finding}"
    assert prepared(cast, finding).status_code == 303
    unsigned = cast.program("dpo").post(f"{API}/reconnues/{finding}/remise", None)
    assert problem(unsigned)["status"] == 409
    coordinator = cast.browser("coordinator_13")
    for verb in ("validation", "renvoi", "pdf", "json", "levee"):
        fields = {"csrf": coordinator.csrf(), "version": "2", "ground": "informant", "told_on": "23/11/2026"}
        wanted = {"renvoi": ("ground",), "levee": ("told_on",)}.get(verb, ())
        kept = {name: fields[name] for name in ("csrf", "version", *wanted)}
        assert coordinator.post(f"{page}/{verb}", kept).status_code == 403, verb
    dpo = cast.browser("dpo")
    body = {"csrf": dpo.csrf(), "version": "2", "parquet": "not_consulted"}
    assert dpo.post(f"{page}/export", body).status_code == 403
    both = cast.actor("dpo")
    with cast.house.transaction() as uow:
        uow.enter(both)
        uow.hand_over(cast.cells["13"].id)
        found = uow.session.scalars(sa.select(RightsFinding)).one()
        found.prepared_by = both.account
    with pytest.raises(Forbidden), cast.house.transaction(both) as uow:
        sign(uow, finding)
    early = pressed(cast, "dpo", f"/droits/{request}", "decision", decision="granted")
    assert "1 export à valider" in words_of(early)


def test_nobody_else_reads_a_request_a_search_or_an_export(cast: Cast) -> None:
    situation = held(cast)
    request = registered(cast)
    search = search_of(cast, request)
    finding = recognised(cast, request, situation)
    assert prepared(cast, finding).status_code == 303
    for path in (f"/droits/{request}", f"/droits/recherches/{search}", f"/droits/reconnues/{finding}"):
        for who in ("coordinator_18", "parquet_13", "police_13", "administrator", "archivist", "former_13"):
            answer, told = cast.browser(who).get(path), cast.program(who).get(f"/api/v1{path}")
            assert answer.status_code == told.status_code == 404, (path, who)
    assert cast.browser("coordinator_13").get(f"/droits/{request}").status_code == 404
    assert cast.browser("dpo").get(f"/droits/recherches/{search}").status_code == 403


def test_an_objection_freezes_the_situation_until_it_is_decided(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    assert qualified(cast, situation).status_code == 303
    other = sent(cast, facts="", last_name="Autre", first_name="Paul").situation
    assert qualified(cast, other).status_code == 303
    request = registered(cast, claim="objection")
    recognised(cast, request, situation)
    assert row(cast, situation).limited_at is not None
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{situation}"))
    assert "Situation sous limitation" in sheet
    coordinator = cast.browser("coordinator_13")
    shown = coordinator.get("/situations?groupe=a-transmettre").text
    assert situation not in shown
    assert other in shown
    assert situation in coordinator.get("/situations?groupe=limitees").text
    path = "/api/v1/situations/transmission-parquet"
    cast.pass_time(timedelta(seconds=1))
    refused = cast.program("coordinator_13").post(path, {"references": [situation]})
    assert problem(refused)["status"] == 403
    assert "sous limitation" in problem(refused)["detail"]
    assert send_to_crip(cast, situation).status_code == 200, "its protection goes on"
    refusing = {"decision": "refused", "ground": "compelling"}
    assert pressed(cast, "dpo", f"/droits/{request}", "decision", **refusing).status_code == 303
    assert row(cast, situation).limited_at is None
    letter = cast.program("dpo").get(f"{API}/{request}").json()
    assert letter["article"] == "RGPD, article 21, paragraphe 1"
    assert "CNIL" in letter["remedies"][0]


def test_two_requests_hold_one_situation_and_the_last_one_frees_it(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    first, second = registered(cast, claim="objection"), registered(cast, claim="rectification")
    for request in (first, second):
        recognised(cast, request, situation)
    refusing = {"objection": "compelling", "rectification": "accurate"}
    for request, ground, left in ((first, refusing["objection"], True), (second, refusing["rectification"], False)):
        done = pressed(cast, "dpo", f"/droits/{request}", "decision", decision="refused", ground=ground)
        assert done.status_code == 303, words_of(done)
        assert (row(cast, situation).limited_at is not None) is left


def test_a_limitation_that_was_granted_stays_until_the_person_was_told_and_outlives_the_register(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    request = registered(cast, claim="limitation")
    finding = recognised(cast, request, situation)
    denied(cast, request)
    sheet = f"/droits/{request}"
    assert pressed(cast, "dpo", sheet, "decision", decision="granted").status_code == 303
    assert pressed(cast, "dpo", sheet, "reponse", answered_on="23/11/2026").status_code == 303
    live(cast, 370)
    assert row(cast, situation).limited_at is not None
    assert one(cast, RightsRequest, request).claim is Right.LIMITATION
    with pytest.raises(InvalidInput), cast.house.transaction(cast.actor("dpo")) as uow:
        lift(uow, finding, LiftForm(told_on=date(2026, 11, 22)))
    with cast.house.transaction(cast.actor("dpo")) as uow:
        lift(uow, finding, LiftForm(told_on=uow.today()))
    assert row(cast, situation).limited_at is None


def test_an_erasure_goes_by_the_path_of_the_purge_and_its_recipients_are_told(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    assert qualified(cast, situation).status_code == 303
    assert send_to_crip(cast, situation).status_code == 200
    for number in range(4):
        sent(cast, facts="", last_name=f"Autre{'x' * number}", first_name="Paul")
    request = registered(cast, claim="erasure")
    recognised(cast, request, situation)
    denied(cast, request)
    identifier = row(cast, situation).id
    done = pressed(cast, "dpo", f"/droits/{request}", "decision", decision="granted")
    assert done.status_code == 303, words_of(done)
    assert row(cast, situation).custody is Custody.LOCKED
    assert cast.browser("coordinator_13").get(f"/situations/{situation}").status_code == 404
    assert mails(cast, "rights_recipient") == {cast.people["crip"].email}
    assert "Cellule de recueil (CRIP 75)" in words_of(cast.browser("dpo").get(f"/droits/{request}"))
    live(cast, 1)
    assert row(cast, situation).custody is Custody.LOCKED, "no agreement covers it yet"
    agreed(cast)
    for _ in range(7):
        live(cast, 1)
    with cast.house.stores.main.transaction() as session:
        assert session.get(Situation, identifier) is None
        assert session.scalar(sa.select(sa.func.count()).select_from(RightsFinding)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(RightsNotice)) == 1
    with cast.house.stores.keys.transaction() as session:
        found = session.get(TombstoneRecord, identifier)
        assert found is not None
        assert found.ground == "purged:erasure"
    assert cast.browser("dpo").get(f"/droits/{request}").status_code == 200


def test_a_rectification_is_made_searched_again_and_told(cast: Cast) -> None:
    situation = held(cast)
    assert qualified(cast, situation).status_code == 303
    assert send_to_crip(cast, situation).status_code == 200
    request = registered(cast, claim="rectification", authority_check="", requester="minor")
    finding = recognised(cast, request, situation)
    denied(cast, request)
    page = f"/droits/reconnues/{finding}"
    path = f"{page}/rectification"
    coordinator = cast.browser("coordinator_13")
    fields = {"last_name": "Delamare", "birth_date": "16/03/2011", "forget_address": "oui", "forget_facts": "oui"}
    early = coordinator.post(path, {"csrf": coordinator.csrf(), "version": "1", **fields})
    assert early.status_code == 409
    assert pressed(cast, "dpo", f"/droits/{request}", "decision", decision="granted").status_code == 303
    waiting = words_of(cast.browser("dpo").get(f"/droits/{request}"))
    assert "1 situation à rectifier" in waiting
    nothing = coordinator.send(path, {}, path)
    assert nothing.status_code == 422
    adult = coordinator.send(path, {"birth_date": "16/03/1990"}, path)
    assert adult.status_code == 422
    done = coordinator.send(path, fields, path)
    assert done.status_code == 303, words_of(done)
    sheet = words_of(coordinator.get(f"/situations/{situation}"))
    assert "Delamare" in sheet
    assert "rue du Moulin" not in sheet
    assert "Vue seule" not in sheet
    found = row(cast, situation)
    assert (found.majority_month, found.limited_at) == ("2029-03", None)
    assert mails(cast, "rights_recipient") == {cast.people["crip"].email}
    again = registered(cast, last_name="Delamare", birth_date="16/03/2011")
    shown = words_of(coordinator.get(f"/droits/recherches/{search_of(cast, again)}"))
    assert situation in shown
    former = registered(cast)
    assert situation not in words_of(coordinator.get(f"/droits/recherches/{search_of(cast, former)}"))


def test_the_month_is_extended_once_and_announced_in_time(cast: Cast) -> None:
    request = registered(cast)
    path = f"/droits/{request}/prolongation"
    dpo = cast.browser("dpo")
    late = dpo.send(path, {"extension": "complex", "told_on": "24/11/2026"})
    assert late.status_code == 422
    assert dpo.send(path, {"extension": "complex", "told_on": "23/11/2026"}).status_code == 303
    assert one(cast, RightsRequest, request).due_on == date(2027, 2, 20)
    again = dpo.post(path, {"csrf": dpo.csrf(), "version": "2", "extension": "complex", "told_on": "23/11/2026"})
    assert again.status_code == 409


def test_a_refusal_waits_for_nobody_and_needs_its_own_ground(cast: Cast) -> None:
    request = registered(cast)
    sheet = f"/droits/{request}"
    assert pressed(cast, "dpo", sheet, "decision", decision="refused").status_code == 422
    assert pressed(cast, "dpo", sheet, "decision", decision="refused", ground="compelling").status_code == 422
    assert pressed(cast, "dpo", sheet, "decision", decision="granted").status_code == 422
    assert pressed(cast, "dpo", sheet, "decision", decision="refused", ground="identity").status_code == 303
    answer = cast.browser("dpo").get(f"{sheet}/pdf").content
    assert unreadable(answer, cast.folder) == []
    (cast.folder / "reponse.pdf").write_bytes(answer)
    read = ["pdftotext", "-layout", str(cast.folder / "reponse.pdf"), "-"]
    text = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    for said in ("CNIL", "CADA", "article 12", "identité ou autorité parentale non établie"):
        assert said in text, said


@pytest.mark.parametrize(
    "field,value",
    [
        ("authority_check", ""),
        ("requester", "adult"),
        ("received_on", "24/11/2026"),
        ("birth_date", "24/11/2026"),
        ("last_name", "1 85 05 78 006 084 36"),
    ],
)
def test_a_request_that_is_not_complete_loses_nothing_typed(cast: Cast, field: str, value: str) -> None:
    refused = cast.browser("dpo").send("/droits/nouvelle", {**ASKED, field: value})
    assert refused.status_code == 422
    assert "Elodie" in refused.text
    with cast.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(RightsRequest)) == 0


def test_what_a_request_is_about_neither_moves_nor_goes_back_and_follows_a_merge(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    absorbing = sent(cast, facts="").situation
    request = registered(cast)
    finding = recognised(cast, request, situation)
    moved = decided(cast, situation, "transfert", {"arrondissement": "18"})
    assert moved.status_code == 409
    assert "Une demande de droits porte sur cette situation" in words_of(moved)
    assert decided(cast, situation, "renvoi", {"reason": "motive_unclear"}).status_code == 409
    assert decided(cast, situation, "rattachement", {"into": absorbing}).status_code == 303
    assert one(cast, RightsFinding, finding).situation_id == row(cast, absorbing).id
    assert prepared(cast, finding).status_code == 303


def test_the_dpo_is_told_how_many_families_were_not_informed_in_time_and_never_which(cast: Cast) -> None:
    late = sent(cast, facts="").situation
    assert qualified(cast, late).status_code == 303
    assert "Information des familles" not in words_of(cast.browser("dpo").get("/"))
    cast.pass_time(timedelta(days=31))
    dpo = cast.browser("dpo")
    assert "1 situation dont la famille n'a pas été informée dans le mois" in words_of(dpo.get("/"))
    page = dpo.get("/droits")
    assert "CENOMED du 13e : 1 situation" in words_of(page)
    assert late not in page.text
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Situation).values(custody=Custody.LOCKED))
    assert "n'a pas été informée" not in words_of(dpo.get("/")), "nobody can inform about what nobody reads"


def test_a_cell_that_answered_unknown_may_still_recognise_until_the_decision(cast: Cast) -> None:
    situation = sent(cast, facts="").situation
    request = registered(cast)
    denied(cast, request, "13")
    denied(cast, request, "18")
    assert recognised(cast, request, situation)
    elsewhere = cast.program("coordinator_18")
    path = f"{API}/recherches/{search_of(cast, request, '18')}"
    body = {"known": True, "other": situation}
    assert elsewhere.post(path, body, If_Match='"2"').status_code == 422
    assert (
        pressed(cast, "dpo", f"/droits/{request}", "decision", decision="refused", ground="excessive").status_code
        == 303
    )
    assert elsewhere.post(path, body, If_Match='"2"').status_code == 409


@pytest.mark.parametrize("custody", [Custody.ARCHIVED, Custody.LOCKED])
def test_a_situation_out_of_the_active_base_is_told_and_never_opened(cast: Cast, custody: Custody) -> None:
    situation = sent(cast).situation
    request = registered(cast)
    page = f"/droits/recherches/{search_of(cast, request)}"
    assert "Hors de la base active" not in words_of(cast.browser("coordinator_13").get(page))
    with cast.house.transaction(cast.everywhere()) as uow:
        row = uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == situation)).one()
        row.custody = custody
        move = uow.keyring.archive if custody is Custody.ARCHIVED else uow.keyring.hold
        move([row.id])
    shown = words_of(cast.browser("coordinator_13").get(page))
    assert f"{situation} : {custody.label}" in shown
    assert "La personne est inconnue de la base active" in shown
    assert "reçue le" not in shown, "nothing of it is opened"
    assert "Hors de la base active" not in words_of(
        cast.browser("coordinator_18").get(f"/droits/recherches/{search_of(cast, request, '18')}")
    )
    denied(cast, request, "13")
    assert "1 hors de la base active" in words_of(cast.browser("dpo").get(f"/droits/{request}"))


def test_the_dpo_and_the_cells_do_all_this_under_row_level_security(guarded: Cast) -> None:
    situation = sent(guarded, facts="").situation
    request = registered(guarded, claim="objection")
    recognised(guarded, request, situation)
    denied(guarded, request)
    assert pressed(guarded, "dpo", f"/droits/{request}", "decision", decision="granted").status_code == 303
    assert pressed(guarded, "dpo", f"/droits/{request}", "reponse", answered_on="23/11/2026").status_code == 303
    with guarded.house.transaction(guarded.everywhere()) as uow:
        found = uow.session.scalars(sa.select(Situation)).one()
        assert (found.custody, found.stage, found.sharing) == (Custody.LOCKED, Stage.RECEIVED, Sharing.WITHHELD)
        assert uow.session.scalars(sa.select(RightsSearch)).first().person is None  # type: ignore[union-attr]
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(SituationPerson)) == 1

"""Every journey of steps 1 to 6 and the purge, by page and JSON, with mistakes; each nominative field has a mark."""

import re
from datetime import date, timedelta

from backend.purge.actions.running import run
from tests.support.cast import Cast
from tests.support.http import forms_of, links_of
from tests.support.journeys import (
    BODY,
    SIGNALEMENTS,
    START,
    TYPED,
    Sent,
    agreed,
    answered,
    convened,
    decided,
    drafted,
    in_research,
    meeting_on,
    on_the_day,
    opened_by,
    prepared,
    qualified,
    sent,
    transmitted,
)
from tests.support.people import PASSWORD, code_of

MARKS = {
    "last_name": "Zaborowskix",
    "first_name": "Quinterolux",
    "address": "Wolframitelle",
    "school": "Xanthippeas",
    "representative_name": "Yggdrasilmer",
    "representative_contact": "kaleidoscopie",
    "place": "Obsidiennette",
    "facts": "grimoirebleu",
    "note": "aubergineopale",
}
"""A word for each nominative text, that stands nowhere else."""

MASKED = "parcheminvert"
"""A word of the free text that the review masks."""

CLEAR = "Gardienrouge"
"""An agent at work: in clear in the row of the invitation, which shows that the search finds what is there."""

WRITTEN: dict[str, str] = {
    "last_name": MARKS["last_name"],
    "first_name": MARKS["first_name"],
    "address": f"7 rue {MARKS['address']}",
    "school": f"Collège {MARKS['school']}",
    "representative_name": MARKS["representative_name"],
    "representative_contact": f"{MARKS['representative_contact']}@exemple.invalid",
    "place": f"Square {MARKS['place']}",
    "facts": f"Vue seule le soir, {MARKS['facts']}.\nUne fois, {MASKED}.",
}


PAGES = (
    "/",
    "/situations",
    "/situations?groupe=closes",
    "/parquet",
    "/signalements",
    "/invitations",
    "/recherche",
    "/reunions",
)
"""Pages that show what awaits somebody."""


def everything_happens(cast: Cast) -> None:
    """Go through every journey of steps 1 to 6 and the purge, by page and by JSON, with its errors."""
    qualify_and_answer(cast)
    give_back(cast)
    merge_and_move(cast)
    by_program(cast)
    by_invitation(cast)
    mistakes(cast)
    meet(cast)
    follow(cast)
    steer(cast)
    leave(cast)
    sign_in(cast)
    purge(cast)
    for who in ("coordinator_13", "coordinator_18", "parquet_13", "reporter", "police_13"):
        for page in (
            "/",
            "/situations",
            "/situations?groupe=closes",
            "/parquet",
            "/signalements",
            "/invitations",
            "/recherche",
            "/compte/connexion",
        ):
            cast.browser(who).get(page)


def sign_in(cast: Cast) -> None:
    """Sign in with both factors, after a mistake, from a device that an e-mail tells of."""
    person = cast.people["coordinator_13"]
    browser = cast.anonymous()
    given = {"email": person.email, "password": PASSWORD}
    assert browser.send("/connexion", {**given, "password": MARKS["facts"]}).status_code == 401
    assert browser.send("/connexion", given).status_code == 303
    assert browser.send("/connexion/code", {"code": code_of(cast.house, person)}).status_code == 303
    assert browser.get("/compte/connexion").status_code == 200


def meet(cast: Cast) -> None:
    """Prepare a situation, examine it at a meeting, show and project it, decide, and close the meeting."""
    situation = in_research(cast, **WRITTEN)
    note = {"value": "to_bring", "note": MARKS["note"]}
    assert prepared(cast, situation, "police_13", **note).status_code == 303
    assert prepared(cast, situation, "pjj_13", **{**note, "value": "autre"}).status_code == 422
    meeting = meeting_on(cast, date(2027, 1, 14))
    convened(cast, meeting)
    on_the_day(cast, date(2027, 1, 14))
    coordinator, page = cast.browser("coordinator_13"), f"/reunions/{meeting}/seance"
    assert coordinator.send(page, {}, f"/reunions/{meeting}/ouverture").status_code == 303
    begins = next(form.action for form in forms_of(coordinator.get(page)) if form.action.endswith("/examen"))
    assert coordinator.send(page, {}, begins).status_code == 303
    decides = begins.replace("/examen", "/decision")
    orients = begins.replace("/examen", "/orientations")
    assert coordinator.send(page, {"destination": MARKS["last_name"]}, orients).status_code == 422
    for destination in ("social_services", "local_association", "mediation"):
        assert coordinator.send(page, {"destination": destination}, orients).status_code == 303
    program = cast.program("coordinator_13")
    examined = program.get(f"/api/v1/reunions/{meeting}/seance").json()["current"]["situation"]
    panel = program.get(f"/api/v1/points/{begins.split('/')[4]}/orientations").json()
    [mistaken] = [row["reference"] for row in panel["recorded"] if row["destination"] == "mediation"]
    assert coordinator.send(page, {}, f"/reunions/{meeting}/orientations/{mistaken}/retrait").status_code == 303
    for path in (page, f"/reunions/{meeting}", f"/reunions/{meeting}/projection", f"/reunions/{meeting}/ordre-du-jour"):
        assert coordinator.get(path).status_code == 200
    assert coordinator.send(page, {"decision": "follow"}, decides).status_code == 422
    decision = {"decision": "follow", "following": "still_worrying", "present": ("parquet", "police")}
    assert coordinator.send(page, decision, decides).status_code == 303
    assert coordinator.send(page, {}, f"/reunions/{meeting}/cloture").status_code == 303
    for page in (f"/reunions/{meeting}/releve", f"/reunions/{meeting}/releve/pdf"):
        assert coordinator.get(page).status_code == 200
    follow_up(cast, examined)


def follow_up(cast: Cast, situation: str) -> None:
    """Except a family, inform it, write to it, send to two services and to the CRIP, open, answer, correct, remind."""
    coordinator, base = cast.browser("coordinator_13"), f"/situations/{situation}"
    family = f"{base}/famille"
    concerned = {"first_holder": "informed", "second_holder": "none", "minor": "informed"}
    for ground, status in ((MARKS["facts"], 422), ("secrecy", 303)):
        assert coordinator.send(family, {"ground": ground}, f"{family}/exception").status_code == status
    assert coordinator.send(family, {"mode": MARKS["facts"], **concerned}, family).status_code == 422
    assert coordinator.send(family, {"mode": "letter", **concerned}, family).status_code == 303
    letter = coordinator.send(family, {}, f"{family}/lettre")
    assert letter.headers["content-type"] == "application/pdf"
    previews = [link for link in links_of(coordinator.get(f"{base}/suites")) if link.startswith("/orientations/")]
    for preview in (*previews, f"{base}/transmission-crip"):
        assert MARKS["last_name"] in coordinator.get(preview).text
        assert coordinator.send(preview, {"institution": MARKS["last_name"]}, preview).status_code == 422
        assert coordinator.send(preview, {}, preview).status_code == 303
    assert len(previews) == 2
    for who in ("social_coordinator_13", "recipient", "crip"):
        reader = cast.browser(who)
        [address] = [link for link in links_of(reader.get("/transmissions")) if link.startswith("/transmissions/")]
        assert MARKS["last_name"] not in reader.get(address).text
        assert coordinator.send(address, {}, f"{address}/relance").status_code == 303
        assert reader.send(address, {"undertaking": "oui"}, f"{address}/engagement").status_code == 303
        assert MARKS["last_name"] in reader.get(address).text
        answer = f"{address}/retour"
        assert reader.send(answer, {"value": MARKS["last_name"]}, answer).status_code == 422
        for value in ("not_possible", "possible"):
            assert reader.send(answer, {"value": value}, answer).status_code == 303
        assert cast.program(who).get(f"/api/v1{address}").status_code == 200
    assert MARKS["last_name"] not in coordinator.get(f"{base}/suites").text


def follow(cast: Cast) -> None:
    """Put a followed situation back on an agenda, then take it off, with its mistakes."""
    coordinator = cast.browser("coordinator_13")
    meeting = meeting_on(cast, date(2027, 4, 15))
    for page in ("/suivi", "/suivi?groupe=a-revoir"):
        assert coordinator.get(page).status_code == 200
    listing = next(form.action for form in forms_of(coordinator.get("/suivi")) if form.action.endswith("/inscription"))
    assert coordinator.send("/suivi", {}, listing).status_code == 303
    sheet = coordinator.get(f"/reunions/{meeting}")
    out = next(link for link in links_of(sheet) if link.endswith("/retrait"))
    assert coordinator.send(out, {"reason": MARKS["last_name"]}).status_code == 422
    assert coordinator.send(out, {"reason": "agenda_full"}).status_code == 303
    assert cast.program("coordinator_13").get("/api/v1/suivi").status_code == 200


def steer(cast: Cast) -> None:
    """Fill and search the directory, plan an event and give it up; type names where nobody may stand."""
    coordinator, name = cast.browser("coordinator_13"), f"Mme {MARKS['last_name']}, 15 ans"
    assert coordinator.send("/annuaire", {}, "/annuaire/liste-de-depart").status_code == 303
    assert coordinator.send("/annuaire", {"search": f"{name} {MARKS['school']}"}).status_code == 200
    entry = {"family": "social", "schooling": "any", "organisation": "Association", "approach": "Sur appel"}
    assert coordinator.send("/annuaire/nouveau", {**entry, "name": name}).status_code == 422
    planned = {"cell": cast.cells["13"].reference, "title": name, "day": "15/06/2027", "hour": "9 h", "place": "Mairie"}
    assert coordinator.send("/pilotage/nouveau/rentree", planned).status_code == 422
    made = coordinator.send("/pilotage/nouveau/rentree", {**planned, "title": "Présentation aux partenaires"})
    page = made.headers["location"].partition("?")[0]
    assert coordinator.send(page, {"held": "non"}, f"{page}/issue").status_code == 303


def leave(cast: Cast) -> None:
    """Let a member leave, whose draft holds names."""
    address = drafted(cast, "pjj_13")
    cast.browser("pjj_13").send(address, {**WRITTEN, "act": "save"})
    page = f"/comptes/{cast.people['pjj_13'].reference}/depart"
    administrator = cast.browser("administrator")
    assert administrator.send(page, {"leaves_on": MARKS["last_name"]}).status_code == 422
    assert administrator.send(page, {"leaves_on": "14/01/2027"}).status_code == 303


def purge(cast: Cast) -> None:
    """Announce, lock, destroy and attest under an agreement, and show all of it to who may read it."""
    agreed(cast)
    for _ in range(8):
        cast.pass_time(timedelta(days=1))
        run(cast.purging)
        cast.browser("coordinator_13").get("/destructions")
    dpo = cast.browser("dpo")
    [refused] = [link for link in links_of(dpo.get("/purge")) if link.startswith("/purge/passages/")][:1]
    assert dpo.send(refused, {}, f"{refused}/confirmation").status_code == 303
    run(cast.purging)
    for page in ("/purge", "/purge/passages", refused, f"{refused}/attestation", f"{refused}/pdf", "/conservation"):
        assert dpo.get(page).status_code == 200


def qualify_and_answer(cast: Cast) -> None:
    kept, aside = (sent(cast, "reporter", **WRITTEN, qualification="danger") for _ in range(2))
    for done in (kept, aside):
        decided(cast, done.situation, "relecture", {"outcome": "masked", "masked": f"Une fois, {MASKED}."})
        assert qualified(cast, done.situation, concern_answer="no").status_code == 303
    assert transmitted(cast, kept.situation, aside.situation).status_code == 303
    decided(cast, kept.situation, "sortie/crip", {"channel": "phone"}, "parquet_13")
    assert answered(cast, {kept.situation: "retained", aside.situation: "not_retained"}).status_code == 303
    sheet = f"/situations/{aside.situation}"
    corrected = cast.browser("parquet_13").send(sheet, {f"answer-{aside.situation}": "retained"}, "/parquet")
    assert corrected.status_code == 303
    away = sent(cast, "police_13", **WRITTEN, qualification="danger")
    answer = qualified(cast, away.situation, concern_answer="yes", concern_channel="phone")
    assert answer.status_code == 303


def give_back(cast: Cast) -> None:
    done = sent(cast, "reporter", **WRITTEN)
    assert decided(cast, done.situation, "renvoi", {"reason": "motive_unclear"}).status_code == 303
    receipt = cast.browser("reporter").get(f"/recepisses/{done.receipt}")
    [address] = [link for link in links_of(receipt) if link.startswith("/signalements/brouillons/")]
    cast.browser("reporter").send(address, {"act": "save"})
    assert cast.browser("reporter").send(address, {"act": "send"}).status_code == 303
    again = opened_by(cast, done.receipt)
    assert decided(cast, again.situation, "renvoi", {"reason": "motive_unclear"}).status_code == 422
    abandoned = drafted(cast)
    cast.browser("reporter").send(abandoned, {**WRITTEN, "act": "save"})
    cast.browser("reporter").send(abandoned, {"act": "abandon"})


def merge_and_move(cast: Cast) -> None:
    into, absorbed, moved = (sent(cast, "town_hall_13", **WRITTEN) for _ in range(3))
    coordinator = cast.browser("coordinator_13")
    path = f"/situations/{absorbed.situation}/rattachement"
    assert MARKS["last_name"] in coordinator.get(path).text
    fields = {"csrf": coordinator.csrf(), "version": "1", "into": into.situation}
    assert coordinator.post(path, fields).status_code == 303
    assert decided(cast, into.situation, "relecture", {"outcome": "dropped"}).status_code == 303
    assert decided(cast, moved.situation, "transfert", {"arrondissement": "18"}).status_code == 303
    there: Sent = opened_by(cast, moved.receipt)
    assert MARKS["last_name"] in cast.browser("coordinator_18").get(f"/situations/{there.situation}").text


def by_program(cast: Cast) -> None:
    program, coordinator = cast.program("reporter"), cast.program("coordinator_13")
    answer = program.post(SIGNALEMENTS, {**BODY, **WRITTEN}, Idempotency_Key="une-fois")
    assert answer.status_code == 201
    program.post(SIGNALEMENTS, {**BODY, **WRITTEN, "sex": "male"}, Idempotency_Key="une-fois")
    program.post(SIGNALEMENTS, {**BODY, **WRITTEN, "radicalisation": True})
    situation = opened_by(cast, answer.json()["reference"]).situation
    read = coordinator.get(f"/api/v1/situations/{situation}")
    assert MARKS["facts"] in read.text
    path = f"/api/v1/situations/{situation}/qualification"
    coordinator.post(path, {"admissible": MARKS["last_name"]}, If_Match=read.headers["ETag"])
    assert coordinator.post(path, {"admissible": True}, If_Match=read.headers["ETag"]).status_code == 200
    coordinator.get("/api/v1/situations?groupe=a-transmettre")


def by_invitation(cast: Cast) -> None:
    coordinator = cast.browser("coordinator_13")
    page = coordinator.get("/invitations")
    by_name = {name: value for value, name in re.findall(r'<option value="([\w-]{14})">([^<]+)', page.text)}
    made = coordinator.resend(
        page,
        {
            "cell": by_name["CENOMED du 13e"],
            "institution": by_name["Bailleur du Sud"],
            "agent_name": CLEAR,
            "agent_function": "gardien",
        },
        "/invitations",
    )
    [link] = re.findall(r"/formulaire/[\w-]+", made.text)
    [code] = re.findall(r"<strong>(\d{4} \d{4})</strong>", made.text)
    agent = cast.anonymous()
    agent.send(link, {"code": code, "undertaking": "oui"})
    asked = agent.send("/formulaire", {**START, "act": "start"})
    wrong = agent.resend(asked, {**TYPED, **WRITTEN, "sex": "", "act": "send"}, "/formulaire")
    assert MARKS["last_name"] in wrong.text
    assert agent.resend(wrong, {"sex": "male", "act": "send"}, "/formulaire").status_code == 200


def mistakes(cast: Cast) -> None:
    """Send what is refused: in the wrong field, too large, not UTF-8, without a token, to the wrong place."""
    reporter, coordinator, program = cast.browser("reporter"), cast.browser("coordinator_13"), cast.program("reporter")
    name = MARKS["last_name"]
    address = drafted(cast)
    assert reporter.send(address, {**TYPED, **WRITTEN, "sex": name, "act": "send"}).status_code == 422
    reporter.post(address, {**WRITTEN, "csrf": "faux"})
    reporter.post(address, {**WRITTEN, "csrf": reporter.csrf()}, Origin="https://ailleurs.example")
    reporter.raw(address, name.encode() + b"=\xff\xfe&" + name.encode() * 3)
    reporter.raw(address, name.encode() * 10_000)
    coordinator.post("/invitations", {**WRITTEN, "csrf": coordinator.csrf(), "agent_name": name})
    for path in ("/situations", "/signalements/nouveau", "/parquet", "/connexion"):
        reporter.post(path, {**WRITTEN, "csrf": reporter.csrf()})
        reporter.get(f"{path}?groupe={name}&apres={name}&fait={name}&suite={name}")
        reporter.get(f"{path}/{name}")
    for body in ([name], {name: name}, {**BODY, "last_name": {name: name}}, {**BODY, **WRITTEN, "sex": name}, name):
        program.post(SIGNALEMENTS, body)
    program.raw(SIGNALEMENTS, b'{"last_name": "' + name.encode())
    program.raw(SIGNALEMENTS, name.encode() * 10_000)
    program.get(f"/api/v1/situations/{name}", Authorization=f"Bearer {name}")

"""Step 1b through HTTP: qualify, give back once, merge, move, review a text, answer the danger, record an exit."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.vault import Purpose, open_rows
from backend.counts.deltas import total
from backend.crypto.keystore import SearchToken, SubjectRecord, SubjectWrap, SupersededRecord, TombstoneRecord
from backend.crypto.sealed import Place, Sealed, unseal
from backend.kernel.errors import NotFound
from backend.signalements.models import SignalementFacts
from backend.situations.models import Situation, SituationExit, SituationPerson
from policies.indicator_words import Indicator
from policies.vocabulary import LAPSES, Inadmissibility, Motive, Origin, ReturnReason, Stage
from tests.support.cast import Cast
from tests.support.http import form_of, links_of, title_of, words_of
from tests.support.journeys import (
    TYPED,
    Sent,
    answered,
    at_parquet,
    decided,
    opened_by,
    problem,
    qualified,
    rows,
    sent,
    transmitted,
)

DAY = date(2026, 11, 23)
DECISIONS = ("qualification", "renvoi", "rattachement", "transfert", "relecture")

PAGES = (*DECISIONS, "sortie/crip", "sortie/parquet")


def row(cast: Cast, reference: str) -> Situation:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()


def test_a_situation_is_declared_admissible_on_its_page(cast: Cast) -> None:
    done = sent(cast)
    answer = qualified(cast, done.situation)
    assert answer.headers["location"] == f"/situations/{done.situation}?fait=qualifiee"
    sheet = cast.browser("coordinator_13").get(answer.headers["location"])
    assert "La décision est enregistrée." in words_of(sheet)
    assert "recevable" in words_of(sheet)
    assert row(cast, done.situation).stage is Stage.ADMISSIBLE


@pytest.mark.parametrize("ground", sorted(set(Inadmissibility) - LAPSES))
def test_a_situation_is_inadmissible_on_a_coded_ground(cast: Cast, ground: Inadmissibility) -> None:
    done = sent(cast)
    missing = qualified(cast, done.situation, admissible="non")
    assert missing.status_code == 422
    assert 'id="champ-ground-erreur"' in missing.text
    assert qualified(cast, done.situation, admissible="non", ground=ground.value).status_code == 303
    assert row(cast, done.situation).stage is Stage.INADMISSIBLE
    sheet = cast.browser("coordinator_13").get(f"/situations/{done.situation}")
    assert ground.label in words_of(sheet)
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.INADMISSIBLE, cast.cells["13"].id, value=ground) == 1


@pytest.mark.parametrize("qualification", ["danger", "both"])
def test_a_danger_obliges_to_answer_and_the_refusal_says_which_rule(cast: Cast, qualification: str) -> None:
    done = sent(cast, qualification=qualification)
    answer = qualified(cast, done.situation)
    assert answer.status_code == 422
    assert "information préoccupante" in words_of(answer)
    assert "(hypothèse)" in words_of(answer)
    assert form_of(answer, f"/situations/{done.situation}/qualification").shown()["admissible"] == ("oui",)
    assert qualified(cast, done.situation, concern_answer="no").status_code == 303
    sheet = cast.browser("coordinator_13").get(f"/situations/{done.situation}")
    assert "non, motif examiné et écarté" in words_of(sheet)


def test_a_danger_sent_to_the_crip_closes_the_situation_with_the_exit_of_the_day(cast: Cast) -> None:
    done = sent(cast, qualification="danger")
    unsaid = qualified(cast, done.situation, concern_answer="yes")
    assert unsaid.status_code == 422
    assert 'id="champ-concern_channel-erreur"' in unsaid.text
    answer = qualified(cast, done.situation, concern_answer="yes", concern_channel="secure_mail")
    assert answer.status_code == 303
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{done.situation}"))
    assert "réorientée sans délai" in sheet
    assert "le 23 novembre 2026, messagerie sécurisée" in sheet
    with cast.house.stores.main.transaction() as session:
        [found] = session.scalars(sa.select(SituationExit)).all()
    assert (found.kind.value, found.made_on, found.account_id) == (
        "crip",
        DAY,
        cast.people["coordinator_13"].id,
    )


def test_a_signalement_is_given_back_once_and_keeps_the_date_of_its_first_reception(cast: Cast) -> None:
    done = sent(cast)
    received_at = row(cast, done.situation).received_at
    assert decided(cast, done.situation, "renvoi", {"reason": "motive_unclear"}).status_code == 303
    assert cast.browser("coordinator_13").get(f"/situations/{done.situation}").status_code == 404
    cast.pass_time(timedelta(days=3))
    reporter = cast.browser("reporter")
    receipt = reporter.get(f"/recepisses/{done.receipt}")
    assert "à compléter" in words_of(receipt)
    assert "Motif à préciser" in words_of(receipt)
    assert "Signalement à compléter" in words_of(reporter.get("/"))
    [address] = [link for link in links_of(receipt) if link.startswith("/signalements/brouillons/")]
    shown = form_of(reporter.get(address), address).shown()
    for name, value in TYPED.items():
        assert shown[name] == ((value,) if isinstance(value, str) else tuple(value)), name
    answer = reporter.send(address, {"motives": ("MOT-03",), "necessity_mot_05": "", "act": "send"})
    assert answer.headers["location"] == f"/recepisses/{done.receipt}"
    again = opened_by(cast, done.receipt)
    assert again.situation != done.situation
    assert row(cast, again.situation).received_at == received_at
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{again.situation}"))
    assert "reçue le 23 novembre 2026" in sheet
    assert "décrochage scolaire" in sheet
    second = decided(cast, again.situation, "renvoi", {"reason": "steps_missing"})
    assert second.status_code == 422
    assert "n'est renvoyé qu'une fois" in words_of(second)
    assert "(hypothèse)" in words_of(second)
    assert row(cast, again.situation).stage is Stage.RECEIVED


def test_what_is_given_back_is_counted_once_in_the_end(cast: Cast) -> None:
    done = sent(cast)
    decided(cast, done.situation, "renvoi", {"reason": ReturnReason.STEPS_MISSING.value})
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.SIGNALEMENT_RECEIVED, cast.cells["13"].id) == 0
        assert total(session, Indicator.SIGNALEMENT_BY_MOTIVE, cast.cells["13"].id) == 0
    [address] = [
        link
        for link in links_of(cast.browser("reporter").get(f"/recepisses/{done.receipt}"))
        if link.startswith("/signalements/brouillons/")
    ]
    cast.browser("reporter").send(address, {"act": "send"})
    with cast.house.stores.main.transaction() as session:
        assert total(session, Indicator.SIGNALEMENT_RECEIVED, cast.cells["13"].id) == 1
        assert total(session, Indicator.SIGNALEMENT_BY_MOTIVE, cast.cells["13"].id, value=Motive.MOT_02) == 1
        assert total(session, Indicator.SIGNALEMENT_BY_ORIGIN, cast.cells["13"].id, value=Origin.LANDLORD) == 1


def merged(cast: Cast) -> tuple[Sent, Sent]:
    """Merge a second signalement about the same minor into the first one's situation."""
    kept = sent(cast)
    cast.pass_time(timedelta(hours=1))
    absorbed = sent(cast, "police_13", last_name="DURAND", first_name="Elodie", facts="Vu par la patrouille.")
    page = cast.browser("coordinator_13").get(f"/situations/{absorbed.situation}/rattachement")
    assert "Élodie Durand" in words_of(page)
    assert kept.situation in words_of(page)
    answer = cast.browser("coordinator_13").resend(page, {}, f"/situations/{absorbed.situation}/rattachement")
    assert answer.headers["location"] == f"/situations/{kept.situation}?fait=rattachee"
    return kept, absorbed


def test_a_merge_joins_the_signalements_and_leaves_an_alias(cast: Cast) -> None:
    kept, absorbed = merged(cast)
    coordinator = cast.browser("coordinator_13")
    alias = coordinator.get(f"/situations/{absorbed.situation}")
    assert (alias.status_code, alias.headers["location"]) == (303, f"/situations/{kept.situation}")
    sheet = words_of(coordinator.get(f"/situations/{kept.situation}"))
    assert "Vue seule le soir." in sheet
    assert "Vu par la patrouille." in sheet
    assert "Signalement 2" in sheet
    assert opened_by(cast, absorbed.receipt).situation == kept.situation
    for who, done in (("reporter", kept), ("police_13", absorbed)):
        assert "reçu" in words_of(cast.browser(who).get(f"/recepisses/{done.receipt}"))


def test_a_merge_replaces_the_key_of_what_was_absorbed_and_a_newer_backup_ends_it(cast: Cast) -> None:
    kept, absorbed = merged(cast)
    gone = row(cast, absorbed.situation)
    with cast.house.stores.keys.transaction() as session:
        held = session.scalars(sa.select(col(SubjectWrap.holder_kind)).where(col(SubjectWrap.subject) == gone.id))
        assert held.all() == ["hold"]
        [replaced] = session.scalars(sa.select(SupersededRecord).where(col(SupersededRecord.subject) == gone.id))
        assert replaced.successor == row(cast, kept.situation).id
    cast.pass_time(timedelta(minutes=1))
    cast.house.keyring.record_backup("main", cast.clock(), "digest")
    with cast.house.stores.keys.transaction() as session:
        for subject in (col(SubjectRecord.subject), col(SubjectWrap.subject), col(SearchToken.subject)):
            assert session.scalars(sa.select(subject).where(subject == gone.id)).all() == []
        [stone] = session.scalars(sa.select(TombstoneRecord).where(col(TombstoneRecord.subject) == gone.id)).all()
    assert (stone.ground, stone.reference) == ("merged", absorbed.situation)
    with cast.house.stores.main.transaction() as session:
        statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id) == gone.id)
        assert session.scalars(statement).all() == []


def test_a_situation_of_another_cell_is_neither_suggested_nor_absorbs(cast: Cast) -> None:
    here = sent(cast)
    elsewhere = sent(cast, arrondissement="18", quartier="")
    coordinator = cast.browser("coordinator_13")
    page = coordinator.get(f"/situations/{here.situation}/rattachement")
    assert elsewhere.situation not in page.text
    assert "Aucun rapprochement trouvé" in words_of(page)
    csrf, version = coordinator.csrf(), str(row(cast, here.situation).version)
    fields = {"csrf": csrf, "version": version, "into": elsewhere.situation}
    refused = coordinator.post(f"/situations/{here.situation}/rattachement", fields)
    nonsense = coordinator.post(f"/situations/{here.situation}/rattachement", {**fields, "into": "0000-0000-0000"})
    assert refused.status_code == nonsense.status_code == 422
    assert words_of(refused) == words_of(nonsense)
    assert row(cast, here.situation).stage is Stage.RECEIVED


def test_a_situation_is_merged_only_while_it_is_to_qualify(cast: Cast) -> None:
    first, second = sent(cast), sent(cast, "police_13")
    qualified(cast, second.situation)
    coordinator = cast.browser("coordinator_13")
    fields = {
        "csrf": coordinator.csrf(),
        "version": str(row(cast, second.situation).version),
        "into": first.situation,
    }
    assert coordinator.post(f"/situations/{second.situation}/rattachement", fields).status_code == 409
    assert row(cast, second.situation).stage is Stage.ADMISSIBLE


def test_a_situation_moves_to_the_competent_cell_unreadable_to_the_first(cast: Cast) -> None:
    done = sent(cast)
    before = row(cast, done.situation)
    person = sealed_name(cast, before)
    cast.pass_time(timedelta(days=2))
    answer = decided(cast, done.situation, "transfert", {"arrondissement": "18"})
    assert answer.headers["location"] == "/situations?fait=transmise"
    moved = opened_by(cast, done.receipt)
    assert moved.situation != done.situation
    assert row(cast, moved.situation).received_at == before.received_at
    assert row(cast, done.situation).stage is Stage.MOVED
    first, second = cast.browser("coordinator_13"), cast.browser("coordinator_18")
    for reference in (done.situation, moved.situation):
        assert first.get(f"/situations/{reference}").status_code == 404
        assert cast.program("coordinator_13").get(f"/api/v1/situations/{reference}").status_code == 404
    sheet = second.get(f"/situations/{moved.situation}")
    for written in ("Durand", "Vue seule le soir.", "18e arrondissement", "reçue le 23 novembre 2026"):
        assert written in words_of(sheet)
    assert "12 rue du Moulin" not in words_of(sheet)
    with cast.house.stores.keys.transaction() as session:
        assert session.get(SubjectWrap, (before.id, 1, "cell", cast.cells["13"].id)) is None
        assert session.get(SubjectWrap, (before.id, 1, "cell", cast.cells["18"].id)) is None
    cast.house.keyring.record_backup("main", cast.clock() + timedelta(minutes=1), "digest")
    with cast.house.stores.keys.transaction() as session:
        assert session.get(SubjectRecord, before.id) is None
    with pytest.raises(KeyError), cast.house.transaction(cast.actor("coordinator_13")) as uow:
        unseal(uow.keyring.open_subjects({(before.id, before.cell_id)})[before.id], *person)


def test_after_a_move_the_author_reads_the_same_receipt(cast: Cast) -> None:
    done, other = sent(cast), sent(cast, last_name="Ba")
    decided(cast, done.situation, "transfert", {"arrondissement": "18"})
    pages = [words_of(cast.browser("reporter").get(f"/recepisses/{one.receipt}")) for one in (done, other)]
    assert pages[0].replace(done.receipt, "") == pages[1].replace(other.receipt, "")


def test_a_move_leaves_the_figures_of_paris_as_they_were(cast: Cast) -> None:
    done = sent(cast)
    decided(cast, done.situation, "transfert", {"arrondissement": "18"})
    for indicator in (
        Indicator.SIGNALEMENT_RECEIVED,
        Indicator.SIGNALEMENT_BY_MOTIVE,
        Indicator.SIGNALEMENT_BY_ORIGIN,
    ):
        with cast.house.stores.main.transaction() as session:
            here, there = (total(session, indicator, cast.cells[code].id) for code in ("13", "18"))
        assert here == 0
        assert there == (2 if indicator is Indicator.SIGNALEMENT_BY_MOTIVE else 1)


@pytest.mark.parametrize("arrondissement,words", [("7", "CRIP"), ("13", "déjà")])
def test_a_situation_moves_only_to_another_cell_that_exists(cast: Cast, arrondissement: str, words: str) -> None:
    done = sent(cast)
    answer = decided(cast, done.situation, "transfert", {"arrondissement": arrondissement})
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert row(cast, done.situation).stage is Stage.RECEIVED


def sealed_name(cast: Cast, situation: Situation) -> tuple[Place, Sealed]:
    """Copy the sealed last name of a situation, as an old dump of `main` would hold it."""
    with cast.house.stores.main.transaction() as session:
        statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id)
        person = session.scalars(statement).one()
    return Place("situation_person", "last_name", person.id), person.last_name


def facts(cast: Cast) -> SignalementFacts:
    """Copy the sealed facts of the only signalement."""
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(SignalementFacts)).one()


def test_a_masked_text_is_destroyed_for_good(cast: Cast) -> None:
    done = sent(cast, facts="Vue avec Kevin.\nDeux fois le soir.", warnings_read="oui")
    before = facts(cast)
    answer = decided(cast, done.situation, "relecture", {"outcome": "masked", "masked": "Vue avec Kevin."})
    assert answer.status_code == 303
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{done.situation}"))
    assert "[masqué] Deux fois le soir." in sheet
    assert "Kevin" not in sheet
    after = facts(cast)
    assert after.id != before.id
    with cast.house.stores.keys.transaction() as session:
        assert session.get(SubjectRecord, before.id) is None
        assert session.scalars(sa.select(SubjectWrap).where(col(SubjectWrap.subject) == before.id)).all() == []
        assert session.get(SubjectRecord, after.id) is not None
        grounds = session.scalars(sa.select(col(TombstoneRecord.ground))).all()
    assert sorted(grounds) == ["masked", "submitted"], "the draft, where the text was typed, goes with it"
    with cast.house.transaction(cast.actor("coordinator_13")) as uow:
        with pytest.raises(NotFound):
            open_rows(uow, [before], ["text"], Purpose.READ, ())
        opened = open_rows(uow, [after], ["text"], Purpose.READ, ())
    assert opened[after.id]["text"] == "[masqué]\nDeux fois le soir."


def test_a_dropped_text_is_destroyed_and_a_kept_one_stays(cast: Cast) -> None:
    done = sent(cast)
    before = facts(cast)
    assert decided(cast, done.situation, "relecture", {"outcome": "kept"}).status_code == 303
    assert facts(cast).id == before.id
    other = sent(cast, last_name="Ba", facts="À écarter.")
    assert decided(cast, other.situation, "relecture", {"outcome": "dropped"}).status_code == 303
    sheet = words_of(cast.browser("coordinator_13").get(f"/situations/{other.situation}"))
    assert "À écarter." not in sheet
    assert "a été écarté à la relecture" in sheet
    assert facts(cast).id == before.id
    with cast.house.stores.keys.transaction() as session:
        grounds = session.scalars(sa.select(col(TombstoneRecord.ground))).all()
    assert sorted(grounds) == ["masked", "submitted"], "the draft of the text that was kept waits for a backup"


def test_a_text_is_reviewed_once_and_never_rewritten(cast: Cast) -> None:
    done = sent(cast)
    rewritten = decided(cast, done.situation, "relecture", {"outcome": "masked", "masked": "Autre chose"})
    assert rewritten.status_code == 422
    assert "recopiez-le exactement" in words_of(rewritten)
    assert form_of(rewritten, f"/situations/{done.situation}/relecture").shown()["masked"] == ("Autre chose",)
    page = cast.browser("coordinator_13").get(f"/situations/{done.situation}/relecture")
    assert cast.browser("coordinator_13").resend(page, {"outcome": "kept"}, page.url.path).status_code == 303
    again = cast.browser("coordinator_13").get(f"/situations/{done.situation}/relecture")
    assert "Rien à relire" in words_of(again)
    fields = dict(form_of(page, page.url.path).filled({"outcome": "dropped"}))
    fields["version"] = str(row(cast, done.situation).version)
    assert cast.browser("coordinator_13").post(again.url.path, fields).status_code == 409


def test_of_two_coordinators_the_second_is_told_and_loses_nothing(cast: Cast) -> None:
    done = sent(cast)
    page = cast.browser("coordinator_13").get(f"/situations/{done.situation}/qualification")
    assert decided(cast, done.situation, "sortie/crip", {"channel": "phone"}).status_code == 303
    fields = {"admissible": "non", "ground": "duplicate"}
    late = cast.browser("coordinator_13").resend(page, fields, page.url.path)
    assert late.status_code == 412
    assert "Une autre personne" in words_of(late)
    shown = form_of(late, page.url.path).shown()
    assert (shown["admissible"], shown["ground"]) == (("non",), ("duplicate",))
    assert row(cast, done.situation).stage is Stage.RECEIVED


def test_the_two_exits_stand_on_every_page_of_a_situation_for_the_coordinator(cast: Cast) -> None:
    done = sent(cast)
    pages = [f"/situations/{done.situation}", *(f"/situations/{done.situation}/{name}" for name in PAGES)]
    for page in pages:
        links = links_of(cast.browser("coordinator_13").get(page))
        for kind in ("crip", "parquet"):
            assert f"/situations/{done.situation}/sortie/{kind}" in links, page
    qualified(cast, done.situation)
    transmitted(cast, done.situation)
    for who in ("coordinator_13", "parquet_13"):
        for _ in ("with the parquet", "answered"):
            links = links_of(cast.browser(who).get(f"/situations/{done.situation}"))
            assert {f"/situations/{done.situation}/sortie/{kind}" for kind in ("crip", "parquet")} <= set(links)
            answered(cast, {done.situation: "not_retained"})


@pytest.mark.parametrize("who", ["coordinator_13", "parquet_13"])
@pytest.mark.parametrize("kind,label", [("crip", "CRIP"), ("parquet", "article 40")])
def test_an_exit_records_the_day_and_the_channel_and_comes_first_on_the_board(
    cast: Cast, who: str, kind: str, label: str
) -> None:
    waiting = sent(cast, last_name="Ba")
    done = at_parquet(cast)
    fields = {"made_on": "20/11/2026", "channel": "post"}
    answer = decided(cast, done.situation, f"sortie/{kind}", fields, who)
    assert answer.headers["location"] == f"/situations/{done.situation}?fait=sortie"
    for reader in ("coordinator_13", "parquet_13"):
        sheet = words_of(cast.browser(reader).get(f"/situations/{done.situation}"))
        assert "le 20 novembre 2026, courrier" in sheet
        assert label in sheet
    assert decided(cast, waiting.situation, f"sortie/{kind}", fields).status_code == 303
    home = words_of(cast.browser("coordinator_13").get("/"))
    assert "sortie que vous n'avez pas encore lue" in home
    assert home.index("Sorties enregistrées") < home.index("À qualifier")


def test_an_exit_to_come_is_refused_and_what_was_typed_is_kept(cast: Cast) -> None:
    done = sent(cast)
    answer = decided(cast, done.situation, "sortie/crip", {"made_on": "24/11/2026", "channel": "phone"})
    assert answer.status_code == 422
    shown = form_of(answer, f"/situations/{done.situation}/sortie/crip").shown()
    assert (shown["made_on"], shown["channel"]) == (("24/11/2026",), ("phone",))
    assert rows(cast)["situation_exit"] == []


def test_an_exit_of_no_known_kind_is_not_found(cast: Cast) -> None:
    done = sent(cast)
    coordinator = cast.browser("coordinator_13")
    path = f"/situations/{done.situation}/sortie/presse"
    assert coordinator.get(path).status_code == 404
    fields = {"csrf": coordinator.csrf(), "made_on": "20/11/2026", "channel": "post"}
    assert coordinator.post(path, fields).status_code == 404
    assert rows(cast)["situation_exit"] == []


@pytest.mark.parametrize("decision", DECISIONS)
def test_what_is_already_qualified_is_not_decided_again(cast: Cast, decision: str) -> None:
    done = sent(cast, facts="")
    qualified(cast, done.situation)
    coordinator = cast.browser("coordinator_13")
    fields = {
        "csrf": coordinator.csrf(),
        "version": str(row(cast, done.situation).version),
        **{
            "qualification": {"admissible": "oui"},
            "renvoi": {"reason": "motive_unclear"},
            "rattachement": {"into": sent(cast).situation},
            "transfert": {"arrondissement": "18"},
            "relecture": {"signalement": "0000-0000-0000", "outcome": "kept"},
        }[decision],
    }
    answer = coordinator.post(f"/situations/{done.situation}/{decision}", fields)
    assert answer.status_code == (404 if decision == "relecture" else 409)
    assert row(cast, done.situation).stage is Stage.ADMISSIBLE


def test_a_program_qualifies_with_the_version_that_it_read(cast: Cast) -> None:
    done = sent(cast)
    program = cast.program("coordinator_13")
    path = f"/api/v1/situations/{done.situation}"
    tag = program.get(path).headers["ETag"]
    assert re.fullmatch(r'"\d+"', tag)
    body = {"admissible": True}
    assert problem(program.post(f"{path}/qualification", body))["status"] == 428
    assert problem(program.post(f"{path}/qualification", body, If_Match='"99"'))["status"] == 412
    assert problem(program.post(f"{path}/qualification", body, If_Match="W/abc"))["status"] == 412
    answer = program.post(f"{path}/qualification", body, If_Match=tag)
    assert answer.json()["stage"] == "admissible"
    assert answer.headers["ETag"] == program.get(path).headers["ETag"] != tag
    assert problem(program.post(f"{path}/qualification", body, If_Match=tag))["status"] == 412


def test_no_title_of_a_situation_is_nominative(cast: Cast) -> None:
    done = sent(cast)
    for page in ("", *(f"/{name}" for name in DECISIONS), "/sortie/crip"):
        title = title_of(cast.browser("coordinator_13").get(f"/situations/{done.situation}{page}"))
        assert "Durand" not in title
        assert "lodie" not in title

"""Retention as people meet it: an agreement, a notice, a purge that runs by itself, an attestation verified offline."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from sqlmodel import col
from typer.testing import CliRunner

from backend.cli import loops
from backend.cli.command import app
from backend.mail.models import MailOutbox
from backend.purge.actions import announcing
from backend.purge.actions.destroying import FiguresMovedError
from backend.purge.actions.running import run
from backend.purge.models import PurgeNotice, PurgeRun, RetentionDecision
from backend.purge.queries.judging import Judged, judged
from backend.situations.models import Situation
from policies.retention_words import Custody, Guard, RunState
from tests.support.cast import Cast
from tests.support.http import form_of, links_of, words_of
from tests.support.journeys import AGREEMENT, agreed, problem, qualified, sent

DURATION = {
    "kind": "inadmissible",
    "months": "2",
    "number": "2026 DASES 12",
    "decided_on": "20/11/2026",
    "authority": "Conseil de Paris",
    "applies_on": "15/12/2026",
}


def live(cast: Cast, days: int) -> None:
    """Let days pass, each with its rounds."""
    for _ in range(days):
        cast.pass_time(timedelta(days=1))
        loops.go_round(cast.house)


def inadmissible(cast: Cast, **typed: str) -> str:
    done = sent(cast, **typed)
    assert qualified(cast, done.situation, admissible="non", ground="not_a_minor").status_code == 303
    return done.situation


def others(cast: Cast, count: int) -> None:
    """Leave a few situations in the cell, so that one is no large part of it."""
    for _ in range(count):
        sent(cast)


def endings_told(cast: Cast) -> list[str]:
    """Give whom the end of an agreement was told to, once for each message."""
    ending = sa.select(col(MailOutbox.recipient)).where(col(MailOutbox.template) == "agreement_ending")
    with cast.house.stores.main.transaction() as session:
        return sorted(session.scalars(ending))


def exists(cast: Cast, reference: str) -> Situation | None:
    with cast.house.stores.main.transaction() as session:
        return session.scalar(sa.select(Situation).where(col(Situation.reference) == reference))


def last_run(cast: Cast) -> PurgeRun:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(PurgeRun).order_by(col(PurgeRun.started_at).desc()).limit(1)).one()


@pytest.fixture
def announced(cast: Cast) -> str:
    """Bring an inadmissible situation to a month after its decision, under an agreement, with its notice."""
    agreed(cast)
    reference = inadmissible(cast)
    others(cast, 5)
    live(cast, 26)
    return reference


def test_a_situation_is_announced_then_destroyed_by_itself_and_the_attestation_is_verified_offline(
    cast: Cast, announced: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    coordinator = cast.browser("coordinator_13")
    assert "Destructions annoncées" in words_of(coordinator.get("/"))
    assert announced in words_of(coordinator.get("/destructions"))
    sheet = words_of(coordinator.get(f"/situations/{announced}"))
    assert "23 décembre 2026 : destruction" in sheet
    assert "destruction annoncée le" in sheet
    live(cast, 3)
    assert exists(cast, announced) is not None
    live(cast, 1)
    assert exists(cast, announced) is None
    assert cast.browser("coordinator_13").get(f"/situations/{announced}").status_code == 404
    dpo = cast.browser("dpo")
    page = dpo.get("/purge")
    assert "Rien n'a dépassé son terme sans raison" in words_of(page)
    [run_page] = [link for link in links_of(page) if link.startswith("/purge/passages/")][:1]
    shown = dpo.get(run_page)
    assert "2026-41, Archives de Paris" in words_of(shown)
    attestation = dpo.get(f"{run_page}/attestation")
    file = tmp_path_factory.mktemp("attestation") / "attestation.json"
    file.write_bytes(attestation.content)
    key = cast.program("dpo").get("/api/v1/purge").json()["public_key"]
    assert key in words_of(page)
    good = CliRunner().invoke(app, ["purge", "verify", str(file), "--key", key])
    assert good.exit_code == 0, good.output
    assert "situation non recevable, réorientée ou transmise, CENOMED du 13e, détruite : 1" in good.output
    file.write_bytes(attestation.content.replace(b'"number":1', b'"number":0'))
    assert CliRunner().invoke(app, ["purge", "verify", str(file), "--key", key]).exit_code == 1
    assert dpo.get(f"{run_page}/pdf").content.startswith(b"%PDF-")
    assert cast.browser("archivist").get(run_page).status_code == 200
    assert announced not in shown.text + page.text + attestation.text


def test_without_an_agreement_it_is_locked_and_nobody_reads_it_any_more(cast: Cast) -> None:
    reference = inadmissible(cast)
    live(cast, 31)
    found = exists(cast, reference)
    assert found is not None
    assert found.custody is Custody.LOCKED
    coordinator = cast.browser("coordinator_13")
    assert coordinator.get(f"/situations/{reference}").status_code == 404
    assert reference not in coordinator.get("/situations?groupe=closes").text
    assert cast.program("coordinator_13").get(f"/api/v1/situations/{reference}").status_code == 404
    audit = words_of(cast.browser("dpo").get("/purge"))
    assert "verrouillées : 1" in audit
    assert "aucun accord en vigueur" in audit
    agreed(cast)
    others(cast, 5)
    live(cast, 1)
    assert exists(cast, reference) is None, "locked, it had been announced for more than seven days"


def test_the_archivist_finds_what_is_not_covered_and_records_an_agreement_by_category(cast: Cast) -> None:
    archivist = cast.browser("archivist")
    page = archivist.get("/purge")
    assert "aucun accord en vigueur" in words_of(page)
    sheet = f"/cellules/{cast.cells['13'].reference}"
    assert f"{sheet}#actes" in links_of(page)
    assert f"{sheet}/accords" in links_of(archivist.get(sheet))
    assert f"{sheet}/actes" not in links_of(archivist.get(sheet))
    assert archivist.get(f"{sheet}/actes").status_code == 403
    refused = archivist.send(f"{sheet}/accords", {**AGREEMENT, "categories": []})
    assert refused.status_code == 422
    assert "2026-41" in refused.text, "nothing typed is lost"
    agreed(cast, categories=["not_admitted"])
    audit = words_of(cast.browser("dpo").get("/purge"))
    assert "2026-41, Archives de Paris" in audit
    assert "aucun accord situations non retenues" in audit
    assert "aucun accord situations retenues, examinées ou suivies" in audit
    assert "aucun accord signalements" not in audit
    kept = CliRunner().invoke(app, ["purge", "audit"], obj=cast.house)
    assert "CENOMED du 13e : aucun accord d'élimination en vigueur pour les situations non retenues" in kept.output


def test_the_dpo_and_the_archivist_are_told_ninety_days_before_an_agreement_ends_and_once(cast: Cast) -> None:
    last = cast.clock().date() + timedelta(days=92)
    agreed(cast, ends_on=f"{last:%d/%m/%Y}")
    live(cast, 1)
    assert endings_told(cast) == []
    live(cast, 2)
    assert endings_told(cast) == sorted(cast.people[who].email for who in ("dpo", "archivist"))


def test_nobody_is_told_of_an_agreement_that_another_prolongs_for_all_that_it_covers(cast: Cast) -> None:
    last = cast.clock().date() + timedelta(days=92)
    agreed(cast, ends_on=f"{last:%d/%m/%Y}")
    agreed(cast, number="2026-42")
    live(cast, 3)
    assert endings_told(cast) == []


def test_a_limitation_keeps_what_is_over_and_starts_the_notice_again(cast: Cast, announced: str) -> None:
    with cast.house.stores.main.transaction() as session:
        session.execute(
            sa.update(Situation).where(col(Situation.reference) == announced).values(limited_at=cast.clock())
        )
    live(cast, 10)
    assert exists(cast, announced) is not None
    assert "sous limitation : 1" in words_of(cast.browser("dpo").get("/purge"))
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.update(Situation).where(col(Situation.reference) == announced).values(limited_at=None))
    live(cast, 7)
    assert exists(cast, announced) is not None
    live(cast, 1)
    assert exists(cast, announced) is None


def test_a_refused_run_is_confirmed_by_the_dpo_with_a_fresh_second_factor_and_by_nobody_else(cast: Cast) -> None:
    agreed(cast)
    reference = inadmissible(cast)
    live(cast, 30)
    refused = last_run(cast)
    assert (refused.state, refused.guard) == (RunState.REFUSED, Guard.SHARE)
    assert exists(cast, reference) is not None
    address = f"/purge/passages/{refused.reference}/confirmation"
    for who in ("archivist", "administrator"):
        browser = cast.browser(who)
        assert browser.post(address, {"csrf": browser.csrf(), "version": str(refused.version)}).status_code == 403
    program = cast.program("dpo")
    tag = program.get(f"/api/v1/purge/passages/{refused.reference}").headers["ETag"]
    assert problem(program.post(f"/api/v1{address}", {}, If_Match=tag))["status"] == 403
    dpo = cast.browser("dpo")
    assert "Purge refusée" in words_of(dpo.get("/"))
    answer = dpo.send(f"/purge/passages/{refused.reference}", {}, address)
    assert answer.headers["location"] == f"/purge/passages/{refused.reference}?fait=confirme"
    loops.go_round(cast.house)
    assert exists(cast, reference) is None
    assert last_run(cast).reference == refused.reference
    again = dpo.post(address, {"csrf": dpo.csrf(), "version": str(last_run(cast).version)})
    assert again.status_code == 409


def test_the_purge_is_stopped_at_once_and_restarted_with_a_second_factor(cast: Cast, announced: str) -> None:
    dpo = cast.browser("dpo")
    assert dpo.send("/purge", {}, "/purge/arret").status_code == 303
    live(cast, 20)
    assert exists(cast, announced) is not None
    administrator = cast.browser("administrator")
    assert "La purge est arrêtée" in words_of(administrator.get("/purge"))
    assert administrator.send("/purge", {}, "/purge/reprise").status_code == 303
    assert run(cast.house) is not None
    assert last_run(cast).guard is None, "the rounds of each day have followed the clock"


def test_the_administrator_records_a_duration_and_the_dpo_previews_it_before_it_applies(cast: Cast) -> None:
    inadmissible(cast)
    administrator = cast.browser("administrator")
    wrong = administrator.send("/conservation/decisions", {**DURATION, "months": "40", "applies_on": "24/11/2026"})
    assert wrong.status_code == 422
    assert form_of(wrong, "/conservation/decisions").shown()["number"] == ("2026 DASES 12",)
    made = administrator.send("/conservation/decisions", DURATION)
    assert made.status_code == 303, made.text
    address = made.headers["location"].partition("?")[0]
    assert "Situations concernées aujourd'hui : 1" in words_of(cast.browser("dpo").get(address)).replace(" .", ".")
    assert (
        administrator.post(
            f"{address}/avis", {"csrf": administrator.csrf(), "version": "1", "opinion": "favourable"}
        ).status_code
        == 403
    )
    assert cast.browser("dpo").send(address, {"opinion": "favourable"}, f"{address}/avis").status_code == 303
    durations = words_of(cast.browser("archivist").get("/conservation"))
    assert "avis favorable" in durations
    assert "clôture de la réunion. aussitôt" in durations
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(RetentionDecision)).one().applies_on == date(2026, 12, 15)


def test_a_kill_between_two_batches_leaves_no_notice_untold(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(cast)
    for _ in range(2):
        inadmissible(cast)
    cast.pass_long(timedelta(days=26))
    found: list[Judged] = []

    def dying(*looking: Any) -> Sequence[Judged]:  # noqa: ANN401  what it stands before
        if found:
            raise RuntimeError
        found.extend(judged(*looking))
        return tuple(found)

    monkeypatch.setattr(announcing, "BATCH", 1)
    monkeypatch.setattr(announcing, "judged", dying)
    with pytest.raises(RuntimeError):
        run(cast.house)
    with cast.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PurgeNotice)) == 1
        told = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "purge_notice")).all()
    coordinators = [one.recipient for one in told]
    assert coordinators
    assert len(coordinators) == len(set(coordinators))
    assert {json.loads(one.content)["number"] for one in told} == {1}


def test_a_batch_that_was_kept_is_said_in_french_to_whoever_runs_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.cli.purge.make_run", Mock(side_effect=FiguresMovedError))
    told = CliRunner().invoke(app, ["purge", "run", "--execute"], obj=object())
    assert (told.exit_code, "Un lot a été gardé entier" in told.stderr) == (1, True)


def test_the_commands_preview_run_and_account(cast: Cast, announced: str) -> None:
    cast.pass_time(timedelta(days=1))
    runner = CliRunner()
    shown = runner.invoke(app, ["purge", "preview"], obj=cast.house)
    assert "CENOMED du 13e : à détruire 0, annoncées 1" in shown.output
    assert "Comptes sans connexion : à suspendre 0, à supprimer 0" in shown.output
    assert "Habilitations terminées depuis un an : à détruire 0" in shown.output
    kept = runner.invoke(app, ["purge", "run"], obj=cast.house)
    assert "Rien n'a été détruit" in kept.output
    made = runner.invoke(app, ["purge", "run", "--execute"], obj=cast.house)
    assert made.exit_code == 0, made.output
    assert "terminé, situations détruites : 0" in made.output
    assert "Rien à faire" in runner.invoke(app, ["purge", "run", "--execute"], obj=cast.house).output
    audit = runner.invoke(app, ["purge", "audit"], obj=cast.house)
    assert "annoncées 1, terme dépassé 0" in audit.output
    with cast.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PurgeNotice)) == 1
    assert announced not in shown.output + made.output + audit.output

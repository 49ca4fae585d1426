"""The whole life of a duration, with what the guides say: decided, previewed, agreed to, applied, proved, restored."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.purge.models import RetentionDecision
from tests.functional.test_purge import DURATION, exists, inadmissible, live, others
from tests.functional.test_restoration import Operator, count, reopened
from tests.support.cast import Cast
from tests.support.http import links_of, words_of
from tests.support.journeys import agreed

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def operator(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Operator:
    made = Operator(cast, monkeypatch)
    assert made.types("keys", "backup-key", "--private", made.private).exit_code == 0
    return made


@pytest.mark.parametrize(
    "page, said",
    [
        ("guides/administrateur.md", "« Durées de conservation »"),
        ("guides/dpo.md", "montre d'abord ce qu'elle changerait"),
        ("guides/archives.md", "« Enregistrer un accord d'élimination »"),
        ("guides/dpo.md", "`cenacle purge verify FICHIER`"),
        ("runbooks/sauvegarde.md", "cenacle restore"),
    ],
)
def test_each_step_is_in_the_guide_of_who_makes_it(page: str, said: str) -> None:
    assert said in (DOCS / page).read_text("utf-8")


def test_a_duration_is_decided_previewed_applied_under_an_agreement_proved_and_nothing_purged_comes_back(
    cast: Cast, operator: Operator
) -> None:
    others(cast, 5)
    reference = inadmissible(cast)
    address = _duration_is_decided(cast)
    agreed(cast, categories=["not_admitted"])
    _month_passes_and_the_new_duration_holds(cast, reference)
    saved = operator.saves()
    live(cast, 33)
    assert exists(cast, reference) is None
    assert "2026 DASES 12" in words_of(cast.browser("dpo").get(address))
    _attestation_is_verified(cast, operator)
    operator.loses("main")
    said = operator.restores({"main": saved["main"]})
    assert said.exit_code == 0, said.output
    assert count(said, "détruites de nouveau") == 1
    back = reopened(cast)
    try:
        assert exists(back, reference) is None
        assert back.browser("coordinator_13").get(f"/situations/{reference}").status_code == 404
        assert "restaurées d'une sauvegarde" in words_of(back.browser("dpo").get("/purge"))
    finally:
        back.house.stores.dispose()


def _duration_is_decided(cast: Cast) -> str:
    """Let the administrator enter two months rather than one, and the DPO preview it and give an opinion."""
    made = cast.browser("administrator").send("/conservation/decisions", DURATION)
    assert made.status_code == 303, made.text
    address = made.headers["location"].partition("?")[0]
    preview = words_of(cast.browser("dpo").get(address))
    assert "Situations concernées aujourd'hui : 1" in preview
    assert cast.browser("dpo").send(address, {"opinion": "favourable"}, f"{address}/avis").status_code == 303
    with cast.house.stores.main.transaction() as session:
        assert session.scalars(sa.select(RetentionDecision)).one().applies_on == date(2026, 12, 15)
    return address


def _month_passes_and_the_new_duration_holds(cast: Cast, reference: str) -> None:
    live(cast, 32)
    assert exists(cast, reference) is not None, "one month was the duration before the decision"
    assert "23 janvier 2027 : destruction" in words_of(cast.browser("coordinator_13").get(f"/situations/{reference}"))


def _attestation_is_verified(cast: Cast, operator: Operator) -> None:
    dpo = cast.browser("dpo")
    page = dpo.get("/purge")
    assert "Rien n'a dépassé son terme sans raison" in words_of(page)
    runs = [link for link in links_of(page) if link.startswith("/purge/passages/")]
    key = cast.program("dpo").get("/api/v1/purge").json()["public_key"]
    file = cast.folder / "attestation.json"
    for run in runs:
        file.write_bytes(dpo.get(f"{run}/attestation").content)
        said = operator.types("purge", "verify", file, "--key", key)
        assert said.exit_code == 0, said.output
        if "détruite : 1" in said.output:
            return
    pytest.fail("no attestation of the last runs tells the destruction")

"""Published indicators through HTTP: frozen, no small number, exact for the coordinator alone; yearly balances."""

import csv
import io
import json
import subprocess
import zipfile
from collections import Counter
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col
from typer.testing import CliRunner

from backend.cli.indicators import app
from backend.counts.deltas import CountDelta, add_delta
from backend.documents.sheets import BOM
from backend.indicators.actions.publishing import publish_due
from backend.indicators.models import BalanceText, IndicatorFigure, IndicatorRelease
from policies.charter_words import FeedbackValue
from policies.indicator_words import Indicator
from policies.meeting_words import Quarter
from policies.orientation_words import Destination
from policies.suppression import PARIS, Mark
from policies.vocabulary import ClosingReason, Origin
from tests.support.cast import Cast, open_cell
from tests.support.http import links_of, words_of
from tests.support.journeys import on_the_day, problem
from tests.support.pdf import unreadable

YEARS = (2023, 2024, 2025)
HOME = "/indicateurs"
API = "/api/v1/indicateurs"
BALANCE = f"{HOME}/bilan/13/2025"
READERS = ("coordinator_13", "town_hall_13", "social_coordinator_13", "steering", "administrator", "dpo")
STRANGERS = ("police_13", "parquet_13", "reporter", "guest_13", "recipient", "archivist", "former_13")
LARGE, SMALL, OTHER = "13", "18", "20"
TEXT = "Les quatre réunions ont été tenues.\nLa mairie et les services sociaux ont été réguliers."


def count(cast: Cast, cell: str, month: str, *counted: tuple[Indicator, str | None, int]) -> None:
    with cast.house.stores.main.transaction() as session:
        for indicator, value, by in counted:
            add_delta(session, indicator, cast.cells[cell].id, month=month, value=value, by=by)


def publish(cast: Cast) -> list[str]:
    with cast.house.transaction() as uow:
        return publish_due(uow)


@pytest.fixture
def published(cast: Cast) -> Cast:
    """Count three years in three cells, one of which is small, then publish what is due.

    With two cells only, Paris would be hidden: the people of one would compute the other.
    """
    cast.cells = {**cast.cells, OTHER: open_cell(cast.house, OTHER)}
    for year, cell in product(YEARS, (LARGE, OTHER)):
        count(
            cast,
            cell,
            f"{year}-02",
            (Indicator.SIGNALEMENT_RECEIVED, None, 29),
            (Indicator.SIGNALEMENT_BY_ORIGIN, Origin.POLICE, 20),
            (Indicator.SIGNALEMENT_BY_ORIGIN, Origin.EDUCATION, 9),
            (Indicator.SENT_TO_PARQUET, None, 29),
            (Indicator.RETAINED, None, 20),
            (Indicator.NOT_RETAINED, None, 9),
            (Indicator.EXAMINED, None, 12),
            (Indicator.NOT_EXAMINED, ClosingReason.MOVED_AWAY, 8),
            (Indicator.ORIENTED, Destination.SOCIAL_SERVICES, 12),
            (Indicator.FEEDBACK, FeedbackValue.POSSIBLE, 12),
            (Indicator.EXAMINATION_DELAY, "40", 9),
            (Indicator.EXAMINATION_DELAY, "90", 3),
        )
    for year in YEARS:
        count(
            cast,
            LARGE,
            f"{year}-02",
            (Indicator.MEETING_PLANNED, Quarter.FIRST, 1),
            (Indicator.MEETING_PLANNED, Quarter.SECOND, 1),
            (Indicator.MEETING_HELD, Quarter.FIRST, 1),
        )
        count(
            cast,
            SMALL,
            f"{year}-05",
            (Indicator.SIGNALEMENT_RECEIVED, None, 7),
            (Indicator.SIGNALEMENT_BY_ORIGIN, Origin.POLICE, 7),
            (Indicator.SENT_TO_PARQUET, None, 7),
            (Indicator.RETAINED, None, 7),
            (Indicator.EXAMINED, None, 4),
            (Indicator.NOT_EXAMINED, ClosingReason.MOVED_AWAY, 3),
        )
    assert publish(cast)[-1] == "2026-T3"
    return cast


def figures(cast: Cast, *spans: str) -> dict[tuple[str, str, Indicator, str | None], tuple[Mark, int | None]]:
    with cast.house.stores.main.transaction() as session:
        rows = session.scalars(sa.select(IndicatorFigure).where(col(IndicatorFigure.span).in_(spans))).all()
        return {(row.place, row.span, row.indicator, row.value): (row.mark, row.number) for row in rows}


def test_each_quarter_is_published_once_when_it_is_settled(published: Cast) -> None:
    with published.house.stores.main.transaction() as session:
        periods = session.scalars(sa.select(col(IndicatorRelease.period))).all()
    assert len(periods) == len(set(periods)) == 15
    signed = figures(published, "2026-T3", "2026-T2")
    assert signed[PARIS, "2026-T3", Indicator.CHARTER_SIGNED, None][1]
    assert (PARIS, "2026-T2", Indicator.CHARTER_SIGNED, None) not in signed
    assert publish(published) == []
    on_the_day(published, date(2027, 1, 15))
    assert publish(published) == []
    on_the_day(published, date(2027, 1, 16))
    assert publish(published) == ["2026-T4"]


def test_a_first_year_that_sums_to_nothing_is_the_first_of_three_all_the_same(cast: Cast) -> None:
    planned = (Indicator.MEETING_PLANNED, Quarter.FIRST)
    count(cast, LARGE, "2023-02", (*planned, 1))
    count(cast, LARGE, "2023-03", (*planned, -1))
    for year in (2024, 2025):
        count(cast, LARGE, f"{year}-02", (*planned, 3))
    publish(cast)
    assert figures(cast, "2023-2025")[PARIS, "2023-2025", *planned] == (Mark.SHOWN, 6)


def test_nothing_is_published_before_anything_is_counted(cast: Cast) -> None:
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.delete(CountDelta))  # the cast counts an exclusion
    assert publish(cast) == []
    assert "Rien n'est encore publié" in words_of(cast.browser("steering").get(HOME))
    assert cast.program("steering").get(API).status_code == 404


def test_the_copil_reads_at_once_how_many_were_examined_and_why_the_others_were_not(published: Cast) -> None:
    board = words_of(published.browser("steering").get("/"))
    assert "Derniers chiffres publiés :" in board
    assert "sans référent de proximité ou sans réunion prévue" in board
    assert f"{HOME}/paris/2024" in links_of(published.browser("steering").get(HOME))
    page = words_of(published.browser("steering").get(f"{HOME}/paris/2024"))
    assert "Situations retenues par le parquet : 47 ; examinées : 28." in page
    assert "Retenues et closes sans examen : 19. Pourquoi elles n'ont pas été examinées : déménagement (19)." in page
    assert "De la réception au premier examen 40 jours 90 jours" in page
    assert "1 réunion sur 2 (50 %)" in page
    assert "CENOMED du 18e aucun aucune" in page
    rolling = words_of(published.browser("steering").get(f"{HOME}/paris/2023-2025"))
    assert "Situations retenues par le parquet : 141 ; examinées : 84." in rolling


def test_the_first_page_is_the_latest_year_that_counted_anything(published: Cast) -> None:
    on_the_day(published, date(2027, 1, 16))
    publish(published)
    page = published.browser("steering").get(HOME)
    assert '<option value="2026">' in page.text
    assert "Indicateurs : Paris, 2025" in words_of(page)


def test_a_small_number_and_what_would_give_it_back_are_hidden_in_every_form(published: Cast) -> None:
    marks = figures(published, "2024")
    assert marks[SMALL, "2024", Indicator.EXAMINED, None] == (Mark.BELOW, None)
    assert marks[LARGE, "2024", Indicator.EXAMINED, None][0] is not Mark.SHOWN
    assert marks[PARIS, "2024", Indicator.EXAMINED, None] == (Mark.SHOWN, 28)
    browser, program = published.browser("steering"), published.program("steering")
    label = Indicator.EXAMINED.label
    for place, words in ((SMALL, "moins de 5"), (LARGE, "non publié")):
        assert f"{label[1:]} {words}" in words_of(browser.get(f"{HOME}/{place}/2024"))
        assert f";{label};total;;{words};" in browser.get(f"{HOME}/{place}/2024/csv").text
        funnel = program.get(f"{API}?lieu={place}&periode=2024").json()["charts"][0]["bars"]
        told = next(bar for bar in funnel if label[1:] in bar["label"])
        assert (told["figure"], told["width"]) == ({"number": None, "words": words}, None)


def test_a_correction_counts_in_the_year_that_is_published_next(published: Cast) -> None:
    before = figures(published, "2024", "2025")
    count(published, LARGE, "2024-02", (Indicator.EXAMINED, None, -1), (Indicator.RETAINED, None, -1))
    count(published, LARGE, "2026-02", (Indicator.EXAMINED, None, 30), (Indicator.RETAINED, None, 30))
    on_the_day(published, date(2027, 1, 20))
    publish(published)
    assert figures(published, "2024", "2025") == before
    assert figures(published, "2026")[PARIS, "2026", Indicator.EXAMINED, None] == (Mark.SHOWN, 29)


def test_who_reads_the_indicators_reads_them_whole(published: Cast) -> None:
    for who in READERS:
        assert published.browser(who).get(f"{HOME}/18/2024").status_code == 200
        assert published.program(who).get(f"{API}/definitions").status_code == 200
    definitions = words_of(published.browser("steering").get(f"{HOME}/definitions"))
    assert "1 à 4 se lit « moins de 5 »" in definitions
    assert Counter(definitions.split())["Définition"] >= len(Indicator) - 1


@pytest.mark.parametrize("who", STRANGERS)
def test_the_others_read_none(published: Cast, who: str) -> None:
    for path in (
        HOME,
        f"{HOME}/paris/2024",
        f"{HOME}/definitions",
        f"{HOME}/paris/2024/ods",
        BALANCE,
        f"{BALANCE}/pdf",
    ):
        answer = published.browser(who).get(path)
        assert answer.status_code in {303, 403, 404}
        assert "29" not in words_of(answer)


def test_exact_figures_are_the_coordinator_s_own(published: Cast) -> None:
    own, other = (published.cells[code].reference for code in (LARGE, SMALL))
    coordinator = published.browser("coordinator_13")
    assert "Chiffres exacts : CENOMED du 13e" in words_of(coordinator.get(HOME))
    page = words_of(coordinator.get(f"{HOME}/cellules/{own}"))
    assert "2025" in page
    assert "retenues par le parquet : 20 ; examinées : 12." in page
    assert coordinator.get(f"{HOME}/cellules/{own}/2024").status_code == 200
    assert coordinator.get(f"{HOME}/cellules/{own}/2019").status_code == 404
    assert coordinator.get(f"{HOME}/cellules/{other}").status_code == 403
    assert published.program("coordinator_13").get(f"{API}/cellules/{own}?annee=2024").json()["exact"] is True
    for who in ("steering", "town_hall_13", "dpo", "administrator", "coordinator_18"):
        assert published.browser(who).get(f"{HOME}/cellules/{own}").status_code == 403


def test_a_place_and_a_span_are_chosen_by_a_form(published: Cast) -> None:
    browser = published.browser("steering")
    sent = browser.send(HOME, {"place": "13", "span": "2023-2025"}, f"{HOME}/choix")
    assert sent.headers["location"] == f"{HOME}/13/2023-2025"
    assert "Déménagement" in words_of(browser.get(sent.headers["location"]))
    for path in (f"{HOME}/14/2024", f"{HOME}/13/2022", f"{HOME}/13/2024/exe", f"{HOME}/bilan/13/2022"):
        assert browser.get(path).status_code == 404
    assert browser.send(HOME, {"place": "13/../../", "span": "2024"}, f"{HOME}/choix").status_code == 422
    own = published.cells[LARGE].reference
    coordinator = published.browser("coordinator_13")
    chosen = coordinator.send(f"{HOME}/cellules/{own}", {"cell": own, "span": "2024"}, f"{HOME}/choix")
    assert chosen.headers["location"] == f"{HOME}/cellules/{own}/2024"


def test_files_hold_the_figures_of_the_page(published: Cast) -> None:
    browser = published.browser("steering")
    address = f"{HOME}/paris/2024"
    text = browser.get(f"{address}/csv").content.decode()
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM)), delimiter=";"))
    examined = ["Paris", "2024", Indicator.EXAMINED.label, "total", "28", "", "situations"]
    assert examined in rows
    lines = json.loads(browser.get(f"{address}/json").content)
    assert len(lines) == len(rows) - 1
    assert {"Nombre": 28, "Mention": ""}.items() <= next(x for x in lines if x["Indicateur"] == examined[2]).items()
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{address}/ods").content)) as ods:
        assert ods.read("content.xml").decode().count("<table:table-row>") == len(rows)
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{address}/xlsx").content)) as xlsx:
        assert "xl/worksheets/sheet1.xml" in xlsx.namelist()


def test_a_balance_has_its_texts_its_figures_and_a_tagged_pdf(published: Cast, tmp_path: Path) -> None:
    coordinator = published.browser("coordinator_13")
    assert "Ce texte n'est pas encore écrit." in words_of(coordinator.get(BALANCE))
    written = coordinator.send(f"{BALANCE}/application", {"text": TEXT})
    assert written.headers["location"] == f"{BALANCE}?fait=texte"
    page = words_of(published.browser("steering").get(BALANCE))
    assert "La mairie et les services sociaux ont été réguliers." in page
    assert coordinator.send(f"{BALANCE}/application", {"text": "Repris."}).status_code == 303
    document = published.browser("town_hall_13").get(f"{BALANCE}/pdf")
    assert document.headers["content-type"] == "application/pdf"
    assert unreadable(document.content, tmp_path) == []
    (tmp_path / "bilan.pdf").write_bytes(document.content)
    said = subprocess.run(["pdftotext", tmp_path / "bilan.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "Repris." in said
    assert "moins de 5" in said


def test_each_writes_the_own_text_and_nobody_stands_in_it(published: Cast) -> None:
    coordinator = published.browser("coordinator_13")
    named = coordinator.send(f"{BALANCE}/application", {"text": "Bilan sur Mme Durand, 15 ans, très suivie."})
    assert named.status_code == 422
    assert "semble parler d'une personne" in words_of(named)
    assert "très suivie" in named.text
    for who, kind in (
        ("coordinator_13", "suites-sociales"),
        ("social_coordinator_13", "application"),
        ("coordinator_18", "application"),
        ("steering", "application"),
        ("town_hall_13", "application"),
    ):
        assert published.browser(who).get(f"{BALANCE}/{kind}").status_code == 403
        answer = published.program(who).post(
            f"{API}/bilan/13/2025/{'social' if 'sociales' in kind else 'coordination'}", {"text": TEXT}, If_Match='"0"'
        )
        assert answer.status_code == 403
    assert coordinator.get(f"{BALANCE}/autre").status_code == 404
    social = published.program("social_coordinator_13").post(
        f"{API}/bilan/13/2025/social", {"text": TEXT}, If_Match='"0"'
    )
    assert social.status_code == 200
    city = published.program("steering")
    path = f"{API}/bilan/paris/2025/city"
    assert city.post(path, {"text": TEXT}, If_Match='"1"').status_code == 412
    assert city.post(path, {"text": TEXT}, If_Match='"0"').status_code == 200
    assert city.post(path, {"text": TEXT}, If_Match='"0"').status_code == 412
    assert city.post(path, {"text": "Repris."}, If_Match='"1"').status_code == 200
    assert "text" in problem(city.post(path, {"text": "x" * 3001}, If_Match='"2"'))["errors"]
    with published.house.stores.main.transaction() as session:
        assert len(session.scalars(sa.select(BalanceText)).all()) == 2
    assert city.get(f"{API}/bilan/paris/2025").json()["texts"][0]["paragraphs"] == ["Repris."]


def test_the_command_publishes_shows_and_exports_what_the_committee_reads(published: Cast, tmp_path: Path) -> None:
    run = CliRunner()
    house = published.house
    told = run.invoke(app, ["publish"], obj=house)
    assert "Rien à publier" in told.output
    published.pass_time(timedelta(days=3650))
    told = run.invoke(app, ["publish"], obj=house)
    assert (told.exit_code, "Rien n'a été publié : l'horloge" in told.stderr) == (1, True)
    published.pass_time(timedelta(days=-3650))
    shown = run.invoke(app, ["show", "--place", "18", "--span", "2024"], obj=house)
    assert f"2024  {Indicator.EXAMINED.label}, total : moins de 5 (situations)" in shown.output
    for kind in ("csv", "ods", "xlsx", "json"):
        assert run.invoke(app, ["export", str(tmp_path / f"f.{kind}")], obj=house).exit_code == 0
        assert (tmp_path / f"f.{kind}").stat().st_size > 1000
    assert run.invoke(app, ["export", str(tmp_path / "f.exe")], obj=house).exit_code == 1
    assert run.invoke(app, ["show", "--span", "1999"], obj=house).exit_code == 1

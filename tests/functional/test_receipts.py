"""The parquet's answer has no side channel: the author of a retained and of a not retained situation sees the same.

Two twins go through the same steps at the same instants; only the parquet's word differs (domain.md section 2).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from httpx2 import Response

from backend.mail.models import MailOutbox
from tests.support.cast import Cast, copied
from tests.support.http import links_of, words_of
from tests.support.journeys import (
    SIGNALEMENTS,
    TYPED,
    Sent,
    answered,
    decided,
    qualified,
    sent,
    transmitted,
)

REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")
SECRET = re.compile(r'(name="csrf" value=")[^"]*')

AUTHORS = ("reporter", "field_agent", "police_13", "social_coordinator_13")


@dataclass(frozen=True)
class Twin:
    """One of two houses that differ by the parquet's word alone."""

    cast: Cast
    done: Sent
    answer: str
    other: str


def normalised(answer: Response) -> tuple[int, list[tuple[str, str]], str]:
    """Give what somebody receives, without what is drawn at random: references and tokens of forms."""
    headers = sorted((name, REFERENCE.sub("REF", value)) for name, value in answer.headers.items())
    headers = [(name, value) for name, value in headers if name not in {"content-length", "set-cookie"}]
    return answer.status_code, headers, REFERENCE.sub("REF", SECRET.sub(r"\1", answer.text))


def everything(cast: Cast, who: str, done: Sent) -> list[tuple[str, object]]:
    """Ask for all that an author can ask about a signalement, by page and by JSON, allowed or not."""
    browser, program = cast.browser(who), cast.program(who)
    pages = [
        "/",
        "/signalements",
        "/signalements/nouveau",
        f"/recepisses/{done.receipt}",
        f"/recepisses/{done.situation}",
        f"/situations/{done.situation}",
        f"/situations/{done.situation}/qualification",
        f"/situations/{done.situation}/sortie/crip",
        f"/situations/{done.receipt}",
        "/situations",
        "/situations?groupe=retenues",
        "/situations?groupe=non-retenues",
        "/parquet",
        "/cellules",
        "/compte",
    ]
    seen: list[tuple[str, object]] = [(REFERENCE.sub("REF", page), normalised(browser.get(page))) for page in pages]
    paths = (SIGNALEMENTS, "/api/v1/situations", f"/api/v1/situations/{done.situation}", "/api/v1/moi")
    seen += [(REFERENCE.sub("REF", path), normalised(program.get(path))) for path in paths]
    posted = [
        (f"/situations/{done.situation}/sortie/crip", {"made_on": "20/11/2026", "channel": "phone"}),
        ("/parquet", {f"answer-{done.situation}": "retained", f"version-{done.situation}": "4"}),
        ("/situations/transmission-parquet", {"references": done.situation}),
    ]
    for path, fields in posted:
        answer = browser.post(path, {"csrf": browser.csrf(), **fields})
        seen.append((REFERENCE.sub("REF", path), normalised(answer)))
    answer = program.post(
        f"/api/v1/situations/{done.situation}/reponse-parquet", {"answer": "retained"}, If_Match='"4"'
    )
    return [*seen, ("answer", normalised(answer))]


def mail(cast: Cast) -> list[tuple[object, ...]]:
    """Give the messages that wait or left, without their identifiers."""
    columns = [column for column in sa.inspect(MailOutbox).columns if column.key != "id"]
    with cast.house.stores.main.transaction() as session:
        found = session.execute(sa.select(*columns).order_by(*columns)).all()
    return [tuple(REFERENCE.sub("REF", str(value)) for value in row) for row in found]


@pytest.fixture
def twins(troupe: Cast, tmp_path: Path) -> Callable[[str], tuple[Twin, Twin]]:
    """Build two houses in which somebody signals the same minor at the same instant."""

    def make(who: str) -> tuple[Twin, Twin]:
        made = []
        for answer, other in (("retained", "not_retained"), ("not_retained", "retained")):
            cast = copied(troupe, tmp_path / answer)
            made.append(Twin(cast, sent(cast, who), answer, other))
        return made[0], made[1]

    return make


@pytest.mark.parametrize("who", AUTHORS)
def test_an_author_sees_the_same_at_every_step_whatever_the_parquet_answers(
    twins: Callable[[str], tuple[Twin, Twin]], who: str
) -> None:
    both = twins(who)
    steps: list[Callable[[Twin], object]] = [
        lambda twin: qualified(twin.cast, twin.done.situation),
        lambda twin: transmitted(twin.cast, twin.done.situation),
        lambda twin: answered(twin.cast, {twin.done.situation: twin.answer}),
        lambda twin: decided(twin.cast, twin.done.situation, "relecture", {"outcome": "kept"}),
        lambda twin: twin.cast.pass_time(timedelta(days=5)),
        lambda twin: answered(twin.cast, {twin.done.situation: twin.other}),
        lambda twin: twin.cast.pass_time(timedelta(days=60)),
    ]
    for number, step in enumerate(steps):
        views = []
        for twin in both:
            step(twin)
            views.append(everything(twin.cast, who, twin.done))
        assert views[0] == views[1], f"step {number}"
        assert mail(both[0].cast) == mail(both[1].cast)
    for twin in both:
        twin.cast.house.stores.dispose()


def test_a_receipt_says_nothing_of_what_was_decided(cast: Cast) -> None:
    done = {name: sent(cast, last_name=name) for name in ("un", "deux", "trois", "quatre", "cinq", "six")}
    steps: dict[str, Callable[[str], object]] = {
        "un": lambda _: None,
        "deux": lambda situation: qualified(cast, situation),
        "trois": lambda situation: qualified(cast, situation, admissible="non", ground="not_a_minor"),
        "quatre": lambda situation: decided(cast, situation, "transfert", {"arrondissement": "18"}),
        "cinq": lambda situation: decided(cast, situation, "rattachement", {"into": done["un"].situation}),
        "six": lambda situation: decided(cast, situation, "sortie/crip", {"channel": "phone"}),
    }
    for name, step in steps.items():
        if name != "cinq":
            step(done[name].situation)
    coordinator = cast.browser("coordinator_13")
    version = re.findall(
        r'name="version" value="(\d+)"', coordinator.get(f"/situations/{done['cinq'].situation}/renvoi").text
    )
    fields = {"csrf": coordinator.csrf(), "version": version[0], "into": done["un"].situation}
    assert coordinator.post(f"/situations/{done['cinq'].situation}/rattachement", fields).status_code == 303
    pages = [normalised(cast.browser("reporter").get(f"/recepisses/{one.receipt}")) for one in done.values()]
    assert all(page == pages[0] for page in pages)
    assert "reçu" in pages[0][2]
    by_program = [normalised(cast.program("reporter").get(SIGNALEMENTS))[2]]
    assert by_program[0].count('"received"') == len(done)


def test_a_receipt_has_a_reference_of_its_own(cast: Cast) -> None:
    done = sent(cast)
    assert done.receipt != done.situation
    for page in ("/", "/signalements", f"/recepisses/{done.receipt}"):
        assert done.situation not in cast.browser("reporter").get(page).text
    for who in ("coordinator_13", "parquet_13"):
        assert cast.browser(who).get(f"/recepisses/{done.receipt}").status_code == 404
        assert done.receipt not in cast.browser(who).get(f"/situations/{done.situation}").text


def test_a_receipt_belongs_to_its_author_alone(cast: Cast) -> None:
    done = sent(cast)
    for who in ("field_agent", "coordinator_13", "parquet_13", "administrator", "dpo", "police_13"):
        answer, nowhere = (cast.browser(who).get(f"/recepisses/{ref}") for ref in (done.receipt, "0000-0000-0000"))
        assert answer.status_code == nowhere.status_code == 404
        assert normalised(answer)[2] == normalised(nowhere)[2]
        assert done.receipt not in cast.browser(who).get("/signalements").text


def test_the_page_of_a_receipt_holds_nothing_of_the_minor(cast: Cast) -> None:
    done = sent(cast)
    page = cast.browser("reporter").get(f"/recepisses/{done.receipt}")
    typed = {value for values in TYPED.values() for value in ((values,) if isinstance(values, str) else values)}
    for value in ("Durand", "Élodie", "16/03/2010", "Peupliers", "Moulin"):
        assert value not in words_of(page)
    assert not typed & set(links_of(page))

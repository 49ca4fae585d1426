"""Every gate of steps 1 to 4, tried wrongly through the page, the API and the verb (domain.md section 3).

Steps 5 and 6 are tried in `test_orientations.py`. A refusal says why, and leaves what the cell holds as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import pytest
from httpx2 import Response

from backend.agenda.actions.convening import convene
from backend.agenda.actions.holding import open_meeting
from backend.agenda.actions.planning import plan
from backend.agenda.actions.preparing import list_situation
from backend.agenda.forms import ListingForm, PlanForm
from backend.authorization.work import UnitOfWork
from backend.examination.actions import begin, close_unexamined, decide, present
from backend.examination.forms import ClosingForm, DecisionForm
from backend.kernel.errors import CharterRefusal, Forbidden, InvalidInput, Refusal, WrongMoment
from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import SendForm
from backend.research.actions import open_research, prepare
from backend.research.forms import OpenForm, PrepareForm
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.submission import submit_directly
from backend.signalements.forms import QualificationForm, SignalementForm
from backend.situations.models import Situation
from policies.charter_words import ResearchValue
from policies.examination_words import Decision, FollowingReason
from policies.vocabulary import ClosingReason, ParquetAnswerValue
from tests.support.cast import Cast
from tests.support.http import Values
from tests.support.journeys import (
    BODY,
    SIGNALEMENTS,
    TYPED,
    answered,
    at_parquet,
    convened,
    drafted,
    in_research,
    meeting_on,
    on_the_day,
    qualified,
    retained,
    rows,
    sent,
)
from tests.support.sessions import API, JANUARY, acted, in_session, one, point_of, version

COORDINATOR, PARQUET = "coordinator_13", "parquet_13"
KEPT = (
    "situation",
    "signalement",
    "receipt",
    "parquet_answer",
    "prior_research",
    "meeting",
    "agenda_item",
    "examination",
)
"""What a refusal must leave as it was."""

CONFLICT, UNPROCESSABLE, FORBIDDEN = 409, 422, 403
STATUS: dict[type[Refusal], int] = {
    WrongMoment: CONFLICT,
    CharterRefusal: UNPROCESSABLE,
    InvalidInput: UNPROCESSABLE,
    Forbidden: FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wrong step: the form and the body that make it, and the verb."""

    page: tuple[str, Mapping[str, Values]]
    api: tuple[str, object]
    verb: Callable[[UnitOfWork], object]
    error: type[Refusal]
    says: str
    who: str = COORDINATOR
    versions: dict[str, str] = field(default_factory=dict)


def posted(cast: Cast, attempt: Attempt) -> Response:
    """Send the form of an attempt with the token of the session, whether or not a page offers it."""
    browser = cast.browser(attempt.who)
    path, fields = attempt.page
    stamp = {"version": attempt.versions["If_Match"].strip('"')} if attempt.versions else {}
    return browser.post(path, {"csrf": browser.csrf(), **stamp, **fields})


def of_age(cast: Cast) -> Attempt:
    """Step 1: the person must be a minor at reception."""
    body = {**BODY, "birth_date": "2008-11-01"}
    return Attempt(
        (drafted(cast), {**TYPED, "birth_date": "01/11/2008", "act": "send"}),
        (SIGNALEMENTS, body),
        lambda uow: submit_directly(uow, SignalementForm.model_validate(body)),
        InvalidInput,
        "moins de 18 ans",
        who="reporter",
    )


def elsewhere(cast: Cast) -> Attempt:
    """Step 1: a territory without a cell is told so, with whom to call."""
    start = {"immediate_danger": "non", "school_offence": "non", "radicalisation": "non", "residence": "known"}
    body = {**BODY, "arrondissement": 16, "quartier": None}
    assert cast.cells
    return Attempt(
        ("/signalements/nouveau", {**start, "arrondissement": "16"}),
        (SIGNALEMENTS, body),
        lambda uow: submit_directly(uow, SignalementForm.model_validate(body)),
        InvalidInput,
        "CRIP",
        who="reporter",
    )


def unanswered_danger(cast: Cast) -> Attempt:
    """Step 1b: a danger obliges the coordinator to answer."""
    situation = sent(cast, qualification="danger").situation
    return Attempt(
        (f"/situations/{situation}/qualification", {"admissible": "oui"}),
        (f"{API}/situations/{situation}/qualification", {"admissible": True}),
        lambda uow: qualify(uow, situation, QualificationForm(admissible=True)),
        CharterRefusal,
        "information préoccupante",
        versions=tag(cast, situation),
    )


def qualified_twice(cast: Cast) -> Attempt:
    """Step 1b: what is qualified is not qualified again."""
    situation = sent(cast).situation
    assert qualified(cast, situation).status_code == 303
    return Attempt(
        (f"/situations/{situation}/qualification", {"admissible": "oui"}),
        (f"{API}/situations/{situation}/qualification", {"admissible": True}),
        lambda uow: qualify(uow, situation, QualificationForm(admissible=True)),
        WrongMoment,
        "",
        versions=tag(cast, situation),
    )


def sent_unqualified(cast: Cast) -> Attempt:
    """Step 2: only what is admissible goes to the parquet."""
    situation = sent(cast).situation
    return Attempt(
        ("/situations/transmission-parquet", {"references": (situation,)}),
        (f"{API}/situations/transmission-parquet", {"references": [situation]}),
        lambda uow: send(uow, SendForm(references=(situation,))),
        WrongMoment,
        "",
    )


def corrected_too_late(cast: Cast) -> Attempt:
    """Step 2: the answer is corrected until the examination begins, not after."""
    situation = in_research(cast)
    meeting = in_session(cast, situation)
    assert acted(cast, meeting, situation, "examen").status_code == 200
    return Attempt(
        ("/parquet", {f"answer-{situation}": "not_retained", f"version-{situation}": str(seen(cast, situation))}),
        (f"{API}/situations/{situation}/reponse-parquet", {"answer": "not_retained"}),
        lambda uow: answer(uow, {situation: Given(ParquetAnswerValue.NOT_RETAINED, None)}),
        WrongMoment,
        "",
        who=PARQUET,
        versions=tag(cast, situation),
    )


def research_before_the_filter(cast: Cast) -> Attempt:
    """Step 3: research opens on what the parquet retained, and on nothing else."""
    situation = at_parquet(cast).situation
    return Attempt(
        ("/situations/ouverture-recherche", {"references": (situation,)}),
        (f"{API}/situations/ouverture-recherche", {"references": [situation]}),
        lambda uow: open_research(uow, OpenForm(references=(situation,))),
        WrongMoment,
        "que le parquet a retenue",
    )


def research_by_the_social_coordinator(cast: Cast) -> Attempt:
    """Step 3: the social coordinator does no prior research; the refusal gives the rule."""
    situation = in_research(cast)
    return Attempt(
        (f"/situations/{situation}/recherche", {"value": "nothing"}),
        (f"{API}/situations/{situation}/recherche", {"value": "nothing"}),
        lambda uow: prepare(uow, situation, PrepareForm(value=ResearchValue.NOTHING)),
        CharterRefusal,
        "n'effectue pas de recherches préalables",
        who="social_coordinator_13",
    )


def planned_twice_in_a_quarter(cast: Cast) -> Attempt:
    """Step 4: one ordinary meeting a quarter."""
    meeting_on(cast, JANUARY)
    cell = cast.cells["13"].reference
    typed = {"cells": (cell,), "first": "21/01/2027", "hour": "09:30", "place": "Salle des mariages"}
    shape = {"cells": [cell], "first": "2027-01-21", "hour": "09:30", "place": "Salle des mariages"}
    form = PlanForm(cells=(cell,), first=date(2027, 1, 21), hour=time(9, 30), place="Salle des mariages")
    return Attempt(
        ("/reunions/calendrier/nouveau", typed),
        (f"{API}/reunions", shape),
        lambda uow: plan(uow, form),
        CharterRefusal,
        "déplacez-la",
    )


def convened_too_late(cast: Cast) -> Attempt:
    """Step 4: one calendar month between convening and meeting."""
    meeting = meeting_on(cast, JANUARY)
    on_the_day(cast, JANUARY - timedelta(days=20))
    return Attempt(
        (f"/reunions/{meeting}/convocation", {}),
        (f"{API}/reunions/{meeting}/convocation", None),
        lambda uow: convene(uow, meeting, None),
        CharterRefusal,
        "Au plus tôt",
        versions=version(cast, meeting),
    )


def received_too_late(cast: Cast) -> Attempt:
    """Step 4: one calendar month between reception and meeting."""
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    on_the_day(cast, JANUARY - timedelta(days=20))
    situation = retained(cast)
    return Attempt(
        (f"/reunions/{meeting}/ordre-du-jour", {"situation": situation}),
        (f"{API}/reunions/{meeting}/ordre-du-jour", {"situation": situation}),
        lambda uow: list_situation(uow, meeting, None, ListingForm(situation=situation)),
        CharterRefusal,
        "mois",
        versions=version(cast, meeting),
    )


def listed_before_the_answer(cast: Cast) -> Attempt:
    """Step 4: nothing is listed before the parquet has answered."""
    situation = at_parquet(cast).situation
    meeting = meeting_on(cast, JANUARY)
    return Attempt(
        (f"/reunions/{meeting}/ordre-du-jour", {"situation": situation}),
        (f"{API}/reunions/{meeting}/ordre-du-jour", {"situation": situation}),
        lambda uow: list_situation(uow, meeting, None, ListingForm(situation=situation)),
        WrongMoment,
        "réponse du parquet",
        versions=version(cast, meeting),
    )


def opened_on_another_day(cast: Cast) -> Attempt:
    """Step 4: a meeting opens on its day."""
    meeting = meeting_on(cast, JANUARY)
    convened(cast, meeting)
    on_the_day(cast, JANUARY - timedelta(days=1))
    return Attempt(
        (f"/reunions/{meeting}/ouverture", {}),
        (f"{API}/reunions/{meeting}/ouverture", None),
        lambda uow: open_meeting(uow, meeting, None),
        WrongMoment,
        "pas un autre jour",
        versions=version(cast, meeting),
    )


def examined_though_not_retained(cast: Cast) -> Attempt:
    """Step 4: what the parquet did not retain is presented, never examined."""
    situation = at_parquet(cast).situation
    assert answered(cast, {situation: "not_retained"}).status_code == 303
    meeting = in_session(cast, situation)
    point = point_of(cast, meeting, situation)
    return Attempt(
        (f"/reunions/{meeting}/points/{point.reference}/examen", {}),
        (f"{API}/points/{point.reference}/examen", None),
        lambda uow: begin(uow, point.reference),
        WrongMoment,
        "ne s'examine pas",
        versions={"If_Match": f'"{point.version}"'},
    )


def presented_though_retained(cast: Cast) -> Attempt:
    """Step 4: what the parquet retained is examined, not presented."""
    situation = retained(cast)
    meeting = in_session(cast, situation)
    point = point_of(cast, meeting, situation)
    return Attempt(
        (f"/reunions/{meeting}/points/{point.reference}/presentation", {}),
        (f"{API}/points/{point.reference}/presentation", None),
        lambda uow: present(uow, point.reference),
        WrongMoment,
        "Seules les situations non retenues",
        versions={"If_Match": f'"{point.version}"'},
    )


def two_at_once(cast: Cast) -> Attempt:
    """Step 4: one situation at a time."""
    first, second = retained(cast, last_name="Un"), retained(cast, last_name="Deux")
    meeting = in_session(cast, first, second)
    assert acted(cast, meeting, first, "examen").status_code == 200
    point = point_of(cast, meeting, second)
    return Attempt(
        (f"/reunions/{meeting}/points/{point.reference}/examen", {}),
        (f"{API}/points/{point.reference}/examen", None),
        lambda uow: begin(uow, point.reference),
        WrongMoment,
        "en cours d'examen",
        versions={"If_Match": f'"{point.version}"'},
    )


def decided_before_the_examination(cast: Cast) -> Attempt:
    """Step 4: a decision belongs to an examination that has begun."""
    situation = retained(cast)
    meeting = in_session(cast, situation)
    point = point_of(cast, meeting, situation)
    form = {"decision": "follow", "following": "still_worrying", "present": ("police",)}
    return Attempt(
        (f"/reunions/{meeting}/points/{point.reference}/decision", form),
        (f"{API}/points/{point.reference}/decision", {**form, "present": ["police"]}),
        lambda uow: decide(
            uow,
            point.reference,
            DecisionForm(decision=Decision.FOLLOW, following=FollowingReason.STILL_WORRYING),
        ),
        WrongMoment,
        "n'a pas commencé",
        versions={"If_Match": f'"{point.version}"'},
    )


def closed_while_listed(cast: Cast) -> Attempt:
    """Step 4: what stands on an agenda is withdrawn before it is closed without an examination."""
    situation = retained(cast)
    convened(cast, meeting_on(cast, JANUARY))
    return Attempt(
        (f"/situations/{situation}/cloture", {"reason": "moved_away"}),
        (f"{API}/situations/{situation}/cloture", {"reason": "moved_away"}),
        lambda uow: close_unexamined(uow, situation, ClosingForm(reason=ClosingReason.MOVED_AWAY)),
        WrongMoment,
        "ordre du jour",
        versions=tag(cast, situation),
    )


def seen(cast: Cast, situation: str) -> int:
    return one(cast, Situation, situation).version


def tag(cast: Cast, situation: str) -> dict[str, str]:
    return {"If_Match": f'"{seen(cast, situation)}"'}


GATES = (
    of_age,
    elsewhere,
    unanswered_danger,
    qualified_twice,
    sent_unqualified,
    corrected_too_late,
    research_before_the_filter,
    research_by_the_social_coordinator,
    planned_twice_in_a_quarter,
    convened_too_late,
    received_too_late,
    listed_before_the_answer,
    opened_on_another_day,
    examined_though_not_retained,
    presented_though_retained,
    two_at_once,
    decided_before_the_examination,
    closed_while_listed,
)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
def test_a_gate_holds_through_the_page_the_api_and_the_verb(cast: Cast, gate: Callable[[Cast], Attempt]) -> None:
    attempt = gate(cast)
    before = {name: rows(cast)[name] for name in KEPT}
    page = posted(cast, attempt)
    assert page.status_code == STATUS[attempt.error], page.text
    path, body = attempt.api
    program = cast.program(attempt.who).post(path, body, **attempt.versions)
    assert program.status_code == STATUS[attempt.error], program.text
    assert attempt.says in program.text
    with pytest.raises(attempt.error), cast.house.transaction(cast.actor(attempt.who)) as uow:
        attempt.verb(uow)
    assert {name: rows(cast)[name] for name in KEPT} == before

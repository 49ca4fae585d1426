"""Exceptions to the information of a family, through HTTP: coded, dated, ended by an examination (domain.md 9; R21)."""

from datetime import date, timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col

from backend.kernel.errors import Forbidden, NotFound, WrongMoment
from backend.orientations.actions.informing import except_notice
from backend.orientations.forms import ExceptionForm
from backend.orientations.models import FamilyInformation, NoticeException
from backend.orientations.queries.rows import uninformed
from backend.orientations.views import record_of
from backend.situations.models import Situation
from policies.family import is_informed
from policies.orientation_words import Addressee, InformationMode, InformationResult, NoticeGround
from tests.support.cast import Cast
from tests.support.http import forms_of, words_of
from tests.support.journeys import problem, retained, sent
from tests.support.sessions import (
    API,
    FOLLOW,
    POSTPONE,
    acted,
    after_a_meeting,
    closed,
    in_session,
    informed,
    one,
    send_for,
    send_to_crip,
    tagged,
)

SECRECY = ExceptionForm(ground=NoticeGround.SECRECY)


def excepted(cast: Cast, situation: str, ground: str = "impossible", who: str = "coordinator_13") -> Response:
    tag = tagged(cast, Situation, situation)
    return cast.program(who).post(f"{API}/situations/{situation}/famille/exception", {"ground": ground}, **tag)


def to_inform(cast: Cast) -> set[str]:
    with cast.house.stores.main.transaction() as session:
        return set(session.scalars(sa.select(col(Situation.reference)).where(uninformed())))


def page_of(cast: Cast, situation: str) -> str:
    return words_of(cast.browser("coordinator_13").get(f"/situations/{situation}/famille"))


def test_an_exception_stands_until_the_next_examination_and_no_longer(cast: Cast) -> None:
    before, put_off, in_seance = (retained(cast, last_name=name) for name in ("Un", "Deux", "Trois"))
    coordinator, page = cast.browser("coordinator_13"), f"/situations/{before}/famille"
    assert "Familles à informer" in words_of(coordinator.get("/"))
    for typed in ({}, {"ground": "danger"}, {"ground": "already_informed"}):
        refused = coordinator.send(page, typed, f"{page}/exception")
        assert refused.status_code == 422
        assert "Ne pas informer la famille" in words_of(refused)
    done = coordinator.send(page, {"ground": "secrecy"}, f"{page}/exception")
    assert done.headers["location"] == f"{page}?fait=exception"
    assert excepted(cast, put_off).status_code == 200
    assert "Une exception tient lieu d'information" in page_of(cast, before)
    assert "exception tient lieu" in words_of(coordinator.get(f"/situations/{before}/suites"))
    assert to_inform(cast) == {in_seance}
    meeting = in_session(cast, before, put_off, in_seance, following=True)
    assert "1 situation dont la famille n'a pas été informée" in words_of(cast.browser("dpo").get("/"))
    for situation, decision in ((before, FOLLOW), (put_off, POSTPONE), (in_seance, FOLLOW)):
        assert acted(cast, meeting, situation, "examen").status_code == 200
        cast.pass_time(timedelta(minutes=5))
        assert to_inform(cast) == ({in_seance} if situation is before else {before, in_seance})
        if situation is in_seance:
            assert excepted(cast, situation, "child_interest").status_code == 200
        assert acted(cast, meeting, situation, "decision", decision).status_code == 200
    closed(cast, meeting)
    assert to_inform(cast) == {before}
    listed = words_of(cast.browser("coordinator_13").get("/situations?groupe=a-informer"))
    assert [reference in listed for reference in (before, put_off, in_seance)] == [True, False, False]
    assert "1 situation dont la famille n'a pas été informée" in words_of(cast.browser("dpo").get("/"))
    assert "L'exception est à décider de nouveau" in page_of(cast, before)
    assert "décidez de nouveau" in words_of(cast.browser("coordinator_13").get(f"/situations/{before}/suites"))
    assert excepted(cast, before, "impairment").status_code == 200
    assert to_inform(cast) == set()
    shown = cast.program("coordinator_13").get(f"{API}/situations/{before}/famille").json()
    assert [(row["ground"], row["stands"]) for row in shown["exceptions"]] == [
        ("secrecy", False),
        ("impairment", True),
    ]
    assert "Information des familles" not in words_of(cast.browser("dpo").get("/"))
    with cast.house.stores.journal.transaction() as session:
        names = list(session.scalars(sa.text("SELECT name FROM journal_entry")))
    assert names.count("orientations:notice:excepted") == 4


def test_an_exception_opens_no_transmission(cast: Cast) -> None:
    situation, [orientation] = after_a_meeting(cast, "local_association")
    assert excepted(cast, situation, "secrecy").status_code == 200
    assert send_for(cast, orientation, "association").status_code == 422
    assert send_to_crip(cast, situation, None).status_code == 422
    assert send_for(cast, orientation, "association", waiver="art_14_5_d").status_code == 200


def test_nobody_but_the_coordinator_of_the_cell_decides_an_exception(cast: Cast) -> None:
    situation = retained(cast)
    version = str(one(cast, Situation, situation).version)
    for who in ("parquet_13", "police_13", "social_coordinator_13", "recipient", "dpo", "coordinator_18"):
        browser = cast.browser(who)
        fields = {"csrf": browser.csrf(), "version": version, "ground": "secrecy"}
        assert browser.post(f"/situations/{situation}/famille/exception", fields).status_code in {403, 404}, who
        assert excepted(cast, situation, who=who).status_code in {403, 404}, who
        with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
            except_notice(uow, situation, SECRECY)
    program, path = cast.program("coordinator_13"), f"{API}/situations/{situation}/famille/exception"
    assert program.post(path, {"ground": "secrecy"}).status_code == 428
    assert program.post(path, {"ground": "secrecy"}, If_Match='"1"').status_code == 412
    assert program.post(path, {"ground": "secrecy", "text": "Durand"}, If_Match=f'"{version}"').status_code == 422
    with cast.house.stores.main.transaction() as session:
        assert list(session.scalars(sa.select(NoticeException))) == []


def test_no_exception_is_decided_where_no_information_is_owed(cast: Cast) -> None:
    received, told = sent(cast, last_name="Un").situation, retained(cast, last_name="Deux")
    assert informed(cast, told).status_code == 200
    for situation, reason in ((received, "à ce stade"), (told, "est informée")):
        refused = excepted(cast, situation)
        assert refused.status_code == 409
        assert reason in problem(refused)["detail"]
        page = cast.browser("coordinator_13").get(f"/situations/{situation}/famille")
        assert not any(form.action.endswith("/exception") for form in forms_of(page))
        with pytest.raises(WrongMoment), cast.house.transaction(cast.actor("coordinator_13")) as uow:
            except_notice(uow, situation, SECRECY)


def test_an_attempt_without_success_leaves_a_family_to_inform_until_an_exception_is_decided(cast: Cast) -> None:
    situation = retained(cast)
    for _ in range(2):
        assert informed(cast, situation, first_holder="not_reached", minor="none", mode="letter").status_code == 200
        cast.pass_time(timedelta(days=1))
    assert to_inform(cast) == {situation}
    assert "transmettre à la CRIP" in page_of(cast, situation)
    assert excepted(cast, situation, "impossible").status_code == 200
    assert to_inform(cast) == set()
    assert "transmettre à la CRIP" in page_of(cast, situation)


def test_the_list_of_families_to_inform_reads_the_records_as_the_rule_does(cast: Cast) -> None:
    row = one(cast, Situation, retained(cast))
    account = cast.people["coordinator_13"].id
    every = tuple(product(InformationResult, repeat=len(Addressee)))
    seen = set()
    with cast.house.stores.main.transaction() as session:
        for earlier, later in product(every, every):
            records = [
                FamilyInformation(
                    situation_id=row.id,
                    cell_id=row.cell_id,
                    account_id=account,
                    made_on=made_on,
                    mode=InformationMode.LETTER,
                    recorded_at=cast.clock(),
                    first_holder=results[0],
                    second_holder=results[1],
                    minor=results[2],
                )
                for made_on, results in ((date(2027, 1, 2), later), (date(2027, 1, 1), earlier))
            ]
            within = session.begin_nested()
            session.add_all(records)
            listed = session.scalar(sa.select(col(Situation.id)).where(uninformed())) is not None
            within.rollback()
            assert listed is not is_informed([record_of(record) for record in records]), (earlier, later)
            seen.add(listed)
    assert seen == {True, False}

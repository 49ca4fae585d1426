"""Somebody leaves, through HTTP: shown whole, settled in one act, no cell left empty unknowingly (domain 2, R13)."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.institutions.models import Institution
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.mail.models import MailOutbox
from backend.members.actions.departures import Departure, settle_departure
from backend.members.models import Account, AccountSession, Habilitation
from backend.research.models import PriorResearch
from backend.signalements.models import Draft
from backend.situations.models import Situation
from policies.habilitation import AccountStatus, HabilitationState
from policies.vocabulary import Role
from tests.support.cast import Cast
from tests.support.http import words_of
from tests.support.journeys import TYPED, drafted, in_research, meeting_on, prepared, problem
from tests.support.people import hold, new_person

API = "/api/v1"
TODAY, TOMORROW = "23/11/2026", "24/11/2026"


def account_of(cast: Cast, who: str) -> Account:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(Account).where(col(Account.id) == cast.people[who].id)).one()


def path_of(cast: Cast, who: str) -> str:
    return f"/comptes/{account_of(cast, who).reference}/depart"


def states(cast: Cast, who: str) -> list[tuple[str, str]]:
    with cast.house.stores.main.transaction() as session:
        found = session.scalars(sa.select(Habilitation).where(col(Habilitation.account_id) == cast.people[who].id))
        return sorted((row.role, row.state) for row in found)


def make_referent(cast: Cast, who: str, institution: str, deputy: str | None = None) -> None:
    with cast.house.stores.main.transaction() as session:
        row = session.get_one(Institution, cast.institutions[institution])
        row.referent_id = cast.people[who].id
        row.deputy_id = None if deputy is None else cast.people[deputy].id


def key_of(cast: Cast, role: str) -> str:
    return f"{role}-{cast.cells['13'].reference}"


def without_other_coordinators(cast: Cast) -> None:
    """Leave the 13e with one coordinator: the cast has another whose session alone was ended."""
    with cast.house.stores.main.transaction() as session:
        others = [cast.people[who].id for who in ("signed_out_13",)]
        session.execute(
            sa.update(Habilitation)
            .where(col(Habilitation.account_id).in_(others))
            .values(state=HabilitationState.ENDED.value)
        )


def test_the_page_shows_what_somebody_holds_and_what_would_be_left_empty(cast: Cast) -> None:
    without_other_coordinators(cast)
    meeting_on(cast, cast.clock().date().replace(year=2027, month=1, day=14))
    drafted(cast, "coordinator_13")
    shown = words_of(cast.browser("administrator").get(path_of(cast, "coordinator_13")))
    for words in ("Habilitations", "CENOMED du 13e", "1 brouillon", "Successeur : coordonnateur CPSA, CENOMED du 13e"):
        assert words in shown
    assert "Successeur" not in words_of(cast.browser("administrator").get(path_of(cast, "police_13")))


def test_a_cell_is_not_left_without_its_coordinator_unless_it_is_acknowledged(cast: Cast) -> None:
    without_other_coordinators(cast)
    admin, path = cast.browser("administrator"), path_of(cast, "coordinator_13")
    refused = admin.send(path, {"leaves_on": TODAY})
    assert refused.status_code == 422
    assert "personne ne tiendra plus : coordonnateur CPSA, CENOMED du 13e" in words_of(refused)
    assert states(cast, "coordinator_13") == [("coordinator", "confirmed")]
    assert cast.browser("coordinator_13").get("/situations").status_code == 200
    assert admin.resend(refused, {"acknowledged": "oui"}, path).status_code == 303
    assert states(cast, "coordinator_13") == [("coordinator", "ended")]
    assert account_of(cast, "coordinator_13").status == AccountStatus.CLOSED


def test_the_parquet_s_departure_asks_for_a_successor_too(cast: Cast) -> None:
    program = cast.program("administrator")
    path = f"{API}{path_of(cast, 'parquet_13')}"
    read = program.get(path)
    assert [post["key"] for post in read.json()["posts"]] == [key_of(cast, "parquet")]
    refused = program.post(path, {"leaves_on": "2026-11-23"}, If_Match=read.headers["ETag"])
    assert "parquet" in problem(refused)["errors"]["acknowledged"]
    assert program.post(path, {"leaves_on": "2026-11-23"}).status_code == 428
    assert program.post(path, {"leaves_on": "2026-11-23"}, If_Match='"99"').status_code == 412
    stranger = {"post": key_of(cast, "parquet"), "account": cast.people["parquet_18"].reference}
    wrong = program.post(path, {"leaves_on": "2026-11-23", "successors": [stranger]}, If_Match=read.headers["ETag"])
    assert wrong.status_code == 422
    unknown = {"post": "coordinator-ville", "account": cast.people["parquet_18"].reference}
    wrong = program.post(path, {"leaves_on": "2026-11-23", "successors": [unknown]}, If_Match=read.headers["ETag"])
    assert "Rechargez" in problem(wrong)["detail"]
    assert states(cast, "parquet_13") == [("parquet", "confirmed")]


def test_the_referent_proposes_the_successor_in_the_same_act(cast: Cast) -> None:
    without_other_coordinators(cast)
    make_referent(cast, "field_agent", "dpmp", deputy="coordinator_13")
    successor = cast.people["coordinator_18"].reference
    path = path_of(cast, "coordinator_13")
    fields = {"leaves_on": TODAY, f"successor-{key_of(cast, 'coordinator')}": successor}
    refused = cast.browser("administrator").send(path, fields)
    assert "Choisissez une personne de la liste" in words_of(refused)
    assert cast.browser("field_agent").send(path, fields).status_code == 303
    assert ("coordinator", "proposed") in states(cast, "coordinator_18")
    with cast.house.stores.main.transaction() as session:
        said = {row.template: row.recipient for row in session.scalars(sa.select(MailOutbox))}
        institution = session.get_one(Institution, cast.institutions["dpmp"])
    assert said == {
        "departure": cast.people["coordinator_13"].email,
        "succession": cast.people["coordinator_18"].email,
    }
    assert (institution.referent_id, institution.deputy_id) == (cast.people["field_agent"].id, None)


def test_an_administrator_names_somebody_who_is_proposed_already(cast: Cast) -> None:
    without_other_coordinators(cast)
    hold(
        cast.house,
        cast.people["coordinator_18"],
        Role.COORDINATOR,
        cast.cells["13"].id,
        state=HabilitationState.GRANTED,
    )
    field = f"successor-{key_of(cast, 'coordinator')}"
    fields = {"leaves_on": TODAY, field: cast.people["coordinator_18"].reference}
    assert cast.browser("administrator").send(path_of(cast, "coordinator_13"), fields).status_code == 303
    assert states(cast, "coordinator_18").count(("coordinator", "granted")) == 1


def test_a_referent_who_leaves_is_replaced_by_the_deputy(cast: Cast) -> None:
    make_referent(cast, "police_13", "police", deputy="pjj_13")
    assert cast.browser("administrator").send(path_of(cast, "police_13"), {"leaves_on": TODAY}).status_code == 303
    with cast.house.stores.main.transaction() as session:
        institution = session.get_one(Institution, cast.institutions["police"])
    assert (institution.referent_id, institution.deputy_id) == (cast.people["pjj_13"].id, None)


def test_the_last_two_administrators_do_not_become_one_unknowingly(cast: Cast) -> None:
    path = path_of(cast, "administrator_2")
    refused = cast.browser("administrator").send(path, {"leaves_on": TODAY})
    assert "administrateur, toute la Ville" in words_of(refused)


def test_everything_ends_at_once_and_what_was_theirs_alone_is_destroyed(guarded: Cast) -> None:
    cast = guarded
    situation = in_research(cast)
    assert prepared(cast, situation, "police_13").status_code == 303
    guest = {"guest": cast.people["guest_13"].reference}
    assert cast.browser("coordinator_13").send(f"/situations/{situation}/invite", guest).status_code == 303
    draft = drafted(cast, "police_13")
    cast.browser("police_13").send(draft, {**TYPED, "act": "save"})
    browser, program = cast.browser("police_13"), cast.program("police_13")
    assert browser.get("/").status_code == 200
    for who in ("police_13", "guest_13"):
        assert cast.browser("administrator").send(path_of(cast, who), {"leaves_on": TODAY}).status_code == 303
    assert browser.get("/").status_code == 303
    assert program.get(f"{API}/moi").status_code == 401
    with cast.house.transaction(cast.everywhere()) as uow:
        assert uow.session.scalars(sa.select(col(Situation.guest_id))).all() == [None]
        with uow.reaching(cast.people["police_13"].id):
            assert uow.session.scalars(sa.select(Draft)).all() == []
        left = uow.session.scalars(
            sa.select(AccountSession).where(
                col(AccountSession.account_id) == cast.people["police_13"].id, col(AccountSession.ended_at).is_(None)
            )
        )
        assert left.all() == []
        assert len(uow.session.scalars(sa.select(PriorResearch)).all()) == 1


def test_a_day_to_come_is_refused_and_nothing_typed_is_lost(cast: Cast) -> None:
    path = path_of(cast, "police_13")
    refused = cast.browser("administrator").send(path, {"leaves_on": TOMORROW})
    assert refused.status_code == 422
    assert f'value="{TOMORROW}"' in refused.text
    assert cast.browser("administrator").send(path, {"leaves_on": "hier"}).status_code == 422
    assert states(cast, "police_13") == [("police", "confirmed")]


@pytest.mark.parametrize("who", ["police_13", "coordinator_13", "parquet_13", "dpo", "steering", "pjj_13"])
def test_nobody_but_an_administrator_or_the_referent_settles_a_departure(cast: Cast, who: str) -> None:
    other = "town_hall_13"
    path, version = path_of(cast, other), account_of(cast, other).version
    browser, program = cast.browser(who), cast.program(who)
    assert browser.get(path).status_code in {403, 404}
    fields = {"csrf": browser.csrf(), "version": str(version), "leaves_on": TODAY, "acknowledged": "oui"}
    assert browser.post(path, fields).status_code in {403, 404}
    body = {"leaves_on": "2026-11-23", "acknowledged": True}
    assert program.post(f"{API}{path}", body, If_Match=f'"{version}"').status_code in {403, 404}
    departure = Departure(cast.clock().date(), acknowledged=True)
    with pytest.raises((Forbidden, NotFound)), cast.house.transaction(cast.actor(who)) as uow:
        settle_departure(uow, cast.people[other].reference, version, departure)
    assert states(cast, other) == [("town_hall", "confirmed")]


def test_the_verb_itself_refuses_what_the_page_refuses(cast: Cast) -> None:
    without_other_coordinators(cast)
    leaver, today = cast.people["coordinator_13"].reference, cast.clock().date()
    admin = cast.actor("administrator")
    with pytest.raises(InvalidInput), cast.house.transaction(admin) as uow:
        settle_departure(uow, leaver, 1, Departure(today))
    with pytest.raises(Stale), cast.house.transaction(admin) as uow:
        settle_departure(uow, leaver, 9, Departure(today, acknowledged=True))
    with pytest.raises(Forbidden), cast.house.transaction(admin) as uow:
        settle_departure(uow, cast.people["administrator"].reference, 1, Departure(today, acknowledged=True))
    with cast.house.transaction(admin) as uow:
        settle_departure(uow, leaver, 1, Departure(today, acknowledged=True))
    with pytest.raises(WrongMoment), cast.house.transaction(admin) as uow:
        settle_departure(uow, leaver, 2, Departure(today, acknowledged=True))


def test_a_habilitation_that_had_not_begun_keeps_its_first_day(cast: Cast) -> None:
    person = new_person(cast.house, cast.institutions["police"], "futur@demo.invalid")
    later = cast.clock().date().replace(month=12)
    hold(cast.house, person, Role.POLICE, cast.cells["13"].id, valid_from=later)
    with cast.house.transaction(cast.actor("administrator")) as uow:
        settle_departure(uow, person.reference, 1, Departure(cast.clock().date()))
        held = uow.session.scalars(sa.select(Habilitation).where(col(Habilitation.account_id) == person.id)).one()
        assert (held.valid_from, held.valid_until, held.state) == (later, later, HabilitationState.ENDED)

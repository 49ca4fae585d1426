"""The only door to protected rows: what is seen, what is refused and how, what moves, what a list costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.audit.models import JournalOutbox
from backend.authorization import gate
from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.gate import Cursor
from backend.authorization.work import House
from backend.institutions.models import Institution
from backend.kernel.errors import Forbidden, NotFound, Stale
from backend.kernel.identifiers import new_id, new_reference
from backend.members.models import Account
from backend.situations.models import Situation
from policies.access import Action
from policies.vocabulary import CITY_ROLES, Role, Stage
from tests.support.house import MORNING, someone
from tests.unit.authorization.conftest import Scene, add_situation, table_of

READ, QUALIFY, ANSWER = Action.SITUATION_READ, Action.SITUATION_QUALIFY, Action.SITUATION_ANSWER


def version_of(house: House, reference: str) -> int:
    with house.stores.main.transaction() as session:
        table = table_of(Situation)
        return session.scalar(sa.select(table.c.version).where(table.c.reference == reference)) or 0


def test_a_cursor_goes_through_an_address_and_comes_back_and_what_is_none_leads_nowhere() -> None:
    cursor = Cursor(MORNING, new_id())
    assert Cursor.of(cursor.text()) == cursor
    assert Cursor.of(None) is None
    assert Cursor.of("") is None
    naive = f"{MORNING.replace(tzinfo=None).isoformat()}~{new_id()}"
    for text in ("x", "~", naive, f"{MORNING.isoformat()}~x", f"9999-12-31T23:59:59-23:59~{new_id()}"):
        with pytest.raises(NotFound):
            Cursor.of(text)


def selects(sent: list[str]) -> list[str]:
    return [statement for statement in sent if statement.lstrip().upper().startswith("SELECT")]


def strangers(scene: Scene) -> list[Actor]:
    """Give everybody who may know nothing of a situation of the first cell that the parquet holds."""
    outside = [someone(role, cell=scene.other_cell) for role in Role if role not in CITY_ROLES]
    inside = [someone(role, cell=scene.cell) for role in Role if role not in {Role.COORDINATOR, Role.PARQUET}]
    for_city = [someone(role) for role in Role]
    return [ANONYMOUS, someone(), *outside, *inside, *for_city]


def test_what_is_invisible_is_404_and_looks_like_what_does_not_exist(scene: Scene) -> None:
    reference = add_situation(scene, Stage.WITH_PARQUET)
    for actor in strangers(scene):
        for asked in (reference, new_reference()):
            with pytest.raises(NotFound) as refusal, scene.house.transaction(actor) as uow:
                gate.fetch(uow, Situation, asked, to=READ)
            assert refusal.value.detail == NotFound().detail
            with pytest.raises(NotFound), scene.house.transaction(actor) as uow:
                gate.fetch(uow, Situation, asked, to=QUALIFY, version=1)
        with scene.house.transaction(actor) as uow:
            assert gate.count(uow, Situation) == 0
            assert uow.session.scalars(gate.readable(uow, Situation)).all() == []
            assert gate.page(uow, Situation, cells=[scene.cell, scene.other_cell], instant="received_at").rows == []
    assert version_of(scene.house, reference) == 1


def test_what_is_visible_but_not_permitted_is_403_with_the_sentence_of_the_rule(scene: Scene) -> None:
    reference = add_situation(scene, Stage.WITH_PARQUET)
    with pytest.raises(Forbidden) as refusal, scene.house.transaction(scene.parquet) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY)
    assert refusal.value.detail == "Pour qualifier une situation, il faut être coordonnateur CPSA de la cellule."
    assert version_of(scene.house, reference) == 1


def test_the_wrong_stage_hides_a_situation_from_the_parquet(scene: Scene) -> None:
    for stage in Stage:
        reference = add_situation(scene, stage)
        visible = stage in {Stage.WITH_PARQUET, Stage.RETAINED, Stage.NOT_RETAINED}
        with scene.house.transaction(scene.parquet) as uow:
            if visible:
                assert gate.fetch(uow, Situation, reference, to=ANSWER).reference == reference
            else:
                with pytest.raises(NotFound):
                    gate.fetch(uow, Situation, reference, to=ANSWER)


def test_a_stale_version_is_412_and_nothing_moves(scene: Scene) -> None:
    reference = add_situation(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY, version=1)
    with pytest.raises(Stale), scene.house.transaction(scene.coordinator) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY, version=1)
    assert version_of(scene.house, reference) == 2


def test_a_version_says_nothing_to_whoever_may_not_act(scene: Scene) -> None:
    reference = add_situation(scene, Stage.WITH_PARQUET)
    with pytest.raises(NotFound), scene.house.transaction(someone(Role.DPO)) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY, version=7)
    with pytest.raises(Forbidden), scene.house.transaction(scene.parquet) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY, version=7)


def test_a_change_moves_the_version_and_a_reading_does_not(scene: Scene) -> None:
    reference = add_situation(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        gate.fetch(uow, Situation, reference, to=READ)
    assert version_of(scene.house, reference) == 1
    with scene.house.transaction(scene.coordinator) as uow:
        assert gate.fetch(uow, Situation, reference, to=QUALIFY).version == 2
    assert version_of(scene.house, reference) == 2


def test_a_row_named_twice_in_one_change_moves_once(scene: Scene) -> None:
    reference = add_situation(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        rows = gate.fetch_all(uow, Situation, [reference, reference], to=QUALIFY)
    assert [row.reference for row in rows] == [reference, reference]
    assert version_of(scene.house, reference) == 2


@pytest.mark.parametrize("engine_kind", ["postgresql"])  # SQLite has one writer: nobody changes anything meanwhile
def test_a_row_read_earlier_in_the_transaction_is_read_again_before_it_changes(scene: Scene) -> None:
    """The session keeps what it read: without a second reading, another person's change would be overwritten."""
    reference = add_situation(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        kept = gate.fetch(uow, Situation, reference, to=READ)
        with scene.house.transaction(scene.coordinator) as other:
            gate.fetch(other, Situation, reference, to=QUALIFY, version=1).majority_month = "2031-01"
        with pytest.raises(Stale):
            gate.fetch(uow, Situation, kept.reference, to=QUALIFY, version=1)
        assert kept.majority_month == "2031-01"
    assert version_of(scene.house, reference) == 2


def test_what_the_same_transaction_already_changed_is_not_lost_by_a_second_fetch(scene: Scene) -> None:
    reference = add_situation(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        gate.fetch(uow, Situation, reference, to=QUALIFY).majority_month = "2031-01"
        assert gate.fetch(uow, Situation, reference, to=Action.SITUATION_EXIT).majority_month == "2031-01"
    with scene.house.transaction(scene.coordinator) as uow:
        assert gate.fetch(uow, Situation, reference, to=READ).majority_month == "2031-01"


def test_many_are_fetched_all_or_none_and_in_the_order_asked(scene: Scene) -> None:
    mine = [add_situation(scene) for _ in range(4)]
    asked = [mine[2], mine[0], mine[3], mine[1]]
    with scene.house.transaction(scene.coordinator) as uow:
        assert [row.reference for row in gate.fetch_all(uow, Situation, asked, to=QUALIFY)] == asked
    elsewhere = add_situation(scene, cell=scene.other_cell)
    with pytest.raises(NotFound), scene.house.transaction(scene.coordinator) as uow:
        gate.fetch_all(uow, Situation, [*asked, elsewhere], to=QUALIFY)
    with pytest.raises(Stale), scene.house.transaction(scene.coordinator) as uow:
        gate.fetch_all(uow, Situation, asked, to=QUALIFY, versions={asked[0]: 2, asked[3]: 1})
    assert {version_of(scene.house, reference) for reference in mine} == {2}


def test_nothing_asked_gives_nothing(scene: Scene) -> None:
    with scene.house.transaction(scene.coordinator) as uow:
        assert gate.fetch_all(uow, Situation, [], to=QUALIFY) == []


def test_a_fetch_is_one_query_whatever_it_asks(scene: Scene, statements_sent: list[str]) -> None:
    references = [add_situation(scene) for _ in range(20)]
    for action in (READ, QUALIFY):
        with scene.house.transaction(scene.coordinator) as uow:
            statements_sent.clear()
            gate.fetch_all(uow, Situation, references, to=action)
            assert len(selects(statements_sent)) == len(statements_sent) == 1


def test_a_page_of_several_cells_is_one_query(scene: Scene, statements_sent: list[str]) -> None:
    for minutes in range(4):
        add_situation(scene, cell=scene.cell if minutes % 2 else scene.other_cell, minutes=minutes)
    with scene.house.transaction(of_both_cells(scene)) as uow:
        statements_sent.clear()
        found = gate.page(uow, Situation, cells=[scene.cell, scene.other_cell], instant="received_at", size=3)
        assert len(statements_sent) == 1
    assert len(found.rows) == 3


def of_both_cells(scene: Scene) -> Actor:
    second = someone(Role.COORDINATOR, cell=scene.other_cell)
    return replace(scene.coordinator, grants=scene.coordinator.grants | second.grants)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 30])
def test_pages_neither_lose_nor_repeat_a_row_when_instants_tie(scene: Scene, size: int) -> None:
    added = [
        add_situation(scene, cell=scene.cell if index % 3 else scene.other_cell, minutes=index % 4)
        for index in range(20)
    ]
    read: list[Situation] = []
    after: Cursor | None = None
    pages = 0
    with scene.house.transaction(of_both_cells(scene)) as uow:
        while pages == 0 or after is not None:
            found = gate.page(
                uow, Situation, cells=[scene.cell, scene.other_cell], instant="received_at", after=after, size=size
            )
            assert len(found.rows) <= size
            read += found.rows
            after = found.following
            pages += 1
    assert sorted(row.reference for row in read) == sorted(added)
    instants = [row.received_at for row in read]
    assert instants == sorted(instants, reverse=True)
    assert pages == -(-len(added) // size)


def test_a_row_that_arrives_between_two_pages_is_not_shown_twice(scene: Scene) -> None:
    first = [add_situation(scene, minutes=minutes) for minutes in range(4)]
    with scene.house.transaction(scene.coordinator) as uow:
        page = gate.page(uow, Situation, cells=[scene.cell], instant="received_at", size=2)
    add_situation(scene, minutes=10)
    with scene.house.transaction(scene.coordinator) as uow:
        rest = gate.page(uow, Situation, cells=[scene.cell], instant="received_at", after=page.following, size=2)
    assert [row.reference for row in (*page.rows, *rest.rows)] == first[::-1]
    assert rest.following is None


def test_a_page_shows_only_the_cells_asked_among_those_that_may_be_read(scene: Scene) -> None:
    mine, theirs = add_situation(scene), add_situation(scene, cell=scene.other_cell)
    both = [scene.cell, scene.other_cell]
    with scene.house.transaction(scene.coordinator) as uow:
        assert [row.reference for row in gate.page(uow, Situation, cells=both, instant="received_at").rows] == [mine]
        assert gate.page(uow, Situation, cells=[], instant="received_at") == gate.Page((), None)
    with scene.house.transaction(of_both_cells(scene)) as uow:
        rows = gate.page(uow, Situation, cells=[scene.other_cell], instant="received_at").rows
    assert [row.reference for row in rows] == [theirs]


def test_a_page_takes_a_filter_of_its_own(scene: Scene) -> None:
    add_situation(scene)
    admissible = add_situation(scene, Stage.ADMISSIBLE)
    wanted = table_of(Situation).c.stage == Stage.ADMISSIBLE
    with scene.house.transaction(scene.coordinator) as uow:
        found = gate.page(uow, Situation, cells=[scene.cell], instant="received_at", where=[wanted])
    assert [row.reference for row in found.rows] == [admissible]


def test_a_cursor_that_somebody_made_up_shows_nothing_more(scene: Scene) -> None:
    add_situation(scene, cell=scene.other_cell)
    made_up = Cursor(MORNING + timedelta(days=1), new_id())
    with scene.house.transaction(scene.coordinator) as uow:
        cells = [scene.cell, scene.other_cell]
        assert gate.page(uow, Situation, cells=cells, instant="received_at", after=made_up).rows == []


def test_an_instant_that_may_be_unknown_cannot_order_a_list(scene: Scene) -> None:
    with pytest.raises(ValueError, match="sent_at"), scene.house.transaction(scene.coordinator) as uow:
        gate.page(uow, Situation, cells=[scene.cell], instant="sent_at")


def test_counts_stop_past_the_limit(scene: Scene, statements_sent: list[str]) -> None:
    rows = [
        Situation(
            cell_id=scene.cell,
            charter_version="cenomed-2023",
            stage=Stage.RECEIVED if index else Stage.ADMISSIBLE,
            received_at=MORNING,
            majority_month="2030-01",
        )
        for index in range(gate.COUNT_LIMIT + 5)
    ]
    with scene.house.stores.main.transaction() as session:
        session.add_all(rows)
    with scene.house.transaction(scene.coordinator) as uow:
        statements_sent.clear()
        assert gate.count(uow, Situation) == gate.COUNT_LIMIT + 1
        assert len(statements_sent) == 1
        assert gate.count(uow, Situation, table_of(Situation).c.stage == Stage.ADMISSIBLE) == 1


def test_what_a_page_offers_is_what_the_gate_lets_do(scene: Scene) -> None:
    """`permits` on a row that was fetched and the gate's own query read the same rule, related rows included."""
    referent, deputy, other = someone(Role.REPORTER), someone(Role.REPORTER), someone(Role.REPORTER)
    institution = Institution(
        id=new_id(), name="Commissariat", origin="police", referent_id=referent.account, deputy_id=deputy.account
    )
    account = Account(
        id=new_id(),
        institution_id=institution.id,
        email="a@exemple.invalid",
        display_name="A. Agent",
        function="agent",
        created_at=MORNING,
    )
    with scene.house.stores.main.transaction() as session:
        session.add(institution)
        session.flush()
        session.add(account)
    for actor in (referent, deputy, other, someone(Role.ADMINISTRATOR), someone(Role.DPO)):
        for action in (action for action in Action if action.value.startswith("account:")):
            with scene.house.transaction(actor) as uow:
                row = uow.session.get_one(Account, account.id)
                offered = gate.permits(uow, row, Action.ACCOUNT_READ) and gate.permits(uow, row, action)
            assert offered is permitted_by_query(actor, scene, account.reference, action), (actor.roles, action)
    with scene.house.transaction(referent) as uow:
        assert gate.permits(uow, uow.session.get_one(Account, account.id), Action.ACCOUNT_PROPOSE)


def permitted_by_query(actor: Actor, scene: Scene, reference: str, action: Action) -> bool:
    try:
        with scene.house.transaction(actor) as uow:
            gate.fetch(uow, Account, reference, to=action)
    except (NotFound, Forbidden):
        return False
    return True


def test_a_row_that_was_just_built_is_checked_before_it_is_added(scene: Scene) -> None:
    with scene.house.transaction(scene.coordinator) as uow:
        row = Situation(
            cell_id=scene.cell,
            charter_version="cenomed-2023",
            stage=Stage.RECEIVED,
            received_at=MORNING,
            majority_month="2030-01",
        )
        gate.require(uow, row, QUALIFY)
        with pytest.raises(Forbidden, match="il faut être référent du parquet de la cellule"):
            gate.require(uow, row, ANSWER)
    with scene.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table_of(Situation))) == 0


def test_a_refusal_leaves_nothing_in_the_journal_s_outbox_of_its_transaction(scene: Scene) -> None:
    with pytest.raises(NotFound), scene.house.transaction(scene.coordinator) as uow:
        gate.fetch(uow, Situation, new_reference(), to=READ)
    with scene.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table_of(JournalOutbox))) == 0


def test_a_count_may_keep_only_what_the_person_may_act_upon(scene: Scene) -> None:
    row = Situation(
        cell_id=scene.cell,
        charter_version="cenomed-2023",
        stage=Stage.WITH_PARQUET,
        received_at=MORNING,
        majority_month="2030-01",
    )
    with scene.house.stores.main.transaction() as session:
        session.add(row)
    with scene.house.transaction(scene.coordinator) as uow:
        assert gate.count(uow, Situation, to=Action.SITUATION_SEND) == gate.count(uow, Situation)
        assert gate.count(uow, Situation, to=Action.SITUATION_ANSWER) == 0

"""PostgreSQL's row-level security, against a filter that somebody forgot: every query here forgets its filter."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from backend.archives.actions import ask_opening, decide_opening
from backend.archives.forms import OpeningForm
from backend.archives.queries import archives_view, reading, to_sign
from backend.audit.models import JournalOutbox
from backend.authorization import gate
from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.idempotency import Sending
from backend.authorization.row_security import POLICIES, Reach, enter_rows, statements
from backend.institutions.models import Institution
from backend.kernel.database import MainRow, Store, open_store
from backend.kernel.errors import NotFound
from backend.kernel.identifiers import new_id
from backend.kernel.migrations import upgrade
from backend.members.models import Account
from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import SendForm
from backend.signalements.actions.giving_back import give_back
from backend.signalements.actions.invitations import confirm_author, enter, invite, submit_invited
from backend.signalements.actions.merging import merge
from backend.signalements.actions.moving import move
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.submission import submit_directly
from backend.signalements.forms import (
    InvitationCodeForm,
    InvitationForm,
    MergeForm,
    MoveForm,
    QualificationForm,
    ReturnForm,
    SignalementForm,
)
from backend.signalements.models import Draft, Receipt
from backend.situations.actions import record_exit
from backend.situations.forms import ExitForm
from backend.situations.models import Situation, SituationPerson
from policies.access import RULES, Action
from policies.archive_words import OpeningDecision, OpeningGround
from policies.retention_words import Custody
from policies.vocabulary import (
    ConcernAnswer,
    ExitChannel,
    ExitKind,
    Origin,
    ParquetAnswerValue,
    ReceiptStatus,
    ReturnReason,
    Role,
    Stage,
)
from tests.support.access import import_tables
from tests.support.house import MORNING, someone
from tests.support.people import new_institution, new_person
from tests.support.postgresql import Cluster
from tests.unit.authorization.conftest import Dropped, Scene, add_situation, table_of

import_tables()
RENDERED = sa.text(
    "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
)
GUARDED = sa.text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND relrowsecurity AND relforcerowsecurity"
)


def rows_of(session: Session, table: str) -> set[UUID]:
    """Read a table as a query that forgot its filter."""
    return set(session.scalars(sa.select(MainRow.metadata.tables[table].c.id)))


def personas(scene: Scene) -> Iterator[Actor]:
    yield from (ANONYMOUS, someone())
    for role in Role:
        yield from (someone(role), someone(role, cell=scene.cell), someone(role, cell=scene.other_cell))


@pytest.fixture
def empty(postgresql: Cluster) -> Iterator[tuple[Store, Store]]:
    """Give two empty databases of `owner`."""
    names = [f"policies_{new_id().hex[:12]}" for _ in range(2)]
    for name in names:
        postgresql.create_database(name)
    first, second = (open_store(postgresql.url(name), 1) for name in names)
    yield first, second
    for store, name in zip((first, second), names, strict=True):
        store.engine.dispose()
        postgresql.drop_database(name)


def test_the_policies_of_a_migrated_store_are_those_that_are_declared(empty: tuple[Store, Store]) -> None:
    migrated, rendered = empty
    upgrade(migrated, "main")
    MainRow.metadata.create_all(rendered.engine)
    found: list[tuple[Any, Any]] = []
    for store in (migrated, rendered):
        with store.transaction() as session:
            if store is rendered:
                for table in POLICIES:
                    for statement in statements(table):
                        session.execute(sa.text(statement))
            found.append((session.execute(RENDERED).all(), set(session.scalars(GUARDED))))
    assert found[0] == found[1]
    assert found[0][1] == set(POLICIES)
    assert len(found[0][0]) == 4 * len(POLICIES)


def test_nobody_reads_another_cell_even_without_a_filter(guarded: Scene) -> None:
    add_all(guarded)
    second = someone(Role.COORDINATOR, cell=guarded.other_cell)
    with guarded.house.transaction(guarded.coordinator) as uow:
        mine = rows_of(uow.session, "situation")
    with guarded.house.transaction(second) as uow:
        theirs = rows_of(uow.session, "situation")
    assert len(mine) == len(Stage)
    assert len(theirs) == 1
    assert not mine & theirs
    for actor in (ANONYMOUS, someone(), someone(Role.ADMINISTRATOR), someone(Role.DPO), someone(Role.COORDINATOR)):
        with guarded.house.transaction(actor) as uow:
            assert {table: rows_of(uow.session, table) for table in POLICIES} == {table: set() for table in POLICIES}


def test_another_cell_s_rows_are_neither_changed_nor_deleted(guarded: Scene) -> None:
    add_situation(guarded, cell=guarded.other_cell)
    table = table_of(Situation)
    with guarded.house.transaction(guarded.coordinator) as uow:
        uow.session.execute(sa.update(table).values(majority_month="1999-01"))
        uow.session.execute(sa.delete(table))
    with guarded.house.transaction(someone(Role.COORDINATOR, cell=guarded.other_cell)) as uow:
        assert uow.session.scalars(sa.select(table.c.majority_month)).all() == ["2030-01"]


def test_an_archive_is_asked_for_signed_and_read_under_the_policies_and_reached_by_its_cell_alone(
    guarded: Scene,
) -> None:
    dpo = replace(someone(Role.DPO), stepped_up=True)
    second = replace(someone(Role.COORDINATOR, cell=guarded.other_cell), stepped_up=True)
    askers = {guarded.cell: replace(guarded.coordinator, stepped_up=True), guarded.other_cell: second}
    # What somebody opens is counted with their account, which must be one.
    institution = new_institution(guarded.house, "Ville fictive", Origin.CITY_SERVICE)
    askers = {
        cell: replace(asker, account=new_person(guarded.house, institution, f"{cell}@demo.invalid").id)
        for cell, asker in askers.items()
    }
    openings = {}
    for cell, asker in askers.items():
        situation = add_situation(guarded, Stage.CLOSED, cell=cell)
        with guarded.house.transaction(asker) as uow:
            uow.session.execute(sa.update(table_of(Situation)).values(custody=Custody.ARCHIVED))
            form = OpeningForm(ground=OpeningGround.RIGHTS, reason="Demande d'accès à instruire.")
            openings[cell] = ask_opening(uow, situation, form).reference
    for actor, expected in ((askers[guarded.cell], 1), (someone(Role.POLICE, cell=guarded.cell), 1), (dpo, 0)):
        with guarded.house.transaction(actor) as uow:
            assert len(rows_of(uow.session, "archive_opening")) == expected
    with guarded.house.transaction(dpo) as uow:
        assert to_sign(uow) == 2
        assert len(archives_view(uow, None).live) == 2
    for reference in openings.values():
        with guarded.house.transaction(dpo) as uow:
            decide_opening(uow, reference, OpeningDecision.SIGN)
    for cell, asker in askers.items():
        with guarded.house.transaction(asker) as uow:
            assert len(archives_view(uow, None).live) == 1
            assert reading(uow, openings[cell]).content.situation.stage is Stage.CLOSED
            with pytest.raises(NotFound):
                reading(uow, next(openings[other] for other in openings if other != cell))


def test_a_recycled_connection_sees_nothing(guarded: Scene) -> None:
    add_all(guarded)
    pid = sa.text("SELECT pg_backend_pid()")
    with guarded.house.transaction(guarded.coordinator) as uow:
        assert rows_of(uow.session, "situation")
        first = uow.session.scalar(pid)
    with guarded.house.stores.main.transaction() as session:
        assert session.scalar(pid) == first
        settings = [
            session.scalar(sa.text(f"SELECT current_setting('cenacle.{name}', true)"))
            for name in ("cells", "account", "institution")
        ]
        assert settings == ["", "", ""]  # not NULL: what a policy reads on a recycled connection
        assert {table: rows_of(session, table) for table in POLICIES} == {table: set() for table in POLICIES}


def test_a_transaction_that_failed_leaves_nothing_to_the_next(guarded: Scene) -> None:
    add_all(guarded)
    with pytest.raises(Dropped), guarded.house.transaction(guarded.coordinator):
        raise Dropped
    with guarded.house.stores.main.transaction() as session:
        assert rows_of(session, "situation") == set()


def test_what_is_one_account_s_alone_is_reached_for_its_departure_and_no_longer(guarded: Scene) -> None:
    author = add_all(guarded)
    with guarded.house.transaction(someone(Role.ADMINISTRATOR)) as uow:
        assert rows_of(uow.session, "receipt") == set()
        with uow.reaching(author):
            assert len(rows_of(uow.session, "receipt")) == 1
        assert rows_of(uow.session, "receipt") == set()


def test_after_a_savepoint_is_rolled_back_the_same_rows_are_seen(guarded: Scene) -> None:
    add_all(guarded)
    with guarded.house.transaction(guarded.coordinator) as uow:
        before = rows_of(uow.session, "situation")
        with pytest.raises(Dropped), uow.session.begin_nested():
            raise Dropped
        assert rows_of(uow.session, "situation") == before
        with uow.session.begin_nested():
            assert rows_of(uow.session, "situation") == before
        assert rows_of(uow.session, "situation") == before


def test_whoever_entered_inside_a_savepoint_is_still_there_once_it_is_rolled_back(guarded: Scene) -> None:
    """A savepoint takes its settings with it: the rows seen must follow the actor, not the savepoint."""
    add_all(guarded)
    with guarded.house.transaction() as uow:
        savepoint = uow.session.begin_nested()
        uow.enter(guarded.coordinator)
        savepoint.rollback()
        assert uow.actor == guarded.coordinator
        assert len(rows_of(uow.session, "situation")) == len(Stage)


def test_a_statement_that_fails_in_a_savepoint_leaves_the_rows_as_they_were(guarded: Scene) -> None:
    add_all(guarded)
    with guarded.house.transaction(guarded.coordinator) as uow:
        with pytest.raises(sa.exc.DBAPIError), uow.session.begin_nested():
            uow.session.execute(sa.text("SELECT 1 / 0"))
        assert len(rows_of(uow.session, "situation")) == len(Stage)


def test_for_each_persona_what_the_gate_gives_is_within_what_the_policies_show(guarded: Scene) -> None:
    account = add_all(guarded)
    models = [model for model in descendants(MainRow) if str(model.__tablename__) in POLICIES and readable(model)]
    assert len(models) >= 6
    read = 0
    for persona in personas(guarded):
        for actor in (persona, replace(persona, account=account)):
            with guarded.house.transaction(actor) as uow:
                for model in models:
                    given = {vars(row)["id"] for row in uow.session.scalars(gate.readable(uow, model))}
                    assert given <= rows_of(uow.session, str(model.__tablename__)), (actor, model)
                    read += len(given)
            with guarded.house.stores.main.transaction() as session:
                assert {rows_of(session, table) == set() for table in POLICIES} == {True}
    assert read


def test_the_policies_take_nothing_from_what_the_gate_gives(guarded: Scene) -> None:
    """Compared with the owner's engine without policies, in the same database: nobody loses a row to them."""
    account = add_all(guarded)
    url = guarded.house.stores.main.engine.url.set(username="postgres")
    open_wide = open_store(url.render_as_string(hide_password=False), 1)
    try:
        for persona in personas(guarded):
            actor = replace(persona, account=account)
            for model in (Situation, Receipt, Draft):
                with guarded.house.transaction(actor) as uow:
                    guarded_rows = {vars(row)["id"] for row in uow.session.scalars(gate.readable(uow, model))}
                    with open_wide.transaction() as session:
                        everything = {vars(row)["id"] for row in session.scalars(gate.readable(uow, model))}
                assert guarded_rows == everything, (actor, model)
    finally:
        open_wide.engine.dispose()


def test_the_owner_of_the_tables_is_bound_too(guarded: Scene) -> None:
    add_all(guarded)
    url = guarded.house.stores.main.engine.url.set(username="owner")
    owner = open_store(url.render_as_string(hide_password=False), 1)
    with owner.transaction() as session:
        assert {table: rows_of(session, table) for table in POLICIES} == {table: set() for table in POLICIES}
    owner.engine.dispose()


def test_the_application_cannot_lift_the_policies(guarded: Scene) -> None:
    for attack in (
        "ALTER TABLE situation DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE situation NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY situation_select ON situation",
        "SET ROLE owner",
    ):
        with pytest.raises(sa.exc.DBAPIError), guarded.house.stores.main.transaction() as session:
            session.execute(sa.text(attack))


def test_whoever_may_not_read_may_insert_and_still_reads_nothing(guarded: Scene) -> None:
    reporter = someone(Role.REPORTER)
    situation = new_id()
    with guarded.house.transaction(reporter) as uow:
        uow.session.add(situation_of(guarded, situation, Stage.RECEIVED))
        uow.session.flush()
        assert rows_of(uow.session, "situation") == set()
    with guarded.house.transaction(reporter) as uow:
        assert rows_of(uow.session, "situation") == set()
    with guarded.house.transaction(guarded.coordinator) as uow:
        assert rows_of(uow.session, "situation") == {situation}


def test_a_row_slips_into_no_other_cell_unless_it_is_handed_over(guarded: Scene) -> None:
    add_all(guarded)
    with guarded.house.transaction(guarded.coordinator) as uow:
        receipt = uow.session.scalars(sa.select(Receipt)).one()
    with pytest.raises(sa.exc.DBAPIError), guarded.house.transaction(guarded.coordinator) as uow:
        uow.session.get_one(Receipt, receipt.id).cell_id = guarded.other_cell
    with guarded.house.transaction(guarded.coordinator) as uow:
        before = rows_of(uow.session, "situation")
        uow.hand_over(guarded.other_cell)
        with pytest.raises(Dropped), uow.session.begin_nested():
            raise Dropped
        uow.session.get_one(Receipt, receipt.id).cell_id = guarded.other_cell
        successor = situation_of(guarded, new_id(), Stage.RECEIVED, guarded.other_cell)
        uow.session.add(successor)
        uow.session.flush()
        successor.first_exit_at = uow.now()
        uow.session.flush()
        assert {row.id for row in uow.session.scalars(gate.readable(uow, Situation))} <= before
    with guarded.house.transaction(guarded.coordinator) as uow:
        assert rows_of(uow.session, "situation") == before
        assert rows_of(uow.session, "receipt") == set()
    with guarded.house.transaction(someone(Role.COORDINATOR, cell=guarded.other_cell)) as uow:
        assert rows_of(uow.session, "receipt") == {receipt.id}
        assert successor.id in rows_of(uow.session, "situation")


def test_what_was_handed_over_is_forgotten_with_the_person(guarded: Scene) -> None:
    add_all(guarded)
    with guarded.house.transaction(guarded.coordinator) as uow:
        uow.hand_over(guarded.other_cell)
        assert len(rows_of(uow.session, "situation")) == len(Stage) + 1
        uow.enter(guarded.parquet)
        assert len(rows_of(uow.session, "situation")) == len(Stage)


def test_sqlite_has_no_policies_and_ignores_them(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'main'}.sqlite", 1)
    with store.transaction() as session:
        enter_rows(session, someone(Role.PARQUET, cell=new_id()))
        with session.begin_nested() as savepoint:
            savepoint.rollback()
        assert session.scalar(sa.text("SELECT 1")) == 1
    store.engine.dispose()


def test_the_round_trips_that_say_who_acts_are_few(guarded: Scene) -> None:
    sent: list[str] = []
    sa.event.listen(
        guarded.house.stores.main.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: sent.append(statement),
    )
    with guarded.house.transaction() as uow:
        sent.clear()
        uow.enter(guarded.coordinator)
        assert len(sent) == 1


def test_the_verbs_of_the_first_two_steps_work_under_the_policies(guarded: Scene) -> None:
    """The journeys of each person, as `application`: no verb needs more than the policies let it see."""
    scene = replace(guarded, house=replace(guarded.house, settings=demo(guarded)))
    reporter, police = add_agent(scene)
    references = [submitted(scene, reporter, name) for name in ("Aubin", "Benoît", "Célestin", "Dorval")]
    with scene.house.transaction(scene.coordinator) as uow:
        situations = [row.reference for row in uow.session.scalars(gate.readable(uow, Situation))]
    assert len(situations) == len(references)
    with scene.house.transaction(scene.coordinator) as uow:
        kept = merge(uow, situations[0], MergeForm(into=situations[1])).reference
        receipt = give_back(uow, situations[2], ReturnForm(reason=ReturnReason.STEPS_MISSING))
        assert receipt.status is ReceiptStatus.TO_COMPLETE
        crip = ExitForm(kind=ExitKind.CRIP, channel=ExitChannel.PHONE, made_on=uow.today())
        record_exit(uow, situations[3], crip)  # what is carried to the other cell is written after it is handed over
        assert move(uow, situations[3], MoveForm(arrondissement=18)).stage is Stage.MOVED
        admitted = QualificationForm(admissible=True, concern_answer=ConcernAnswer.NO)
        qualify(uow, kept, admitted)
        send(uow, SendForm(references=(kept,)))
    with scene.house.transaction(someone(Role.COORDINATOR, cell=scene.other_cell)) as uow:
        moved = uow.session.scalars(gate.readable(uow, Situation)).one()
        assert moved.first_exit_at is not None
        assert moved.reference not in situations
    with scene.house.transaction(scene.parquet) as uow:
        (answered,) = answer(uow, {kept: Given(ParquetAnswerValue.RETAINED, None)})
        assert answered.stage is Stage.RETAINED
    with scene.house.transaction(reporter) as uow:
        assert len(rows_of(uow.session, "receipt")) == len(references)
        assert len(rows_of(uow.session, "draft")) == 1
        assert rows_of(uow.session, "situation_person") == set()
    used = invited_signalement(scene, police)
    with scene.house.transaction(scene.coordinator) as uow:
        confirm_author(uow, used)
        last = uow.session.scalars(gate.readable(uow, Situation).where(col(Situation.stage) == Stage.RECEIVED)).one()
        assert qualify(uow, last.reference, admitted).stage is Stage.ADMISSIBLE


def invited_signalement(scene: Scene, institution: str) -> str:
    with scene.house.transaction(scene.coordinator) as uow:
        cell = uow.session.scalar(sa.text("SELECT reference FROM cell WHERE territory = '13'"))
        form = InvitationForm(
            cell=str(cell), institution=institution, agent_name="Camille Martin", agent_function="gardienne"
        )
        invited = invite(uow, form)
    with scene.house.transaction() as uow:
        opened = enter(uow, invited.secret, InvitationCodeForm(code=invited.code, undertaking=True))
        assert opened is not None
    with scene.house.transaction() as uow:
        submit_invited(uow, opened, filled("Delmas"))
    return invited.invitation.reference


def submitted(scene: Scene, reporter: Actor, name: str) -> str:
    with scene.house.transaction(reporter) as uow:
        return submit_directly(uow, filled(name), Sending(new_id().hex, b"body")).reference


def filled(name: str) -> SignalementForm:
    return SignalementForm.model_validate(
        {
            "immediate_danger": False,
            "school_offence": False,
            "radicalisation": False,
            "residence": "known",
            "arrondissement": 13,
            "last_name": name,
            "first_name": "Fictif",
            "estimated_age": 14,
            "sex": "unknown",
            "school_level": "middle",
            "qualification": "both",
            "motives": ["MOT-02"],
            "steps": ["none"],
            "insufficiencies": ["no_support"],
            "facts": "Seul au square le soir.",
        }
    )


def demo(scene: Scene) -> Any:  # noqa: ANN401  the settings of the house
    return scene.house.settings.model_copy(update={"mode": "demo"})


def add_agent(scene: Scene) -> tuple[Actor, str]:
    institution = Institution(id=new_id(), name="Bailleur", origin=Origin.LANDLORD)
    account = Account(
        id=new_id(),
        institution_id=institution.id,
        email="bailleur@exemple.invalid",
        display_name="B. Agent",
        function="gardien",
        created_at=MORNING,
    )
    with scene.house.stores.main.transaction() as session:
        session.add(institution)
        session.flush()
        session.add(account)
    return replace(someone(Role.REPORTER), account=account.id, institution=institution.id), institution.reference


def situation_of(scene: Scene, key: UUID, stage: Stage, cell: UUID | None = None) -> Situation:
    return Situation(
        id=key,
        cell_id=cell or scene.cell,
        charter_version="cenomed-2023",
        stage=stage,
        received_at=MORNING,
        majority_month="2030-01",
    )


def add_all(scene: Scene) -> UUID:
    """Add a situation of the first cell at each stage, one of the second, and an author's receipt; give the author."""
    for stage in Stage:
        add_situation(scene, stage)
    add_situation(scene, cell=scene.other_cell)
    account = new_id()
    with scene.house.stores.main.transaction() as session:
        session.add(Receipt(cell_id=scene.cell, account_id=account, submitted_at=MORNING))
    return account


def descendants(cls: type[MainRow]) -> Iterator[type[MainRow]]:
    for child in cls.__subclasses__():
        if hasattr(child, "__table__"):
            yield child
        yield from descendants(child)


def readable(model: type[MainRow]) -> bool:
    return f"{model.__tablename__}:read" in {action.value for action in RULES}


def test_every_reach_is_used_and_names_the_settings_that_are_set() -> None:
    assert set(POLICIES.values()) <= set(Reach)
    assert Action.SITUATION_READ in RULES
    assert table_of(SituationPerson).name in POLICIES
    assert table_of(JournalOutbox).name not in POLICIES

"""The demonstration: made by its command, by people who may, with nothing that anybody could sign in with."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col
from typer import Typer
from typer.testing import CliRunner

from backend.agenda.models import Meeting
from backend.agenda.queries.rows import items_of
from backend.app import initialise, open_house
from backend.audit.models import JournalEntry
from backend.authorization import gate
from backend.authorization.actor import Actor, Grant
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import acts_to_confirm, missing_acts
from backend.cli import demo as demonstration
from backend.cli.demonstration.acting import acting, new_password
from backend.cli.demonstration.loading import load
from backend.cli.demonstration.timeline import SPAN
from backend.directory.models import DirectoryEntry
from backend.feedback.queries import to_list
from backend.kernel.clock import DrivenClock, paris_day, system_clock
from backend.kernel.errors import WrongMoment
from backend.members.models import Account, Habilitation
from backend.members.passwords import verify_password, weakness
from backend.members.queries.standing import missing_conditions
from backend.orientations.models import Transmission
from backend.orientations.queries.rows import untransmitted
from backend.orientations.queries.sheets import transmissions_to
from backend.purge.models import PurgeRun
from backend.purge.queries.boards import audits, destroyed_by
from backend.research.queries import to_prepare
from backend.settings import Settings
from backend.signalements.actions.merging import suggestions
from backend.signalements.models import Draft, Receipt, Signalement
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from backend.steering.models import SteeringEvent
from policies.dispositifs import dispositifs
from policies.go_live import RequiredAct
from policies.habilitation import Condition
from policies.meeting_words import ItemState, MeetingStage
from policies.orientation_words import TransmissionState
from policies.personas import DOMAIN, PERSONAS, Persona
from policies.retention_words import RunState
from policies.steering_words import SteeringKind, SteeringState
from policies.territories import known_cells
from policies.vocabulary import ReceiptStatus, Role, Sharing, Stage
from tests.support.house import MORNING
from tests.support.server import ROOT, free_port

OBVIOUS = ("demo", "Demo-2026", "cenacle", "Cénacle-demo-1", "password", "motdepasse", "azerty")
UNSIGNED = f"sans-charte-13@{DOMAIN}"
COORDINATOR = f"coordinateur-13@{DOMAIN}"
PARQUET = f"parquet-13@{DOMAIN}"
LANDLORD = f"bailleur@{DOMAIN}"

STAGES = {
    "13": {
        Stage.RECEIVED: 4,
        Stage.ADMISSIBLE: 3,
        Stage.WITH_PARQUET: 5,
        Stage.RETAINED: 2,
        Stage.NOT_RETAINED: 1,
        Stage.FOLLOWED: 2,
        Stage.INADMISSIBLE: 2,
    },
    "18": {Stage.RECEIVED: 2, Stage.ADMISSIBLE: 1, Stage.INADMISSIBLE: 1},
}

app = Typer()
app.command("demo")(demonstration.demo)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstration") / "demo-data"


@pytest.fixture(scope="module")
def made(folder: Path) -> tuple[str, float]:
    """Run the command on a folder that does not exist: what it said, and the seconds of processor that it took.

    Seconds of the wall would measure what else the machine does.
    """
    begun = time.process_time()
    result = CliRunner().invoke(app, ["--data", str(folder), "--port", "8123", "--size", "0", "--no-serve"])
    assert result.exit_code == 0, result.output
    return result.output, time.process_time() - begun


@pytest.fixture(scope="module")
def house(made: tuple[str, float], folder: Path) -> Iterator[House]:
    assert made[0]
    opened = open_house(Settings(mode="demo", data=folder, main_url=None, keys_url=None, journal_url=None))
    yield opened
    opened.stores.dispose()


def held(persona: Persona, cells: dict[str, Cell]) -> frozenset[Grant]:
    """Give what a persona must hold, and nothing else."""
    if persona.email == UNSIGNED:
        return frozenset()
    return frozenset({Grant(persona.role, cells[persona.territory].id if persona.territory else None)})


def cells_of(uow: UnitOfWork) -> dict[str, Cell]:
    return {cell.territory: cell for cell in uow.session.scalars(sa.select(Cell))}


def account_of(uow: UnitOfWork, email: str) -> Account:
    return uow.session.scalars(sa.select(Account).where(col(Account.email) == email)).one()


def actors(house: House) -> dict[str, Actor]:
    """Give every persona as the gate sees them."""
    seen = {}
    for persona in PERSONAS:
        with acting(house, persona.email) as uow:
            seen[persona.email] = uow.actor
    return seen


def stages(house: House) -> dict[str, dict[Stage, int]]:
    """Count what each coordinator reads, by stage."""
    counted = {}
    for territory in STAGES:
        with acting(house, f"coordinateur-{territory}@{DOMAIN}") as uow:
            cell = cells_of(uow)[territory]
            found = uow.session.scalars(sa.select(col(Situation.stage)).where(col(Situation.cell_id) == cell.id))
            counted[territory] = dict(Counter(found))
    return counted


def test_the_demonstration_is_made_in_less_than_thirty_seconds(made: tuple[str, float]) -> None:
    assert made[1] < 30


def test_the_command_says_where_to_go_and_as_whom(made: tuple[str, float]) -> None:
    assert "http://127.0.0.1:8123/connexion" in made[0]
    for persona in PERSONAS:
        assert persona.email in made[0]
        assert persona.label in made[0]
    assert "cenacle token --as coordinateur-13@demo.invalid --data" in made[0]


def test_every_persona_holds_exactly_what_the_role_says(house: House) -> None:
    with house.transaction() as uow:
        cells = cells_of(uow)
    seen = actors(house)
    assert {email: actor.grants for email, actor in seen.items()} == {
        persona.email: held(persona, cells) for persona in PERSONAS
    }


def test_the_member_whose_institution_has_not_signed_is_told_so(house: House) -> None:
    with house.transaction() as uow:
        (lacking,) = missing_conditions(uow, account_of(uow, UNSIGNED))
    assert lacking.lacking == (Condition.SIGNATURE,)


def test_nobody_but_the_personas_can_be_taken_for_one(house: House) -> None:
    with house.transaction() as uow:
        found = uow.session.scalars(sa.select(col(Account.email)).where(col(Account.email).like(f"%@{DOMAIN}"))).all()
    assert set(found) == {persona.email for persona in PERSONAS}


def test_every_habilitation_but_the_first_administrators_passed_through_three_people(house: House) -> None:
    with house.transaction() as uow:
        rows = uow.session.scalars(sa.select(Habilitation)).all()
    steps = [{row.account_id, row.proposed_by, row.granted_by, row.confirmed_by} for row in rows]
    first = [row for row in rows if row.proposed_by is None]
    assert {row.role for row in first} == {Role.ADMINISTRATOR}
    assert len(first) == 2
    assert Counter(len(people) for people in steps) == {2: 2, 4: len(PERSONAS) - 2}
    assert all(row.designation for row in rows if row.confirmer == "administrator" and row not in first)


def test_each_stage_of_the_charter_has_its_situations(house: House) -> None:
    assert stages(house) == STAGES


def test_the_parquet_has_five_situations_to_answer(house: House) -> None:
    with acting(house, PARQUET) as uow:
        waiting = uow.session.scalars(sa.select(Situation).where(col(Situation.stage) == Stage.WITH_PARQUET)).all()
    assert len(waiting) == 5


def test_a_meeting_is_convened_for_today_and_the_members_prepare_it(house: House) -> None:
    with acting(house, COORDINATOR) as uow:
        meetings = uow.session.scalars(sa.select(Meeting).order_by(col(Meeting.starts_at))).all()
        shared = uow.session.scalars(sa.select(Situation).where(col(Situation.sharing) == Sharing.SEATS)).all()
        urgent, coming, following = meetings
        assert {item.state for item in items_of(uow, urgent)} == {ItemState.EXAMINED}
        assert {item.state for item in items_of(uow, coming)} == {ItemState.LISTED}
        assert len(items_of(uow, coming)) == 3
    stages = (MeetingStage.CLOSED, MeetingStage.CONVENED, MeetingStage.PLANNED)
    assert (urgent.stage, coming.stage, following.stage) == stages
    assert paris_day(coming.starts_at) in {paris_day(system_clock()), paris_day(system_clock()) - timedelta(days=1)}
    assert {situation.stage for situation in shared} == {Stage.RETAINED}
    assert len(shared) == 2
    with acting(house, "commissariat-13@demo.invalid") as uow:
        assert to_prepare(uow) == 1
    with acting(house, "chef-etablissement@demo.invalid") as uow:
        assert len(uow.session.scalars(gate.readable(uow, Situation)).all()) == 1


def test_every_recipient_finds_something_to_do_and_one_feedback_is_awaited(house: House) -> None:
    with acting(house, COORDINATOR) as uow:
        states = Counter(uow.session.scalars(sa.select(col(Transmission.state))))
        assert to_list(uow) == 1
        assert gate.count(uow, Situation, untransmitted()) == 1
    assert states == {TransmissionState.SENT: 2, TransmissionState.OPENED: 1, TransmissionState.ANSWERED: 1}
    for who, state in {
        "crip": TransmissionState.SENT,
        "cst-13": TransmissionState.SENT,
        "reussite-13": TransmissionState.OPENED,
        "association": TransmissionState.ANSWERED,
    }.items():
        with acting(house, f"{who}@{DOMAIN}") as uow:
            assert transmissions_to(uow, state) == 1, who


def test_a_presentation_was_held_a_committee_is_to_come_and_the_directory_is_filled(house: House) -> None:
    with house.stores.main.transaction() as session:
        events = session.scalars(sa.select(SteeringEvent).order_by(col(SteeringEvent.starts_at))).all()
        listed = session.scalars(sa.select(DirectoryEntry)).all()
    assert [(event.kind, event.state) for event in events] == [
        (SteeringKind.PRESENTATION, SteeringState.HELD),
        (SteeringKind.COPIL, SteeringState.PLANNED),
    ]
    assert {row.code for row in listed} == {one.code for one in dispositifs()}


def test_one_situation_to_qualify_looks_like_one_that_is_already_there(house: House) -> None:
    with acting(house, COORDINATOR) as uow:
        cell = cells_of(uow)["13"]
        received = uow.session.scalars(
            sa.select(Situation).where(col(Situation.cell_id) == cell.id, col(Situation.stage) == Stage.RECEIVED)
        ).all()
        found = {row.reference: suggestions(uow, row.reference) for row in received}
    (alike,) = (suggested for suggested in found.values() if suggested)
    assert [suggestion.situation.stage for suggestion in alike] == [Stage.WITH_PARQUET]


def test_one_free_text_awaits_its_review_and_the_others_were_read(house: House) -> None:
    with acting(house, COORDINATOR) as uow:
        cell = cells_of(uow)["13"]
        states = uow.session.scalars(sa.select(col(Signalement.facts_state)).where(col(Signalement.cell_id) == cell.id))
        assert Counter(states) == {FactsState.NONE: 16, FactsState.KEPT: 2, FactsState.TO_REVIEW: 1}


def test_the_landlord_has_a_draft_and_a_signalement_to_complete(house: House) -> None:
    with acting(house, LANDLORD) as uow:
        drafts = uow.session.scalars(sa.select(Draft).where(col(Draft.account_id) == uow.account())).all()
        receipts = uow.session.scalars(sa.select(Receipt).where(col(Receipt.account_id) == uow.account())).all()
    assert Counter(draft.receipt_id is not None for draft in drafts) == {True: 1, False: 1}
    assert Counter(receipt.status for receipt in receipts) == {
        ReceiptStatus.RECEIVED: 3,
        ReceiptStatus.TO_COMPLETE: 1,
    }


def test_the_live_cells_have_their_acts_and_one_act_awaits_the_dpo(house: House) -> None:
    with acting(house, f"dpo@{DOMAIN}") as uow:
        cells = cells_of(uow)
        assert set(cells) == {str(number) for number in known_cells().arrondissements}
        lacking = [missing_acts(uow, cells[territory], uow.today()) for territory in STAGES]
        assert [[requirement.act for requirement in missing] for missing in lacking] == [[], [RequiredAct.ELIMINATION]]
        assert len(acts_to_confirm(uow)) == 1


def test_the_purge_has_destroyed_one_situation_announces_another_and_keeps_a_third_locked(house: House) -> None:
    with acting(house, f"dpo@{DOMAIN}") as uow:
        cells = {cell.cell: cell for cell in audits(uow)}
        runs = uow.session.scalars(gate.readable(uow, PurgeRun)).all()
        assert sum(destroyed_by(uow, [run.id for run in runs]).values()) == 1
    assert {run.state for run in runs} == {RunState.FINISHED}
    assert (cells["CENOMED du 13e"].announced, cells["CENOMED du 13e"].overdue) == (1, 0)
    assert (cells["CENOMED du 18e"].locked, cells["CENOMED du 18e"].agreements) == (1, ())


def test_the_journal_of_the_demonstration_is_whole(house: House) -> None:
    found = house.journal.verify()
    assert found.ok, found.problems
    assert found.waiting == 0


def test_nothing_is_dated_in_the_future_nor_all_at_once(house: House) -> None:
    with house.stores.journal.transaction() as session:
        at = session.scalars(sa.select(col(JournalEntry.recorded_at))).all()
    assert max(at) <= system_clock()
    assert min(at) < system_clock() - timedelta(days=60)
    with acting(house, COORDINATOR) as uow:
        received = uow.session.scalars(sa.select(col(Situation.received_at))).all()
    assert len({instant.date() for instant in received}) > 8
    assert min(received) > uow.now() - timedelta(weeks=7)


def test_no_persona_has_a_password_that_can_be_guessed(house: House) -> None:
    guesses = (*OBVIOUS, *(persona.email for persona in PERSONAS))
    with house.transaction() as uow:
        stored = [account_of(uow, persona.email).password_hash for persona in PERSONAS]
    assert None not in stored
    for number, password_hash in enumerate(stored):
        assert not verify_password(guesses[number], password_hash)


def test_passwords_are_drawn_one_by_one_and_always_accepted() -> None:
    drawn = [new_password() for _ in range(500)]
    assert len(set(drawn)) == 500
    assert {weakness(password, (LANDLORD,)) for password in drawn} == {None}


def test_a_second_loading_is_refused_and_changes_nothing(house: House) -> None:
    clock = DrivenClock(house.clock())
    again = House(house.settings, house.stores, clock, house.journal, house.keyring)
    with pytest.raises(WrongMoment):
        load(again, clock, clock(), 0)
    assert stages(house) == STAGES


def test_the_command_takes_up_a_demonstration_that_is_there(house: House, folder: Path) -> None:
    result = CliRunner().invoke(app, ["--data", str(folder), "--no-serve"])
    assert result.exit_code == 0
    assert "reprise" in result.output
    assert stages(house) == STAGES


@pytest.mark.usefixtures("made")
def test_the_command_serves_every_persona_in_one_click_on_this_machine_only(folder: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "backend", "demo", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            await_start(process, address)
            page = httpx2.get(f"{address}/connexion").text
            assert all(f"/connexion/demo/{persona.email}" in page for persona in PERSONAS)
            with httpx2.Client(base_url=address, headers={"origin": address}) as browser:
                assert browser.post(f"/connexion/demo/{COORDINATOR}").status_code == 303
                assert "4 situations" in browser.get("/").text
            with pytest.raises(httpx2.ConnectError):
                httpx2.get(f"http://127.0.0.2:{port}/sante")
        finally:
            process.terminate()
            process.wait(20)


def await_start(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(f"{address}/sante", timeout=1)
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the demonstration did not start")


def test_a_port_that_is_taken_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["--data", str(tmp_path / "data"), "--port", str(port)])
    assert result.exit_code == 1
    assert "--port" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("made")
def test_the_environment_does_not_lead_the_command_to_other_stores(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("MAIN", "KEYS", "JOURNAL"):
        monkeypatch.setenv(f"CENACLE_{name}_URL", f"sqlite:///{tmp_path / name}.sqlite")
    monkeypatch.setenv("CENACLE_MODE", "production")
    monkeypatch.setenv("CENACLE_ROOT_KEY_FILE", str(tmp_path / "key"))
    assert CliRunner().invoke(app, ["--data", str(folder), "--no-serve"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_demonstration_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "lettre.txt").write_text("à garder", encoding="utf-8")
    result = CliRunner().invoke(app, ["--data", str(data), "--no-serve"])
    assert result.exit_code == 1
    assert "rien n'a été touché" in result.stderr
    assert {path.name for path in tmp_path.rglob("*")} == {"data", "lettre.txt"}


def test_a_production_installation_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    house = initialise(Settings(mode="production", data=data, main_url=None, keys_url=None, journal_url=None))
    house.stores.dispose()
    before = {path: path.read_bytes() for path in data.glob("*.sqlite")}
    assert CliRunner().invoke(app, ["--data", str(data), "--no-serve"]).exit_code == 1
    (data / demonstration.NOTE).write_text("comme si", encoding="utf-8")
    result = CliRunner().invoke(app, ["--data", str(data), "--no-serve"])
    assert result.exit_code == 1
    assert "mode production" in result.stderr
    assert {path: path.read_bytes() for path in data.glob("*.sqlite")} == before


def test_a_key_without_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.root-key").write_text("clé", encoding="utf-8")
    result = CliRunner().invoke(app, ["--data", str(tmp_path / "data"), "--no-serve"])
    assert result.exit_code == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_the_same_demonstration_loads_on_postgresql(store_urls: dict[str, str], tmp_path: Path) -> None:
    clock = DrivenClock(MORNING - SPAN)
    settings = Settings(
        mode="demo",
        data=tmp_path / "data",
        main_url=SecretStr(store_urls["main"]),
        keys_url=SecretStr(store_urls["keys"]),
        journal_url=SecretStr(store_urls["journal"]),
    )
    house = initialise(settings, clock)
    try:
        load(house, clock, MORNING, 0)
        with house.transaction() as uow:
            cells = cells_of(uow)
        assert clock() == MORNING
        assert {email: actor.grants for email, actor in actors(house).items()} == {
            persona.email: held(persona, cells) for persona in PERSONAS
        }
        assert stages(house) == STAGES
    finally:
        house.stores.dispose()

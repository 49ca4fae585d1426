"""Killed between the stores, nothing is half there: each step of a submission, then a start and a second try."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.app import initialise, open_house
from backend.authorization.actor import Actor, Grant
from backend.authorization.orphans import reap_orphans
from backend.authorization.vault import PendingDestruction
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.crypto.keystore import SubjectRecord
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock, system_clock
from backend.members.models import Account
from backend.settings import Settings
from backend.signalements.actions import drafts
from backend.signalements.forms import SignalementForm, StartForm
from backend.signalements.models import Draft, Receipt, Signalement, SignalementFacts
from backend.situations.models import Situation, SituationPerson
from policies.charter_words import CharterKind
from policies.vocabulary import Role
from tests.support.killed import BEFORE_COMMIT, STEPS
from tests.support.typed import COMPLETE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Begun:
    """Stores in which a reporter has a draft to submit."""

    data: Path
    account: UUID
    institution: UUID
    draft: str

    @property
    def actor(self) -> Actor:
        """The reporter."""
        return Actor(self.account, self.institution, frozenset({Grant(Role.REPORTER, None)}))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    data = tmp_path_factory.mktemp("tuee") / "data"
    house = initialise(Settings(mode="demo", data=data))
    with house.transaction() as uow:
        institution = Institution(name="Bailleur fictif", origin="landlord")
        cell = Cell(
            kind=CharterKind.CENOMED,
            territory="13",
            name="CENOMED du 13e",
            charter_version="cenomed-2023",
            opened_on=date(2024, 1, 1),
        )
        uow.session.add_all([institution, cell])
        uow.session.flush()
        uow.keyring.create_cell(cell.id)
        account = Account(
            institution_id=institution.id,
            email="bailleur@demo.invalid",
            display_name="Personne fictive",
            function="gardien",
            created_at=uow.now(),
        )
        uow.session.add(account)
    actor = Actor(account.id, institution.id, frozenset({Grant(Role.REPORTER, None)}))
    start = {name: COMPLETE[name] for name in StartForm.model_fields}
    with house.transaction(actor) as uow:
        draft = drafts.begin(uow, StartForm.model_validate(start))
    house.stores.dispose()
    return Begun(data, account.id, institution.id, draft.reference)


@pytest.fixture
def fresh(begun: Begun, tmp_path: Path) -> Begun:
    data = tmp_path / "data"
    shutil.copytree(begun.data, data)
    shutil.copy(begun.data.with_name("data.root-key"), data.with_name("data.root-key"))
    return Begun(data, begun.account, begun.institution, begun.draft)


@pytest.mark.parametrize("step, rank", STEPS)
def test_killed_at_any_step_of_a_submission_nothing_is_half_there(fresh: Begun, step: str, rank: int) -> None:
    assert _submit_and_die(fresh, step, rank) == 9
    house = open_house(Settings(mode="demo", data=fresh.data))
    happened = step not in BEFORE_COMMIT
    assert _counts(house) == ((1, 1, 1, 1, 1, 0) if happened else (0, 0, 0, 0, 0, 1))
    with house.transaction(fresh.actor) as uow:
        receipt = drafts.send(uow, fresh.draft, SignalementForm.model_validate(COMPLETE))
    assert receipt.account_id == fresh.account
    assert _counts(house) == (1, 1, 1, 1, 1, 0)
    with house.transaction() as uow:
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(PendingDestruction)) == 0
    found = house.journal.verify()
    assert found.problems == ()
    house.stores.dispose()


def test_keys_left_by_a_kill_open_nothing_and_are_reaped_on_an_operator_s_word(fresh: Begun) -> None:
    assert _submit_and_die(fresh, "before commit", 1) == 9
    settings = Settings(mode="demo", data=fresh.data)
    house = open_house(settings)
    assert _keys(house) == 3, "the draft's key, and two that never got their rows"
    house.stores.dispose()
    later = open_house(settings, DrivenClock(system_clock() + timedelta(hours=2)))
    assert _keys(later) == 3, "nothing is reaped without an operator's word"
    assert reap_orphans(later.stores, later.keyring) == 2
    assert _keys(later) == 1
    with later.transaction(fresh.actor) as uow:
        assert drafts.resume(uow, fresh.draft)[0].reference == fresh.draft
    later.stores.dispose()


def test_keys_are_never_reaped_beside_data_older_than_the_journal(fresh: Begun) -> None:
    settings = Settings(mode="demo", data=fresh.data)
    old = fresh.data / "main.sqlite"
    backup = fresh.data.with_name("main.backup")
    shutil.copy(old, backup)
    house = open_house(settings)
    with house.transaction(fresh.actor) as uow:
        drafts.send(uow, fresh.draft, SignalementForm.model_validate(COMPLETE))
    kept = _keys(house)
    house.stores.dispose()
    for leftover in fresh.data.glob("main.sqlite-*"):
        leftover.unlink()
    shutil.copy(backup, old)
    restored = open_house(settings, DrivenClock(system_clock() + timedelta(hours=2)))
    assert reap_orphans(restored.stores, restored.keyring) == 0
    assert _keys(restored) == kept, "a restored backup must not kill what is newer than itself"
    restored.stores.dispose()


def _submit_and_die(begun: Begun, step: str, rank: int) -> int:
    command = [sys.executable, "-m", "tests.support.killed", str(begun.data)]
    command += [str(begun.account), str(begun.institution), begun.draft, step, str(rank)]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode


def _counts(house: House) -> tuple[int, ...]:
    models = (Situation, SituationPerson, Signalement, SignalementFacts, Receipt, Draft)
    with house.transaction() as uow:
        return tuple(uow.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models)


def _keys(house: House) -> int:
    with house.stores.keys.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(SubjectRecord)) or 0

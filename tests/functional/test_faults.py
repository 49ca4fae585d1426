"""A full disk, a locked store: 503 with Retry-After, nothing lost, nothing half done; then it works again."""

import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.app import ROUTERS, initialise
from backend.authorization.actor import Actor, Grant
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.institutions.models import Institution
from backend.kernel import database
from backend.members.models import Account
from backend.settings import Settings
from backend.signalements.actions import drafts
from backend.signalements.forms import StartForm
from backend.signalements.models import Draft
from backend.situations.models import Situation
from policies.charter_words import CharterKind
from policies.vocabulary import Role
from tests.support.served import Served, serve
from tests.support.typed import COMPLETE, as_form


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 32 MiB, where mounting is allowed: there is no other way to fill one and not the machine's."""
    disk = tmp_path / "disque"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_answers_503_and_loses_nothing(small_disk: Path) -> None:
    served, draft = _begun(small_disk / "data")
    filler = small_disk / "plein"
    _fill(filler)
    answer = served.client.post(f"/signalements/brouillons/{draft}", data=as_form() | {"act": "send"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Fictif" not in answer.text
    filler.unlink()
    assert _counts(served.house) == (1, 0)
    answer = served.client.post(f"/signalements/brouillons/{draft}", data=as_form() | {"act": "send"})
    assert answer.status_code == 303
    assert _counts(served.house) == (0, 1)
    assert served.house.journal.verify().problems == ()
    served.house.stores.dispose()


@pytest.mark.parametrize("store", ["main", "keys"])
def test_a_locked_store_answers_503_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.3)
    served, draft = _begun(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / f"{store}.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = served.client.post(f"/signalements/brouillons/{draft}", data=as_form() | {"act": "send"})
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert _counts(served.house) == (1, 0)
    answer = served.client.post(f"/signalements/brouillons/{draft}", data=as_form() | {"act": "send"})
    assert answer.status_code == 303
    assert _counts(served.house) == (0, 1)
    served.house.stores.dispose()


def test_a_journal_that_cannot_be_written_does_not_undo_what_is_done(tmp_path: Path) -> None:
    served, draft = _begun(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = served.client.post(f"/signalements/brouillons/{draft}", data=as_form() | {"act": "send"})
        other.execute("ROLLBACK")
    assert answer.status_code == 303
    assert _counts(served.house) == (0, 1)
    served.house.journal.seal_outbox()
    assert served.house.journal.verify().problems == ()
    served.house.stores.dispose()


def _begun(data: Path) -> tuple[Served, str]:
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
    served = serve(house, ROUTERS)
    served.actor = actor
    return served, draft.reference


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as full:
        try:
            while True:
                full.write(b"\0" * 4096)
        except OSError:
            return


def _counts(house: House) -> tuple[int, int]:
    with house.transaction() as uow:
        drafts_kept, situations = (
            uow.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in (Draft, Situation)
        )
        return drafts_kept, situations

"""The only door to plaintext: one batch, one line of the journal; what is destroyed is gone, wherever it was killed."""

import json
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.audit.models import JournalEntry
from backend.authorization import vault
from backend.authorization.vault import (
    Ground,
    PendingDestruction,
    Purpose,
    Value,
    destroy,
    finish_destructions,
    key_of,
    new_subject,
    open_rows,
    seal_into,
    supersede,
)
from backend.authorization.work import House
from backend.crypto.keystore import SearchToken, SubjectRecord, SubjectWrap, TombstoneRecord
from backend.crypto.names import tokens
from backend.crypto.sealed import SealBroken, Sealed
from backend.kernel.errors import NotFound
from backend.kernel.identifiers import new_id, new_reference
from backend.signalements.models import Draft
from tests.support.house import MORNING
from tests.support.tree import ROOT
from tests.unit.authorization.conftest import Scene, rolled_back

CONTENTS: list[Value] = [
    "Éloïse",
    "",
    ["MOT-02", "MOT-10"],
    [],
    {"date": "2012-04-17", "nested": {"a": [1, True, None]}},
    "x" * 5000,
    "\U0001f3e0\x00",
]


def add_draft(scene: Scene, content: Value = "texte", *, names: bool = False) -> Draft:
    draft = Draft(id=new_id(), cell_id=scene.cell, account_id=new_id(), created_at=MORNING, saved_at=MORNING)
    with scene.house.transaction(scene.coordinator) as uow:
        searched = tokens("Aubin", "Éloïse", MORNING.date()) if names else ()
        seal_into(draft, new_subject(uow, draft.id, scene.cell, searched), {"content": content})
        uow.session.add(draft)
    return draft


def opened(scene: Scene, *drafts: Draft, references: tuple[str, ...] | None = None) -> list[Value]:
    named = tuple(draft.reference for draft in drafts) if references is None else references
    with scene.house.transaction(scene.coordinator) as uow:
        values = open_rows(uow, drafts, ["content"], Purpose.DRAFT, named)
        return [values[draft.id]["content"] for draft in drafts]


def journal(house: House) -> list[dict[str, object]]:
    house.journal.seal_outbox()
    with house.stores.journal.transaction() as session:
        bodies = session.scalars(
            sa.select(col(JournalEntry.body)).where(col(JournalEntry.name) == vault.Opened.name)
        ).all()
    return [json.loads(body) for body in bodies]


def kept(house: House, subject: UUID) -> dict[str, int]:
    """Count what the stores still hold of a subject."""
    with house.stores.keys.transaction() as session:
        found = {
            model.__name__: session.scalar(sa.select(sa.func.count()).where(col(model.subject) == subject)) or 0
            for model in (SubjectRecord, SubjectWrap, SearchToken, TombstoneRecord)
        }
    with house.stores.main.transaction() as session:
        pending = sa.select(sa.func.count()).where(col(PendingDestruction.subject_id) == subject)
        return found | {"pending": session.scalar(pending) or 0}


DESTROYED = {"SubjectRecord": 0, "SubjectWrap": 0, "SearchToken": 0, "TombstoneRecord": 1, "pending": 0}


@pytest.mark.parametrize("content", CONTENTS)
def test_what_is_sealed_opens_as_it_was(scene: Scene, content: Value) -> None:
    draft = add_draft(scene, content)
    assert opened(scene, draft) == [content]
    assert isinstance(draft.content, Sealed)


def test_an_unknown_value_is_not_sealed(scene: Scene) -> None:
    draft = add_draft(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        key = key_of(uow, draft)
        seal_into(draft, key, {"content": None})
        assert vars(draft)["content"] is None
        assert open_rows(uow, [draft], ["content"], Purpose.DRAFT, ())[draft.id]["content"] is None


def test_values_of_a_closed_list_have_one_length(scene: Scene) -> None:
    lengths = {len(add_draft(scene, content).content.data) for content in ("a", "b" * 20)}
    assert len(lengths) == 1


def test_a_value_moved_to_another_row_does_not_open(scene: Scene) -> None:
    one, other = add_draft(scene, "un"), add_draft(scene, "deux")
    one.content = other.content
    with pytest.raises(SealBroken):
        opened(scene, one)


def test_a_batch_is_one_query_for_the_keys_and_one_line_that_names_the_references(scene: Scene) -> None:
    drafts = [add_draft(scene, f"texte {number}") for number in range(12)]
    sent: list[str] = []
    sa.event.listen(
        scene.house.stores.keys.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: sent.append(statement),
    )
    references = tuple(draft.reference for draft in drafts)
    with scene.house.transaction(scene.coordinator) as uow:
        values = open_rows(uow, drafts, ["content"], Purpose.LIST, (*references, references[0]))
        asked = [statement for statement in sent if not statement.startswith("BEGIN")]
        assert len(asked) == 1
        assert "subject_wrap" in asked[0]
    assert [values[draft.id]["content"] for draft in drafts] == [f"texte {number}" for number in range(12)]
    (line,) = journal(scene.house)
    assert line["values"] == {"purpose": "list", "references": list(references)}
    assert line["account"] == str(scene.coordinator.account)
    assert "texte" not in json.dumps(line)


def test_nothing_to_open_asks_for_nothing_and_says_nothing(scene: Scene) -> None:
    assert opened(scene, references=(new_reference(),)) == []
    assert journal(scene.house) == []


def test_a_reading_that_is_rolled_back_leaves_no_line(scene: Scene) -> None:
    draft = add_draft(scene)
    with rolled_back(scene.house, scene.coordinator) as uow:
        open_rows(uow, [draft], ["content"], Purpose.READ, [draft.reference])
    assert journal(scene.house) == []


def test_the_key_of_another_cell_opens_nothing(scene: Scene) -> None:
    draft = add_draft(scene)
    elsewhere = replace_cell(draft, scene.other_cell)
    with pytest.raises(NotFound):
        opened(scene, elsewhere)
    with pytest.raises(NotFound), scene.house.transaction(scene.coordinator) as uow:
        key_of(uow, elsewhere)


def replace_cell(draft: Draft, cell: UUID) -> Draft:
    return Draft(**draft.model_dump() | {"cell_id": cell, "content": draft.content})


def test_what_is_held_opens_for_nobody_until_it_is_released(scene: Scene) -> None:
    draft = add_draft(scene)
    scene.house.keyring.hold([draft.id])
    with pytest.raises(NotFound):
        opened(scene, draft)
    scene.house.keyring.release([draft.id])
    assert opened(scene, draft) == ["texte"]


def test_what_is_destroyed_does_not_exist_any_more_though_its_row_remains(scene: Scene) -> None:
    draft, neighbour = add_draft(scene, names=True), add_draft(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        destroy(uow, draft.id, draft.reference, Ground.ABANDONED)
    assert kept(scene.house, draft.id) == DESTROYED
    for drafts in ((draft,), (neighbour, draft)):
        with pytest.raises(NotFound):
            opened(scene, *drafts)
    with pytest.raises(NotFound), scene.house.transaction(scene.coordinator) as uow:
        key_of(uow, draft)
    assert opened(scene, neighbour) == ["texte"]


def test_the_key_is_still_there_until_the_change_is_durable(scene: Scene) -> None:
    draft = add_draft(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        destroy(uow, draft.id, draft.reference, Ground.SUBMITTED)
        uow.session.flush()
        with scene.house.stores.keys.transaction() as session:
            assert session.get(SubjectRecord, draft.id) is not None
            assert session.get(TombstoneRecord, draft.id) is None


def test_a_rollback_destroys_nothing(scene: Scene) -> None:
    draft = add_draft(scene, names=True)
    before = kept(scene.house, draft.id)
    with rolled_back(scene.house, scene.coordinator) as uow:
        destroy(uow, draft.id, draft.reference, Ground.SUBMITTED)
    assert finish_destructions(scene.house.stores.main, scene.house.keyring) == 0
    assert kept(scene.house, draft.id) == before
    assert before["SearchToken"] > 0
    assert opened(scene, draft) == ["texte"]


def test_the_tombstone_says_what_when_and_why(scene: Scene) -> None:
    draft = add_draft(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        destroy(uow, draft.id, draft.reference, Ground.MERGED)
    with scene.house.stores.keys.transaction() as session:
        tombstone = session.get_one(TombstoneRecord, draft.id)
    assert (tombstone.reference, tombstone.ground, tombstone.at) == (draft.reference, "merged", MORNING)


def test_what_is_sealed_again_is_kept_out_of_reach_and_goes_with_what_replaced_it(scene: Scene) -> None:
    draft, typed_again = add_draft(scene, names=True), add_draft(scene)
    with scene.house.transaction(scene.coordinator) as uow:
        supersede(uow, draft.id, draft.reference, Ground.SUBMITTED, [typed_again.id])
    found = kept(scene.house, draft.id)
    assert (found["SubjectRecord"], found["SubjectWrap"], found["TombstoneRecord"], found["pending"]) == (1, 1, 0, 0)
    with pytest.raises(NotFound):
        opened(scene, draft)
    with scene.house.transaction(scene.coordinator) as uow:
        destroy(uow, typed_again.id, typed_again.reference, Ground.ABANDONED)
    assert kept(scene.house, draft.id) == kept(scene.house, typed_again.id) == DESTROYED


def test_nothing_is_replaced_by_nothing(scene: Scene) -> None:
    draft = add_draft(scene)
    with rolled_back(scene.house, scene.coordinator) as uow, pytest.raises(ValueError, match="replaces"):
        supersede(uow, draft.id, draft.reference, Ground.SUBMITTED, [])


def test_finishing_twice_changes_nothing(scene: Scene) -> None:
    draft = decided(scene)
    stores, keyring = scene.house.stores, scene.house.keyring
    assert finish_destructions(stores.main, keyring) == 1
    scene.clock.advance(timedelta(days=1))
    assert finish_destructions(stores.main, keyring) == 0
    assert kept(scene.house, draft.id) == DESTROYED
    with stores.keys.transaction() as session:
        assert session.get_one(TombstoneRecord, draft.id).at == MORNING


def decided(scene: Scene) -> Draft:
    """Decide that a draft is destroyed, as a process that died right after its commit leaves it."""
    draft = add_draft(scene, names=True)
    with scene.house.stores.main.transaction() as session:
        session.add(
            PendingDestruction(
                subject_id=draft.id, reference=draft.reference, ground=Ground.ABANDONED, decided_at=MORNING
            )
        )
    return draft


KILLED = """
import os, sys
from pathlib import Path
from backend.authorization.vault import finish_destructions
from backend.crypto.keyring import Keyring
from backend.crypto.providers import FileRoot
from backend.kernel.clock import system_clock
from backend.kernel.database import open_store

step, main, keys, root, data = sys.argv[1:]


class Dying(Keyring):
    def write_tombstones(self, entries):
        if step == "before":
            os._exit(9)
        super().write_tombstones(entries)
        if step == "tombstones":
            os._exit(9)

    def destroy_subjects(self, subjects):
        super().destroy_subjects(subjects)
        if step == "keys":
            os._exit(9)


keyring = Dying.open(open_store(keys, 1), FileRoot(Path(root), Path(data)), system_clock)
finish_destructions(open_store(main, 1), keyring)
"""


@pytest.mark.parametrize("step", ["before", "tombstones", "keys"])
def test_killed_at_any_step_the_next_start_finishes(scene: Scene, store_urls: dict[str, str], step: str) -> None:
    draft = decided(scene)
    settings = scene.house.settings
    arguments = [step, store_urls["main"], store_urls["keys"], str(settings.root_key_path()), str(settings.data)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()
    left = kept(scene.house, draft.id)
    assert left["pending"] == 1
    assert left["TombstoneRecord"] == (0 if step == "before" else 1)
    assert left["SubjectWrap"] == (0 if step == "keys" else 1)
    assert finish_destructions(scene.house.stores.main, scene.house.keyring) == 1
    assert kept(scene.house, draft.id) == DESTROYED


def test_a_process_that_is_not_killed_finishes(scene: Scene, store_urls: dict[str, str]) -> None:
    draft = decided(scene)
    settings = scene.house.settings
    arguments = ["never", store_urls["main"], store_urls["keys"], str(settings.root_key_path()), str(settings.data)]
    subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, check=True)
    assert kept(scene.house, draft.id) == DESTROYED


def test_keys_that_cannot_be_reached_after_the_commit_do_not_undo_it(scene: Scene) -> None:
    draft = add_draft(scene)
    with scene.house.stores.keys.transaction() as session:
        session.execute(sa.text("ALTER TABLE tombstone RENAME TO elsewhere"))
    with scene.house.transaction(scene.coordinator) as uow:
        destroy(uow, draft.id, draft.reference, Ground.ABANDONED)
        uow.session.delete(uow.session.get_one(Draft, draft.id))
    with scene.house.stores.keys.transaction() as session:
        session.execute(sa.text("ALTER TABLE elsewhere RENAME TO tombstone"))
    with scene.house.stores.main.transaction() as session:
        assert session.get(Draft, draft.id) is None
    assert kept(scene.house, draft.id)["SubjectWrap"] == 1
    assert finish_destructions(scene.house.stores.main, scene.house.keyring) == 1
    assert kept(scene.house, draft.id) == DESTROYED

"""The go-live gate of a cell, attacked: by one person alone, with an act that expired, in the wrong mode."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import Actor, Grant
from backend.cells.actions import close_cell, decide_act, enter_act, enter_agreement
from backend.cells.models import RecordedAct
from backend.cells.queries import acts_of, acts_to_confirm, intake_refusal, require_intake
from backend.cells.states import ActDecision, ActState
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory
from policies.vocabulary import Role
from tests.support.house import someone
from tests.unit.cells.conftest import Scene

HASH = "a" * 64
EVERYTHING = tuple(RecordCategory)
TODAY = date(2026, 11, 23)


def enter(
    scene: Scene, kind: RequiredAct = RequiredAct.AIPD, ends_on: date | None = None, by: Actor | None = None
) -> str:
    said: dict[str, Any] = {
        "number": "2026-17",
        "issued_on": date(2026, 1, 12),
        "authority": "maire de Paris",
        "ends_on": ends_on,
        "file_sha256": HASH,
    }
    with scene.house.transaction(by or scene.administrator) as uow:
        if kind is RequiredAct.ELIMINATION:
            return enter_agreement(uow, scene.cell.reference, categories=EVERYTHING, **said).reference
        return enter_act(uow, scene.cell.reference, kind=kind, **said).reference


def decide(scene: Scene, reference: str, decision: ActDecision = ActDecision.CONFIRM, by: Actor | None = None) -> None:
    with scene.house.transaction(by or scene.dpo) as uow:
        version = uow.session.scalar(sa.select(col(RecordedAct.version)).where(col(RecordedAct.reference) == reference))
        decide_act(uow, reference, version or 0, decision=decision)


def missing(scene: Scene) -> set[RequiredAct]:
    with scene.house.transaction(scene.coordinator) as uow:
        refusal = intake_refusal(uow, scene.cell)
        return {requirement.act for requirement in refusal.missing} if refusal else set()


def test_a_cell_is_closed_until_the_five_acts_are_confirmed(scene: Scene) -> None:
    assert missing(scene) == set(RequiredAct)
    references = [enter(scene, kind) for kind in RequiredAct]
    assert missing(scene) == set(RequiredAct)
    for reference in references[:-1]:
        decide(scene, reference)
    assert missing(scene) == {RequiredAct.ELIMINATION}
    with pytest.raises(WrongMoment, match="accord d'élimination"), scene.house.transaction(scene.coordinator) as uow:
        require_intake(uow, scene.cell)
    decide(scene, references[-1])
    with scene.house.transaction(scene.coordinator) as uow:
        assert intake_refusal(uow, scene.cell) is None
        require_intake(uow, scene.cell)


def test_an_administrator_cannot_confirm_an_act(scene: Scene) -> None:
    reference = enter(scene)
    for administrator in (scene.administrator, someone(Role.ADMINISTRATOR)):
        with pytest.raises(Forbidden):
            decide(scene, reference, by=administrator)
    assert RequiredAct.AIPD in missing(scene)


def test_the_dpo_cannot_enter_an_act(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        enter(scene, by=scene.dpo)


def test_one_person_who_holds_both_roles_cannot_do_both(scene: Scene) -> None:
    both = replace(scene.administrator, grants=frozenset({Grant(Role.ADMINISTRATOR, None), Grant(Role.DPO, None)}))
    reference = enter(scene, by=both)
    with pytest.raises(Forbidden, match="avoir saisi l'acte soi-même"):
        decide(scene, reference, by=both)
    decide(scene, reference)


def test_the_table_itself_refuses_one_person_for_two(scene: Scene) -> None:
    reference = enter(scene)
    with pytest.raises(sa.exc.IntegrityError), scene.house.transaction(scene.dpo) as uow:
        uow.session.execute(
            sa.update(RecordedAct)
            .where(col(RecordedAct.reference) == reference)
            .values(decided_by=scene.administrator.account, state=ActState.CONFIRMED)
        )


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.POLICE, Role.PARQUET, Role.STEERING, Role.ARCHIVIST])
def test_nobody_else_enters_or_confirms_an_act(scene: Scene, role: Role) -> None:
    reference = enter(scene)
    city = role in {Role.STEERING, Role.ARCHIVIST}
    person = someone(role, cell=None if city else scene.cell.id)
    with pytest.raises((Forbidden, NotFound)):
        enter(scene, by=person)
    with pytest.raises((Forbidden, NotFound)):
        decide(scene, reference, by=person)


def test_the_coordinator_of_another_cell_reads_no_act(scene: Scene) -> None:
    reference = enter(scene)
    other = someone(Role.COORDINATOR, cell=scene.cell.id.__class__(int=7))
    with pytest.raises(NotFound):
        decide(scene, reference, by=other)
    with scene.house.transaction(other) as uow:
        assert acts_of(uow, scene.cell) == []
    with scene.house.transaction(scene.coordinator) as uow:
        assert [act.reference for act in acts_of(uow, scene.cell)] == [reference]


def test_an_act_that_expires_closes_the_cell_on_the_day_after(scene: Scene) -> None:
    for kind in RequiredAct:
        decide(scene, enter(scene, kind, ends_on=TODAY + timedelta(days=2) if kind is RequiredAct.AIPD else None))
    scene.clock.advance(timedelta(days=2))
    assert missing(scene) == set()
    scene.clock.advance(timedelta(days=1))
    assert missing(scene) == {RequiredAct.AIPD}


def test_an_act_that_expired_meanwhile_cannot_be_confirmed(scene: Scene) -> None:
    reference = enter(scene, ends_on=TODAY)
    scene.clock.advance(timedelta(days=1))
    with pytest.raises(WrongMoment):
        decide(scene, reference)
    decide(scene, reference, ActDecision.REFUSE)


def test_a_refused_act_never_counts_and_a_withdrawn_one_counts_no_more(scene: Scene) -> None:
    refused, withdrawn = enter(scene), enter(scene, RequiredAct.CHARTER)
    decide(scene, refused, ActDecision.REFUSE)
    with pytest.raises(WrongMoment):
        decide(scene, refused)
    decide(scene, withdrawn)
    assert RequiredAct.CHARTER not in missing(scene)
    decide(scene, withdrawn, ActDecision.WITHDRAW)
    assert {RequiredAct.AIPD, RequiredAct.CHARTER} <= missing(scene)


def test_an_act_is_decided_once(scene: Scene) -> None:
    reference = enter(scene)
    decide(scene, reference)
    with pytest.raises(WrongMoment):
        decide(scene, reference)
    with pytest.raises(Stale), scene.house.transaction(scene.dpo) as uow:
        decide_act(uow, reference, 1, decision=ActDecision.WITHDRAW)


def test_the_dpo_sees_what_awaits_a_word_and_nothing_once_it_is_said(scene: Scene) -> None:
    first, second = enter(scene), enter(scene, RequiredAct.CHARTER)
    with scene.house.transaction(scene.dpo) as uow:
        assert {act.reference for act in acts_to_confirm(uow)} == {first, second}
    decide(scene, first)
    with scene.house.transaction(scene.dpo) as uow:
        assert [act.reference for act in acts_to_confirm(uow)] == [second]


@pytest.mark.parametrize(
    "issued_on,ends_on",
    [
        (date(2026, 11, 24), None),
        (date(2026, 1, 12), date(2026, 11, 22)),
        (date(2026, 11, 23), date(2026, 11, 20)),
    ],
)
def test_an_act_to_come_or_already_expired_is_not_entered(scene: Scene, issued_on: date, ends_on: date | None) -> None:
    with pytest.raises(InvalidInput), scene.house.transaction(scene.administrator) as uow:
        enter_act(
            uow,
            scene.cell.reference,
            kind=RequiredAct.AIPD,
            number="2026-17",
            issued_on=issued_on,
            authority="maire de Paris",
            ends_on=ends_on,
            file_sha256=HASH,
        )


def agreed(scene: Scene, by: Actor, *categories: RecordCategory) -> RecordedAct:
    with scene.house.transaction(by) as uow:
        return enter_agreement(
            uow,
            scene.cell.reference,
            categories=categories,
            number="2026-41",
            issued_on=date(2026, 1, 12),
            authority="Archives de Paris",
            ends_on=None,
            file_sha256=HASH,
        )


def test_the_archivist_records_an_agreement_and_its_categories_which_the_dpo_confirms(scene: Scene) -> None:
    archivist = someone(Role.ARCHIVIST)
    act = agreed(scene, archivist, RecordCategory.RETAINED, RecordCategory.NOT_RETAINED)
    with scene.house.transaction(scene.dpo) as uow:
        [kept] = acts_to_confirm(uow)
    assert kept.categories == (RecordCategory.NOT_RETAINED, RecordCategory.RETAINED)
    with pytest.raises(Forbidden):
        decide(scene, act.reference, by=archivist)
    decide(scene, act.reference)


def test_who_enters_an_agreement_never_confirms_it_even_as_dpo(scene: Scene) -> None:
    both = someone(Role.ARCHIVIST, Role.DPO)
    act = agreed(scene, both, RecordCategory.RETAINED)
    with pytest.raises(Forbidden):
        decide(scene, act.reference, by=both)


def test_the_archivist_enters_no_other_act_and_nobody_else_an_agreement(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        enter(scene, by=someone(Role.ARCHIVIST))
    for role in (Role.DPO, Role.COORDINATOR, Role.STEERING):
        cell = scene.cell.id if role is Role.COORDINATOR else None
        with pytest.raises(Forbidden):
            agreed(scene, someone(role, cell=cell), RecordCategory.RETAINED)


def test_an_agreement_without_a_category_is_not_an_act_like_another(scene: Scene) -> None:
    with pytest.raises(InvalidInput) as refused, scene.house.transaction(scene.administrator) as uow:
        enter_act(
            uow,
            scene.cell.reference,
            kind=RequiredAct.ELIMINATION,
            number="2026-41",
            issued_on=date(2026, 1, 12),
            authority="Archives de Paris",
            ends_on=None,
            file_sha256=HASH,
        )
    assert set(refused.value.errors) == {"kind"}
    with pytest.raises(sa.exc.IntegrityError):
        agreed(scene, scene.administrator)


def test_a_demonstration_needs_no_act_but_a_closed_cell_stays_closed(scene: Scene) -> None:
    demo = replace(scene.house, settings=scene.house.settings.model_copy(update={"mode": "demo"}))
    with demo.transaction(scene.coordinator) as uow:
        assert intake_refusal(uow, scene.cell) is None
    with demo.transaction(scene.administrator) as uow:
        closed = close_cell(uow, scene.cell.reference, 1, closed_on=TODAY)
        refusal = intake_refusal(uow, closed)
    assert refusal is not None
    assert refusal.missing == ()
    assert "n'est pas ouverte" in refusal.sentence

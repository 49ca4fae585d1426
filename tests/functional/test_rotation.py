"""Rotations as people and machines make them: what makes keys due, who sees it, kills, several processes at once."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from backend.app import open_house
from backend.authorization.work import House
from backend.cli import loops
from backend.crypto.keyring import CACHE_LIFE, LEASE
from backend.crypto.keyring.standing import due_cells, due_subjects, replaced_keys, standing_of
from backend.crypto.keystore import HolderKey, SubjectWrap
from backend.custody.actions import resealing
from backend.custody.actions.rotating import drop_replaced_keys, go_on, rotate_cell, rotate_root
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.members.actions.exclusions import exclude_institution, exclude_person
from backend.members.models import Account
from backend.settings import Settings
from backend.situations.models import Situation
from policies.habilitation import ExclusionGround
from policies.rotation import RootPlace, RotationGround, replaced_key_life
from tests.functional.test_oversight import journalled
from tests.support.cast import Cast, copied
from tests.support.http import links_of, words_of
from tests.support.journeys import sent

KILLED, MADE = 9, 7
PROCESSES = 4

STRIDE = 4
"""Commits between two deaths; with 1, every commit of both rotations."""


def unheard(_moved: int, _total: int) -> None:
    """Nobody looks."""


def due(cast: Cast) -> dict[str, RotationGround]:
    names = {cell.id: code for code, cell in cast.cells.items()}
    return {names[one.cell]: one.ground for one in due_cells(cast.house.stores.keys, cast.clock())}


def generation(cast: Cast, code: str) -> int:
    standing = standing_of(cast.house.stores.keys)
    return next(one.generation for one in standing.cells if one.cell == cast.cells[code].id)


def identifier(cast: Cast, reference: str) -> UUID:
    with cast.house.stores.main.transaction() as session:
        return session.scalars(sa.select(col(Situation.id)).where(col(Situation.reference) == reference)).one()


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Give a house in which nothing is due: somebody of the cast was excluded."""
    with cast.house.stores.keys.transaction() as session:
        session.execute(sa.update(HolderKey).values(due_at=None, due_ground=None))
    return cast


# What makes keys due


def test_who_is_excluded_or_leaves_makes_the_keys_of_their_cells_due_and_the_round_renews_them(cast: Cast) -> None:
    situation = sent(cast, last_name="Vivante", first_name="Ana").situation
    assert due(cast) == {}
    with cast.house.transaction(cast.actor("administrator")) as uow:
        account = uow.session.get_one(Account, cast.people["police_13"].id)
        exclude_person(uow, account.reference, account.version, ground=ExclusionGround.MISUSE)
    assert due(cast) == {"13": RotationGround.EXCLUSION}
    loops.go_round(cast.house)
    assert due(cast) == {}
    assert (generation(cast, "13"), generation(cast, "18")) == (2, 1)
    assert "Vivante" in words_of(cast.browser("coordinator_13").get(f"/situations/{situation}"))
    with cast.house.stores.keys.transaction() as session:
        retired = session.scalars(sa.select(HolderKey).where(col(HolderKey.retired_at).is_not(None))).all()
    assert len(retired) == 3
    cast.pass_time(CACHE_LIFE)
    loops.go_round(cast.house)
    with cast.house.stores.keys.transaction() as session:
        assert session.scalars(sa.select(HolderKey).where(col(HolderKey.retired_at).is_not(None))).all() == []
    assert journalled(cast, "custody:rotation:ended") == [
        {"kind": "cell", "cell": cast.cells["13"].reference, "generation": 2, "moved": retired_wraps(cast)}
    ]


def retired_wraps(cast: Cast) -> int:
    with cast.house.stores.keys.transaction() as session:
        query = sa.select(sa.func.count()).where(
            col(SubjectWrap.holder) == cast.cells["13"].id, col(SubjectWrap.due_at).is_not(None)
        )
        return session.scalars(query.select_from(SubjectWrap)).one()


def test_an_institution_that_is_excluded_makes_the_keys_of_its_peoples_cells_due(cast: Cast) -> None:
    with cast.house.transaction(cast.actor("administrator")) as uow:
        account = uow.session.get_one(Account, cast.people["police_13"].id)
        row = uow.session.get_one(Institution, account.institution_id)
        exclude_institution(uow, row.reference, row.version, ground=ExclusionGround.MISUSE)
    assert due(cast) == {"13": RotationGround.EXCLUSION}


def test_a_suspicion_is_stated_by_who_oversees_told_to_the_dpo_and_ends_in_situations_sealed_again(cast: Cast) -> None:
    first = sent(cast, last_name="Vivante", first_name="Ana").situation
    second = sent(cast, last_name="Autre", first_name="Zoé").situation
    cell = cast.cells["13"]
    page = f"/cles/{cell.reference}/suspicion"
    for who in ("coordinator_13", "police_13", "archivist"):
        assert cast.browser(who).get(page).status_code == 403
    administrator = cast.browser("administrator")
    assert "Authenticité des événements du journal" in words_of(administrator.get("/cles"))
    assert administrator.send(page, {"ground": "departure"}).status_code == 422
    assert administrator.send(page, {}).status_code == 422
    assert due(cast) == {}
    assert administrator.send(page, {"ground": "lost_copy"}).headers["location"] == "/cles?fait=suspicion"
    assert due(cast) == {"13": RotationGround.LOST_COPY}
    assert "copie des clés perdue ou volée" in words_of(cast.browser("dpo").get("/cles"))
    with cast.house.stores.main.transaction() as session:
        mails = session.scalars(sa.select(MailOutbox).where(col(MailOutbox.template) == "keys_suspected")).all()
    assert [mail.recipient for mail in mails] == [cast.people["dpo"].email]
    assert journalled(cast, "custody:cell:suspected") == [{"cell": cell.reference, "ground": "lost_copy"}]
    loops.go_round(cast.house)
    keys = cast.house.stores.keys
    waiting = set(due_subjects(keys, cell.id))
    assert {identifier(cast, first), identifier(cast, second)} <= waiting
    coordinator = cast.browser("coordinator_13")
    assert coordinator.get(f"/situations/{first}").status_code == 200
    assert waiting - set(due_subjects(keys, cell.id)) >= {identifier(cast, first)}
    assert "/cles" in links_of(coordinator.get(f"/cellules/{cell.reference}"))
    own = words_of(coordinator.get("/cles"))
    assert cell.name in own
    assert cast.cells["18"].name not in own
    assert "Clé racine" not in own
    answer = coordinator.send("/cles", {}, f"/cles/{cell.reference}/rescellement")
    assert answer.headers["location"] == "/cles?fait=rescellement"
    assert identifier(cast, second) not in due_subjects(keys, cell.id)
    assert journalled(cast, "vault:subject:opened")[-1] == {"purpose": "reseal", "references": [second]}
    for who in ("coordinator_18", "dpo", "administrator"):
        path = f"/cles/{cell.reference}/rescellement"
        assert cast.browser(who).post(path, {"csrf": cast.browser(who).csrf()}).status_code == 403
    assert "Autre" in words_of(coordinator.get(f"/situations/{second}"))
    for who in ("police_13", "archivist", "reporter"):
        assert cast.browser(who).get("/cles").status_code == 403


def test_a_coordinator_seals_a_hundred_at_a_time_and_what_is_left_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 1)
    monkeypatch.setattr(resealing, "LOOKED_AT", 1)
    for name in ("Vivante", "Autre"):
        sent(cast, last_name=name, first_name="Ana")
    assert rotate_cell(cast.house, cast.cells["13"].id, 1, RotationGround.PERIOD, unheard)
    done = []
    for _ in range(3):
        with cast.house.transaction(cast.actor("coordinator_13")) as uow:
            done.append(resealing.reseal_cell(uow, cast.cells["13"].reference))
    assert done == [1, 1, 0]


def test_a_replaced_key_goes_with_the_last_backup_that_needs_it_unless_something_is_under_it(cast: Cast) -> None:
    situation = sent(cast, last_name="Vivante", first_name="Ana").situation
    subject = identifier(cast, situation)
    cell, keys = cast.cells["13"].id, cast.house.stores.keys
    steps = sa.text("SELECT steps FROM signalement")
    with cast.house.stores.main.transaction() as session:
        before = session.execute(steps).scalar_one()
    assert rotate_cell(cast.house, cell, 1, RotationGround.PERIOD, unheard)
    coordinator = cast.browser("coordinator_13")
    assert coordinator.get(f"/situations/{situation}").status_code == 200
    replaced = {one for one, _ in replaced_keys(keys, cell, cast.clock())}
    assert subject in replaced
    assert drop_replaced_keys(cast.house) == 0
    cast.pass_time(replaced_key_life())
    with cast.house.stores.main.transaction() as session:  # a slow process, or a restored copy
        assert session.execute(steps).scalar_one() != before
        session.execute(sa.text("UPDATE signalement SET steps = :before"), {"before": before})
    assert drop_replaced_keys(cast.house) == len(replaced) - 1
    assert subject in due_subjects(keys, cell)
    coordinator = cast.another("coordinator_13")
    assert "Vivante" in words_of(coordinator.get(f"/situations/{situation}"))
    cast.pass_time(replaced_key_life())
    assert drop_replaced_keys(cast.house) == 1
    assert drop_replaced_keys(cast.house) == 0
    assert "Vivante" in words_of(cast.another("coordinator_13").get(f"/situations/{situation}"))


# Kills and processes


@pytest.fixture(scope="module")
def ready(troupe: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    made = copied(troupe, tmp_path_factory.mktemp("rotation") / "house")
    for name in ("Vivante", "Autre"):
        sent(made, last_name=name, first_name="Ana")
    made.house.stores.dispose()
    return made


@pytest.fixture
def copy(ready: Cast, tmp_path: Path) -> Callable[[str], Settings]:
    def make(name: str) -> Settings:
        shutil.copytree(ready.folder, tmp_path / name)
        return ready.house.settings.model_copy(update={"data": tmp_path / name / "data"})

    return make


def forked(work: Callable[[], bool]) -> int:
    """Do a work in a process of its own, of which nothing is rolled back or closed; give its number."""
    child = os.fork()
    if child == 0:
        code = 0
        try:
            code = MADE if work() else 0
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying_at(rank: int) -> None:
    passed = [0]

    def count(_session: Session) -> None:
        passed[0] += 1
        if passed[0] == rank:
            os._exit(KILLED)

    sa.event.listen(Session, "before_commit", count)


def readable(house: House, cell: UUID) -> int:
    with house.stores.keys.transaction() as session:
        held = sa.select(col(SubjectWrap.subject)).where(
            col(SubjectWrap.holder) == cell, col(SubjectWrap.holder_kind) == "cell"
        )
        subjects = set(session.scalars(held))
    opened = house.keyring.open_subjects({(subject, cell) for subject in subjects})
    assert opened.keys() == subjects
    return len(subjects)


def test_killed_before_any_commit_both_rotations_are_taken_up_and_everything_opens_meanwhile(
    ready: Cast, copy: Callable[[str], Settings]
) -> None:
    cell = ready.cells["13"].id
    rank = 1
    while True:
        settings, clock = copy(str(rank)), DrivenClock(ready.clock())

        def work(settings: Settings = settings, clock: DrivenClock = clock, rank: int = rank) -> bool:
            house = open_house(settings, clock)
            dying_at(rank)
            root = rotate_root(house, RootPlace.FILE, RotationGround.PERIOD, unheard)
            return root and rotate_cell(house, cell, 1, RotationGround.PERIOD, unheard)

        code = ended(forked(work))
        house = open_house(settings, clock)
        try:
            assert readable(house, cell) >= 2
            clock.advance(LEASE + timedelta(seconds=1))
            go_on(house, unheard, draws=True)
            standing = standing_of(house.stores.keys)
            assert len(standing.roots) == 1
            assert all(one.behind == 0 for one in standing.cells)
            assert readable(house, cell) >= 2
            assert house.journal.verify().problems == ()
        finally:
            house.stores.dispose()
        if code == MADE:
            assert standing.roots[0].generation == 2
            break
        assert code == KILLED
        rank += STRIDE
    assert rank > 20


def test_four_processes_at_once_make_one_rotation_and_one_that_served_before_goes_on(
    ready: Cast, copy: Callable[[str], Settings]
) -> None:
    cell = ready.cells["13"].id
    settings, clock = copy("quatre"), DrivenClock(ready.clock())

    def work() -> bool:
        house = open_house(settings, clock)
        root = rotate_root(house, RootPlace.FILE, RotationGround.PERIOD, unheard)
        return rotate_cell(house, cell, 1, RotationGround.PERIOD, unheard) and root

    serving = open_house(settings, clock)
    before = readable(serving, cell)
    serving.stores.dispose()  # a connection does not go through a fork
    codes = [ended(child) for child in [forked(work) for _ in range(PROCESSES)]]
    assert set(codes) <= {0, MADE}
    clock.advance(LEASE + timedelta(seconds=1))
    assert go_on(serving, unheard, draws=True) == 0 or 0 in codes
    standing = standing_of(serving.stores.keys)
    assert [one.generation for one in standing.cells if one.cell == cell] == [2]
    assert [one.active for one in standing.roots] == [True]
    settings.root_key_path().unlink()
    assert readable(serving, cell) == before
    serving.keyring.create_cell(UUID(int=7))
    serving.stores.dispose()

"""Erasure for real: what was destroyed is in no file of the keys store, and the thief of everything else opens nothing.

The thief holds the root key, today's keys store and yesterday's copy of `main` (domain.md section 6; architecture 4).
"""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col

from backend.app import open_house
from backend.authorization.vault import Purpose, open_rows
from backend.crypto.keystore import SearchToken, SubjectWrap
from backend.crypto.names import tokens
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import NotFound
from backend.purge.actions.running import run
from backend.purge.queries.rows import subjects_of
from backend.situations.models import Situation, SituationPerson
from tests.functional.test_purge import exists, inadmissible, live, others
from tests.support.cast import Cast, build
from tests.support.journeys import agreed
from tests.support.postgresql import start_cluster

RARE = {"last_name": "Zylberkwist", "first_name": "Wilhelmine", "birth_date": "02/07/2015"}
"""Somebody whose tokens are nobody else's: the same name in the same cell has the same ones."""


def secrets_of(cast: Cast, reference: str) -> set[bytes]:
    """Give the wraps and tokens of a situation and of what hangs from it, as bytes."""
    house = cast.house
    with house.transaction(cast.everywhere()) as uow:
        session = uow.session
        situation = session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()
        subjects = set(subjects_of(session, [situation.id]))
    with house.stores.keys.transaction() as session:
        wraps = session.execute(sa.select(col(SubjectWrap.subject), col(SubjectWrap.wrapped))).all()
        digests = session.execute(sa.select(col(SearchToken.subject), col(SearchToken.digest))).all()
    return {bytes(value) for subject, value in [*wraps, *digests] if subject in subjects}


def files_with(folder: Path, secrets: set[bytes]) -> list[str]:
    """Give the files under a folder that hold one of some secrets."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(secret in path.read_bytes() for secret in secrets)]


def test_on_files_the_thief_of_the_root_key_the_keys_and_yesterday_s_rows_opens_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    agreed(cast)
    reference = inadmissible(cast, **RARE)
    neighbour = inadmissible(cast, last_name="Voisin", first_name="Autre")
    others(cast, 9)
    live(cast, 29)
    secrets = secrets_of(cast, reference)
    assert len(secrets) > 3
    data = cast.house.settings.data
    assert files_with(data, secrets), "they are there before"
    cast.house.stores.main.engine.dispose()
    yesterday = tmp_path / "yesterday"
    shutil.copytree(data, yesterday)
    with cast.house.stores.main.transaction() as session:
        session.execute(
            sa.update(Situation).where(col(Situation.reference) == neighbour).values(qualified_at=cast.clock())
        )
    live(cast, 1)
    assert exists(cast, reference) is None
    assert files_with(data, secrets) == []
    cast.house.stores.dispose()
    stolen = cast.house.settings.model_copy(
        update={"data": yesterday, "root_key_file": cast.house.settings.root_key_path()}
    )
    for leftover in yesterday.glob("keys.sqlite*"):
        leftover.unlink()
    for path in data.glob("keys.sqlite*"):
        shutil.copy(path, yesterday / path.name)
    thief = open_house(stolen, DrivenClock(cast.clock()))
    with thief.transaction(cast.actor("coordinator_13")) as uow:
        rows = {row.situation_id: row for row in uow.session.scalars(sa.select(SituationPerson))}
        owners = {row.reference: row.id for row in uow.session.scalars(sa.select(Situation))}
        assert open_rows(uow, [rows[owners[neighbour]]], ["last_name"], Purpose.READ, [])
        with pytest.raises(NotFound):
            open_rows(uow, [rows[owners[reference]]], ["last_name"], Purpose.READ, [])
    found = thief.keyring.search(cast.cells["13"].id, tokens("Zylberkwist", "Wilhelmine", date(2015, 7, 2)))
    assert owners[reference] not in found
    thief.stores.dispose()


def test_on_postgresql_no_file_of_the_keys_cluster_holds_what_was_destroyed(tmp_path: Path) -> None:
    clusters = {
        name: start_cluster("wal_recycle=off", "full_page_writes=on", "fsync=off")
        for name in ("main", "keys", "journal")
    }
    try:
        for name, cluster in clusters.items():
            cluster.create_database(name)
        keys = clusters["keys"]
        with keys._superuser("keys") as connection:  # noqa: SLF001  what `docs/deployment/roles.sh` grants
            connection.execute("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO purger")
        cast = build(tmp_path, {name: cluster.url(name) for name, cluster in clusters.items()})
        purged = {f"{name}_url": SecretStr(cluster.url(name, "purger")) for name, cluster in clusters.items()}
        purging = open_house(cast.house.settings.model_copy(update=purged), cast.clock)
        agreed(cast)
        reference = inadmissible(cast, **RARE)
        others(cast, 5)
        for _ in range(31):
            cast.pass_time(timedelta(days=1))
            run(purging)
            if cast.clock().day == 22:
                secrets = secrets_of(cast, reference)
        assert _gone(cast, reference)
        assert files_with(keys.folder / "data", secrets) == []
        purging.stores.dispose()
        cast.house.stores.dispose()
    finally:
        for cluster in clusters.values():
            cluster.stop()


def _gone(cast: Cast, reference: str) -> bool:
    with cast.house.transaction(cast.everywhere()) as uow:
        return uow.session.scalar(sa.select(Situation).where(col(Situation.reference) == reference)) is None

"""A change sent twice happens once: by the same person, on the same route, with the same body, within 24 hours."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.authorization.idempotency import IdempotencyKey, Sending, made_before, remember
from backend.kernel.errors import InvalidInput
from backend.kernel.identifiers import new_id
from tests.unit.authorization.conftest import Scene, rolled_back, table_of

ROUTE = "signalement"
BODY = "nom=Aubin&prénom=Éloïse".encode()
OWNER = UUID(int=7)


def remembered(scene: Scene, owner: UUID = OWNER, route: str = ROUTE, key: str = "a", body: bytes = BODY) -> str | None:
    with scene.house.transaction() as uow:
        return made_before(uow, owner, route, Sending(key, body))


def keep(scene: Scene, key: str = "a", result: str = "7K3M-9QX2-PD4T") -> None:
    with scene.house.transaction() as uow:
        remember(uow, OWNER, ROUTE, Sending(key, BODY), result)


def test_the_same_request_gives_the_same_reference(scene: Scene) -> None:
    assert remembered(scene) is None
    keep(scene)
    assert remembered(scene) == remembered(scene) == "7K3M-9QX2-PD4T"


def test_what_was_sent_without_a_key_is_neither_found_nor_remembered(scene: Scene) -> None:
    with scene.house.transaction() as uow:
        remember(uow, OWNER, ROUTE, None, "7K3M-9QX2-PD4T")
        assert made_before(uow, OWNER, ROUTE, None) is None
    assert remembered(scene) is None


def test_another_body_under_the_same_key_is_refused(scene: Scene) -> None:
    keep(scene)
    with pytest.raises(InvalidInput) as refusal:
        remembered(scene, body=BODY + b" ")
    assert refusal.value.status == 422
    assert "Aubin" not in refusal.value.detail


def test_a_key_is_its_owner_s_and_its_route_s(scene: Scene) -> None:
    keep(scene)
    assert remembered(scene, owner=new_id()) is None
    assert remembered(scene, route="autre") is None
    assert remembered(scene, key="b") is None


def test_a_key_lives_24_hours(scene: Scene) -> None:
    keep(scene)
    scene.clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    assert remembered(scene) == "7K3M-9QX2-PD4T"
    scene.clock.advance(timedelta(microseconds=1))
    assert remembered(scene) is None
    assert remembered(scene, body=b"autre") is None


def test_what_expired_is_erased_and_its_key_may_serve_again(scene: Scene) -> None:
    keep(scene)
    scene.clock.advance(timedelta(hours=24))
    keep(scene, result="00AB-CDEF-GHJK")
    assert remembered(scene) == "00AB-CDEF-GHJK"
    with scene.house.stores.main.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table_of(IdempotencyKey))) == 1


def test_neither_the_body_nor_a_plain_hash_of_it_is_stored(scene: Scene) -> None:
    keep(scene)
    with scene.house.stores.main.transaction() as session:
        (row,) = session.execute(sa.select(table_of(IdempotencyKey))).all()
    stored = b"\0".join(str(value).encode() if not isinstance(value, bytes) else value for value in row)
    assert b"Aubin" not in stored
    assert "Éloïse".encode() not in stored
    with scene.house.transaction() as uow:
        remember(uow, OWNER, ROUTE, Sending("b", BODY), "00AB-CDEF-GHJK")
    assert len(row.body_mac) == 32


def test_the_same_key_kept_twice_at_once_is_kept_once(scene: Scene) -> None:
    keep(scene)
    with pytest.raises(sa.exc.IntegrityError):
        keep(scene)


def test_a_change_that_is_rolled_back_is_not_remembered(scene: Scene) -> None:
    with rolled_back(scene.house) as uow:
        remember(uow, OWNER, ROUTE, Sending("a", BODY), "7K3M-9QX2-PD4T")
    assert remembered(scene) is None

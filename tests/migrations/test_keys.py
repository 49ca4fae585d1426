"""The history of the store `keys`, on both engines, and what a migration does to foreign keys on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext

from backend.crypto.keyring import Keyring, Rotations
from backend.crypto.keystore import KeysIdentity
from backend.crypto.providers import FileRoot
from backend.crypto.sealed import SealedType
from backend.kernel import migrations
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Store, UtcDateTime, open_store
from backend.kernel.migrations import render_type, upgrade
from policies.rotation import RotationGround
from tests.support.histories import check_history


@pytest.fixture
def store(store_urls: dict[str, str]) -> Iterator[Store]:
    opened = open_store(store_urls["keys"], 2)
    yield opened
    opened.engine.dispose()


def test_the_history_makes_the_declared_tables_and_undoes_them(store: Store) -> None:
    check_history(store, "keys", KeysIdentity.metadata)


def test_the_keyring_works_on_migrated_tables(store: Store, tmp_path: Path) -> None:
    upgrade(store, "keys")
    root = FileRoot.create(tmp_path / "data.root-key", tmp_path / "data")
    clock = DrivenClock(datetime(2026, 11, 21, tzinfo=UTC))
    keyring = Keyring.initialise(store, root, clock, "demo", uuid4())
    cell, subject = uuid4(), uuid4()
    keyring.create_cell(cell)
    keyring.create_subject(subject, cell)
    # the index of the active generation is partial
    assert Rotations(store, keyring.root).begin_cell(cell, 1, RotationGround.PERIOD)
    keyring.hold([subject])
    keyring.destroy_subjects([subject])
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as session:
        session.execute(sa.text("UPDATE holder_key SET retired_at = NULL"))


def test_a_migration_writes_our_column_types_as_plain_ones(store: Store) -> None:
    with store.transaction() as session:
        context = AutogenContext(MigrationContext.configure(session.connection()))
    assert render_type("type", SealedType(), context) == "sa.LargeBinary()"
    assert render_type("type", UtcDateTime(), context) == "sa.DateTime(timezone=True)"
    assert render_type("type", sa.String(length=3), context) is False
    assert render_type("server_default", None, context) is False


ENVIRONMENT = """
import sqlalchemy as sa
from backend.kernel.migrations import run

run(sa.MetaData())
"""

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0001", None, None, None


def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String()))
    op.create_table(
        "child",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("parent.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO parent (id, name) VALUES (1, 'kept')")
    op.execute("INSERT INTO child (id, parent_id) VALUES (1, 1)")
"""

REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade():
    with op.batch_alter_table("parent") as batch:
        batch.alter_column("name", existing_type=sa.String(), nullable=False)
"""

BREAK = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "0003", "0002", None, None


def upgrade():
    op.execute("INSERT INTO child (id, parent_id) VALUES (2, 99)")
"""


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    versions = tmp_path / "histories, 100 %" / "keys" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text(ENVIRONMENT)
    (versions / "0001.py").write_text(FIRST)
    (versions / "0002.py").write_text(REBUILD)
    monkeypatch.setattr(migrations, "HISTORIES", versions.parents[1])
    return versions


def children(store: Store) -> list[int]:
    with store.transaction() as session:
        return list(session.scalars(sa.text("SELECT id FROM child")))


@pytest.mark.usefixtures("history")
def test_rebuilding_a_table_keeps_what_hangs_from_it_and_foreign_keys_hold_again(store: Store) -> None:
    upgrade(store, "keys")
    assert children(store) == [1]
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as session:
        session.execute(sa.text("INSERT INTO child (id, parent_id) VALUES (3, 98)"))


def test_a_migration_that_breaks_a_foreign_key_leaves_the_store_as_it_was(store: Store, history: Path) -> None:
    upgrade(store, "keys")
    (history / "0003.py").write_text(BREAK)
    with pytest.raises((RuntimeError, sa.exc.IntegrityError), match="child"):
        upgrade(store, "keys")
    assert children(store) == [1]
    assert not migrations.current(store, "keys")
    (history / "0003.py").unlink()
    assert migrations.current(store, "keys")

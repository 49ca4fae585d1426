"""Copy a store whole, as of one instant, and bring the copy back: SQLite's online backup, `pg_dump` and `pg_restore`.

A copy never touches a disk here: it holds wraps or rows in the open, and what is deleted from a disk stays there.
"""

import os
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from backend.kernel.database import Store

BLOCK = 1 << 20

DUMPER = "dumper"
"""The role that reads every row whatever the row-level security; the owner may take it (`docs/deployment/roles.sh`)."""

ROLLBACK_JOURNAL = b"\x01\x01"
"""Bytes 18 and 19 of a SQLite file that no write-ahead log goes with, so that it opens in memory too."""


class DumpError(Exception):
    """A store could not be copied or brought back; the French message is for the operator."""


def dump(store: Store) -> Iterator[bytes]:
    """Give the content of a store as of one instant, block by block; raise `DumpError` when it cannot be read whole."""
    if store.embedded:
        yield _image(store)
        return
    command = ["pg_dump", "--format=custom", f"--role={DUMPER}", "--no-password", f"--dbname={_address(store)}"]
    with _started(command, store, stdout=subprocess.PIPE) as running:
        yield from _blocks(running.stdout)
        _end(running, "La copie par pg_dump a échoué")


def check(content: Iterable[bytes], *, embedded: bool) -> None:
    """Read a copy to its end as if to bring it back; raise `DumpError` when it is not whole."""
    if embedded:
        memory = sqlite3.connect(":memory:")
        try:
            memory.deserialize(b"".join(content))
            whole = memory.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            linked = memory.execute("PRAGMA foreign_key_check").fetchall() == []
        except sqlite3.DatabaseError:
            whole, linked = False, False
        finally:
            memory.close()
        if not (whole and linked):
            raise DumpError("La copie relue n'est pas une base entière.")
        return
    _feed(["pg_restore", "--file=/dev/null"], None, content, "La copie relue n'est pas une sauvegarde entière")


def is_empty(store: Store) -> bool:
    """Tell whether a copy may be brought back here: no file yet, or a database without a table."""
    if store.embedded:
        return not _file(store).exists()
    with store.engine.connect() as connection:
        return not sa.inspect(connection).get_table_names()


def load(store: Store, content: Iterable[bytes]) -> None:
    """Bring a copy back in an empty store, whole or not at all; raise `DumpError` when it is not whole."""
    if not store.embedded:
        command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        address = ["--no-password", f"--dbname={_address(store)}"]
        _feed([*command, *address], store, content, "La remise en place par pg_restore a échoué, rien n'a été changé")
        return
    path = _file(store)
    partial = path.with_name(f"{path.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            for block in content:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _file(store: Store) -> Path:
    return Path(str(store.engine.url.database))


def _image(store: Store) -> bytes:
    memory = sqlite3.connect(":memory:")
    connection = store.engine.raw_connection()
    try:
        source = connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("not a connection to SQLite")
        source.backup(memory)
        image = memory.serialize()
    finally:
        connection.close()
        memory.close()
    return image[:18] + ROLLBACK_JOURNAL + image[20:]


def _address(store: Store) -> str:
    """Give how to reach a database, without the password, which other accounts could read among the processes."""
    url = store.engine.url
    options = {name: str(value) for name, value in url.query.items()}
    return make_conninfo(host=url.host, port=url.port, user=url.username, dbname=url.database, **options)


def _started(
    command: list[str], store: Store | None, *, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    password = None if store is None else store.engine.url.password
    environment = {**os.environ, **({} if password is None else {"PGPASSWORD": password})}
    try:
        return subprocess.Popen(  # noqa: S603  our own words, and an address that came from the settings
            command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment
        )
    except FileNotFoundError:
        raise DumpError(f"{command[0]} n'est pas installé : paquet Debian postgresql-client.") from None


def _feed(command: list[str], store: Store | None, content: Iterable[bytes], failure: str) -> None:
    with _started(command, store, stdin=subprocess.PIPE) as running:
        if running.stdin is None:
            raise TypeError("a process that takes nothing")
        try:
            for block in content:
                running.stdin.write(block)
            running.stdin.close()
        except BrokenPipeError:
            pass
        except BaseException:
            # Nothing half given may be taken for the whole.
            running.kill()
            raise
        _end(running, failure)


def _end(running: subprocess.Popen[bytes], failure: str) -> None:
    # The rest of what it says may hold values.
    said = running.stderr.read().decode(errors="replace").partition("\n")[0] if running.stderr else ""
    if running.wait() != 0:
        raise DumpError(f"{failure} : {said}")


def _blocks(source: IO[bytes] | None) -> Iterator[bytes]:
    while source is not None and (block := source.read(BLOCK)):
        yield block

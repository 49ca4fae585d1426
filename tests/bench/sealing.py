"""One value sealed and opened, and a row of ten, against the library alone and against what others build on it."""

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import tink
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import sqlite
from sqlalchemy_utils.types.encrypted.encrypted_type import AesGcmEngine, StringEncryptedType
from tink import aead

from backend.crypto.sealed import Place, RowKey, Sealed, SubjectKey, seal, unseal
from backend.crypto.wrapping import unwrap, wrap
from tests.bench.arithmetic import Goal, Spread, at_least, interleaved, ratios
from tests.bench.lines import Line
from tests.bench.setting import Setting

VALUE = b"Exemple de vingt oct"
BOUND = b"a place of the same length as ours: 3, 16 bytes, names"
COLUMNS = tuple(f"column_{number}" for number in range(10))
TIMES = 4000

Step = Callable[[], Any]


def measure(setting: Setting) -> Iterator[Line]:
    """Give the three lines of sealing; CPU time, in microseconds a value or a row."""
    key, row = AESGCM(os.urandom(32)), uuid4()
    subject = SubjectKey(uuid4(), 1, key)
    prepared = RowKey(subject, "situation_person", row)
    sealed, raw = prepared.seal("last_name", VALUE), _raw_seal(key)
    theirs = _others()
    yield from _compare(
        setting,
        "sceller une valeur (20 octets)",
        lambda: prepared.seal("last_name", VALUE),
        {"AES-256-GCM seul": (lambda: _raw_seal(key), at_least(0.6))}
        | {name: (one, at_least(5) if name == UTILS else None) for name, (one, _) in theirs.items()},
    )
    yield from _compare(
        setting,
        "ouvrir une valeur (20 octets)",
        lambda: prepared.unseal("last_name", sealed),
        {"AES-256-GCM seul": (lambda: _raw_open(key, raw), at_least(0.6))}
        | {name: (other, at_least(5) if name == UTILS else None) for name, (_, other) in theirs.items()},
    )
    cell = AESGCM(os.urandom(32))
    wrapped = wrap(cell, secret := os.urandom(32), BOUND)
    owner = SubjectKey(uuid4(), 1, AESGCM(secret))
    kept = {column: RowKey(owner, "situation_person", row).seal(column, VALUE) for column in COLUMNS}
    plain = [_raw_seal(owner.cipher) for _ in COLUMNS]
    yield from _compare(
        setting,
        "ouvrir une ligne de 10 valeurs, clé déballée",
        lambda: _open_row(cell, wrapped, owner, row, kept),
        {"AES-256-GCM seul": (lambda: _raw_row(cell, wrapped, plain), at_least(0.45))},
    )
    place = Place("situation_person", "last_name", row)
    if unseal(subject, place, seal(subject, place, VALUE)) != VALUE:
        raise RuntimeError("what was sealed does not open")


UTILS = "sqlalchemy-utils AesGcmEngine"


def _compare(setting: Setting, work: str, ours: Step, others: dict[str, tuple[Step, Goal | None]]) -> Iterator[Line]:
    """Compare one work with several, all of them in each round; the ratio says how many of theirs make one of ours."""
    steps = [ours, *(step for step, _ in others.values())]
    mine, *found = interleaved([partial(_cost, step) for step in steps], setting.rounds)
    for (name, (_, goal)), costs in zip(others.items(), found, strict=True):
        yield Line(work, "", None, "µs", Spread.of(mine), ratios(costs, mine), goal, name, Spread.of(costs))


def _cost(step: Step) -> float:
    begun = time.process_time()
    for _ in range(TIMES):
        step()
    return (time.process_time() - begun) / TIMES * 1e6


def _raw_seal(key: AESGCM) -> bytes:
    nonce = os.urandom(12)
    return nonce + key.encrypt(nonce, VALUE, BOUND)


def _raw_open(key: AESGCM, data: bytes) -> bytes:
    return key.decrypt(data[:12], data[12:], BOUND)


def _open_row(cell: AESGCM, wrapped: bytes, owner: SubjectKey, row: Any, kept: dict[str, Sealed]) -> list[bytes]:  # noqa: ANN401
    key = SubjectKey(owner.subject, owner.generation, AESGCM(unwrap(cell, wrapped, BOUND)))
    prepared = RowKey(key, "situation_person", row)
    return [prepared.unseal(column, sealed) for column, sealed in kept.items()]


def _raw_row(cell: AESGCM, wrapped: bytes, kept: list[bytes]) -> list[bytes]:
    key = AESGCM(cell.decrypt(wrapped[:12], wrapped[12:], BOUND))
    return [key.decrypt(data[:12], data[12:], BOUND) for data in kept]


def _others() -> dict[str, tuple[Step, Step]]:
    column, dialect = StringEncryptedType(sa.Unicode, "a key of the comparison", AesGcmEngine), sqlite.dialect()
    text = VALUE.decode()
    fernet = Fernet(Fernet.generate_key())
    aead.register()
    primitive = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM).primitive(aead.Aead)
    theirs, token, boxed = (
        column.process_bind_param(text, dialect),
        fernet.encrypt(VALUE),
        primitive.encrypt(VALUE, BOUND),
    )
    return {
        UTILS: (lambda: column.process_bind_param(text, dialect), lambda: column.process_result_value(theirs, dialect)),
        "Fernet": (lambda: fernet.encrypt(VALUE), lambda: fernet.decrypt(token)),
        "tink": (lambda: primitive.encrypt(VALUE, BOUND), lambda: primitive.decrypt(boxed, BOUND)),
    }

"""A signed document is read to the byte with its key, and with nothing else."""

import json

import pytest

from backend.crypto.attestations import ForgedError, canonical, read_signed, signed
from backend.crypto.signing import new_ed25519

PRIVATE, PUBLIC = new_ed25519()
DOCUMENT = {"run": "7K3M-9QX2-PD4T", "counts": [{"label": "brouillon, clôturé", "number": 3}], "date": None}
FILE = signed(PRIVATE, DOCUMENT)


def test_what_was_signed_is_read_back() -> None:
    assert read_signed(PUBLIC, FILE) == DOCUMENT
    assert read_signed(PUBLIC, FILE + "\n") == DOCUMENT


def test_the_order_of_names_changes_nothing() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == b'{"a":2,"b":1}'


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace('"number":3', '"number":2'),
        FILE.replace("clôturé", "cloturé"),
        FILE.replace('"document"', '"documents"'),
        json.dumps(json.loads(FILE), indent=1),
        "",
        "[]",
        "3",
        '{"document":3,"signature":""}',
        '{"document":{},"signature":"é"}',
        FILE[:-1] + ',"more":1}',
    ],
)
def test_anything_else_is_a_forgery(text: str) -> None:
    with pytest.raises(ForgedError):
        read_signed(PUBLIC, text)


def test_another_key_verifies_nothing() -> None:
    with pytest.raises(ForgedError):
        read_signed(new_ed25519()[1], FILE)

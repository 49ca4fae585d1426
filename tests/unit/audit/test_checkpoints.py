"""Checkpoints: the published format, and every note that must be refused."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.audit.checkpoints import (
    BadCheckpointError,
    Checkpoint,
    SignedNote,
    open_note,
    origin_of,
    public_half,
    sign,
)
from backend.audit.merkle import EMPTY_ROOT
from tests.support.journal import LOG_KEY

CHECKPOINT = Checkpoint(20852163, sha256(b"tree").digest())
PUBLIC = public_half(LOG_KEY)
ORIGIN = origin_of(PUBLIC)
NOTE = sign(CHECKPOINT, LOG_KEY)


def signed_text(text: str) -> str:
    """Sign any text with the log's key, as the format says, independently of the code under test."""
    key_id = sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC).digest()[:4]
    signature = Ed25519PrivateKey.from_private_bytes(LOG_KEY).sign(text.encode())
    return f"{text}\n— {ORIGIN} {base64.b64encode(key_id + signature).decode()}\n"


def test_a_checkpoint_is_a_signed_note_that_any_verifier_reads() -> None:
    text, _, signature_line = NOTE.rpartition("\n\n")
    assert text.split("\n") == [ORIGIN, "20852163", base64.b64encode(CHECKPOINT.root).decode()]
    dash, name, encoded = signature_line.removesuffix("\n").split(" ")
    raw = base64.b64decode(encoded)
    assert (dash, name) == ("—", ORIGIN)
    assert raw[:4] == sha256(f"{ORIGIN}\n".encode() + b"\x01" + PUBLIC).digest()[:4]
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(raw[4:], f"{text}\n".encode())


def test_the_name_of_the_log_has_neither_space_nor_plus() -> None:
    assert not set(ORIGIN) & set(" +\u00a0")


@pytest.mark.parametrize("checkpoint", [CHECKPOINT, Checkpoint(0, EMPTY_ROOT)])
def test_a_note_gives_its_checkpoint_back(checkpoint: Checkpoint) -> None:
    assert open_note(sign(checkpoint, LOG_KEY), PUBLIC) == checkpoint


def test_the_lines_of_witnesses_are_ignored() -> None:
    assert open_note(f"{NOTE}— witness.example AAAAAAAA\n", PUBLIC) == CHECKPOINT


def test_an_extension_line_does_not_hide_the_root() -> None:
    root = base64.b64encode(CHECKPOINT.root).decode()
    assert open_note(signed_text(f"{ORIGIN}\n20852163\n{root}\nextension\n"), PUBLIC) == CHECKPOINT


@pytest.mark.parametrize("position", range(0, len(NOTE) - 1, 3))
def test_a_note_altered_anywhere_is_refused(position: int) -> None:
    altered = NOTE[:position] + ("A" if NOTE[position] != "A" else "B") + NOTE[position + 1 :]
    with pytest.raises(BadCheckpointError):
        open_note(altered, PUBLIC)


@pytest.mark.parametrize("note", ["", "\n\n", NOTE.partition("\n\n")[0], NOTE.replace("— ", "- ")])
def test_what_is_not_a_signed_note_is_refused(note: str) -> None:
    with pytest.raises(BadCheckpointError):
        open_note(note, PUBLIC)


def test_a_note_of_another_key_is_refused() -> None:
    with pytest.raises(BadCheckpointError):
        open_note(sign(CHECKPOINT, bytes(32)), PUBLIC)


def test_a_signature_under_another_key_id_is_refused() -> None:
    text, _, line = NOTE.rpartition("\n\n")
    raw = bytes(4) + base64.b64decode(line.split(" ")[2])[4:]
    with pytest.raises(BadCheckpointError):
        open_note(f"{text}\n\n— {ORIGIN} {base64.b64encode(raw).decode()}\n", PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "a letter\n",
        f"{ORIGIN}\n",
        f"another.example\n1\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"{ORIGIN}\n-1\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\nA\n",
    ],
)
def test_what_the_log_signed_but_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadCheckpointError):
        open_note(signed_text(text), PUBLIC)


@pytest.mark.parametrize("text", ["", "Camille Roux", "cenacle/journal/0123456789abcdef\n3\nCamille Roux\n"])
def test_only_a_signed_checkpoint_has_the_shape_of_one(text: str) -> None:
    assert SignedNote(sign(CHECKPOINT, LOG_KEY)).text == sign(CHECKPOINT, LOG_KEY)
    with pytest.raises(ValueError, match="not a signed checkpoint"):
        SignedNote(text)

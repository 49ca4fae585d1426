"""Backups that the machine which makes them cannot open: HPKE (RFC 9180) to an X25519 key whose private half is away.

Layout: a line that names the format, a line of canonical JSON (the manifest), the wrapped key of the file (80 bytes),
then frames of AES-256-GCM, each after its length on 4 bytes. A frame's nonce is its number and whether it is the last;
its associated data is the digest of the two lines: nothing can be cut, moved, added, or put under another manifest.
The last frame holds the SHA-256 of the content.
"""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from backend.crypto.wrapping import KEY_BYTES

FORMAT = b"cenacle-backup-1\n"

WRAPPED_BYTES = 32 + KEY_BYTES + 16
"""An encapsulated X25519 share, the key of the file, a tag."""

FRAME_BYTES = 1 << 20
"""Content of a frame; a shorter one may end the content."""

LENGTH_BYTES = 4
TAG_BYTES = 16
NUMBER_BYTES = 11
LONGEST_MANIFEST = 1 << 16

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class BackupBroken(Exception):  # noqa: N818  a fault of the file, named after what is found
    """A file is no backup, was altered or cut, or is not for this key."""


def new_backup_key() -> tuple[bytes, bytes]:
    """Draw an X25519 key for backups: its private and public halves, 32 raw bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def write_backup(out: BinaryIO, public: bytes, manifest: bytes, content: Iterable[bytes]) -> bytes:
    """Write a backup for a raw X25519 public key; give the key of the file, to read it again at once.

    Raises `ValueError` for a manifest of more than one line or more than 64 KiB.
    """
    if b"\n" in manifest or len(manifest) > LONGEST_MANIFEST:
        raise ValueError("a manifest is one line of 64 KiB at most")
    header = FORMAT + manifest + b"\n"
    key = os.urandom(KEY_BYTES)
    out.write(header)
    out.write(_SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), info=header))
    digest, number = sha256(), 0
    for piece in _pieces(content):
        digest.update(piece)
        _write_frame(out, key, header, number, piece, last=False)
        number += 1
    _write_frame(out, key, header, number, digest.digest(), last=True)
    return key


def read_manifest(source: BinaryIO) -> bytes:
    """Read the manifest of a backup, which nothing vouches for yet; raise `BackupBroken` for another kind of file."""
    if source.read(len(FORMAT)) != FORMAT:
        raise BackupBroken("not a backup")
    line = source.readline(LONGEST_MANIFEST + 1)
    if not line.endswith(b"\n"):
        raise BackupBroken("no manifest")
    return line[:-1]


def unlock(source: BinaryIO, private: bytes, manifest: bytes) -> bytes:
    """Give the key of a file, read right after its manifest; raise `BackupBroken` when it is not for this key."""
    try:
        return _SUITE.decrypt(
            source.read(WRAPPED_BYTES), X25519PrivateKey.from_private_bytes(private), info=_header(manifest)
        )
    except (InvalidTag, ValueError):
        raise BackupBroken("not for this key, or another manifest") from None


def skip_wrapped_key(source: BinaryIO) -> None:
    """Go past the wrapped key, for who made the file and still has its key."""
    source.read(WRAPPED_BYTES)


def read_content(source: BinaryIO, key: bytes, manifest: bytes) -> Iterator[bytes]:
    """Give the content of a backup piece by piece, read right after its wrapped key.

    Raises `BackupBroken` at the piece that was altered, moved or cut: what came before may only be thrown away.
    """
    header, digest, number = _header(manifest), sha256(), 0
    while True:
        length = int.from_bytes(source.read(LENGTH_BYTES), "big")
        frame = source.read(min(length, FRAME_BYTES + TAG_BYTES))
        if len(frame) != length:
            raise BackupBroken("altered or cut")
        piece = _open_frame(frame, key, header, number, last=False)
        if piece is None:
            break
        digest.update(piece)
        yield piece
        number += 1
    if _open_frame(frame, key, header, number, last=True) != digest.digest() or source.read(1):
        raise BackupBroken("altered or cut")


def _header(manifest: bytes) -> bytes:
    return FORMAT + manifest + b"\n"


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for block in content:
        waiting += block
        while len(waiting) >= FRAME_BYTES:
            yield waiting[:FRAME_BYTES]
            waiting = waiting[FRAME_BYTES:]
    if waiting:
        yield waiting


def _write_frame(out: BinaryIO, key: bytes, header: bytes, number: int, piece: bytes, *, last: bool) -> None:
    frame = AESGCM(key).encrypt(_nonce(number, last=last), piece, sha256(header).digest())
    out.write(len(frame).to_bytes(LENGTH_BYTES, "big"))
    out.write(frame)


def _open_frame(frame: bytes, key: bytes, header: bytes, number: int, *, last: bool) -> bytes | None:
    try:
        return AESGCM(key).decrypt(_nonce(number, last=last), frame, sha256(header).digest())
    except (InvalidTag, ValueError):  # ValueError: fewer bytes than a tag
        return None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([last])

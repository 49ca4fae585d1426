"""Backups that their maker cannot open: whole or refused, whatever is cut, moved, added or put elsewhere."""

import io
import os

import pytest

from backend.crypto import backups
from backend.crypto.backups import (
    FORMAT,
    FRAME_BYTES,
    LONGEST_MANIFEST,
    WRAPPED_BYTES,
    BackupBroken,
    new_backup_key,
    read_content,
    read_manifest,
    skip_wrapped_key,
    unlock,
    write_backup,
)

MANIFEST = b'{"store":"main"}'
PRIVATE, PUBLIC = new_backup_key()


def written(content: bytes, *, manifest: bytes = MANIFEST) -> bytes:
    out = io.BytesIO()
    write_backup(out, PUBLIC, manifest, [content])
    return out.getvalue()


def opened(data: bytes, private: bytes = PRIVATE) -> bytes:
    source = io.BytesIO(data)
    manifest = read_manifest(source)
    return b"".join(read_content(source, unlock(source, private, manifest), manifest))


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, 2 * FRAME_BYTES + 7])
def test_what_is_written_is_read_back(size: int) -> None:
    content = os.urandom(size)
    assert opened(written(content)) == content


def test_blocks_of_any_size_make_one_content() -> None:
    out = io.BytesIO()
    write_backup(out, PUBLIC, MANIFEST, [b"a", b"", b"b" * FRAME_BYTES, b"c"])
    assert opened(out.getvalue()) == b"a" + b"b" * FRAME_BYTES + b"c"


def test_who_made_the_file_reads_it_again_without_the_private_key() -> None:
    out = io.BytesIO()
    key = write_backup(out, PUBLIC, MANIFEST, [b"contenu"])
    out.seek(0)
    manifest = read_manifest(out)
    skip_wrapped_key(out)
    assert b"".join(read_content(out, key, manifest)) == b"contenu"


def test_neither_the_content_nor_the_key_of_the_file_is_in_the_file() -> None:
    out = io.BytesIO()
    key = write_backup(out, PUBLIC, MANIFEST, [b"Zylberkwist"])
    assert b"Zylberkwist" not in out.getvalue()
    assert key not in out.getvalue()
    assert written(b"x") != written(b"x")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BackupBroken, match="not for this key"):
        opened(written(b"contenu"), new_backup_key()[0])


def test_a_byte_changed_anywhere_is_found() -> None:
    data = written(b"contenu")
    for position in range(len(data)):
        altered = bytearray(data)
        altered[position] ^= 1
        with pytest.raises(BackupBroken):
            opened(bytes(altered))


def test_a_file_cut_anywhere_is_found() -> None:
    data = written(b"contenu")
    for length in range(len(data)):
        with pytest.raises(BackupBroken):
            opened(data[:length])


def test_what_follows_the_end_is_found() -> None:
    with pytest.raises(BackupBroken):
        opened(written(b"contenu") + b"x")


def test_frames_exchanged_or_left_out_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "FRAME_BYTES", 32)
    content = b"a" * 32 + b"b" * 32 + b"c" * 32
    data = written(content)
    start = len(FORMAT) + len(MANIFEST) + 1 + WRAPPED_BYTES
    size = 4 + 32 + 16
    frames = [data[start + size * number : start + size * (number + 1)] for number in range(3)]
    head, tail = data[:start], data[start + size * 3 :]
    assert opened(head + b"".join(frames) + tail) == content
    for order in ([1, 0, 2], [0, 1], [0, 0, 2], [2], []):
        with pytest.raises(BackupBroken):
            opened(head + b"".join(frames[number] for number in order) + tail)


def test_a_content_does_not_open_under_the_manifest_of_another() -> None:
    data = written(b"contenu")
    with pytest.raises(BackupBroken):
        opened(data.replace(MANIFEST, b'{"store":"keys"}'))


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\x00", FORMAT, FORMAT + b"{" * (LONGEST_MANIFEST + 2)])
def test_another_kind_of_file_is_no_backup(data: bytes) -> None:
    with pytest.raises(BackupBroken):
        read_manifest(io.BytesIO(data))


@pytest.mark.parametrize("manifest", [b"two\nlines", b"x" * (LONGEST_MANIFEST + 1)])
def test_a_manifest_is_one_short_line(manifest: bytes) -> None:
    with pytest.raises(ValueError, match="one line"):
        written(b"", manifest=manifest)

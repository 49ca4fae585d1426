"""The canary: marks in every nominative field, every journey and every fault, then nothing of them anywhere in clear.

Searched byte by byte in the three stores, their write-ahead logs and shared memory, the logs, the messages, the
metrics and the temporary folder: as text, in UTF-16, in base64 at every offset, in hexadecimal, quoted in an address.
"""

import base64
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from tests.support.cast import Cast, copied
from tests.support.everything import CLEAR, MARKS, MASKED, WRITTEN, everything_happens
from tests.support.journeys import BODY, SIGNALEMENTS, TYPED, drafted, sent


def forms(mark: str) -> Iterator[bytes]:
    """Give the ways in which a word may lie in a file."""
    for word in {mark, mark.lower(), mark.upper(), mark.casefold()}:
        raw = word.encode()
        yield raw
        yield quote(word).encode()
        for encoded in (raw, word.encode("utf-16-le")):
            yield encoded
            yield encoded.hex().encode()
            yield encoded.hex().upper().encode()
            for offset in range(3):
                # What stands before and after changes the first and last characters only.
                text = base64.b64encode(b"\0" * offset + encoded).decode().rstrip("=")
                inner = text[-(-offset * 8 // 6) if offset else 0 : -2]
                yield inner.encode()
                yield inner.replace("+", "-").replace("/", "_").encode()
        yield word.encode("utf-16-be")


def found_in(content: bytes, *marks: str) -> set[str]:
    """Give the marks that some bytes hold, in one form or another."""
    return {mark for mark in marks for form in forms(mark) if form in content}


def test_the_search_finds_what_is_there() -> None:
    word = "Zaborowskix"
    for content in (
        b"..Zaborowskix..",
        b"..zaborowskix..",
        "..Zaborowskix..".encode("utf-16-le"),
        "..Zaborowskix..".encode("utf-16-be"),
        base64.b64encode(b"Zaborowskix"),
        base64.b64encode(b"a Zaborowskix z"),
        base64.b64encode(b"ab Zaborowskix z"),
        base64.urlsafe_b64encode(b"abc Zaborowskix z"),
        b"Zaborowskix".hex().encode(),
        quote("Zaborowskix").encode(),
    ):
        assert found_in(content, word) == {word}
    assert found_in(b"Zaborow skix", word) == set()


def break_down(cast: Cast) -> None:
    """Break the stores in the middle of a submission and of a reading: 500 and 503, with the marks in the body."""
    reporter, program = cast.browser("reporter"), cast.program("reporter")
    address = drafted(cast)
    page = reporter.get(address)
    coordinator = cast.browser("coordinator_13")
    read = sent(cast, "reporter", **WRITTEN)
    for table in ("situation_person", "signalement", "signalement_facts"):
        on(cast, f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END")
        assert reporter.resend(page, {**TYPED, **WRITTEN, "act": "send"}, address).status_code >= 500
        assert program.post(SIGNALEMENTS, {**BODY, **WRITTEN}).status_code >= 500
        on(cast, "DROP TRIGGER broken")
        on(cast, f"ALTER TABLE {table} RENAME TO elsewhere")
        assert reporter.resend(page, {**TYPED, **WRITTEN, "act": "send"}, address).status_code == 503
        assert program.post(SIGNALEMENTS, {**BODY, **WRITTEN}).status_code == 503
        assert coordinator.get(f"/situations/{read.situation}").status_code == 503
        on(cast, f"ALTER TABLE elsewhere RENAME TO {table}")
    with cast.house.stores.keys.transaction() as session:
        session.execute(sa.text("UPDATE subject_wrap SET wrapped = zeroblob(length(wrapped))"))
    assert coordinator.get(f"/situations/{read.situation}").status_code == 500
    assert reporter.resend(page, {**TYPED, **WRITTEN, "act": "send"}, address).status_code == 500


def on(cast: Cast, statement: str) -> None:
    with cast.house.stores.main.transaction() as session:
        session.execute(sa.text(statement))


def test_no_nominative_word_lies_in_clear_anywhere(
    troupe: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.DEBUG)
    cast = copied(troupe, tmp_path / "house")
    everything_happens(cast)
    break_down(cast)
    watched = list(held(tmp_path))
    assert {"main.sqlite", "main.sqlite-wal", "keys.sqlite", "journal.sqlite"} <= {path.name for path, _ in watched}
    cast.house.stores.dispose()
    watched += list(held(tmp_path))
    for path, content in watched:
        assert found_in(content, *MARKS.values(), MASKED) == set(), path.name
    assert any(found_in(content, CLEAR) for path, content in watched if path.name == "main.sqlite")
    said = capfd.readouterr()
    lines = [record for record in caplog.records if record.name != "httpx2"]  # our own client, not the service
    for name, text in (
        ("logs", repr([(line.getMessage(), line.args, line.exc_text, line.exc_info) for line in lines])),
        ("output", said.out + said.err),
        ("metrics", generate_latest().decode()),
    ):
        assert found_in(text.encode(), *MARKS.values(), MASKED) == set(), name
    assert any("WrapBroken at" in line.getMessage() for line in lines)


def held(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Give every file of a folder as it is on the disk now, with its own name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
        assert found_in(str(path).encode(), *MARKS.values()) == set()

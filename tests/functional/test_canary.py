"""The canary: marks in every nominative field, every journey and every fault, then nothing of them anywhere in clear.

Searched byte by byte in the three stores, their write-ahead logs and shared memory, the logs, the messages, the
metrics and the temporary folder: as text, in UTF-16, in base64 at every offset, in hexadecimal, quoted in an address.
"""

import base64
import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from tests.support.cast import Cast, copied
from tests.support.http import links_of
from tests.support.journeys import (
    BODY,
    SIGNALEMENTS,
    START,
    TYPED,
    Sent,
    answered,
    decided,
    drafted,
    opened_by,
    qualified,
    sent,
    transmitted,
)

MARKS = {
    "last_name": "Zaborowskix",
    "first_name": "Quinterolux",
    "address": "Wolframitelle",
    "school": "Xanthippeas",
    "representative_name": "Yggdrasilmer",
    "representative_contact": "kaleidoscopie",
    "place": "Obsidiennette",
    "facts": "grimoirebleu",
}
"""A word for each nominative text, that stands nowhere else."""

MASKED = "parcheminvert"
"""A word of the free text that the review masks."""

CLEAR = "Gardienrouge"
"""An agent at work: in clear in the row of the invitation, which shows that the search finds what is there."""

WRITTEN: dict[str, str] = {
    "last_name": MARKS["last_name"],
    "first_name": MARKS["first_name"],
    "address": f"7 rue {MARKS['address']}",
    "school": f"Collège {MARKS['school']}",
    "representative_name": MARKS["representative_name"],
    "representative_contact": f"{MARKS['representative_contact']}@exemple.invalid",
    "place": f"Square {MARKS['place']}",
    "facts": f"Vue seule le soir, {MARKS['facts']}.\nUne fois, {MASKED}.",
}


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


def everything_happens(cast: Cast) -> None:
    """Go through every journey of steps 1 to 2, by page and by JSON, with its errors."""
    qualify_and_answer(cast)
    give_back(cast)
    merge_and_move(cast)
    by_program(cast)
    by_invitation(cast)
    mistakes(cast)
    for who in ("coordinator_13", "coordinator_18", "parquet_13", "reporter"):
        for page in ("/", "/situations", "/situations?groupe=closes", "/parquet", "/signalements", "/invitations"):
            cast.browser(who).get(page)


def qualify_and_answer(cast: Cast) -> None:
    kept, aside = (sent(cast, "reporter", **WRITTEN, qualification="danger") for _ in range(2))
    for done in (kept, aside):
        decided(cast, done.situation, "relecture", {"outcome": "masked", "masked": f"Une fois, {MASKED}."})
        assert qualified(cast, done.situation, concern_answer="no").status_code == 303
    assert transmitted(cast, kept.situation, aside.situation).status_code == 303
    decided(cast, kept.situation, "sortie/crip", {"channel": "phone"}, "parquet_13")
    assert answered(cast, {kept.situation: "retained", aside.situation: "not_retained"}).status_code == 303
    sheet = f"/situations/{aside.situation}"
    corrected = cast.browser("parquet_13").send(sheet, {f"answer-{aside.situation}": "retained"}, "/parquet")
    assert corrected.status_code == 303
    away = sent(cast, "police_13", **WRITTEN, qualification="danger")
    answer = qualified(cast, away.situation, concern_answer="yes", concern_channel="phone")
    assert answer.status_code == 303


def give_back(cast: Cast) -> None:
    done = sent(cast, "reporter", **WRITTEN)
    assert decided(cast, done.situation, "renvoi", {"reason": "motive_unclear"}).status_code == 303
    receipt = cast.browser("reporter").get(f"/recepisses/{done.receipt}")
    [address] = [link for link in links_of(receipt) if link.startswith("/signalements/brouillons/")]
    cast.browser("reporter").send(address, {"act": "save"})
    assert cast.browser("reporter").send(address, {"act": "send"}).status_code == 303
    again = opened_by(cast, done.receipt)
    assert decided(cast, again.situation, "renvoi", {"reason": "motive_unclear"}).status_code == 422
    abandoned = drafted(cast)
    cast.browser("reporter").send(abandoned, {**WRITTEN, "act": "save"})
    cast.browser("reporter").send(abandoned, {"act": "abandon"})


def merge_and_move(cast: Cast) -> None:
    into, absorbed, moved = (sent(cast, "town_hall_13", **WRITTEN) for _ in range(3))
    coordinator = cast.browser("coordinator_13")
    path = f"/situations/{absorbed.situation}/rattachement"
    assert MARKS["last_name"] in coordinator.get(path).text
    fields = {"csrf": coordinator.csrf(), "version": "1", "into": into.situation}
    assert coordinator.post(path, fields).status_code == 303
    assert decided(cast, into.situation, "relecture", {"outcome": "dropped"}).status_code == 303
    assert decided(cast, moved.situation, "transfert", {"arrondissement": "18"}).status_code == 303
    there: Sent = opened_by(cast, moved.receipt)
    assert MARKS["last_name"] in cast.browser("coordinator_18").get(f"/situations/{there.situation}").text


def by_program(cast: Cast) -> None:
    program, coordinator = cast.program("reporter"), cast.program("coordinator_13")
    answer = program.post(SIGNALEMENTS, {**BODY, **WRITTEN}, Idempotency_Key="une-fois")
    assert answer.status_code == 201
    program.post(SIGNALEMENTS, {**BODY, **WRITTEN, "sex": "male"}, Idempotency_Key="une-fois")
    program.post(SIGNALEMENTS, {**BODY, **WRITTEN, "radicalisation": True})
    situation = opened_by(cast, answer.json()["reference"]).situation
    read = coordinator.get(f"/api/v1/situations/{situation}")
    assert MARKS["facts"] in read.text
    path = f"/api/v1/situations/{situation}/qualification"
    coordinator.post(path, {"admissible": MARKS["last_name"]}, If_Match=read.headers["ETag"])
    assert coordinator.post(path, {"admissible": True}, If_Match=read.headers["ETag"]).status_code == 200
    coordinator.get("/api/v1/situations?groupe=a-transmettre")


def by_invitation(cast: Cast) -> None:
    coordinator = cast.browser("coordinator_13")
    page = coordinator.get("/invitations")
    by_name = {name: value for value, name in re.findall(r'<option value="([\w-]{14})">([^<]+)', page.text)}
    made = coordinator.resend(
        page,
        {
            "cell": by_name["CENOMED du 13e"],
            "institution": by_name["Bailleur du Sud"],
            "agent_name": CLEAR,
            "agent_function": "gardien",
        },
        "/invitations",
    )
    [link] = re.findall(r"/formulaire/[\w-]+", made.text)
    [code] = re.findall(r"<strong>(\d{4} \d{4})</strong>", made.text)
    agent = cast.anonymous()
    agent.send(link, {"code": code, "undertaking": "oui"})
    asked = agent.send("/formulaire", {**START, "act": "start"})
    wrong = agent.resend(asked, {**TYPED, **WRITTEN, "sex": "", "act": "send"}, "/formulaire")
    assert MARKS["last_name"] in wrong.text
    assert agent.resend(wrong, {"sex": "male", "act": "send"}, "/formulaire").status_code == 200


def mistakes(cast: Cast) -> None:
    """Send what is refused: in the wrong field, too large, not UTF-8, without a token, to the wrong place."""
    reporter, coordinator, program = cast.browser("reporter"), cast.browser("coordinator_13"), cast.program("reporter")
    name = MARKS["last_name"]
    address = drafted(cast)
    assert reporter.send(address, {**TYPED, **WRITTEN, "sex": name, "act": "send"}).status_code == 422
    reporter.post(address, {**WRITTEN, "csrf": "faux"})
    reporter.post(address, {**WRITTEN, "csrf": reporter.csrf()}, Origin="https://ailleurs.example")
    reporter.raw(address, name.encode() + b"=\xff\xfe&" + name.encode() * 3)
    reporter.raw(address, name.encode() * 10_000)
    coordinator.post("/invitations", {**WRITTEN, "csrf": coordinator.csrf(), "agent_name": name})
    for path in ("/situations", "/signalements/nouveau", "/parquet", "/connexion"):
        reporter.post(path, {**WRITTEN, "csrf": reporter.csrf()})
        reporter.get(f"{path}?groupe={name}&apres={name}&fait={name}&suite={name}")
        reporter.get(f"{path}/{name}")
    for body in ([name], {name: name}, {**BODY, "last_name": {name: name}}, {**BODY, **WRITTEN, "sex": name}, name):
        program.post(SIGNALEMENTS, body)
    program.raw(SIGNALEMENTS, b'{"last_name": "' + name.encode())
    program.raw(SIGNALEMENTS, name.encode() * 10_000)
    program.get(f"/api/v1/situations/{name}", Authorization=f"Bearer {name}")


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

"""A checkpoint leaves the machine by a folder, a mailbox and a witness's command, each when it is set."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.audit.checkpoints import BadCheckpointError, Checkpoint, sign
from backend.audit.merkle import EMPTY_ROOT
from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.mail.templates import draw
from backend.oversight.actions.publishing import channels, publish, publish_daily
from backend.oversight.actions.witnessing import is_witness, latest_cosigned, witnessed
from backend.oversight.models import CosignedCheckpoint
from policies.oversight_words import Channel
from tests.support.journal import CHECKPOINT, LEAF, NODE, owner, write
from tests.support.witness import SECONDS, cosign, verifier


def publishing(house: House, **settings: object) -> House:
    """Give the house with settings of publication, and something to publish."""
    write(house.journal, 3)
    house.journal.seal_outbox()
    return replace(house, settings=house.settings.model_copy(update=settings))


def mails(house: House) -> list[MailOutbox]:
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(MailOutbox)))


def test_each_way_out_takes_the_note_as_it_was_signed(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    witness = tmp_path / "witness"
    set_up = publishing(
        house,
        checkpoint_folder=folder,
        checkpoint_mail="dpo@paris.invalid",
        checkpoint_command=f"tee '{witness}'",
    )
    note = set_up.journal.checkpoint()
    assert channels(set_up.settings) == (Channel.FOLDER, Channel.MAIL, Channel.COMMAND)
    assert publish(set_up) == ()
    assert (folder / "000000000003.txt").read_text(encoding="utf-8") == witness.read_text(encoding="utf-8") == note
    [mail] = mails(set_up)
    values = json.loads(mail.content)
    assert (mail.recipient, values["note"], values["size"]) == ("dpo@paris.invalid", note, 3)
    assert str(note) in draw(mail.template, values, "https://cenacle.invalid").text


def test_the_same_checkpoint_is_published_again_and_another_of_its_size_never_replaces_it(
    house: House, tmp_path: Path
) -> None:
    set_up = publishing(house, checkpoint_folder=tmp_path)
    kept = tmp_path / "000000000003.txt"
    kept.write_text("another", encoding="utf-8")
    assert publish(set_up) == (Channel.FOLDER,)
    assert kept.read_text(encoding="utf-8") == "another"
    house.journal.seal_outbox()
    assert publish(set_up) == ()
    house.journal.seal_outbox()


def test_what_fails_is_said_and_the_others_go_on(house: House, tmp_path: Path) -> None:
    for command in ("false", "/nowhere/witness", "unclosed '"):
        set_up = publishing(
            house,
            checkpoint_folder=tmp_path / "nowhere",
            checkpoint_mail="dpo@paris.invalid",
            checkpoint_command=command,
        )
        assert publish(set_up) == (Channel.FOLDER, Channel.COMMAND)
    assert len(mails(house)) == 3


def test_nothing_is_published_before_the_first_seal_or_without_a_way_out(house: House) -> None:
    assert publish(house) is None
    assert channels(house.settings) == ()
    set_up = publishing(house)
    publish_daily(set_up)
    assert mails(set_up) == []


def test_it_leaves_once_a_day(house: House, clock: DrivenClock, caplog: pytest.LogCaptureFixture) -> None:
    set_up = publishing(house, checkpoint_mail="dpo@paris.invalid", checkpoint_command="false")
    with caplog.at_level(logging.WARNING):
        publish_daily(set_up)
        publish_daily(set_up)
    assert caplog.text.count("the checkpoint was not published: command") == 1
    assert len(mails(set_up)) == 1
    clock.advance(timedelta(days=1))
    publish_daily(set_up)
    assert len(mails(set_up)) == 2


def test_a_note_of_another_key_is_never_published(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    set_up = publishing(house, checkpoint_folder=tmp_path)
    with owner(house.stores.journal) as attacker:
        attacker.execute(sa.update(CHECKPOINT).values(note=sign(Checkpoint(3, EMPTY_ROOT), bytes(32))))
    with pytest.raises(BadCheckpointError):
        publish(set_up)
    with caplog.at_level(logging.WARNING):
        publish_daily(set_up)
    assert "BadCheckpointError" in caplog.text
    assert not list(tmp_path.glob("*.txt"))


def answering(tmp_path: Path, answer: str) -> str:
    """Give the command of a witness that answers what it was made to."""
    (tmp_path / "answer").write_text(answer, encoding="utf-8")
    return f"cat '{tmp_path / 'answer'}'"


def test_the_cosignature_of_the_witness_is_kept_with_the_checkpoint_and_the_journal_is_held_to_it(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    set_up = publishing(house, checkpoint_folder=folder, checkpoint_witness=verifier())
    note = str(set_up.journal.checkpoint())
    command = answering(tmp_path, f"{cosign(note)}\n")
    set_up = replace(set_up, settings=set_up.settings.model_copy(update={"checkpoint_command": command}))
    assert publish(set_up) == ()
    kept = latest_cosigned(set_up)
    assert kept == f"{note}{cosign(note)}\n"
    assert (folder / "000000000003.cosigned.txt").read_text(encoding="utf-8") == kept
    assert (folder / "000000000003.txt").read_text(encoding="utf-8") == note
    seen = witnessed(set_up)
    assert (seen.number, seen.size, seen.contradicted) == (1, 3, ())
    write(house.journal, 2)
    house.journal.seal_outbox()
    assert witnessed(set_up).contradicted == ()
    with owner(house.stores.journal) as attacker:
        attacker.execute(sa.update(LEAF).where(LEAF.c.number == 1).values(hash=bytes(32)))
        attacker.execute(sa.update(NODE).values(hash=bytes(32)))
    assert witnessed(set_up).contradicted == (3,)
    with owner(house.stores.journal) as attacker:
        attacker.execute(sa.delete(LEAF))
    assert witnessed(set_up).contradicted == (3,)


def test_the_first_cosignature_of_a_size_stays_when_the_witness_signs_it_again(house: House, tmp_path: Path) -> None:
    set_up = publishing(house, checkpoint_witness=verifier())
    note = str(set_up.journal.checkpoint())
    first = f"{note}{cosign(note)}\n"
    with house.stores.main.transaction() as session:
        session.add(CosignedCheckpoint(size=3, note=first, signed_at=datetime.fromtimestamp(SECONDS, UTC)))
    command = answering(tmp_path, cosign(note, SECONDS + 60))
    again = replace(set_up, settings=set_up.settings.model_copy(update={"checkpoint_command": command}))
    assert publish(again) == ()
    assert latest_cosigned(again) == first


@pytest.mark.parametrize("forged", ["key", "witness", "time"])
def test_a_cosigned_checkpoint_that_somebody_wrote_in_its_place_contradicts(house: House, forged: str) -> None:
    set_up = publishing(house, checkpoint_witness=verifier())
    note = str(set_up.journal.checkpoint())
    other = sign(Checkpoint(3, EMPTY_ROOT), bytes(32))
    line = {"key": cosign(other), "witness": cosign(note, key=bytes(32)), "time": cosign(note, SECONDS + 1)}[forged]
    row = CosignedCheckpoint(
        size=3,
        note=f"{other if forged == 'key' else note}{line}\n",
        signed_at=datetime.fromtimestamp(SECONDS, UTC),
    )
    with house.stores.main.transaction() as session:
        session.add(row)
    assert witnessed(set_up).contradicted == (3,)
    unnamed = replace(set_up, settings=set_up.settings.model_copy(update={"checkpoint_witness": None}))
    assert witnessed(unnamed).contradicted == ((3,) if forged == "key" else ())


@pytest.mark.parametrize("answer,setting", [("", verifier()), ("ok", verifier()), ("ok", "pas une clé")])
def test_a_witness_that_does_not_cosign_has_failed_and_nothing_is_kept(
    house: House, tmp_path: Path, answer: str, setting: str
) -> None:
    command = answering(tmp_path, answer)
    set_up = publishing(house, checkpoint_command=command, checkpoint_witness=setting)
    assert publish(set_up) == (Channel.COMMAND,)
    assert latest_cosigned(set_up) is None
    assert is_witness(setting) is (setting == verifier())

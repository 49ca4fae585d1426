"""The publication of the last checkpoint away from this machine: a folder, the DPO's mailbox, a witness (R15).

A checkpoint kept elsewhere is what makes an attack on every store at once visible (`docs/journal.md`).
"""

import logging
import os
import shlex
import subprocess
from pathlib import Path

from backend.audit.checkpoints import BadCheckpointError, SignedNote, open_note
from backend.authorization.jobs import claim_day
from backend.authorization.work import House
from backend.crypto.keyring import ServiceKey
from backend.mail.outbox import queue
from backend.oversight.events import CheckpointPublished
from backend.settings import Settings
from policies.oversight_words import Channel

LOG = logging.getLogger("cenacle")

JOB = "checkpoint"
"""Name of the daily job."""

PATIENCE = 30.0
"""Seconds that the witness's command may take."""


def publish_daily(house: House) -> None:
    """Publish the last checkpoint once a day, whatever the number of processes; what failed is logged."""
    with house.transaction() as uow:
        due = bool(channels(house.settings)) and claim_day(uow, JOB)
    if not due:
        return
    try:
        for channel in publish(house) or ():
            LOG.warning("the checkpoint was not published: %s", channel)
    except BadCheckpointError as fault:
        LOG.warning("the checkpoint was not published: %s", type(fault).__name__)


def channels(settings: Settings) -> tuple[Channel, ...]:
    """Give the ways out that the settings open."""
    given = {
        Channel.FOLDER: settings.checkpoint_folder,
        Channel.MAIL: settings.checkpoint_mail,
        Channel.COMMAND: settings.checkpoint_command,
    }
    return tuple(channel for channel, value in given.items() if value)


def publish(house: House) -> tuple[Channel, ...] | None:
    """Publish the last checkpoint by every way out, and give those that failed; None while nothing is sealed.

    Raises `BadCheckpointError` for a note that this installation's key did not sign: nothing is published then.
    """
    note = house.journal.checkpoint()
    if note is None:
        return None
    size = open_note(note, house.keyring.public_key(ServiceKey.LOG)).size
    settings, failed = house.settings, []
    if settings.checkpoint_folder is not None and not _write(settings.checkpoint_folder, size, note):
        failed.append(Channel.FOLDER)
    if settings.checkpoint_command is not None and not _run(settings.checkpoint_command, note):
        failed.append(Channel.COMMAND)
    with house.transaction() as uow:
        if settings.checkpoint_mail is not None:
            signed = SignedNote(note)
            queue(uow, settings.checkpoint_mail, "journal_checkpoint", day=uow.today(), size=size, note=signed)
        uow.record(CheckpointPublished(size))
    return tuple(failed)


def _write(folder: Path, size: int, note: str) -> bool:
    """Write a note in a file of its own, never over another: two notes of one size must both remain to be seen."""
    path = folder / f"{size:012d}.txt"
    try:
        if path.exists():
            return path.read_text(encoding="utf-8") == note
        with path.open("x", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def _run(command: str, note: str) -> bool:
    try:
        subprocess.run(  # noqa: S603  the operator's own setting, without a shell
            shlex.split(command), input=note.encode(), timeout=PATIENCE, check=True, capture_output=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return True

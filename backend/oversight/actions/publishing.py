"""The publication of the last checkpoint away from this machine: a folder, the DPO's mailbox, a witness (R15).

A checkpoint kept elsewhere is what makes an attack on every store at once visible (`docs/journal.md`).
"""

import logging
import os
import shlex
import subprocess
from pathlib import Path

from backend.audit.checkpoints import BadCheckpointError, SignedNote, open_note
from backend.audit.cosignatures import BadWitnessError, Witness
from backend.authorization.jobs import claim_day
from backend.authorization.work import House
from backend.crypto.keyring import ServiceKey
from backend.mail.outbox import queue
from backend.oversight.events import CheckpointPublished
from backend.oversight.models import CosignedCheckpoint
from backend.settings import Settings
from policies.oversight_words import Channel

LOG = logging.getLogger("cenacle")

JOB = "checkpoint"
"""Name of the daily job."""

PATIENCE = 30.0
"""Seconds that the witness's command may take."""

LONGEST_ANSWER = 1 << 16
"""Bytes of what the witness says that are read."""


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
    folder = settings.checkpoint_folder
    if folder is not None and not _write(folder / f"{size:012d}.txt", note):
        failed.append(Channel.FOLDER)
    if settings.checkpoint_command is not None and not _witness(house, settings.checkpoint_command, size, note):
        failed.append(Channel.COMMAND)
    with house.transaction() as uow:
        if settings.checkpoint_mail is not None:
            signed = SignedNote(note)
            queue(uow, settings.checkpoint_mail, "journal_checkpoint", day=uow.today(), size=size, note=signed)
        uow.record(CheckpointPublished(size))
    return tuple(failed)


def _witness(house: House, command: str, size: int, note: str) -> bool:
    """Hand a note to the witness and keep its cosignature; tell whether all that is asked of it was done.

    A witness whose key is set must answer with its cosignature of this very note, among whatever else it says.
    """
    said = _run(command, note)
    setting = house.settings.checkpoint_witness
    if said is None or setting is None:
        return said is not None
    try:
        found = Witness.of(setting).find(said, note)
    except BadWitnessError:
        found = None
    if found is None:
        return False
    kept = _keep(house, CosignedCheckpoint(size=size, note=f"{note}{found.line}\n", signed_at=found.at))
    folder = house.settings.checkpoint_folder
    return folder is None or _write(folder / f"{size:012d}.cosigned.txt", kept)


def _keep(house: House, row: CosignedCheckpoint) -> str:
    """Keep a cosigned checkpoint, and give the one that is kept: the first of a size, for a witness signs again."""
    with house.stores.main.transaction() as session:
        known = session.get(CosignedCheckpoint, row.size)
        if known is not None:
            return known.note
        session.add(row)
        return row.note


def _write(path: Path, note: str) -> bool:
    """Write a note in a file of its own, never over another: two notes of one size must both remain to be seen."""
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


def _run(command: str, note: str) -> str | None:
    """Run the witness's command on a note, and give what it said; None when it failed."""
    try:
        done = subprocess.run(  # noqa: S603  the operator's own setting, without a shell
            shlex.split(command), input=note.encode(), timeout=PATIENCE, check=True, capture_output=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout[:LONGEST_ANSWER].decode(errors="replace")

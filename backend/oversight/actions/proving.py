"""What the DPO proves from the journal: an event, and that a checkpoint kept elsewhere begins the last one."""

from backend.audit.checkpoints import BadCheckpointError, open_note
from backend.audit.proving import NothingToProveError, prove_consistency, prove_event
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.crypto.keyring import ServiceKey
from backend.kernel.errors import InvalidInput, NotFound
from backend.oversight.actions.publishing import channels
from backend.oversight.events import EventProved
from backend.oversight.models import UnusualAccess
from backend.oversight.views import ComparisonView, JournalView
from policies.access import Action

UNSIGNED = "Ce n'est pas un point de contrôle signé par la clé de ce journal : copiez-le en entier, signature comprise."


def log_key(uow: UnitOfWork) -> bytes:
    """Give the public key of the journal; raises `Forbidden` for who does not oversee it."""
    gate.require(uow, UnusualAccess(), Action.UNUSUAL_ACCESS_PROVE)
    return uow.keyring.public_key(ServiceKey.LOG)


def journal_view(uow: UnitOfWork, comparison: ComparisonView | None, typed: str) -> JournalView:
    """Give the last checkpoint, and what was just compared; raises `Forbidden` for who does not oversee it."""
    key = log_key(uow)
    note = uow.journal.checkpoint()
    try:
        size = 0 if note is None else open_note(note, key).size
    except BadCheckpointError:
        note, size = None, 0
    return JournalView(note, size, key.hex(), channels(uow.settings), comparison, typed)


def proof_of(uow: UnitOfWork, number: int) -> str:
    """Give the proof of an event under the last checkpoint, and journal that it was given: it says what the event says.

    Raises `NotFound` for an event that is not sealed, or that expired.
    """
    key = log_key(uow)
    try:
        proof = prove_event(uow.stores.journal, number, key)
    except NothingToProveError:
        raise NotFound from None
    uow.record(EventProved(number))
    return proof


def compare(uow: UnitOfWork, note: str) -> ComparisonView:
    """Compare a checkpoint kept elsewhere with the last one; raises `InvalidInput` for what this journal never signed.

    Browsers end lines with a carriage return, mail readers with spaces: neither is part of what was signed.
    """
    key = log_key(uow)
    last = uow.journal.checkpoint()
    lines = [line.rstrip() for line in note.strip().splitlines()]
    try:
        first = open_note("\n".join([*lines, ""]), key)
        second = open_note(last or "", key)
    except BadCheckpointError:
        raise InvalidInput({"note": UNSIGNED}) from None
    return ComparisonView(
        first.size, second.size, consistent=prove_consistency(uow.stores.journal, first, second) is not None
    )

"""Keep the directory: begin it, add, change, revise and withdraw a dispositif."""

from uuid import UUID

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.directory.events import DirectoryBegun, EntryChange, EntrySet
from backend.directory.forms import EntryForm
from backend.directory.models import DirectoryEntry
from backend.directory.queries import missing
from backend.kernel.errors import SignInRequired, WrongMoment
from policies.access import Action


def begin_directory(uow: UnitOfWork) -> int:
    """Add what the first list has and the directory never had; give how many. Raises `WrongMoment` for nothing."""
    gate.require(uow, DirectoryEntry(), Action.DIRECTORY_ENTRY_WRITE)
    added = missing(uow)
    if not added:
        raise WrongMoment("L'annuaire a déjà tout ce que la liste de départ propose.")
    for one in added:
        uow.session.add(DirectoryEntry(revised_on=uow.today(), revised_by=_institution(uow), **dict(one)))
    uow.record(DirectoryBegun(len(added)))
    return len(added)


def add_entry(uow: UnitOfWork, form: EntryForm) -> DirectoryEntry:
    """Add a dispositif, revised today."""
    entry = DirectoryEntry(revised_on=uow.today(), revised_by=_institution(uow), **dict(form))
    gate.require(uow, entry, Action.DIRECTORY_ENTRY_WRITE)
    uow.session.add(entry)
    uow.record(EntrySet(Reference(entry.reference), EntryChange.ADDED))
    return entry


def change_entry(uow: UnitOfWork, reference: str, version: int, form: EntryForm) -> DirectoryEntry:
    """Change what the directory says of a dispositif; it is revised today."""
    entry = _entry(uow, reference, version)
    for name, value in form:
        setattr(entry, name, value)
    return _revised(uow, entry, EntryChange.CHANGED)


def revise_entry(uow: UnitOfWork, reference: str, version: int) -> DirectoryEntry:
    """Say that what the directory says was checked today and is still right."""
    return _revised(uow, _entry(uow, reference, version), EntryChange.REVISED)


def withdraw_entry(uow: UnitOfWork, reference: str, version: int) -> DirectoryEntry:
    """Take a dispositif out of the directory."""
    entry = _entry(uow, reference, version)
    entry.withdrawn_on = uow.today()
    uow.record(EntrySet(Reference(entry.reference), EntryChange.WITHDRAWN))
    return entry


def _entry(uow: UnitOfWork, reference: str, version: int) -> DirectoryEntry:
    entry = gate.fetch(uow, DirectoryEntry, reference, to=Action.DIRECTORY_ENTRY_WRITE, version=version)
    if entry.withdrawn_on is not None:
        raise WrongMoment("Ce dispositif est déjà retiré de l'annuaire.")
    return entry


def _revised(uow: UnitOfWork, entry: DirectoryEntry, change: EntryChange) -> DirectoryEntry:
    entry.revised_on, entry.revised_by = uow.today(), _institution(uow)
    uow.record(EntrySet(Reference(entry.reference), change))
    return entry


def _institution(uow: UnitOfWork) -> UUID:
    """Give the institution that answers for a revision: an account may go, its institution stays."""
    if uow.actor.institution is None:
        raise SignInRequired
    return uow.actor.institution

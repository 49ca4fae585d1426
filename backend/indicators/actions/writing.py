"""Write the texts of the yearly balances, each by who answers for it (domain.md section 7)."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.indicators.events import BalanceTextWritten
from backend.indicators.forms import BalanceTextForm
from backend.indicators.models import BalanceText
from backend.indicators.queries.balances import cell_at, text_of
from backend.kernel.errors import Stale
from policies.access import Action
from policies.indicator_words import TextKind


def write_text(
    uow: UnitOfWork, place: str, year: int, kind: TextKind, form: BalanceTextForm, version: int
) -> BalanceText:
    """Write a text of a balance, or write it again; `version` is 0 for one that was not there.

    Raises `NotFound` for a place without cell, `Forbidden` for another's text, `Stale` for one that moved since.
    """
    cell = cell_at(uow, place)
    row = text_of(uow, cell, year, kind)
    if row is None:
        row = BalanceText(
            cell_id=None if cell is None else cell.id,
            year=year,
            kind=kind,
            text=form.text,
            written_on=uow.today(),
            version=0,
        )
        gate.require(uow, row, Action.BALANCE_TEXT_WRITE)
        if version:
            raise Stale
        uow.session.add(row)
        row.version = 1
    else:
        row = gate.fetch(uow, BalanceText, row.reference, to=Action.BALANCE_TEXT_WRITE, version=version)
        row.text, row.written_on = form.text, uow.today()
    uow.session.flush()
    uow.record(BalanceTextWritten(Reference(row.reference), kind, year))
    return row

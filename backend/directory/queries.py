"""What is found in the directory: by words, family, age, place and schooling; the search is kept nowhere."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.gate import permits, readable
from backend.authorization.work import UnitOfWork
from backend.directory.forms import DirectorySearchForm
from backend.directory.models import DirectoryEntry
from backend.directory.views import DirectoryView, EntrySheet, EntryView
from backend.institutions.queries import institution_of
from backend.web.fields import PLACES, in_words, options
from policies.access import Action
from policies.directory_words import Family, Schooling
from policies.dispositifs import Dispositif, dispositifs
from policies.guide import REVISION_MONTHS, indexed, score
from policies.months import add_months

FOUND = 30
"""Sheets shown of a search."""


def entries(uow: UnitOfWork) -> Sequence[DirectoryEntry]:
    """Give the dispositifs of the directory that the person may read, by name."""
    statement = readable(uow, DirectoryEntry).where(col(DirectoryEntry.withdrawn_on).is_(None))
    return uow.session.scalars(statement.order_by(col(DirectoryEntry.name), col(DirectoryEntry.id))).all()


def directory_view(
    uow: UnitOfWork, asked: DirectorySearchForm | None, typed: Mapping[str, object], *, late: bool = False
) -> DirectoryView:
    """Give what answers a search, or the sheets to revise."""
    rows = entries(uow)
    views = [entry_view(uow, row) for row in rows]
    overdue = sum(view.to_revise for view in views)
    keeps = permits(uow, DirectoryEntry(), Action.DIRECTORY_ENTRY_WRITE)
    wanted = asked or DirectorySearchForm()
    scored = [
        (score(wanted.search, indexed(_texts(view), row.arrondissements)), view)
        for row, view in zip(rows, views, strict=True)
        if _suits(row, wanted) and (view.to_revise or not late)
    ]
    found = [view for _, view in sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])]
    return DirectoryView(
        found=tuple(found[:FOUND]),
        total=len(found),
        searched=asked is not None,
        typed=typed,
        families=options(Family),
        schoolings=options(word for word in Schooling if word is not Schooling.ANY),
        places=PLACES,
        to_revise=overdue if keeps else 0,
        to_begin=len(missing(uow)) if keeps else 0,
        keeps=keeps,
    )


def missing(uow: UnitOfWork) -> tuple[Dispositif, ...]:
    """Give the dispositifs of the first list that were never in the directory, not even withdrawn since."""
    known = set(uow.session.scalars(sa.select(col(DirectoryEntry.code)).where(col(DirectoryEntry.code).is_not(None))))
    return tuple(one for one in dispositifs() if one.code not in known)


def revisions_due(uow: UnitOfWork) -> int:
    """Count the sheets that who keeps the directory has not revised for a year."""
    if not permits(uow, DirectoryEntry(), Action.DIRECTORY_ENTRY_WRITE):
        return 0
    return sum(_late(uow, row) for row in entries(uow))


def entry_view(uow: UnitOfWork, row: DirectoryEntry) -> EntryView:
    """Show a dispositif."""
    return EntryView(
        reference=row.reference,
        name=row.name,
        organisation=row.organisation,
        family=row.family,
        ages=_ages(row.age_from, row.age_until),
        priority_districts=row.priority_districts,
        schooling=row.schooling,
        where=in_words(row.arrondissements),
        approach=row.approach,
        phones=row.phones,
        revised_on=row.revised_on,
        to_revise=_late(uow, row),
    )


def entry_sheet(uow: UnitOfWork, row: DirectoryEntry) -> EntrySheet:
    """Give a dispositif already fetched, with who revised it."""
    keeps = permits(uow, row, Action.DIRECTORY_ENTRY_WRITE) and row.withdrawn_on is None
    return EntrySheet(entry_view(uow, row), institution_of(uow, row.revised_by).name, keeps, row.version)


def _late(uow: UnitOfWork, row: DirectoryEntry) -> bool:
    return add_months(row.revised_on, REVISION_MONTHS) <= uow.today()


def _suits(row: DirectoryEntry, asked: DirectorySearchForm) -> bool:
    return (
        (asked.family is None or row.family is asked.family)
        and (asked.age is None or (row.age_from or 0) <= asked.age)
        and (asked.age is None or row.age_until is None or asked.age <= row.age_until)
        and (asked.arrondissement is None or not row.arrondissements or asked.arrondissement in row.arrondissements)
        and (asked.schooling is None or row.schooling in {asked.schooling, Schooling.ANY})
        and not (asked.outside_priority_districts and row.priority_districts)
    )


def _texts(view: EntryView) -> tuple[str, ...]:
    shown = (view.name, view.organisation, view.family.label, view.schooling.label, view.approach, view.phones)
    return tuple(text for text in shown if text)


def _ages(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return "tous les âges" if first is last else f"dès {first} ans" if last is None else f"jusqu'à {last} ans"
    return f"de {first} à {last} ans"

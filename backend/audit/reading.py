"""Rows read with suspicion: SQLite keeps anything in any column, and an attacker may have put it there."""

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row", bound=SQLModel)


class UnreadableError(Exception):
    """A row of the journal no longer holds what its columns promise."""


def read_rows(session: Session, query: SelectOfScalar[Row]) -> Sequence[Row]:
    """Give the rows of a query; raise `UnreadableError` when a value is not of its column's type."""
    try:
        rows = session.exec(query).all()
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableError from error
    except OperationalError as error:
        # SQLite's driver says it this way; any other operational error is a store that is away or busy.
        if "Could not decode" not in str(error.orig):
            raise
        raise UnreadableError from error
    if not all(map(_is_sound, rows)):
        raise UnreadableError
    return rows


def _is_sound(row: SQLModel | None) -> bool:
    if row is None:  # its key is NULL
        return False
    columns = sa.inspect(type(row)).columns
    return all(
        isinstance(value, column.type.python_type) or (value is None and column.nullable)
        for column, value in ((column, getattr(row, column.key)) for column in columns)
    )

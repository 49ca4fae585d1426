"""Rows read with suspicion: SQLite keeps anything in any column, and an attacker may have put it there."""

from collections.abc import Sequence
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row", bound=SQLModel)


class UnreadableError(Exception):
    """A row of the journal no longer holds what its columns promise."""


def read_rows(session: Session, query: SelectOfScalar[Row]) -> Sequence[Row]:
    """Give the rows of a query on one table; raise `UnreadableError` when a value is not of its column's type.

    They have the columns of the model and none of its methods: a verification reads millions, and to build the models
    took most of its time.
    """
    columns = sa.inspect(query.column_descriptions[0]["type"]).columns
    kinds = [(column.type.python_type, column.nullable) for column in columns]
    try:
        rows = session.connection().execute(query.with_only_columns(*columns)).all()
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableError from error
    except OperationalError as error:
        # SQLite's driver says it this way; any other operational error is a store that is away or busy.
        if "Could not decode" not in str(error.orig):
            raise
        raise UnreadableError from error
    for row in rows:
        for value, (kind, nullable) in zip(row, kinds, strict=True):
            if not (isinstance(value, kind) or (value is None and nullable)):
                raise UnreadableError
    return cast("Sequence[Row]", rows)

"""Rows of a log, written without the unit of work: one statement each, several times faster."""

from functools import cache
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, SQLModel


def insert_row(session: Session, model: type[SQLModel], **values: object) -> int:
    """The new row's id. `values`: every column that has no default in the database.

    What the row refers to must have been flushed. Raises IntegrityError.
    """
    new_id: int = session.connection().execute(_insert(model), values).scalar_one()
    return new_id


def insert_rows(
    session: Session, model: type[SQLModel], rows: list[dict[str, object]]
) -> list[int]:
    """The same for many rows; the ids in the order of `rows`."""
    if not rows:
        return []
    return list(session.connection().execute(_insert(model), rows).scalars())


@cache
def _insert(model: type[SQLModel]) -> ReturningInsert[Any]:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)

"""Column types that behave alike on SQLite and PostgreSQL, and the shorthands that models use."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Named constraints, so that a later migration can speak of them on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only where the type is spelled INTEGER.
BigInt = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps no zone: it is taken off on the way in and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: which zone would it be in?")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def row_id() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigInt)


def refers(target: str, **more: Any) -> Any:
    """A foreign key to `table.column`; pass `default=None` for an optional one."""
    return Field(foreign_key=target, sa_type=BigInt, **more)


def moment(**more: Any) -> Any:
    return Field(sa_type=UtcDateTime, **more)


def blob(**more: Any) -> Any:
    return Field(sa_type=LargeBinary, **more)


def string(length: int, **more: Any) -> Any:
    return Field(max_length=length, **more)

"""Conventions of the tables: names of constraints, columns with server defaults, closed sets of words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def column(sa_type: Any = None, *, default: str | None = None, **options: Any) -> Any:
    """Return a column with a server default, given as SQL."""
    if sa_type is not None:
        options["sa_type"] = sa_type
    if default is not None:
        options["sa_column_kwargs"] = {"server_default": text(default)}
    return Field(**options)


def time(default: str | None = None) -> Any:
    """Return a column of type timestamptz."""
    return column(DateTime(timezone=True), default=default)


def identity() -> Any:
    """Return a primary key that Postgres generates."""
    return Field(sa_type=BigInteger, primary_key=True, sa_column_args=[Identity(always=True)])


def one_of(column_name: str, values: Any) -> CheckConstraint:
    """Return a CHECK that limits a column to these values."""
    return CheckConstraint(f"{column_name} IN ({', '.join(repr(str(v)) for v in sorted(values))})", name=column_name)

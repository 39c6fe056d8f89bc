"""PostgreSQL's programs connect as the platform does, with nothing secret in their arguments."""

from __future__ import annotations

import pytest

from app.domain.text.libpq import libpq_environment


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me:p%40ss/w:rd@db.example:5433/main?sslmode=require",
            {"PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "me", "PGPASSWORD": "p@ss/w:rd",
             "PGDATABASE": "main", "PGSSLMODE": "require"},
        ),
        (
            "postgresql://trigpoint@/trigpoint?host=/tmp/a:b&port=5432",
            {"PGHOST": "/tmp/a:b", "PGPORT": "5432", "PGUSER": "trigpoint", "PGDATABASE": "trigpoint"},
        ),
        (
            "postgres://me@one:6000,two/main?target_session_attrs=read-write",
            {"PGHOST": "one,two", "PGPORT": "6000,5432", "PGUSER": "me", "PGDATABASE": "main",
             "PGTARGETSESSIONATTRS": "read-write"},
        ),
        (
            "postgresql:///main?host=one:6000,[::1]:6001&user=me",
            {"PGHOST": "one,::1", "PGPORT": "6000,6001", "PGUSER": "me", "PGDATABASE": "main"},
        ),
        ("postgresql://me@db?ssl=true", {"PGHOST": "db", "PGUSER": "me", "PGSSLMODE": "require"}),
        (
            "postgresql://me@db?sslrootcert=system",
            {"PGHOST": "db", "PGUSER": "me", "PGSSLROOTCERT": "system", "PGSSLMODE": "verify-full"},
        ),
        (
            "postgresql://me@db/main?pgbouncer=true&statement_timeout=5s&connect_timeout=7&channel_binding=require",
            {"PGHOST": "db", "PGUSER": "me", "PGDATABASE": "main", "PGCONNECT_TIMEOUT": "7",
             "PGCHANNELBINDING": "require"},
        ),
    ],
)  # fmt: skip
def test_a_url_becomes_variables(url: str, expected: dict[str, str]) -> None:
    assert libpq_environment(url) == expected


def test_a_url_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql"):
        libpq_environment("mysql://me@db/main")

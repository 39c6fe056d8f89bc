"""Why Postgres cannot be used, and what to do about it.

Reasons name no host, user or database, so that `/readyz` may show them to everybody.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True)
class Fault:
    """Why a server cannot be used."""

    reason: str
    is_permanent: bool = False
    """Whether it lasts until somebody changes a setting or the server."""


_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Fault], ...] = (
    (asyncpg.InvalidPasswordError, Fault("Postgres refuses the password: correct the one in DATABASE_URL", True)),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        Fault(
            "Postgres refuses the user, or connections from here: check the user in DATABASE_URL, its sslmode, and"
            " pg_hba.conf of the server",
            True,
        ),
    ),
    (
        asyncpg.InvalidCatalogNameError,
        Fault("the database does not exist: create it, or correct the name in DATABASE_URL", True),
    ),
    (
        asyncpg.UndefinedObjectError,
        Fault("Postgres does not know an option in DATABASE_URL: remove or correct it", True),
    ),
    (
        asyncpg.ProtocolViolationError,
        Fault("the server is no Postgres, or a pooler that refuses our settings: check DATABASE_URL", True),
    ),
    (
        (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError),
        Fault(
            "a pooler in transaction mode is in between: let it pool by session, or set TRIGPOINT_STATEMENT_CACHE=false"
            " and TRIGPOINT_LISTEN_URL",
            True,
        ),
    ),
    (asyncpg.CannotConnectNowError, Fault("Postgres is starting or stopping")),
    (asyncpg.TooManyConnectionsError, Fault("Postgres has no free connection: raise max_connections")),
    (asyncpg.ReadOnlySQLTransactionError, Fault("Postgres is read-only: DATABASE_URL must name the primary")),
    (asyncpg.DiskFullError, Fault("the disk of Postgres is full: free some space")),
    (
        asyncpg.InsufficientPrivilegeError,
        Fault("the user in DATABASE_URL lacks privileges: grant it the schema and its tables", True),
    ),
    (
        ssl.SSLCertVerificationError,
        Fault("the certificate of Postgres is not trusted: set sslrootcert in DATABASE_URL", True),
    ),
    (ssl.SSLError, Fault("no TLS connection to Postgres could be made: check sslmode in DATABASE_URL")),
    (asyncpg.exceptions.ClientConfigurationError, Fault("an option in DATABASE_URL cannot be used", True)),
    (socket.gaierror, Fault("the host in DATABASE_URL cannot be resolved")),
    (ConnectionRefusedError, Fault("no Postgres listens at the address in DATABASE_URL")),
    (FileNotFoundError, Fault("the socket or a file that DATABASE_URL names does not exist")),
    (TimeoutError, Fault("Postgres does not respond in time")),
)


def describe_fault(error: BaseException) -> Fault:
    """Return why a connection to Postgres failed, or a statement over it."""
    for cause in _chain(error):
        for kind, fault in _BY_TYPE:
            if isinstance(cause, kind):
                return fault
    if "rejected SSL upgrade" in str(error):
        return Fault("Postgres offers no TLS: enable it there, or lower sslmode in DATABASE_URL", True)
    return Fault("Postgres cannot be reached at the address in DATABASE_URL")


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and its causes, the first cause first: several tried addresses end in one general error."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 10:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found

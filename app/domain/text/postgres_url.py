"""URLs of Postgres databases, as libpq documents them, for a client that knows fewer options.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from app.domain.text.server_urls import ServerUrl, parse_server_url

SCHEMES = ("postgresql", "postgres")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SSL_ALIASES = {"true": "require", "1": "require", "on": "require", "false": "disable", "0": "disable", "off": "disable"}
"""Values of `ssl`, which other clients have instead of `sslmode`."""
SYSTEM_CERTIFICATES = "system"
"""`sslrootcert=system` trusts the certificates of the system, and implies verify-full."""
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_OF_ASYNCPG = (
    *FILES, "sslmode", "sslpassword", "sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version",
    "target_session_attrs", "krbsrvname", "gsslib", "service",
)  # fmt: skip
"""Options that asyncpg reads from a URL."""
_OF_LIBPQ = frozenset({
    "channel_binding", "gssencmode", "gssdelegation", "keepalives", "keepalives_idle", "keepalives_interval",
    "keepalives_count", "tcp_user_timeout", "sslcompression", "sslsni", "sslcertmode", "load_balance_hosts",
    "fallback_application_name", "requiressl", "client_encoding", "min_protocol_version", "max_protocol_version",
    "hostaddr", "pgbouncer",
})  # fmt: skip
"""Options that only libpq and other clients have. A server would refuse them as unknown settings."""
_REFUSED = ("require_auth", "requirepeer", "replication")
"""Options that demand what asyncpg cannot do."""


@dataclass(frozen=True)
class PostgresUrl:
    """How to connect to a database. Only `shown` may be shown."""

    dsn: str = field(repr=False)
    """For asyncpg: every value is percent-encoded, and it knows every option."""
    shown: str
    """Hosts and database."""
    connect_timeout_seconds: float | None = None
    uses_system_certificates: bool = False
    server_settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Settings of the session, `application_name` and `options` among them."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Names of files by the option that names them."""


def parse_postgres_url(url: str) -> PostgresUrl:
    """Read the URL of a database. Raises ValueError, with a text that shows nothing secret.

    Options that are neither libpq's nor asyncpg's are settings of the session, such as `statement_timeout`.
    """
    parts = parse_server_url(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"must begin with postgresql://, not {parts.scheme}://")
    options = dict(parts.options)
    for name in _REFUSED:
        if name in options:
            raise ValueError(f"has the option {name}, which is not supported; remove it")
    timeout = options.pop("connect_timeout", None)
    if timeout is not None and not timeout.isdecimal():
        raise ValueError("has a connect_timeout that is not a whole number of seconds")
    ssl = options.pop("ssl", None)
    if ssl is not None:
        options.setdefault("sslmode", SSL_ALIASES.get(ssl.lower(), ssl))
    if options.get("sslmode", "prefer") not in SSL_MODES:
        raise ValueError(f"has an unknown sslmode; expected one of {', '.join(SSL_MODES)}")
    uses_system = options.get("sslrootcert") == SYSTEM_CERTIFICATES
    if uses_system:
        del options["sslrootcert"]
        if options.pop("sslmode", "verify-full") != "verify-full":
            raise ValueError("has sslrootcert=system, which needs sslmode=verify-full")
    user = options.pop("user", parts.user)
    password = options.pop("password", parts.password)
    database = options.pop("dbname", options.pop("database", parts.path.removeprefix("/")))
    hosts = options.pop("host", _host_list(parts) or options.get("hostaddr", ""))
    kept = {name: options[name] for name in _OF_ASYNCPG if options.get(name)}
    settings = {
        name: value for name, value in options.items() if value and name not in {*_OF_ASYNCPG, *_OF_LIBPQ, "port"}
    }
    query = {"host": hosts, "port": options.get("port", ""), "user": user, "password": password, **kept}
    return PostgresUrl(
        f"postgresql:///{quote(database, safe='')}?{urlencode({k: v for k, v in query.items() if v}, quote_via=quote)}",
        str(parts),
        float(timeout) if timeout and int(timeout) > 0 else None,
        uses_system,
        settings,
        {name: options[name] for name in FILES if options.get(name)},
    )


def _host_list(parts: ServerUrl) -> str:
    """Return `host:port,[address]:port`, as asyncpg reads it."""
    hosts = ((f"[{host}]" if ":" in host else host or "localhost", port) for host, port in parts.hosts)
    return ",".join(host if port is None else f"{host}:{port}" for host, port in hosts)

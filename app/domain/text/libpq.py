"""The environment in which PostgreSQL's own programs (psql, pg_dump) connect to the database of a URL."""

from __future__ import annotations

from app.domain.text.postgres_url import SYSTEM_CERTIFICATES, parse_postgres_url
from app.domain.text.server_urls import parse_server_url

_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "passfile": "PGPASSFILE",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "service": "PGSERVICE",
    "hostaddr": "PGHOSTADDR",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "database": "PGDATABASE",
}
"""Variables of libpq by the option of a URL: https://www.postgresql.org/docs/current/libpq-envars.html"""


def libpq_environment(url: str) -> dict[str, str]:
    """Return the variables with which psql, pg_dump and pg_restore connect as the platform does.

    As arguments, they would show the password to all users of the machine. Settings of the session are left out,
    except for `options`: these programs make their own. Raises ValueError for a URL that the platform cannot read.
    """
    parse_postgres_url(url)
    parts = parse_server_url(url)
    found: dict[str, str] = {}
    if parts.hosts:
        found["PGHOST"] = ",".join(host for host, _ in parts.hosts)
        if any(port is not None for _, port in parts.hosts):
            found["PGPORT"] = ",".join(str(port or 5432) for _, port in parts.hosts)
    named = {"PGUSER": parts.user, "PGPASSWORD": parts.password, "PGDATABASE": parts.path.removeprefix("/")}
    found |= {name: value for name, value in named.items() if value}
    for option, variable in _VARIABLES.items():
        if value := parts.options.get(option):
            found[variable] = value
    if host := parts.options.get("host"):
        split = [name.rpartition(":") if _has_port(name) else (name, "", "") for name in host.split(",")]
        found["PGHOST"] = ",".join(name.strip("[]") for name, _, _ in split)
        found["PGPORT"] = parts.options.get("port") or ",".join(port or "5432" for _, _, port in split)
    elif port := parts.options.get("port"):
        found["PGPORT"] = port
    if (ssl := parts.options.get("ssl")) and "PGSSLMODE" not in found:
        found["PGSSLMODE"] = "disable" if ssl.lower() in ("false", "0", "off") else _ssl_mode(ssl)
    if found.get("PGSSLROOTCERT") == SYSTEM_CERTIFICATES:
        found["PGSSLMODE"] = "verify-full"
    if options := parts.options.get("options"):
        found["PGOPTIONS"] = options
    return found


def _ssl_mode(value: str) -> str:
    return "require" if value.lower() in ("true", "1", "on") else value


def _has_port(address: str) -> bool:
    """Whether `name:port` or `[address]:port` was given; paths of sockets and bare IPv6 addresses have none."""
    return not address.startswith("/") and (address.count(":") == 1 or "]:" in address)

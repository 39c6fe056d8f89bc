"""The address of Redis as `arq --check` takes it."""

from __future__ import annotations

from dataclasses import fields

from arq.connections import RedisSettings

from app.domain.text.server_urls import parse_server_url

FALSE = ("0", "f", "false", "n", "no")


def redis_settings(url: str) -> RedisSettings:
    """Return the settings of arq for this URL. arq reads URLs itself, but neither options nor encoded passwords."""
    parts = parse_server_url(url)
    options = dict(parts.options)
    host, port = parts.hosts[0] if parts.hosts else ("localhost", None)
    is_socket = parts.scheme == "unix"
    number = options.get("db") or (parts.path.strip("/") if not is_socket else "") or "0"
    names = {field.name for field in fields(RedisSettings) if field.name.startswith("ssl_")}
    tls = {name: value for name, value in options.items() if name in names}
    settings = RedisSettings(
        host=host or "localhost",
        port=port or 6379,
        unix_socket_path=parts.path if is_socket else None,
        database=int(number),
        username=options.get("username", parts.user),
        password=options.get("password", parts.password),
        ssl=parts.scheme in ("rediss", "valkeys"),
        conn_retries=1,
        **tls,  # type: ignore[arg-type]  # text, except for the next
    )
    settings.ssl_check_hostname = tls.get("ssl_check_hostname", "false").lower() not in FALSE
    return settings

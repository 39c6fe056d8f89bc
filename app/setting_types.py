"""Types of settings: what their text must look like. No message shows the text, because it may be secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import NoDecode

from app.domain.text.postgres_url import parse_postgres_url
from app.domain.text.server_urls import parse_server_url

REDIS_SCHEMES = ("redis", "rediss", "unix", "valkey", "valkeys")
_HTTP_URL = re.compile(r"https?://[^\s/?#]\S*")
_UPLOADS_URL = re.compile(r"(?:file|s3|memory)://\S+")


def _check_http_url(value: str) -> str:
    if not _HTTP_URL.fullmatch(value):
        raise ValueError("must be a URL that begins with http:// or https://")
    return value


def _check_postgres_url(value: str) -> str:
    parse_postgres_url(value)
    return value


def _check_redis_url(value: str) -> str:
    parts = parse_server_url(value)
    if parts.scheme not in REDIS_SCHEMES:
        raise ValueError(f"must begin with redis://, rediss:// or unix://, not {parts.scheme}://")
    if len(parts.hosts) > 1:
        raise ValueError("must name one host; a Redis with several has an address for its primary")
    if parts.scheme != "unix" and parts.path.strip("/") and not parts.path.strip("/").isdecimal():
        raise ValueError("must end with the number of a database, such as /0")
    return value


def _check_uploads_url(value: str) -> str:
    """Accept a path of a folder, too."""
    if value.startswith("/"):
        return Path(value).as_uri()
    if not _UPLOADS_URL.fullmatch(value):
        raise ValueError("must be a folder (file:///srv/uploads) or a bucket (s3://bucket/folder)")
    return value


CommaList = Annotated[tuple[str, ...], NoDecode]
HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
PostgresAddress = Annotated[str, AfterValidator(_check_postgres_url)]
RedisAddress = Annotated[str, AfterValidator(_check_redis_url)]
UploadsPlace = Annotated[str, AfterValidator(_check_uploads_url)]

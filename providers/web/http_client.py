"""Sending one request to a server that may be anything, and making a page of whatever comes back."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy

from app.domain.vocabulary.websites import WebsiteStatus
from providers.http import parse_retry_after
from providers.web import body
from providers.web.network_policy import Reach, Refused
from providers.web.pages import LONGEST_PAUSE, Page
from providers.web.resolver import CheckedResolver, Lookup, checked_socket
from providers.web.urls import Target

#: Bytes of a page after unpacking; more is cut off.
MAX_BODY = 2 * 1000 * 1000

HTML = frozenset({"text/html", "application/xhtml+xml", ""})
#: What robots.txt is served as in the wild, the standard's text/plain among them.
TEXT = HTML | {"text/plain", "application/octet-stream"}

#: Interim answers (1xx) before the one that counts.
MOST_INTERIM = 20

_MOVED = frozenset({301, 302, 303, 307, 308})


class _Response(aiohttp.ClientResponse):
    """Remembers when the certificate it came under ends: its connection may be given back before anyone can ask."""

    certificate_expires_at: datetime | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        secured = connection.transport.get_extra_info("ssl_object") if connection.transport else None
        if secured is not None and (ends := (secured.getpeercert() or {}).get("notAfter")):
            self.certificate_expires_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
        return await super().start(connection)


class _Connection(ResponseHandler):
    """Hangs up on a server that sends interim answers (1xx) without an end: uvloop reads eight megabytes in one go."""

    _interim = 0

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        self._interim = self._interim + 1 if data[0].code < 200 else 0
        if self._interim <= MOST_INTERIM:
            super().feed_data(data, size)
        elif self.transport is not None:
            self.transport.abort()


def _connection(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return _Connection(loop)


class _Broken(Exception):
    """In place of the errors at which aiohttp would repeat a request by itself, without its host's turn."""


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if isinstance(error, aiohttp.ClientConnectorError):  # which it does not repeat
            raise
        raise _Broken from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one request is to bring: media types, bytes at most, and the page that is held already, if any."""

    types: frozenset[str]
    at_most: int
    held: Page | None = None


class Agent:
    """Our end of every visit: `reach` says where it may lead, `lookup` replaces the system's resolver."""

    def __init__(
        self, user_agent: str, reach: Reach, lookup: Lookup | None = None, tls: ssl.SSLContext | bool = True
    ) -> None:
        self.name = user_agent.partition("/")[0]
        self._reach = reach
        connector = aiohttp.TCPConnector(
            limit=0,
            ttl_dns_cache=60,
            resolver=CheckedResolver(reach, lookup),
            socket_factory=checked_socket(reach),
            keepalive_timeout=15,
            ssl=tls,
        )
        connector._factory = partial(_connection, asyncio.get_running_loop())
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={
                "User-Agent": user_agent,
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
                "Accept-Language": "en,*;q=0.5",
                "Accept-Encoding": body.CODINGS,
            },
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Response,
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),  # ours is around each request
        )

    async def close(self) -> None:
        await self._session.close()

    def refuses(self, target: Target) -> str | None:
        """Why nobody need be asked: the host is an address that may not be reached. None where it may be."""
        host, port = target.url.host or "", target.url.port or 0
        try:
            ip_address(host)
        except ValueError:
            return None
        try:
            self._reach.check(host, port)
        except Refused as error:
            return str(error)
        return None

    async def ask(self, target: Target, wanted: Wanted, seconds: float) -> Page:
        """The answer to one GET, redirects not followed, within so many seconds. Raises nothing but cancellation."""
        url, started = str(target), time.monotonic()
        page = Page(url, url, WebsiteStatus.OK, datetime.now(UTC))
        try:
            async with asyncio.timeout(seconds):
                page = await self._ask(target, page, wanted)
        except TimeoutError:
            page = replace(page, outcome=WebsiteStatus.TIMEOUT, detail=f"no complete answer within {seconds:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError, body.Garbled, _Broken) as error:
            outcome, detail = explain(error)
            page = replace(page, outcome=outcome, detail=detail)
        return replace(page, elapsed_ms=round((time.monotonic() - started) * 1000))

    async def _ask(self, target: Target, page: Page, wanted: Wanted) -> Page:
        headers = conditions(wanted.held)
        async with self._session.get(
            target.url, headers=headers, allow_redirects=False, middlewares=(_once,)
        ) as response:
            assert isinstance(response, _Response)
            media_type, charset = content_type(response.headers)
            page = replace(
                page,
                status=response.status,
                media_type=media_type,
                certificate_expires_at=response.certificate_expires_at,
            )
            if response.status in _MOVED and (location := response.headers.get("Location")):
                response.close()
                return replace(page, redirect_to=location)
            if response.status == 304 and wanted.held is not None and headers:
                return replace(wanted.held, fetched_at=page.fetched_at)
            if not 200 <= response.status < 300:
                response.close()
                return refused(page, response.headers)
            if media_type not in wanted.types:
                response.close()
                return replace(
                    page, outcome=WebsiteStatus.NOT_HTML, detail=f"it answers with {media_type[:100]}, not a page"
                )
            coding = response.headers.get("Content-Encoding", "").strip().lower()
            raw, truncated = await body.read(response.content.iter_any(), coding, wanted.at_most)
            if truncated:
                response.close()
            text = body.decode(raw, charset)
            if not media_type and wanted.types is HTML and not text.lstrip().startswith("<"):
                return replace(
                    page, outcome=WebsiteStatus.NOT_HTML, detail="it answers with something it does not name"
                )
            return replace(
                page,
                html=text,
                truncated=truncated,
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
            )


def conditions(held: Page | None) -> dict[str, str]:
    """Headers that ask for the page only if it is not the one we hold (RFC 9110, 13.1)."""
    if held is None or not held.ok or held.redirect_to is not None:
        return {}
    headers = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: value for name, value in headers.items() if value and value.isprintable()}


def content_type(headers: CIMultiDictProxy[str] | Mapping[str, str]) -> tuple[str, str | None]:
    """(media type, charset) in lower case, '' and None where nothing is said."""
    kind, _, parameters = headers.get("Content-Type", "").partition(";")
    charset = next(
        (value for name, _, value in (one.partition("=") for one in parameters.split(";"))
         if name.strip().lower() == "charset"), None,
    )  # fmt: skip
    return kind.strip().lower(), charset


def refused(page: Page, headers: CIMultiDictProxy[str]) -> Page:
    """An answer that is neither a page nor a redirect."""
    status = page.status or 0
    words = f"HTTP {status}"
    asked = parse_retry_after(headers.get("Retry-After")) if status in (429, 503) else None
    retry_after = None if asked is None else min(asked, LONGEST_PAUSE)
    if status in (404, 410):
        outcome = WebsiteStatus.GONE
    elif status >= 500 and retry_after is None and "cf-mitigated" not in headers:
        outcome = WebsiteStatus.SERVER_ERROR
    elif status < 400:
        outcome, words = WebsiteStatus.SERVER_ERROR, f"HTTP {status} without an address to go to"
    else:
        outcome = WebsiteStatus.BLOCKED
    return replace(page, outcome=outcome, detail=words, retry_after=retry_after)


def explain(error: BaseException) -> tuple[WebsiteStatus, str]:
    """What a failed request says of its server."""
    for one in _causes(error):
        match one:
            case Refused():
                return WebsiteStatus.PRIVATE_ADDRESS, str(one)
            case ssl.SSLCertVerificationError():
                return WebsiteStatus.TLS_ERROR, f"its certificate is not valid: {one.verify_message}"
            case ssl.SSLError() | ssl.CertificateError() | aiohttp.ClientConnectorSSLError():
                return WebsiteStatus.TLS_ERROR, "no secure connection could be made"
            case socket.gaierror() | aiohttp.ClientConnectorDNSError():
                return WebsiteStatus.DNS_ERROR, "its name leads nowhere"
            case TimeoutError():
                return WebsiteStatus.TIMEOUT, "no connection in time"
            case ConnectionRefusedError():
                return WebsiteStatus.SERVER_ERROR, "its server takes no connections"
            case ConnectionError() | aiohttp.ServerDisconnectedError() if not isinstance(
                error, aiohttp.ClientPayloadError
            ):
                return WebsiteStatus.SERVER_ERROR, "it closed the connection without an answer"
            case body.Garbled():
                return WebsiteStatus.SERVER_ERROR, str(one)
    if isinstance(error, aiohttp.ClientPayloadError):
        return WebsiteStatus.SERVER_ERROR, "the answer was cut off"
    if isinstance(error, aiohttp.ClientResponseError):
        return WebsiteStatus.SERVER_ERROR, "the answer is no HTTP"
    cause = error.__cause__ if isinstance(error, _Broken) else error
    return WebsiteStatus.SERVER_ERROR, f"the connection failed ({type(cause).__name__})"


def _causes(error: BaseException | None) -> list[BaseException]:
    """The deepest first: what really happened."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.insert(0, error)
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return found

"""The HTTP client: sends one request to an untrusted server and turns any result into a page."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address

import aiohttp
from aiohttp.client_proto import ResponseHandler
from multidict import CIMultiDictProxy

from app.domain.vocabulary.websites import WebsiteStatus
from providers.http import parse_retry_after
from providers.web import body
from providers.web.connection import Connection, Response
from providers.web.cookies import Cookies
from providers.web.http_errors import ConnectionLost, explain
from providers.web.media_type import content_type, looks_like_html
from providers.web.network_policy import ForbiddenAddress, NetworkPolicy
from providers.web.pages import MAX_RETRY_AFTER_SECONDS, Page
from providers.web.resolver import CheckedResolver, Lookup, checked_socket
from providers.web.response_head import MAX_HEAD_BYTES
from providers.web.response_headers import is_challenge, redirect_target, shows_challenge
from providers.web.urls import BadUrl, HttpUrl, parse_url

MAX_BODY_BYTES = 2 * 1000 * 1000
"""Maximum size of a decompressed page; a longer one is truncated."""

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})
ROBOTS_TYPES = HTML_TYPES | {"text/plain", "application/octet-stream"}
"""The media types with which servers send robots.txt; the standard says text/plain."""

IDLE_SECONDS = 6.0
"""A body of which nothing arrives for so long is taken to be complete."""
MAX_ERROR_BYTES = 50_000
"""Part of the body of a 503 response that is searched for a test for browsers."""
ERROR_SECONDS = 3.0
"""Maximum time for reading it."""
CONNECT_SECONDS = 6.0
"""Maximum time for a connection: without a limit, a port that drops packets would take the whole time of a visit."""
MAX_HEADERS = 1_000


async def _send_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if isinstance(error, aiohttp.ClientConnectorError):  # aiohttp does not repeat after this one
            raise
        raise ConnectionLost from error


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits and conditions of a request."""

    media_types: frozenset[str]
    """Other media types are not read."""
    max_bytes: int
    """Maximum size of the decompressed body; a longer one is truncated."""
    cached: Page | None = None
    """The page as it was fetched before, for a conditional request."""
    cookies: Cookies = field(default_factory=Cookies)
    """The cookies of the visit; those of the response are added."""


class HttpClient:
    """Sends requests under a network policy; must be created in a running event loop and closed.

    `lookup` replaces the system's DNS resolver, `tls` the system's certificate authorities.
    """

    def __init__(
        self, user_agent: str, policy: NetworkPolicy, lookup: Lookup | None = None, tls: ssl.SSLContext | bool = True
    ) -> None:
        self.name = user_agent.partition("/")[0]
        """The product name, for which robots.txt may have rules."""
        self._policy = policy
        connector = aiohttp.TCPConnector(
            limit=0,
            ttl_dns_cache=60,
            resolver=CheckedResolver(policy, lookup),
            socket_factory=checked_socket(policy),
            keepalive_timeout=15,
            ssl=tls,
        )
        make_connection: Callable[..., ResponseHandler] = Connection
        connector._factory = partial(make_connection, asyncio.get_running_loop())
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={
                "User-Agent": user_agent,
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
                "Accept-Language": "en,*;q=0.5",
                "Accept-Encoding": body.ACCEPT_ENCODING,
            },
            cookie_jar=aiohttp.DummyCookieJar(),  # each visit has its own
            response_class=Response,
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),  # `get` sets one for each request
            max_line_size=MAX_HEAD_BYTES,
            max_field_size=MAX_HEAD_BYTES,
            max_headers=MAX_HEADERS,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    def why_forbidden(self, url: HttpUrl) -> str | None:
        """Return the reason if the host is an IP address that must not be connected to, None otherwise."""
        host, port = url.url.host or "", url.url.port or 0
        try:
            ip_address(host)
        except ValueError:
            return None
        try:
            self._policy.check(host, port)
        except ForbiddenAddress as error:
            return str(error)
        return None

    async def get(self, url: HttpUrl, options: FetchOptions, seconds: float) -> Page:
        """Send one GET request and return the page; redirects are not followed. Raises nothing but CancelledError.

        After `seconds` the outcome is TIMEOUT.
        """
        started = time.monotonic()
        page = Page(str(url), str(url), WebsiteStatus.OK, datetime.now(UTC))
        try:
            async with asyncio.timeout(seconds):
                page = await self._get(url, page, options)
        except aiohttp.ServerTimeoutError:
            detail = f"no connection within {CONNECT_SECONDS:.0f} s"
            page = replace(page, outcome=WebsiteStatus.TIMEOUT, detail=detail)
        except TimeoutError:
            page = replace(page, outcome=WebsiteStatus.TIMEOUT, detail=f"no complete response within {seconds:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError, body.InvalidBody, ConnectionLost) as error:
            outcome, detail = explain(error)
            page = replace(page, outcome=outcome, detail=detail)
        return replace(page, elapsed_ms=round((time.monotonic() - started) * 1000))

    async def _get(self, url: HttpUrl, page: Page, options: FetchOptions) -> Page:
        conditions = conditional_headers(options.cached)
        headers = conditions | options.cookies.headers(url)
        async with self._session.get(
            url.url, headers=headers, allow_redirects=False, middlewares=(_send_once,)
        ) as response:
            assert isinstance(response, Response)
            media_type, charset = content_type(response.headers)
            page = replace(
                page,
                status=response.status,
                media_type=media_type,
                certificate_expires_at=response.certificate_expires_at,
                sets_cookies=options.cookies.add(response.headers.getall("Set-Cookie", ()), url),
            )
            target = redirect_target(response.status, response.headers)
            if target is not None and not (response.status < 300 and leads_to_itself(url, target)):
                response.close()
                return replace(page, redirect_to=target)
            if response.status == 304 and options.cached is not None and conditions:
                return replace(options.cached, fetched_at=page.fetched_at)
            if not 200 <= response.status < 300 or is_challenge(response.headers):
                refused = refused_page(page, response.headers)
                if refused.outcome is WebsiteStatus.SERVER_ERROR and response.status == 503:
                    refused = await _look_for_challenge(refused, response)
                response.close()
                return refused
            if media_type not in options.media_types:
                response.close()
                return replace(page, outcome=WebsiteStatus.NOT_HTML, detail=f"it returns {media_type[:100]}, not HTML")
            encoding = response.headers.get("Content-Encoding", "")
            raw, truncated = await body.read_body(_chunks(response), encoding, options.max_bytes)
            if truncated or response.was_cut:
                response.close()
            if not media_type and options.media_types is HTML_TYPES and not looks_like_html(raw):
                return replace(page, outcome=WebsiteStatus.NOT_HTML, detail="it returns neither HTML nor a media type")
            return replace(
                page,
                html=body.decode_html(raw, charset),
                truncated=truncated or response.was_cut,
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
            )


async def _chunks(response: Response) -> AsyncIterator[bytes]:
    """Yield the body. One that stops for IDLE_SECONDS is cut off there: some servers never end what they have sent."""
    while not response.content.at_eof():
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await response.content.readany()
        except TimeoutError:
            if not response.content.total_bytes:
                continue
            response.was_cut = True
            return
        yield chunk


async def _look_for_challenge(refused: Page, response: aiohttp.ClientResponse) -> Page:
    """Return the page as blocked if its body is a test for browsers, which many services send with 503."""
    encoding = response.headers.get("Content-Encoding", "")
    try:
        async with asyncio.timeout(ERROR_SECONDS):
            raw, _ = await body.read_body(response.content.iter_any(), encoding, MAX_ERROR_BYTES)
    except (aiohttp.ClientError, body.InvalidBody, TimeoutError):
        return refused
    if not shows_challenge(raw.decode("latin-1")):
        return refused
    return replace(refused, outcome=WebsiteStatus.BLOCKED, detail=f"{refused.detail}, a challenge for browsers")


def leads_to_itself(url: HttpUrl, target: str) -> bool:
    """Return whether a page at `url` that refreshes to `target` only reloads."""
    try:
        return str(parse_url(target, url)) == str(url)
    except BadUrl:
        return False


def conditional_headers(cached: Page | None) -> dict[str, str]:
    """Return headers that request the page only if it has changed (RFC 9110, 13.1)."""
    if cached is None or not cached.ok or cached.redirect_to is not None:
        return {}
    headers = {"If-None-Match": cached.etag, "If-Modified-Since": cached.last_modified}
    return {name: value for name, value in headers.items() if value and value.isprintable()}


def refused_page(page: Page, headers: CIMultiDictProxy[str]) -> Page:
    """Return the page for a response that is neither a success nor a redirect."""
    status = page.status or 0
    detail = f"HTTP {status}"
    requested = parse_retry_after(headers.get("Retry-After")) if status in (429, 503) else None
    retry_after = None if requested is None else min(requested, MAX_RETRY_AFTER_SECONDS)
    if status in (404, 410):
        outcome = WebsiteStatus.GONE
    elif is_challenge(headers):
        outcome, detail = WebsiteStatus.BLOCKED, f"HTTP {status}, a challenge for browsers"
    elif 500 <= status < 600 and retry_after is None:
        outcome = WebsiteStatus.SERVER_ERROR
    elif status < 400:
        outcome, detail = WebsiteStatus.SERVER_ERROR, f"HTTP {status} without a usable Location header"
    else:
        outcome = WebsiteStatus.BLOCKED
    return replace(page, outcome=outcome, detail=detail, retry_after=retry_after)

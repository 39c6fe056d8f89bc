"""Statuses of websites and kinds of contacts: the words of the fetcher, the validation, the database and the API."""

from __future__ import annotations

from enum import StrEnum


class WebsiteStatus(StrEnum):
    """The state of a website, or the outcome of fetching one page of it.

    A fetch returns any of these but PARKED, REDIRECTED_OFFSITE and TAKEN_OVER, which a validation derives from the
    page.
    """

    OK = "ok"
    """HTML was read."""
    REDIRECTED_OFFSITE = "redirected_offsite"
    """The address leads to a page of another registered domain."""
    PARKED = "parked"
    """The page only says that the domain is for sale, or that there is no website yet."""
    TAKEN_OVER = "taken_over"
    """The domain is the same, but the site on it is somebody else's."""
    TLS_ERROR = "tls_error"
    DNS_ERROR = "dns_error"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    """The server refuses the request: 401, 403, 429, a challenge, or another client error."""
    NOT_HTML = "not_html"
    ROBOTS_DENIED = "robots_denied"
    PRIVATE_ADDRESS = "private_address"
    """The address must not be fetched: a private network, another port, another scheme."""
    GONE = "gone"
    """HTTP 404 or 410."""
    SERVER_ERROR = "server_error"
    """HTTP 5xx, a broken connection, an invalid HTTP response, or endless redirects."""


class ContactKind(StrEnum):
    """The kind of a contact that was extracted from a website."""

    EMAIL = "email"
    SOCIAL = "social"
    PHONE = "phone"

"""What a validation can say of a website, and what can be found on one."""

from __future__ import annotations

from enum import StrEnum


class WebsiteStatus(StrEnum):
    OK = "ok"
    REDIRECTED_OFFSITE = "redirected_offsite"
    """It leads to a page of another registered domain."""
    PARKED = "parked"
    """The page only says that the domain is for sale, or that nothing is there yet."""
    TLS_ERROR = "tls_error"
    DNS_ERROR = "dns_error"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    NOT_HTML = "not_html"
    ROBOTS_DENIED = "robots_denied"
    PRIVATE_ADDRESS = "private_address"
    GONE = "gone"
    SERVER_ERROR = "server_error"


class ContactKind(StrEnum):
    EMAIL = "email"
    SOCIAL = "social"
    PHONE = "phone"

"""Conditional requests: `If-None-Match` (RFC 9110, section 13.1.2), and caches that repeat them."""

from __future__ import annotations


def matches_etag(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names the ETag, so that 304 is enough. Compares weakly, as the RFC demands."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag.removeprefix("W/") in tags or "*" in tags


def revalidated(*, is_public: bool) -> dict[str, str]:
    """Return the headers of a response that caches may keep if they ask again each time, private ones for one user."""
    if is_public:
        return {"Cache-Control": "no-cache"}
    return {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}

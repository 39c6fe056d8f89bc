"""Response headers that decide what becomes of a visit: redirects and challenges."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_REFRESH_SECONDS = 10
"""A Refresh header with a longer delay reloads the page and is not a redirect."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFRESH = re.compile(
    r"\s{0,9}(\d{1,6})(?:\.\d{0,6})?\s{0,9}[;,]\s{0,9}(?:url\s{0,9}=\s{0,9})?['\"]?([^'\"\s]{1,2083})", re.IGNORECASE
)
_CHALLENGES: Mapping[str, frozenset[str]] = {
    "cf-mitigated": frozenset({"challenge"}),  # Cloudflare
    "sg-captcha": frozenset({"challenge"}),  # SiteGround
    "x-amzn-waf-action": frozenset({"challenge", "captcha"}),  # AWS WAF
    "x-vercel-mitigated": frozenset({"challenge"}),
}


_CHALLENGE_MARKS = (
    "_cf_chl_opt", "cf-browser-verification", "checking your browser", "ddos-guard", "sucuri_cloudproxy", "incapsula",
    "captcha", "verify you are human", "enable javascript and cookies", "just a moment...",
)  # fmt: skip
"""Texts and scripts of tests for browsers, in lower case; they count only on error pages."""


def redirect_target(status: int, headers: Mapping[str, str]) -> str | None:
    """Return where the response redirects, by Location or by Refresh; None if it does not."""
    if status in _REDIRECTS:
        return headers.get("Location") or None
    if 200 <= status < 300 and (match := _REFRESH.match(headers.get("Refresh", ""))) is not None:
        return match[2] if int(match[1]) <= MAX_REFRESH_SECONDS else None
    return None


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Return whether the response is a test for browsers in place of the page."""
    return any(headers.get(name, "").strip().lower() in values for name, values in _CHALLENGES.items())


def shows_challenge(html: str) -> bool:
    """Return whether the page that came with an error is a test for browsers."""
    lowered = html.lower()
    return any(mark in lowered for mark in _CHALLENGE_MARKS)

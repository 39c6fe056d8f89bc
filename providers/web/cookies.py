"""Cookies of a single visit. Nothing outlives the visit, so no visit can be told from another."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import CookieJar

from providers.web.urls import HttpUrl

MAX_COOKIES = 50
"""Accepted Set-Cookie headers per visit."""
MAX_COOKIE_CHARACTERS = 4_096
"""Longer Set-Cookie headers are ignored, as in browsers."""


class Cookies:
    """A cookie jar that is created when the first cookie is set: most sites set none that matter."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None
        self._left = MAX_COOKIES

    def headers(self, url: HttpUrl) -> dict[str, str]:
        """Return the Cookie header for a request, without one if no cookie applies."""
        if self._jar is None:
            return {}
        cookies = self._jar.filter_cookies(url.url)
        value = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies.values())
        return {"Cookie": value} if value and value.isprintable() else {}

    def add(self, set_cookie: Sequence[str], url: HttpUrl) -> bool:
        """Add the cookies of a response from `url`; return whether there were any."""
        accepted = [header for header in set_cookie if len(header) <= MAX_COOKIE_CHARACTERS][: self._left]
        if accepted:
            self._left -= len(accepted)
            self._jar = self._jar or CookieJar(unsafe=True)  # unsafe: for hosts that are IP addresses, too
            self._jar.update_cookies_from_headers(accepted, url.url)
        return bool(set_cookie)

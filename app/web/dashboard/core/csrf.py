"""Proof that a form was ours: a token that only who holds the page's cookie can make, another one each time.

It is a MAC under the cookie itself, which scripts and other sites cannot read; the random part keeps it from being
guessed through the compression of the page.
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request

from app.errors import Forbidden
from app.web.accounts.auth import is_same_origin

FIELD = "csrf"
HEADER = "x-csrf-token"


def token(cookie: str) -> str:
    salt = secrets.token_hex(8)
    return f"{salt}.{_mac(cookie, salt)}"


def _mac(cookie: str, salt: str) -> str:
    return hmac.digest(cookie.encode(), salt.encode(), "sha256").hex()


def check(request: Request, cookie: str | None, given: str | None) -> None:
    """Raises Forbidden for a post that does not come from one of our own forms."""
    salt, _, mac = (given or "").partition(".")
    good = cookie is not None and hmac.compare_digest(mac.encode(), _mac(cookie, salt).encode())
    if not (good and is_same_origin(request)):
        raise Forbidden("This form has expired. Go back, reload the page and submit it again.")

"""Tokens in forms against cross-site request forgery.

A token is a random salt and a MAC of it under the page's cookie, which scripts and other sites cannot read. The salt
makes each token different, so that it cannot be guessed through the compression of the page.
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request

from app.errors import Forbidden
from app.web.accounts.auth import is_same_origin

FIELD = "csrf"
HEADER = "x-csrf-token"


def create_token(cookie: str) -> str:
    salt = secrets.token_hex(8)
    return f"{salt}.{_mac(cookie, salt)}"


def _mac(cookie: str, salt: str) -> str:
    return hmac.digest(cookie.encode(), salt.encode(), "sha256").hex()


def check(request: Request, cookie: str | None, token: str | None) -> None:
    """Raises Forbidden for a POST that does not come from one of our own forms."""
    salt, _, mac = (token or "").partition(".")
    valid = cookie is not None and hmac.compare_digest(mac.encode(), _mac(cookie, salt).encode())
    if not (valid and is_same_origin(request)):
        raise Forbidden("This form has expired. Go back, reload the page and submit it again.")

"""Browser sessions: a random cookie, whose digest is stored in Postgres until the user signs out.

All API processes accept the cookie, and no clock but the database's is asked. The digest is made with the
installation's TRIGPOINT_SESSION_SECRET: a new secret ends all sessions.
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

COOKIE_NAME = "trigpoint_session"
MAX_AGE_SECONDS = 14 * 24 * 3600
HOST_PREFIX = "__Host-"
"""Browsers accept a cookie with this prefix only over HTTPS and for this very host: no other host can plant it."""
MAX_COOKIE_CHARACTERS = 200


def create_token() -> str:
    """Return the cookie of a new session: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str, secret: str | None) -> bytes:
    """Return the digest under which a session is stored."""
    return hmac.digest((secret or "").encode(), f"session {token}".encode(), "sha256")


def find_token(request: Request) -> str | None:
    """Return the session cookie of the request, None without one."""
    token = get_cookie(request, COOKIE_NAME)
    return token if token and len(token) <= MAX_COOKIE_CHARACTERS else None


def is_https(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")


def get_cookie(request: Request, name: str) -> str | None:
    """Return one of our cookies. Over HTTPS only the one counts that no other host can have planted."""
    return request.cookies.get(_full_name(request, name))


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, max_age: int | None = None, strict: bool = False
) -> None:
    """Set a cookie for this host that scripts cannot read. `max_age` is in seconds; None: until the browser ends."""
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="strict" if strict else "lax",
        secure=is_https(request),
    )


def delete_cookie(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(_full_name(request, name), path="/", httponly=True, secure=is_https(request))


def _full_name(request: Request, name: str) -> str:
    return f"{HOST_PREFIX}{name}" if is_https(request) else name

"""Authentication: `Authorization: Bearer <key>`, or a browser session for requests that only read.

A session cookie alone allows no changes here: the dashboard's forms, which carry a CSRF token, act in the user's name.
Valid keys and sessions are cached for some seconds. So a revoked key, or a change of its user, takes effect at once in
this process and within CACHE_SECONDS in others.
"""

from __future__ import annotations

from starlette.requests import Request

from app.db.accounts import keys
from app.db.accounts.users import User
from app.errors import Forbidden, Unauthorized
from app.web.accounts import session
from app.web.accounts.key_cache import key_cache
from app.web.platform import get_platform

ACTING_USER = "trigpoint.acting_user"
"""Key in the scope of a request that the dashboard makes in the name of a user whom it has authenticated."""
SAFE_METHODS = ("GET", "HEAD")


async def require(request: Request, admin: bool = False) -> User:
    """Return the user who makes the request.

    Raises Unauthorized without a valid key or session, and Forbidden if an admin is required and the user is none.
    """
    user: User | None = request.scope.get(ACTING_USER)
    if user is None and _may_use_session(request):
        user = await find_session_user(request)
    if user is None:
        user = await _get_key_user(request)
    if admin and not user.is_admin:
        raise Forbidden("Only an admin may do this.")
    return user


async def require_reader(request: Request) -> User | None:
    """Return the user who makes the request, or None if TRIGPOINT_PUBLIC_READS lets everybody read.

    Raises Unauthorized as `require` does.
    """
    platform = get_platform(request)
    if platform.settings.public_reads and "authorization" not in request.headers:
        return None
    return await require(request)


def is_same_origin(request: Request) -> bool:
    """Whether the request comes from one of our pages, by the browser's Sec-Fetch-Site; true for other clients."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def find_session_user(request: Request) -> User | None:
    """Return the user of the request's session cookie; None if it is expired or its key is revoked."""
    cookie = request.cookies.get(session.COOKIE_NAME)
    key_id = session.parse_key_id(cookie) if cookie else None
    if cookie is None or key_id is None:
        return None
    cache = key_cache(request.app)
    cookie_hash = keys.hash_key(f"session {cookie}")  # cannot be an API key: those contain no space
    if (user := cache.find(cookie_hash)) is not None:
        return user
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        key = await keys.find_live_by_id(conn, key_id)
    if key is None or not session.is_valid(cookie, key.key_hash, platform.settings.session_secret):
        return None
    cache.insert(cookie_hash, key.user)
    return key.user


def _may_use_session(request: Request) -> bool:
    return request.method in SAFE_METHODS and "authorization" not in request.headers and is_same_origin(request)


async def _get_key_user(request: Request) -> User:
    """Return the user of the request's API key. Raises Unauthorized."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthorized("An API key is required: send the header Authorization: Bearer <key>.")
    cache = key_cache(request.app)
    key_hash = keys.hash_key(text)
    user = cache.find(key_hash)
    if user is None:
        user = await _get_live_key_user(request, text)
        cache.insert(key_hash, user)
    return user


async def _get_live_key_user(request: Request, text: str) -> User:
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        key = await keys.find_live(conn, text)
        if key is None:
            raise Unauthorized("The API key is unknown or has been revoked.")
        if key.use_due:
            await keys.record_use(conn, key.id)
    return key.user

"""Authentication: `Authorization: Bearer <key>`, or a browser session for requests that only read.

A session cookie alone allows no changes here: the dashboard's forms, which carry a CSRF token, act in the user's name.
Valid keys and sessions are cached for some seconds. So a revoked key, or a change of its user, takes effect at once in
this process and within CACHE_SECONDS in others.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from app.db.accounts import keys, sessions
from app.db.accounts.keys import Scope
from app.db.accounts.sessions import Caller
from app.db.accounts.users import User
from app.db.core.turns import OWNER
from app.errors import Forbidden, Unauthorized
from app.web.accounts import key_lookup, session
from app.web.accounts.key_cache import key_cache
from app.web.http.request_context import CALLER
from app.web.platform import get_platform

ACTING_USER = "trigpoint.acting_user"
"""Key in the scope of a request that the dashboard makes in the name of a user whom it has authenticated."""
SAFE_METHODS = ("GET", "HEAD")


async def require(request: Request, admin: bool = False) -> User:
    """Return the user who makes the request.

    Raises Unauthorized without a valid key or session, and Forbidden if the key lacks the scope for the request's
    method, or if an admin is required and the user is none.
    """
    user: User | None = request.scope.get(ACTING_USER)
    if user is None and _may_use_session(request):
        user = await find_session_user(request)
    if user is None:
        user = await _get_key_user(request)
    if ACTING_USER not in request.scope:
        require_scope(request, Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
        await request.app.state.rate_limit.check(request, get_caller(request).key_id)
    OWNER.set(str(user.id))
    if admin and not user.is_admin:
        raise Forbidden("Only an admin may do this, with a key that has the scope `admin`.")
    return user


def require_scope(request: Request, scope: Scope) -> None:
    """Raises Forbidden if the key or session by which the request came lacks the scope."""
    if scope not in get_caller(request).scopes:
        raise Forbidden(
            f"The API key lacks the scope `{scope}`. Use another key, or create one with this scope.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


async def require_reader(request: Request) -> User | None:
    """Return the user who makes the request, or None if TRIGPOINT_PUBLIC_READS lets everybody read.

    Raises Unauthorized as `require` does.
    """
    platform = get_platform(request)
    if platform.settings.public_reads and "authorization" not in request.headers:
        return None
    return await require(request)


def is_same_origin(request: Request) -> bool:
    """Whether the request comes from one of our pages, or from no page at all.

    Browsers say so in Sec-Fetch-Site. Over plain HTTP they send only Origin, for requests that may change something.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


async def find_session_user(request: Request) -> User | None:
    """Return the user of the request's session; None if it has ended or expired, or its key gives no access."""
    token = session.find_token(request)
    if token is None:
        return None
    platform = get_platform(request)
    id_hash = session.digest(token, platform.settings.session_secret)
    cache = key_cache(request.app)
    caller = cache.find(id_hash)
    if caller is None:
        generation = cache.generation
        async with platform.pool.acquire() as conn:
            found = await sessions.find_live(conn, id_hash)
            if found is None:
                return None
            if found.seen_due:
                await sessions.record_seen(conn, id_hash)
        caller = Caller(found.user, found.key_id, id_hash, found.scopes, found.expires_at)
        cache.insert(id_hash, caller, generation)
    request.scope[CALLER] = caller
    return caller.user


def get_caller(request: Request) -> Caller:
    """Return by which key or session the request came, after `require` or `find_session_user` found its user."""
    caller: Caller = request.scope[CALLER]
    return caller


def _may_use_session(request: Request) -> bool:
    return request.method in SAFE_METHODS and "authorization" not in request.headers and is_same_origin(request)


async def _get_key_user(request: Request) -> User:
    """Return the user of the request's API key. Raises Unauthorized, and TooManyRequests after many failures."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthorized("An API key is required: send the header Authorization: Bearer <key>.")
    cache = key_cache(request.app)
    key_hash = keys.hash_key(text)
    caller = cache.find(key_hash)
    if caller is None:
        generation = cache.generation
        key = await key_lookup.get_live_key(request, text)
        if key.use_due:
            async with get_platform(request).pool.acquire() as conn:
                await keys.record_use(conn, key.id)
        caller = Caller(key.user, key.id, None, key.scopes, key.expires_at)
        cache.insert(key_hash, caller, generation)
    request.scope[CALLER] = caller
    return caller.user

"""Who is asking: `Authorization: Bearer <key>`, or for reading a browser that is signed in.

A session's cookie opens no way to change anything here: the forms of the dashboard, which carry a token of their own,
act in its name. Known keys and sessions are remembered for some seconds in the process, so that polling costs no query
for its key. A key that is revoked, or whose user changes, works on for that long in *other* processes at most; this one
forgets it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.requests import Request

from app.db.accounts import keys
from app.db.accounts.users import User
from app.errors import Forbidden, Unauthorized
from app.web.accounts import session
from app.web.platform import get_platform

REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    user: User
    until: float
    """On the clock of KnownKeys, in seconds."""


class KnownKeys:
    """Keys that were good a moment ago, by their digest. Bad keys are not remembered: they could fill it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[bytes, Known] = {}

    def find(self, hashed: bytes) -> User | None:
        known = self._known.get(hashed)
        return known.user if known is not None and known.until > self._clock() else None

    def remember(self, hashed: bytes, user: User) -> None:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[hashed] = Known(user, self._clock() + REMEMBERED_SECONDS)

    def forget(self) -> None:
        self._known.clear()


def known_keys(request: Request) -> KnownKeys:
    """The process' memory of keys, made at the first request."""
    state = request.app.state
    if not hasattr(state, "known_keys"):
        state.known_keys = KnownKeys()
    known: KnownKeys = state.known_keys
    return known


ACTING = "trigpoint.acting"
"""In the scope of a request that the dashboard makes in the name of a user whom it has checked."""
READING = ("GET", "HEAD")


async def require(request: Request, admin: bool = False) -> User:
    """The user whose key the request carries.

    Raises Unauthorized without a good key, Forbidden where an admin's is needed.
    """
    user: User | None = request.scope.get(ACTING)
    if user is None and request.method in READING and "authorization" not in request.headers and ours(request):
        user = await signed_in(request)
    if user is None:
        user = await _bearer(request)
    if admin and not user.is_admin:
        raise Forbidden("Only an admin may do this.")
    return user


def ours(request: Request) -> bool:
    """Whether a page of ours asks, as far as the browser says; other programs say nothing."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def _bearer(request: Request) -> User:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthorized("An API key is needed: send the header Authorization: Bearer <key>.")
    known = known_keys(request)
    hashed = keys.hash_key(text)
    user = known.find(hashed)
    if user is None:
        user = await _look_up(request, text)
        known.remember(hashed, user)
    return user


async def signed_in(request: Request) -> User | None:
    """The user of the request's session, while it is young enough and its key is good."""
    cookie = request.cookies.get(session.COOKIE)
    key_id = session.key_id(cookie) if cookie else None
    if cookie is None or key_id is None:
        return None
    known, hashed = known_keys(request), keys.hash_key(f"session {cookie}")  # no key has a space
    if (user := known.find(hashed)) is not None:
        return user
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        key = await keys.find_live_by_id(conn, key_id)
    if key is None or not session.is_good(cookie, key.key_hash, platform.settings.session_secret):
        return None
    known.remember(hashed, key.user)
    return key.user


async def reader(request: Request) -> User | None:
    """Who reads what is open to all where TRIGPOINT_PUBLIC_READS says so: None without a key. Raises as `require`."""
    platform = get_platform(request)
    if platform.settings.public_reads and "authorization" not in request.headers:
        return None
    return await require(request)


async def _look_up(request: Request, text: str) -> User:
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        key = await keys.find_live(conn, text)
        if key is None:
            raise Unauthorized("The API key is not known, or was revoked.")
        if key.use_due:
            await keys.record_use(conn, key.id)
    return key.user

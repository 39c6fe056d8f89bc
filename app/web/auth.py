"""Who is asking: `Authorization: Bearer <key>`.

Known keys are remembered for some seconds in the process, so that polling costs no query for its key. A key that is
revoked, or whose user changes, therefore works on for that long in *other* processes; this one forgets it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.requests import Request

from app.db import keys
from app.db.users import User
from app.errors import Forbidden, Unauthorized
from app.web.platform import Platform

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


async def require(request: Request, admin: bool = False) -> User:
    """The user whose key the request carries.

    Raises Unauthorized without a good key, Forbidden where an admin's is needed.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthorized("An API key is needed: send the header Authorization: Bearer <key>.")
    known = known_keys(request)
    hashed = keys.digest(text)
    user = known.find(hashed)
    if user is None:
        user = await _look_up(request, text)
        known.remember(hashed, user)
    if admin and not user.is_admin:
        raise Forbidden("Only an admin may do this.")
    return user


async def reader(request: Request) -> User | None:
    """Who reads what is open to all where TRIGPOINT_PUBLIC_READS says so: None without a key. Raises as `require`."""
    platform: Platform = request.app.state.platform
    if platform.settings.public_reads and "authorization" not in request.headers:
        return None
    return await require(request)


async def _look_up(request: Request, text: str) -> User:
    platform: Platform = request.app.state.platform
    async with platform.pool.acquire() as conn:
        row = await keys.owner(conn, text)
        if row is None:
            raise Unauthorized("The API key is not known, or was revoked.")
        if row["use_due"]:
            await keys.note_use(conn, row["key_id"])
    return User(row["id"], row["email"], row["name"], row["role"])

"""`Idempotency-Key`: a create request that is sent again gets the first answer again, and creates nothing.

How a handler uses it: read and check the body first, then

    response = await idempotency.once(request, user, raw_body, lambda conn: _create(conn, …))

where `_create` does all the writing on the connection it is given, inside the transaction that `once` opens and
commits, and returns a JSON answer. The key, the answer and what was created thus commit together: a crash leaves all or
nothing. What must follow the commit (a nudge to the dispatcher) follows `once`; after a replay it does no harm.

Keys belong to a user and live for 24 hours. The same key with another method, path, query or body is a 422; while the
first request is still under way, a second one is a 409. Only success is kept: after an error the key is free again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import idempotency
from app.db.core.idempotency import StoredResponse
from app.db.core.pool import Connection
from app.errors import BadRequest, Conflict, Invalid
from app.web.platform import get_platform

LONGEST_KEY = 255


async def once(
    request: Request, user: User, body: bytes, create: Callable[[Connection], Awaitable[Response]]
) -> Response:
    """Run `create` in a transaction, unless the request's Idempotency-Key already has an answer."""
    platform = get_platform(request)
    key = _key(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if key is None:
            return await create(conn)
        if not await idempotency.try_lock(conn, user.id, key):
            raise Conflict("A request with this Idempotency-Key is still under way.")
        fingerprint = _fingerprint(request, body)
        kept = await idempotency.find(conn, user.id, key)
        if kept is not None:
            return _replay(kept, fingerprint)
        response = await create(conn)
        answer = StoredResponse(
            fingerprint, response.status_code, bytes(response.body), response.headers.get("location")
        )
        await idempotency.upsert(conn, user.id, key, answer)
        return response


def _key(request: Request) -> str | None:
    """The key; quotes, which the draft standard asks for, may be there or not."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    key = given.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadRequest(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters.")
    return key


def _fingerprint(request: Request, body: bytes) -> bytes:
    target = f"{request.method} {request.url.path}?{request.url.query}\n"
    return sha256(target.encode() + body).digest()


def _replay(kept: StoredResponse, fingerprint: bytes) -> Response:
    if kept.fingerprint != fingerprint:
        raise Invalid([("Idempotency-Key", "was used before with another request")])
    headers = {"Idempotent-Replayed": "true"}
    if kept.location is not None:
        headers["Location"] = kept.location
    if kept.status == 202:
        headers["Retry-After"] = "1"
    return Response(kept.body, kept.status, headers, media_type="application/json")

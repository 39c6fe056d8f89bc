"""`Idempotency-Key`: repeating a create request returns the first response again and creates nothing.

A route handler reads and checks the body first, and then calls

    response = await idempotency.run_once(request, user, raw_body, lambda conn: _create(conn, …))

`_create` does all its writes on that connection, inside the transaction that `run_once` opens and commits, and returns
a JSON response. So the key, the response and what was created are committed together: a crash leaves all or nothing.
What must follow the commit (waking the dispatcher) follows `run_once`; after a repeated request it does no harm.

Keys belong to a user and live for 24 hours. Reusing a key for another method, path, query or body is a 422; a repeated
request while the first one is still running is a 409. Only successful responses are stored: after an error the key can
be used again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import idempotency
from app.db.core.idempotency import RequestKey, StoredResponse
from app.db.core.pool import Connection
from app.errors import BadRequest, Conflict, Invalid
from app.web.http.off_loop import off_loop
from app.web.platform import get_platform

MAX_KEY_CHARACTERS = 255


async def run_once(
    request: Request, user: User, body: bytes, create: Callable[[Connection], Awaitable[Response]]
) -> Response:
    """Run `create` in a transaction, or return the response stored under the request's Idempotency-Key.

    Raises Conflict while another request with the key is running, Invalid if the key was used for a different
    request, BadRequest for a malformed key.
    """
    platform = get_platform(request)
    key = await read_key(request, user, body)
    async with platform.pool.acquire() as conn, conn.transaction():
        if key is None:
            return await create(conn)
        if not all(await idempotency.lock_each(conn, [key])):
            raise still_running()
        [stored] = await idempotency.find_each(conn, [key])
        if stored is not None:
            return replay(stored, key)
        response = await create(conn)
        await idempotency.upsert_each(conn, [(key, to_stored(response, key))])
        return response


async def read_key(request: Request, user: User, body: bytes) -> RequestKey | None:
    """Return the request's Idempotency-Key, None if it has none.

    Raises BadRequest for a malformed key, and LimitReached for a new one of a user who has too many.
    """
    key = _parse_key(request)
    if key is None:
        return None
    platform = get_platform(request)
    await platform.stored_responses.reserve(platform.pool, user, key)
    return RequestKey(user.id, key, await off_loop(len(body), _fingerprint, request, body))


def to_stored(response: Response, key: RequestKey) -> StoredResponse:
    return StoredResponse(key.fingerprint, response.status_code, bytes(response.body), response.headers.get("location"))


def replay(stored: StoredResponse, key: RequestKey) -> Response:
    """Return a stored response again. Raises Invalid if the key was used for a different request."""
    if stored.fingerprint != key.fingerprint:
        raise Invalid([("Idempotency-Key", "was already used for a different request; use a new key")])
    headers = {"Idempotent-Replayed": "true"}
    if stored.location is not None:
        headers["Location"] = stored.location
    if stored.status == 202:
        headers["Retry-After"] = "1"
    return Response(stored.body, stored.status, headers, media_type="application/json")


def still_running() -> Conflict:
    return Conflict("A request with this Idempotency-Key is still running. Try again shortly.")


def _parse_key(request: Request) -> str | None:
    """Return the key without the quotes that the draft standard asks for. Raises BadRequest."""
    fields = request.headers.getlist("idempotency-key")
    if not fields:
        return None
    if len(fields) > 1:
        raise BadRequest("The Idempotency-Key is given more than once.")
    key = fields[0].strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not key or len(key) > MAX_KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise BadRequest(f"Idempotency-Key must be 1 to {MAX_KEY_CHARACTERS} printable ASCII characters.")
    return key


def _fingerprint(request: Request, body: bytes) -> bytes:
    target = f"{request.method} {request.scope['path']}?{request.url.query}\n"
    return sha256(target.encode() + body).digest()

"""API keys: users create, list and revoke their own keys, admins also those of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import admins, keys, users
from app.db.accounts.keys import ApiKey
from app.db.core import audit
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.web.accounts import auth
from app.web.accounts.key_cache import key_cache
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    user_id: UUID | None = Field(default=None, alias="userId")
    """The owner; the caller if not given."""


class KeyQuery(Paging):
    user_id: UUID | None = Field(default=None, alias="userId")


def present_key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "userId": key.user_id,
        "name": key.name,
        "prefix": key.prefix,
        "createdAt": key.created_at,
        "lastUsedAt": key.last_used_at,
        "revokedAt": key.revoked_at,
    }


async def index(request: Request) -> Response:
    """List the caller's keys; for an admin all keys, or those of `userId`.

    200 `{"keys": [key], "total", "limit", "offset"}`, without the secret parts of the keys.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, KeyQuery)
    if not user.is_admin and paging.user_id not in (None, user.id):
        raise Forbidden("Only an admin may list the keys of other users.")
    async with platform.pool.acquire() as conn:
        owner_id = paging.user_id if user.is_admin else user.id
        found, total = await keys.list_keys(conn, owner_id, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("keys", [present_key(key) for key in found], total, paging))


async def create(request: Request) -> Response:
    """Create a key. 201 `{"id", "userId", "name", "key", "prefix"}`: the only response that contains the key itself."""
    user = await auth.require(request)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewKey)
    owner_id = new.user_id or user.id
    if owner_id != user.id and not user.is_admin:
        raise Forbidden("Only an admin may create keys for other users.")
    async with platform.pool.acquire() as conn, conn.transaction():
        owner = await users.get(conn, owner_id)
        if owner is None or owner.disabled_at is not None:
            raise Invalid([("userId", "no such user, or the user is disabled")])
        key = await keys.insert(conn, owner_id, new.name)
        details = {"keyId": key.id, "userId": owner_id, "name": new.name}
        await audit.record(conn, "KEY_CREATED", details, user_id=user.id)
    content = {"id": key.id, "userId": owner_id, "name": new.name, "key": key.text, "prefix": key.prefix}
    return JSON(content, 201, {"Cache-Control": "no-store"})


async def revoke(request: Request) -> Response:
    """Revoke the key, which ends its sessions too. 204."""
    user = await auth.require(request)
    platform = get_platform(request)
    key_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        await admins.lock_admins(conn)
        owner_id = await keys.revoke(conn, key_id, None if user.is_admin else user.id)
        if owner_id is None:
            raise NotFound(f"Key {key_id} not found, or already revoked.")
        if not await admins.has_live_admin(conn):
            raise Conflict("This is the last API key of an admin. Create another one first.")
        await audit.record(conn, "KEY_REVOKED", {"keyId": key_id, "userId": owner_id}, user_id=user.id)
    key_cache(request.app).clear()
    return Response(status_code=204)

"""API keys: users create, list and revoke their own keys, admins also those of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import admins, keys, users
from app.db.accounts.keys import ApiKey, Scope
from app.db.accounts.sessions import Caller
from app.db.accounts.users import User
from app.db.core import audit
from app.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.limits import require_room
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel
from app.web.http.operation import Reply, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.platform import get_platform


class NewKey(RequestModel):
    """An API key to create."""

    model_config = ConfigDict(
        str_strip_whitespace=True, json_schema_extra={"examples": [{"name": "Nightly import", "scopes": ["read"]}]}
    )

    name: str = Field(min_length=1, max_length=200)
    user_id: UUID | None = None
    """The owner; the caller if not given."""
    scopes: list[Scope] | None = Field(default=None, min_length=1, max_length=len(Scope))
    """All that the caller's key has and the owner may use if not given."""
    expires_at: Timestamp | None = None
    """Never if not given, but not later than the caller's own key."""


class KeyQuery(KeysetPaging, RequestModel):
    user_id: UUID | None = None
    """Only the keys of this user."""


class BasicKey(ResponseModel):
    id: UUID
    user_id: UUID
    name: str
    prefix: str
    """The beginning of the key, by which people recognise it."""
    scopes: list[Scope]
    expires_at: datetime | None


class KeyModel(BasicKey):
    """An API key, without its secret part."""

    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyPage(KeysetPageModel):
    keys: list[KeyModel]


class KeyCreated(BasicKey):
    key: str
    """The key itself, which is shown this once."""


def present_key(key: ApiKey) -> KeyModel:
    return KeyModel(
        id=key.id,
        user_id=key.user_id,
        name=key.name,
        prefix=key.prefix,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        scopes=[Scope(scope) for scope in key.scopes],
        expires_at=key.expires_at,
    )


@operation("listKeys", tag="Accounts", query=KeyQuery, returns={200: KeyPage})
async def index(request: Request) -> Response:
    """List your API keys. Administrators see those of all users."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, KeyQuery)
    if not user.is_admin and paging.user_id not in (None, user.id):
        raise Forbidden("Only an admin may list the keys of other users.")
    async with platform.pool.acquire() as conn:
        owner_id = paging.user_id if user.is_admin else user.id
        page = await keys.list_keys(conn, owner_id, before=paging.cursor, limit=paging.limit, offset=paging.offset)
    entries = [present_key(key) for key in page.rows]
    return JSON(KeyPage(keys=entries, **keyset_fields(page, paging, lambda key: key.id)))


@operation("createKey", tag="Accounts", body=NewKey, returns={201: KeyCreated}, errors=[LimitReached])
async def create(request: Request) -> Response:
    """Create an API key.

    This is the only response that contains the key itself. A key cannot create one with more scopes or a longer life
    than its own.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    caller = auth.get_caller(request)
    new = await request_parsing.read_model(request, NewKey)
    owner_id = new.user_id or user.id
    if owner_id != user.id and not user.is_admin:
        raise Forbidden("Only an admin may create keys for other users.")
    async with platform.pool.acquire() as conn, conn.transaction():
        owner = await users.get(conn, owner_id)
        if owner is None or owner.disabled_at is not None:
            raise Invalid([("userId", "no such user, or the user is disabled")])
        if not user.is_admin:
            current = await keys.lock_and_count(conn, owner_id)
            require_room("keys", "API keys", current, platform.settings.max_keys)
        scopes = _scopes(caller, owner, new.scopes)
        expires_at = _expiry(caller, new.expires_at, platform.changes.now())
        key = await keys.insert(conn, owner_id, new.name, scopes, expires_at)
        details = {"keyId": key.id, "userId": owner_id, "name": new.name, "scopes": scopes}
        await audit.record(conn, "KEY_CREATED", details, user_id=user.id)
    created = KeyCreated(
        id=key.id,
        user_id=owner_id,
        name=new.name,
        key=key.text,
        prefix=key.prefix,
        scopes=scopes,
        expires_at=expires_at,
    )
    return JSON(created, 201)


def _scopes(caller: Caller, owner: User, requested: Sequence[Scope] | None) -> list[Scope]:
    """Return the scopes of a new key. Raises Invalid, and Forbidden for what the caller's key lacks."""
    if requested is None:
        return [scope for scope in Scope if scope in caller.scopes and (scope is not Scope.ADMIN or owner.is_admin)]
    if Scope.ADMIN in requested and not owner.is_admin:
        raise Invalid([("scopes", "only keys of administrators can have the scope admin")])
    if lacking := set(requested) - caller.scopes:
        raise Forbidden(f"Your own key lacks the scope {', '.join(sorted(lacking))}, so it cannot give it to another.")
    return [scope for scope in Scope if scope in requested]


def _expiry(caller: Caller, requested: datetime | None, now: datetime) -> datetime | None:
    """Return when a new key expires. Raises Invalid."""
    if requested is not None and requested <= now:
        raise Invalid([("expiresAt", "must be in the future")])
    if caller.expires_at is None or requested is None:
        return requested or caller.expires_at
    if requested > caller.expires_at:
        own = f"{caller.expires_at:%Y-%m-%dT%H:%M:%SZ}"
        raise Invalid([("expiresAt", f"must not be later than that of your own key, {own}")])
    return requested


@operation("revokeKey", tag="Accounts", returns={204: Reply()}, errors=[Conflict])
async def revoke(request: Request) -> Response:
    """Revoke an API key, which ends its sessions too."""
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
    platform.access.check_soon()
    return Response(status_code=204)

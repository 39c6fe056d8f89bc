"""Users: admins create, list and change them; every user may read their own account."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import admins, users
from app.db.accounts.users import User
from app.db.core import audit
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.accounts.key_cache import key_cache
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform

Role = Literal["admin", "user"]


class NewUser(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    email: str = Field(max_length=254)
    name: str = Field(min_length=1, max_length=200)
    role: Role = "user"

    @field_validator("email", mode="after")
    @classmethod
    def _to_address(cls, value: str) -> str:
        """Convert to lower case, so that a person has one account however the address is spelt."""
        local, at, domain = value.rpartition("@")
        if not (local and at and domain) or "@" in local or not value.isprintable() or " " in value:
            raise ValueError("must be an e-mail address, such as ann@example.com")
        return value.lower()


class UserChange(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: Role | None = None
    disabled: bool | None = None


def present_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled_at is not None,
        "createdAt": user.created_at,
    }


async def me(request: Request) -> Response:
    """Return the caller. 200 `{"id", "email", "name", "role"}`."""
    user = await auth.require(request)
    return JSON({"id": user.id, "email": user.email, "name": user.name, "role": user.role})


async def index(request: Request) -> Response:
    """List all users. Admins only. 200 `{"users": [user], "total", "limit", "offset"}`."""
    await auth.require(request, admin=True)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        found, total = await users.list_users(conn, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("users", [present_user(user) for user in found], total, paging))


async def create(request: Request) -> Response:
    """Create a user, who needs an API key next. Admins only. 201 with the user."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewUser)
    async with platform.pool.acquire() as conn, conn.transaction():
        user = await users.insert(conn, new.email, new.name, new.role)
        if user is None:
            raise Conflict(f"A user with the e-mail address {new.email} already exists.")
        details = {"userId": user.id, "email": new.email, "role": new.role}
        await audit.record(conn, "USER_CREATED", details, user_id=admin.id)
    return JSON(present_user(user), 201)


async def update(request: Request) -> Response:
    """Change the name or role of a user, or disable them. Admins only. 200 with the user."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    user_id = request_parsing.path_id(request)
    change = await request_parsing.read_model(request, UserChange)
    given = change.model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", "Give at least one of name, role and disabled.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        await admins.lock_admins(conn)
        user = await users.update(conn, user_id, name=change.name, role=change.role, disabled=change.disabled)
        if user is None:
            raise NotFound(f"User {user_id} not found.")
        if not await admins.has_live_admin(conn):
            raise Conflict("This is the last admin with an API key. Create another admin with a key first.")
        await audit.record(conn, "USER_UPDATED", {"userId": user_id, **given}, user_id=admin.id)
    key_cache(request.app).clear()
    return JSON(present_user(user))

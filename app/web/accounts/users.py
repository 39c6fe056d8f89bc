"""People: admins make, list and change them; everybody may ask who they are."""

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
    def _address(cls, value: str) -> str:
        """In lower case: two spellings of one address are one person."""
        local, at, domain = value.rpartition("@")
        if not (local and at and domain) or "@" in local or not value.isprintable() or " " in value:
            raise ValueError("must be an e-mail address")
        return value.lower()


class UserChange(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: Role | None = None
    disabled: bool | None = None


def present(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled_at is not None,
        "createdAt": user.created_at,
    }


async def me(request: Request) -> Response:
    user = await auth.require(request)
    return JSON({"id": user.id, "email": user.email, "name": user.name, "role": user.role})


async def index(request: Request) -> Response:
    await auth.require(request, admin=True)
    platform = get_platform(request)
    paging = request_parsing.query(request, Paging)
    async with platform.pool.acquire() as conn:
        found, total = await users.list_users(conn, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("users", [present(user) for user in found], total, paging))


async def create(request: Request) -> Response:
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewUser)
    async with platform.pool.acquire() as conn, conn.transaction():
        user = await users.insert(conn, new.email, new.name, new.role)
        if user is None:
            raise Conflict(f"There is a user with the e-mail address {new.email} already.")
        details = {"userId": user.id, "email": new.email, "role": new.role}
        await audit.record(conn, "USER_CREATED", details, user_id=admin.id)
    return JSON(present(user), 201)


async def update(request: Request) -> Response:
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
            raise NotFound("There is no such user.")
        if not await admins.has_live_admin(conn):
            raise Conflict("Nobody would be left to administer this installation: make another admin with a key first.")
        await audit.record(conn, "USER_UPDATED", {"userId": user_id, **given}, user_id=admin.id)
    auth.known_keys(request).forget()
    return JSON(present(user))

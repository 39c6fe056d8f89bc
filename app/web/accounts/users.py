"""Users: admins create, list and change them; every user may read their own account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import admins, users
from app.db.accounts.users import Role, User
from app.db.core import audit
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel
from app.web.http.operation import Access, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.platform import get_platform


class NewUser(RequestModel):
    """A user to create."""

    model_config = ConfigDict(
        str_strip_whitespace=True, json_schema_extra={"examples": [{"email": "ann@example.com", "name": "Ann Lee"}]}
    )

    email: str = Field(max_length=254)
    """Their e-mail address, by which they are known; stored in lower case."""
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


class UserChange(RequestModel):
    """What to change of a user: at least one field."""

    model_config = ConfigDict(str_strip_whitespace=True, json_schema_extra={"examples": [{"role": "admin"}]})

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: Role | None = None
    disabled: bool | None = None
    """Whether their keys and sessions are refused."""


class Caller(ResponseModel):
    """The user to whom the key or the session belongs."""

    id: UUID
    email: str
    name: str
    role: Role


class UserModel(Caller):
    """A user."""

    disabled: bool
    created_at: datetime


class UserPage(KeysetPageModel):
    users: list[UserModel]


def present_user(user: User) -> UserModel:
    return UserModel(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        disabled=user.disabled_at is not None,
        created_at=user.created_at,
    )


@operation("getMe", tag="Accounts", returns={200: Caller})
async def me(request: Request) -> Response:
    """Return the caller."""
    user = await auth.require(request)
    return JSON(Caller(id=user.id, email=user.email, name=user.name, role=user.role))


@operation("listUsers", tag="Accounts", access=Access.ADMIN, query=KeysetPaging, returns={200: UserPage})
async def index(request: Request) -> Response:
    """List all users."""
    await auth.require(request, admin=True)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, KeysetPaging)
    async with platform.pool.acquire() as conn:
        page = await users.list_users(conn, after=paging.cursor, limit=paging.limit, offset=paging.offset)
    entries = [present_user(user) for user in page.rows]
    return JSON(UserPage(users=entries, **keyset_fields(page, paging, lambda user: user.id)))


@operation("createUser", tag="Accounts", access=Access.ADMIN, body=NewUser, returns={201: UserModel}, errors=[Conflict])
async def create(request: Request) -> Response:
    """Create a user, who needs an API key next."""
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


@operation(
    "updateUser", tag="Accounts", access=Access.ADMIN, body=UserChange, returns={200: UserModel}, errors=[Conflict]
)
async def update(request: Request) -> Response:
    """Change the name or role of a user, or disable them."""
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
    platform.access.check_soon()
    return JSON(present_user(user))

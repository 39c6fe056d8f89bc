"""Teams, and the webhooks and addresses of mail that hear of signals: admins change them, members see their own."""

from __future__ import annotations

import base64
import secrets
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import teams
from app.db.accounts.teams import NewTeamChannel, Team
from app.db.core import audit
from app.db.core.pool import Connection
from app.domain.companies import input as companies
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.accounts.users import NewUser
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform

SignalKind = Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Channel(BaseModel):
    """`target` is the address of a webhook or of mail; `signals` are the kinds it is for, all without it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Literal["webhook", "email"]
    target: str = Field(min_length=3, max_length=2000)
    signals: list[SignalKind] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _address(self) -> Channel:
        if self.kind == "webhook":
            if "://" not in self.target:
                raise ValueError("must be an address of the web, such as https://example.com/hook")
            companies.website(self.target)
        else:
            self.target = NewUser(email=self.target, name="-").email
        return self


class NewTeam(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    members: list[UUID] = Field(default=[], max_length=1000)
    channels: list[Channel] = Field(default=[], max_length=50)


class TeamChange(BaseModel):
    """What is given replaces what was; a channel that stays keeps its secret."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    members: list[UUID] | None = Field(default=None, max_length=1000)
    channels: list[Channel] | None = Field(default=None, max_length=50)


async def index(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.query(request, Paging)
    member = None if user.is_admin else user.id
    async with platform.pool.acquire() as conn:
        found, total = await teams.list_teams(conn, member, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("teams", [present(team) for team in found], total, paging))


async def read(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        team = await teams.get(conn, request_parsing.path_id(request), None if user.is_admin else user.id)
    return JSON(present(_found(team)))


async def create(request: Request) -> Response:
    """201 with the secrets of its webhooks: the only time that they are shown."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewTeam)
    async with platform.pool.acquire() as conn, conn.transaction():
        team_id = await teams.insert(conn, new.name, admin.id)
        if team_id is None:
            raise Conflict(f"There is a team {new.name!r} already.")
        made = await _set(conn, team_id, new.members, new.channels)
        await audit.record(conn, "TEAM_CREATED", {"teamId": team_id, "name": new.name}, user_id=admin.id)
        shown = present(_found(await teams.get(conn, team_id, None)))
    return JSON(_with_secrets(shown, made), 201, {"Location": f"/api/v1/teams/{team_id}"})


async def update(request: Request) -> Response:
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    team_id = request_parsing.path_id(request)
    change = await request_parsing.read_model(request, TeamChange)
    given = change.model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", "Give at least one of name, members and channels.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        _found(await teams.get(conn, team_id, None))
        if change.name is not None:
            try:
                await teams.update_name(conn, team_id, change.name)
            except asyncpg.UniqueViolationError:
                raise Conflict(f"There is a team {change.name!r} already.") from None
        made = await _set(conn, team_id, change.members, change.channels)
        await audit.record(conn, "TEAM_UPDATED", {"teamId": team_id, "fields": list(given)}, user_id=admin.id)
        shown = present(_found(await teams.get(conn, team_id, None)))
    return JSON(_with_secrets(shown, made))


async def delete(request: Request) -> Response:
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    team_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await teams.delete(conn, team_id):
            raise NotFound("There is no such team.")
        await audit.record(conn, "TEAM_DELETED", {"teamId": team_id}, user_id=admin.id)
    return Response(status_code=204)


async def _set(
    conn: Connection, team_id: UUID, members: list[UUID] | None, channels: list[Channel] | None
) -> dict[str, str]:
    """Set what is given; the secrets of webhooks that are new, by address."""
    if members is not None and (unknown := await teams.replace_members(conn, team_id, members)):
        raise Invalid([("members", f"there is no user {one}") for one in sorted(unknown, key=str)])
    if channels is None:
        return {}
    before = await teams.list_secrets(conn, team_id)
    new = [
        NewTeamChannel(channel.kind, channel.target, channel.signals, _secret() if channel.kind == "webhook" else None)
        for channel in channels
    ]
    await teams.replace_channels(conn, team_id, new)
    after = await teams.list_secrets(conn, team_id)
    return {target: secret for target, secret in after.items() if target not in before}


def _secret() -> str:
    """As Standard Webhooks writes one: 192 random bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def present(team: Team) -> dict[str, Any]:
    """The team as API JSON; secrets are shown only by the request that creates them."""
    return {
        "id": team.id,
        "name": team.name,
        "members": [{"id": member.id, "email": member.email, "name": member.name} for member in team.members],
        "channels": [
            {"id": channel.id, "kind": channel.kind, "target": channel.target, "signals": channel.signals}
            for channel in team.channels
        ],
        "createdAt": team.created_at,
    }


def _found(team: Team | None) -> Team:
    """Raises NotFound if there is no team."""
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _with_secrets(shown: dict[str, Any], made: dict[str, str]) -> dict[str, Any]:
    for channel in shown["channels"]:
        if channel["kind"] == "webhook" and channel["target"] in made:
            channel["secret"] = made[channel["target"]]
    return shown

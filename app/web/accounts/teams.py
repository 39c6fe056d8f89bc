"""Teams, and the channels by which they are notified of signals: admins change them, members see their own."""

from __future__ import annotations

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
from app.web.http.webhook_secret import new_webhook_secret
from app.web.platform import get_platform

SignalKind = Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Channel(BaseModel):
    """`target` is the URL of a webhook or an e-mail address; `signals` are the kinds to send, all if not given."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Literal["webhook", "email"]
    target: str = Field(min_length=3, max_length=2000)
    signals: list[SignalKind] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _address(self) -> Channel:
        if self.kind == "webhook":
            if "://" not in self.target:
                raise ValueError("must be a URL, such as https://example.com/hook")
            companies.normalize_website(self.target)
        else:
            self.target = NewUser(email=self.target, name="-").email
        return self


class NewTeam(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    members: list[UUID] = Field(default=[], max_length=1000)
    channels: list[Channel] = Field(default=[], max_length=50)


class TeamChange(BaseModel):
    """Fields that are given replace the stored ones; a channel that stays keeps its secret."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    members: list[UUID] | None = Field(default=None, max_length=1000)
    channels: list[Channel] | None = Field(default=None, max_length=50)


async def index(request: Request) -> Response:
    """List the caller's teams (for an admin: all teams). 200 `{"teams": [team], "total", "limit", "offset"}`."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, Paging)
    member = None if user.is_admin else user.id
    async with platform.pool.acquire() as conn:
        found, total = await teams.list_teams(conn, member, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("teams", [present_team(team) for team in found], total, paging))


async def read(request: Request) -> Response:
    """Return the team. 200 `{"id", "name", "members", "channels", "createdAt"}`."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        team = await teams.get(conn, request_parsing.path_id(request), None if user.is_admin else user.id)
    return JSON(present_team(_found(team)))


async def create(request: Request) -> Response:
    """Create a team. Admins only. 201 with the team and the secrets of its webhooks, which are shown this once."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewTeam)
    async with platform.pool.acquire() as conn, conn.transaction():
        team_id = await teams.insert(conn, new.name, admin.id)
        if team_id is None:
            raise Conflict(f"A team named {new.name!r} already exists. Choose another name.")
        new_secrets = await _set_members_and_channels(conn, team_id, new.members, new.channels)
        await audit.record(conn, "TEAM_CREATED", {"teamId": team_id, "name": new.name}, user_id=admin.id)
        team = present_team(_found(await teams.get(conn, team_id, None)))
    return JSON(_with_secrets(team, new_secrets), 201, {"Location": f"/api/v1/teams/{team_id}"})


async def update(request: Request) -> Response:
    """Change the team. Admins only. 200 with the team and the secrets of new webhooks."""
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
                raise Conflict(f"A team named {change.name!r} already exists. Choose another name.") from None
        new_secrets = await _set_members_and_channels(conn, team_id, change.members, change.channels)
        await audit.record(conn, "TEAM_UPDATED", {"teamId": team_id, "fields": list(given)}, user_id=admin.id)
        team = present_team(_found(await teams.get(conn, team_id, None)))
    return JSON(_with_secrets(team, new_secrets))


async def delete(request: Request) -> Response:
    """Delete the team and its channels. Admins only. 204."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    team_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await teams.delete(conn, team_id):
            raise NotFound("Team not found.")
        await audit.record(conn, "TEAM_DELETED", {"teamId": team_id}, user_id=admin.id)
    return Response(status_code=204)


async def _set_members_and_channels(
    conn: Connection, team_id: UUID, members: list[UUID] | None, channels: list[Channel] | None
) -> dict[str, str]:
    """Replace the members and channels that are given.

    Returns the secrets of new webhooks by their URL. Raises Invalid for unknown members.
    """
    if members is not None and (unknown := await teams.replace_members(conn, team_id, members)):
        raise Invalid([("members", f"user {user_id} not found") for user_id in sorted(unknown, key=str)])
    if channels is None:
        return {}
    before = await teams.list_secrets(conn, team_id)
    new = [
        NewTeamChannel(
            channel.kind, channel.target, channel.signals, new_webhook_secret() if channel.kind == "webhook" else None
        )
        for channel in channels
    ]
    await teams.replace_channels(conn, team_id, new)
    after = await teams.list_secrets(conn, team_id)
    return {target: secret for target, secret in after.items() if target not in before}


def present_team(team: Team) -> dict[str, Any]:
    """Return the team as JSON, without the secrets of its webhooks."""
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
    """Raises NotFound if there is no team, or the user is not a member of it."""
    if team is None:
        raise NotFound("Team not found.")
    return team


def _with_secrets(team: dict[str, Any], secrets_by_url: dict[str, str]) -> dict[str, Any]:
    for channel in team["channels"]:
        if channel["kind"] == "webhook" and channel["target"] in secrets_by_url:
            channel["secret"] = secrets_by_url[channel["target"]]
    return team

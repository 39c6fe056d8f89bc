"""Teams, and the channels by which they are notified of signals: admins change them, members see their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import ConfigDict, Field, StringConstraints, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import teams
from app.db.accounts.teams import NewTeamChannel, Team
from app.db.core import audit
from app.db.core.pages import NamePlace
from app.db.core.pool import Connection
from app.domain.companies import input as companies
from app.errors import Conflict, Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.accounts.users import NewUser
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel, is_none
from app.web.http.operation import LOCATION, Access, Reply, operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.http.webhook_secret import new_webhook_secret
from app.web.platform import Platform, get_platform

SignalKind = Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Channel(RequestModel):
    """Where a team is notified of signals."""

    model_config = ConfigDict(str_strip_whitespace=True)

    kind: Literal["webhook", "email"]
    target: str = Field(min_length=3, max_length=2000)
    """The URL of a webhook, or an e-mail address."""
    signals: list[SignalKind] | None = Field(default=None, min_length=1)
    """The kinds of signals to send; all if not given."""

    @model_validator(mode="after")
    def _address(self) -> Channel:
        if self.kind == "webhook":
            if "://" not in self.target:
                raise ValueError("must be a URL, such as https://example.com/hook")
            companies.normalize_website(self.target)
        else:
            self.target = NewUser(email=self.target, name="-").email
        return self


class NewTeam(RequestModel):
    """A team to create."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Sales", "channels": [{"kind": "email", "target": "sales@example.com"}]}]
        }
    )

    name: Name
    members: list[UUID] = Field(default=[], max_length=1000)
    channels: list[Channel] = Field(default=[], max_length=50)


class TeamChange(RequestModel):
    """Fields that are given replace the stored ones; a channel that stays keeps its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Sales, north"}]})

    name: Name | None = None
    members: list[UUID] | None = Field(default=None, max_length=1000)
    channels: list[Channel] | None = Field(default=None, max_length=50)


class TeamMember(ResponseModel):
    id: UUID
    email: str
    name: str


class TeamChannel(ResponseModel):
    id: UUID
    kind: Literal["webhook", "email"]
    target: str
    signals: list[SignalKind] | None
    """Null for all kinds."""
    secret: str | None = Field(default=None, exclude_if=is_none)
    """For the signatures of a webhook. Only in the response to the request that added the channel."""


class TeamModel(ResponseModel):
    """A team, and where it is notified of signals."""

    id: UUID
    name: str
    members: list[TeamMember]
    channels: list[TeamChannel]
    created_at: datetime


class TeamPage(KeysetPageModel):
    teams: list[TeamModel]


@operation("listTeams", tag="Accounts", query=OpaqueKeysetPaging, returns={200: TeamPage})
async def index(request: Request) -> Response:
    """List your teams. Administrators see all teams."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, OpaqueKeysetPaging)
    after = NamePlace(*decode_cursor(paging.cursor, tuple[str, UUID])) if paging.cursor else None
    member = None if user.is_admin else user.id
    async with platform.pool.acquire() as conn:
        page = await teams.list_teams(conn, member, after=after, limit=paging.limit, offset=paging.offset)

    def cursor_of(team: teams.Team) -> str:
        return encode_cursor(team.name, team.id)

    entries = [present_team(team) for team in page.rows]
    return JSON(TeamPage(teams=entries, **keyset_fields(page, paging, cursor_of)))


@operation("getTeam", tag="Accounts", returns={200: TeamModel})
async def read(request: Request) -> Response:
    """Return a team."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        team = await teams.get(conn, request_parsing.path_id(request), None if user.is_admin else user.id)
    return JSON(present_team(_found(team)))


@operation(
    "createTeam",
    tag="Accounts",
    access=Access.ADMIN,
    body=NewTeam,
    returns={201: Reply(TeamModel, headers=[LOCATION])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Create a team. The response has the secrets of its webhooks, which are shown this once."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewTeam)
    await _check_receivers(platform, new.channels)
    async with platform.pool.acquire() as conn, conn.transaction():
        team_id = await teams.insert(conn, new.name, admin.id)
        if team_id is None:
            raise Conflict(f"A team named {new.name!r} already exists. Choose another name.")
        new_secrets = await _set_members_and_channels(conn, team_id, new.members, new.channels)
        await audit.record(conn, "TEAM_CREATED", {"teamId": team_id, "name": new.name}, user_id=admin.id)
        team = present_team(_found(await teams.get(conn, team_id, None)), new_secrets)
    return JSON(team, 201, {"Location": f"/api/v1/teams/{team_id}"})


async def _check_receivers(platform: Platform, channels: Sequence[Channel]) -> None:
    """Raises Invalid for webhooks to which no message may be sent."""
    findings = []
    for index, channel in enumerate(channels):
        if channel.kind == "webhook":
            try:
                await platform.check_receiver(channel.target)
            except ValueError as error:
                findings.append((f"channels.{index}.target", str(error)))
    if findings:
        raise Invalid(findings)


@operation(
    "updateTeam", tag="Accounts", access=Access.ADMIN, body=TeamChange, returns={200: TeamModel}, errors=[Conflict]
)
async def update(request: Request) -> Response:
    """Change a team. The response has the secrets of new webhooks, which are shown this once."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    team_id = request_parsing.path_id(request)
    change = await request_parsing.read_model(request, TeamChange)
    given = change.model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", "Give at least one of name, members and channels.")])
    await _check_receivers(platform, change.channels or [])
    async with platform.pool.acquire() as conn, conn.transaction():
        _found(await teams.get(conn, team_id, None))
        if change.name is not None:
            try:
                await teams.update_name(conn, team_id, change.name)
            except asyncpg.UniqueViolationError:
                raise Conflict(f"A team named {change.name!r} already exists. Choose another name.") from None
        new_secrets = await _set_members_and_channels(conn, team_id, change.members, change.channels)
        await audit.record(conn, "TEAM_UPDATED", {"teamId": team_id, "fields": list(given)}, user_id=admin.id)
        team = present_team(_found(await teams.get(conn, team_id, None)), new_secrets)
    return JSON(team)


@operation("deleteTeam", tag="Accounts", access=Access.ADMIN, returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete a team and its channels."""
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


def present_team(team: Team, secrets_by_url: Mapping[str, str] | None = None) -> TeamModel:
    """Return the team with these secrets of its webhooks; none by default."""
    return TeamModel(
        id=team.id,
        name=team.name,
        members=[TeamMember(id=member.id, email=member.email, name=member.name) for member in team.members],
        channels=[
            TeamChannel.model_validate(
                {
                    "id": channel.id,
                    "kind": channel.kind,
                    "target": channel.target,
                    "signals": channel.signals,
                    "secret": (secrets_by_url or {}).get(channel.target) if channel.kind == "webhook" else None,
                }
            )
            for channel in team.channels
        ],
        created_at=team.created_at,
    )


def _found(team: Team | None) -> Team:
    """Raises NotFound if there is no team, or the user is not a member of it."""
    if team is None:
        raise NotFound("Team not found.")
    return team

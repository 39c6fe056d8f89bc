"""The page of teams: their members, and where they are notified of signals."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import teams
from app.db.accounts.users import User
from app.web.dashboard.core import html
from app.web.platform import get_platform

MAX_TEAMS = 200


async def show(request: Request) -> Response:
    """Show the user's teams; administrators see all."""
    user: User = request.state.user
    member = None if user.is_admin else user.id
    async with get_platform(request).pool.acquire() as conn:
        page = await teams.list_teams(conn, member, limit=MAX_TEAMS)
    return html.page(request, "teams.html", teams=page.rows, more=page.total.count - len(page.rows))

"""The pages of reference data: what there is, where it covers, and replacing and removing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.imports import kept_uploads
from app.db.reference import sources
from app.db.reference.sources import ReferenceSource
from app.errors import AppError, NotFound
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.http.request_parsing import path_id
from app.web.platform import get_platform
from app.web.reference import sources as reference

KINDS = {"points": "address points", "parcels": "parcels", "confirmed": "placed by hand in the review queue"}
"""In words."""
SHOWN_POSTCODES = 5
"""Of each source, in the list."""
MAX_POSTCODES = 2_000
"""On the page of a source."""


@dataclass(frozen=True)
class Coverage:
    """How many houses a source has in a postcode; None for those without one."""

    postcode: str | None
    houses: int


def coverage(source: ReferenceSource) -> list[Coverage]:
    """Return the postcodes of a source, those with most houses first."""
    entries = [Coverage(code or None, count) for code, count in source.postcodes.items() if count]
    return sorted(entries, key=lambda entry: (-entry.houses, entry.postcode or ""))


async def index(request: Request) -> Response:
    """Show all sources that answer the user's questions; to administrators, all sources."""
    user: User = request.state.user
    found = await _list(request)
    return html.page(
        request,
        "reference_data.html",
        sources=[(source, coverage(source)) for source in found],
        houses=sum(source.rows for source in found),
        postcodes=len({code for source in found for code, count in source.postcodes.items() if code and count}),
        kinds=KINDS,
        most=SHOWN_POSTCODES,
        may_change=_may_change(user),
    )


async def show(request: Request) -> Response:
    """Show one source with its coverage. Raises NotFound."""
    user: User = request.state.user
    [source] = await _list(request, path_id(request))
    entries = coverage(source)
    return html.page(
        request,
        "reference_source.html",
        source=source,
        entries=entries[:MAX_POSTCODES],
        more=max(0, len(entries) - MAX_POSTCODES),
        most=max((entry.houses for entry in entries), default=1),
        kinds=KINDS,
        may_change=_may_change(user)(source),
        question=_removal(source),
    )


async def remove(request: Request) -> Response:
    """Remove a source, once it is confirmed."""
    [source] = await _list(request, path_id(request))
    form = await read_form(request)
    if (asking := confirm.ask(request, form, _removal(source), "Remove the data")) is not None:
        return asking
    try:
        await internal_api.call(request, reference.delete, method="DELETE")
    except AppError as error:
        return html.redirect(request, "/reference", error.detail, tone="bad")
    return html.redirect(request, "/reference", f"{source.name} was removed. It answers nothing any more.")


async def ask_to_replace(request: Request, name: str) -> str:
    """Return the question whether earlier data are to be replaced by an upload; empty if there are none of its name."""
    user: User = request.state.user
    if not name:
        async with get_platform(request).pool.acquire() as conn:
            kept = await kept_uploads.get(conn, path_id(request), user.id)
        name = PurePath(kept.name or "").name.partition(".")[0].strip() if kept else ""
    replaced = [source for source in await _list(request) if source.name == name and _may_change(user)(source)]
    if not replaced:
        return ""
    houses = sum(source.rows for source in replaced)
    return (
        f"There are data named {name} already, with {houses:,} houses. Replace them? They answer until the import is"
        " complete."
    )


async def _list(request: Request, run: UUID | None = None) -> Sequence[ReferenceSource]:
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        found = await sources.list_visible(conn, user.id, all_users=user.is_admin, run=run)
    if run is not None and not found:
        raise NotFound("These reference data were not found. They were replaced or removed.")
    return found


def _may_change(user: User) -> Callable[[ReferenceSource], bool]:
    """Return the function that says whether the user may replace or remove a source."""
    return lambda source: user.is_admin or source.created_by == user.id


def _removal(source: ReferenceSource) -> str:
    return f"Remove {source.name} with its {source.rows:,} houses? Households that were located by it keep their place."

"""Lists of signals, of all companies or of one."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import signals
from app.db.core.pool import Connection
from app.domain.companies.signals import SIGNAL_KINDS
from app.errors import Invalid
from app.web.accounts import auth
from app.web.companies.company_refs import find_company
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform


class SignalQuery(Paging):
    """The query parameters of the list of signals."""

    type: str | None = None


async def index(request: Request) -> Response:
    """List the signals of all companies, newest first. 200 `{"signals": [signal], "total", "limit", "offset"}`."""
    await auth.require(request)
    query = request_parsing.parse_query(request, SignalQuery)
    if query.type is not None and query.type not in SIGNAL_KINDS:
        raise Invalid([("type", f"must be one of {', '.join(SIGNAL_KINDS)}")])
    async with get_platform(request).pool.acquire() as conn:
        return await _list(conn, query, company_id=None, kind=query.type)


async def index_of_company(request: Request) -> Response:
    """List the signals of a company, newest first. 200 `{"signals": [signal], "total", "limit", "offset"}`."""
    await auth.require(request)
    query = request_parsing.parse_query(request, Paging)
    async with get_platform(request).pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        return await _list(conn, query, company_id=company.id, kind=None)


async def _list(conn: Connection, query: Paging, *, company_id: UUID | None, kind: str | None) -> Response:
    found, total = await signals.list_signals(
        conn, company_id=company_id, kind=kind, limit=query.limit, offset=query.offset
    )
    return JSON(page_of("signals", [signal.to_json() for signal in found], total, query))

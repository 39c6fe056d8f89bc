"""Signals, of all companies or of one: lists, and a download as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import signals
from app.db.companies.signals import ExportedSignal, SignalFilters, SignalPlace
from app.db.core.pool import Connection
from app.domain.companies.signals import Signal, SignalKind
from app.domain.text.typed_columns import typed_columns
from app.errors import NotFound
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_company
from app.web.companies.presenters import SignalModel, present_signal
from app.web.companies.words import OWN, Words
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.downloads import send_table
from app.web.http.models import KeysetPageModel, RequestModel
from app.web.http.off_loop import off_loop_for
from app.web.http.operation import operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields, keyset_pages
from app.web.http.schema_types import Timestamp
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import SHEET_FORMATS, SheetDownload, TableFormat, choose_format, table_reply
from app.web.platform import get_platform

EXPORT_PAGE_SIZE = 1_000
EXPORT_COLUMNS = (
    "id", "companyId", "externalId", "companyName", "type", "title", "quote", "url", "sha256", "occurredOn",
    "detectedAt", "strength",
)  # fmt: skip


class SignalFilterQuery(RequestModel):
    """Query parameters that filter signals; all that are given must match."""

    type: SignalKind | None = None
    company_id: CompanyKey | None = None
    """The company's id, that of its business, or the client's own id."""
    detected_after: Timestamp | None = None
    """Detected at this time or later."""
    detected_before: Timestamp | None = None


class SignalExportQuery(SignalFilterQuery, SheetDownload):
    """The query parameters of the download of signals."""


class SignalQuery(SignalFilterQuery, OpaqueKeysetPaging):
    """The query parameters of the list of signals."""


class SignalPage(KeysetPageModel):
    signals: list[SignalModel]


@operation("listSignals", tag="Companies", query=SignalQuery, returns={200: SignalPage}, errors=[NotFound])
async def index(request: Request) -> Response:
    """List signals, newest first."""
    await auth.require(request)
    query = request_parsing.parse_query(request, SignalQuery)
    async with get_platform(request).pool.acquire() as conn:
        return await list_page(conn, await _filters(conn, query), query, OWN)


@operation(
    "listCompanySignals",
    tag="Companies",
    path={"id": CompanyKey},
    query=OpaqueKeysetPaging,
    returns={200: SignalPage},
)
async def index_of_company(request: Request) -> Response:
    """List the signals of a company, newest first."""
    return await list_of_company(request, OWN)


async def list_of_company(request: Request, words: Words) -> Response:
    await auth.require(request)
    query = request_parsing.parse_query(request, OpaqueKeysetPaging)
    async with get_platform(request).pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        return await list_page(conn, SignalFilters(company.id), query, words)


async def list_page(conn: Connection, filters: SignalFilters, paging: OpaqueKeysetPaging, words: Words) -> Response:
    """Respond with a page of the signals that match."""
    before = SignalPlace(*decode_cursor(paging.cursor, tuple[Timestamp, UUID])) if paging.cursor else None
    page = await signals.list_signals(conn, filters, before=before, limit=paging.limit, offset=paging.offset)

    def cursor_of(signal: Signal) -> str:
        return encode_cursor(signal.detected_at, signal.id)

    def respond() -> Response:
        presented = [present_signal(signal) for signal in page.rows]
        return words.json(SignalPage(signals=presented, **keyset_fields(page, paging, cursor_of)))

    return await off_loop_for(len(page.rows), respond)


async def _filters(conn: Connection, query: SignalFilterQuery) -> SignalFilters:
    """Raises NotFound for an unknown company."""
    company = None if query.company_id is None else await find_company(conn, query.company_id)
    return SignalFilters(company.id if company else None, query.type, query.detected_after, query.detected_before)


@operation(
    "exportSignals",
    tag="Companies",
    query=SignalExportQuery,
    returns={200: table_reply(SHEET_FORMATS)},
    errors=[NotFound],
)
async def export_csv(request: Request) -> Response:
    """Download the signals that match as a CSV file or a spreadsheet, newest first."""
    await auth.require(request)
    query = request_parsing.parse_query(request, SignalExportQuery)
    pool = get_platform(request).pool
    async with pool.acquire() as conn:
        filters = await _filters(conn, query)

    async def read_page(conn: Connection, before: SignalPlace | None) -> Sequence[ExportedSignal]:
        return await signals.list_for_export(conn, filters, before=before, limit=EXPORT_PAGE_SIZE)

    def place(entry: ExportedSignal) -> SignalPlace:
        return SignalPlace(entry.signal.detected_at, entry.signal.id)

    pages = keyset_pages(pool, read_page, place, EXPORT_PAGE_SIZE)
    columns = typed_columns(EXPORT_COLUMNS, numbers=("strength",), dates=("occurredOn", "detectedAt"))
    table = Table("signals", columns, ([*map(_cells, page)] async for page in pages))
    format = choose_format(request, query.format, SHEET_FORMATS, TableFormat.CSV)
    return await send_table(request, table, format, bom=query.bom == "true")


def _cells(entry: ExportedSignal) -> Row:
    signal = entry.signal
    return (
        signal.id, signal.company_id, entry.external_id, entry.company_name, signal.kind, signal.title, signal.quote,
        signal.url, signal.sha256, signal.occurred_on, signal.detected_at, signal.strength,
    )  # fmt: skip

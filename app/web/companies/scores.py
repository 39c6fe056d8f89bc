"""The current scores of companies: a list, highest first, and a download as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import scores
from app.db.companies.scores import CompanyScore, ScoreFilters, ScorePlace
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.domain.companies.lead_scores import WEIGHTS
from app.domain.text.typed_columns import typed_columns
from app.errors import NotFound
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_company
from app.web.companies.presenters import ScoreModel, score_fields, score_parts
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.downloads import send_table
from app.web.http.models import KeysetPageModel, RequestModel
from app.web.http.off_loop import off_loop_for
from app.web.http.operation import operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields, keyset_pages
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.http.table_download import Table
from app.web.http.table_formats import SHEET_FORMATS, SheetDownload, TableFormat, choose_format, table_reply
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

EXPORT_PAGE_SIZE = 1_000
EXPORT_COLUMNS = (
    "companyId", "externalId", "companyName", "score", "baseScore", "completeness", "aiPoints", "aiReason",
    "computedAt", *WEIGHTS,
)  # fmt: skip
"""The columns of features hold their points."""
EXPORT_NUMBERS = ("score", "baseScore", "completeness", "aiPoints", *WEIGHTS)


class ScoreFilterQuery(RequestModel):
    """Query parameters that filter scores; all that are given must match."""

    min_score: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    max_score: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    company_id: CompanyKey | None = None
    """The company's id, that of its business, or the client's own id."""
    computed_after: Timestamp | None = None
    """Computed at this time or later."""
    computed_before: Timestamp | None = None


class ScoreExportQuery(ScoreFilterQuery, SheetDownload):
    """The query parameters of the download of scores."""


class ScoreQuery(ScoreFilterQuery, OpaqueKeysetPaging):
    """The query parameters of the list of scores."""


class CompanyScoreModel(ScoreModel):
    """The newest score of a company, with its parts."""

    company_id: UUID
    company_name: str
    external_id: str | None
    """The client's own id of the company."""


class ScorePage(KeysetPageModel):
    scores: list[CompanyScoreModel]


@operation("listScores", tag="Companies", query=ScoreQuery, returns={200: ScorePage}, errors=[NotFound])
async def index(request: Request) -> Response:
    """List the newest score of each company, highest first, with its parts."""
    user = await auth.require(request)
    query = request_parsing.parse_query(request, ScoreQuery)
    after = ScorePlace(*decode_cursor(query.cursor, tuple[float, UUID])) if query.cursor else None
    async with get_platform(request).pool.acquire() as conn:
        filters = await _filters(conn, query)
        page = await scores.list_current(conn, filters, after=after, limit=query.limit, offset=query.offset)
        readable = await jobs.list_readable(conn, [entry.score.job_id for entry in page.rows], reader_id(user))

    def cursor_of(entry: CompanyScore) -> str:
        return encode_cursor(entry.score.score, entry.company_id)

    def respond() -> Response:
        presented = [
            CompanyScoreModel(
                company_id=entry.company_id,
                company_name=entry.company_name,
                external_id=entry.external_id,
                **score_fields(entry.score, readable),
            )
            for entry in page.rows
        ]
        return JSON(ScorePage(scores=presented, **keyset_fields(page, query, cursor_of)))

    return await off_loop_for(len(page.rows), respond)


async def _filters(conn: Connection, query: ScoreFilterQuery) -> ScoreFilters:
    """Raises NotFound for an unknown company."""
    company = None if query.company_id is None else await find_company(conn, query.company_id)
    return ScoreFilters(
        query.min_score, query.max_score, company.id if company else None, query.computed_after, query.computed_before
    )


@operation(
    "exportScores",
    tag="Companies",
    query=ScoreExportQuery,
    returns={200: table_reply(SHEET_FORMATS)},
    errors=[NotFound],
)
async def export_csv(request: Request) -> Response:
    """Download the newest score of each company as a CSV file or a spreadsheet, highest first.

    Each feature has a column with its points.
    """
    await auth.require(request)
    query = request_parsing.parse_query(request, ScoreExportQuery)
    pool = get_platform(request).pool
    async with pool.acquire() as conn:
        filters = await _filters(conn, query)

    async def read_page(conn: Connection, after: ScorePlace | None) -> Sequence[CompanyScore]:
        return await scores.list_current_for_export(conn, filters, after=after, limit=EXPORT_PAGE_SIZE)

    def place(entry: CompanyScore) -> ScorePlace:
        return ScorePlace(entry.score.score, entry.company_id)

    pages = keyset_pages(pool, read_page, place, EXPORT_PAGE_SIZE)
    columns = typed_columns(EXPORT_COLUMNS, numbers=EXPORT_NUMBERS, dates=("computedAt",))
    table = Table("scores", columns, ([[*_cells(entry)] for entry in page] async for page in pages))
    format = choose_format(request, query.format, SHEET_FORMATS, TableFormat.CSV)
    return await send_table(request, table, format, bom=query.bom == "true")


def _cells(entry: CompanyScore) -> Iterable[object]:
    parts, opinion = score_parts(entry.score)
    points = {feature.name: feature.points for feature in parts.features}
    yield from (entry.company_id, entry.external_id, entry.company_name, entry.score.score)
    yield from (parts.base_score, parts.completeness)
    yield from (opinion.points, opinion.reason) if opinion else (None, None)
    yield entry.score.computed_at
    yield from (points.get(name) for name in WEIGHTS)

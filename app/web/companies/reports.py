"""Reports as JSON, Markdown or HTML, and the stored texts of their sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import report_parts, reports
from app.errors import NotFound
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_company
from app.web.companies.presenters import ReportOverviewModel, present_overview
from app.web.companies.report_formats import to_html, to_markdown
from app.web.companies.report_json import ReportModel, present_report
from app.web.companies.words import OWN, Words
from app.web.http import request_parsing
from app.web.http.list_headers import list_header
from app.web.http.models import KeysetPageModel, RequestModel
from app.web.http.operation import ETAG, Media, Reply, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.platform import get_platform

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAX_SOURCE_NUMBER_DIGITS = 4
SourceNumber = Annotated[str, Field(pattern=r"^S?[0-9]{1,4}$", examples=["S1"])]


class ReportQuery(RequestModel):
    """The query parameters of a report."""

    format: Literal["json", "markdown", "md", "html"] | None = None
    """The Accept header decides if it is not given; JSON is the default."""


class ReportPage(KeysetPageModel):
    reports: list[ReportOverviewModel]


@operation(
    "listCompanyReports", tag="Companies", path={"id": CompanyKey}, query=KeysetPaging, returns={200: ReportPage}
)
async def index_of_company(request: Request) -> Response:
    """List a company's reports, newest first."""
    return await list_of_company(request, OWN)


async def list_of_company(request: Request, words: Words) -> Response:
    await auth.require(request)
    query = request_parsing.parse_query(request, KeysetPaging)
    async with get_platform(request).pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        page = await reports.list_reports(conn, company.id, before=query.cursor, limit=query.limit, offset=query.offset)
    presented = [present_overview(report) for report in page.rows]
    return words.json(ReportPage(reports=presented, **keyset_fields(page, query, lambda report: report.id)))


@operation(
    "getReport",
    tag="Companies",
    query=ReportQuery,
    returns={200: Reply(ReportModel, media=Media(("text/markdown", "text/html")))},
)
async def read(request: Request) -> Response:
    """Return a report as JSON, Markdown or HTML."""
    return await show_report(request, OWN)


async def show_report(request: Request, words: Words) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    report_format = request_parsing.parse_query(request, ReportQuery).format or _accepted_format(
        list_header(request, "accept")
    )
    report_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        report = await reports.get(conn, report_id)
    if report is None:
        raise NotFound(f"Report {report_id} not found.")
    content = present_report(report)
    headers = {"Vary": "Accept"}
    match report_format:
        case "markdown" | "md":
            return Response(to_markdown(content), 200, headers, "text/markdown; charset=utf-8")
        case "html":
            policy = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            return Response(to_html(content), 200, headers | policy, "text/html")
        case _:
            return words.json(content, headers=headers)


def _accepted_format(accept: str) -> str:
    """Return the first format that an Accept header names; `*/*` means JSON."""
    for entry in accept.lower().split(","):
        match entry.partition(";")[0].strip():
            case "text/html":
                return "html"
            case "text/markdown":
                return "markdown"
            case "application/json" | "*/*":
                return "json"
    return "json"


@operation(
    "getReportSource",
    tag="Companies",
    path={"source": SourceNumber},
    returns={200: Reply(Media(("text/plain",)), headers=[ETAG])},
)
async def source(request: Request) -> Response:
    """Return the stored text of a source.

    The report gives its SHA-256, and all quotations stand in it verbatim.
    """
    return await show_source(request)


async def show_source(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    report_id = request_parsing.path_id(request)
    number = request.path_params["source"].removeprefix("S")
    if not number.isdecimal() or len(number) > MAX_SOURCE_NUMBER_DIGITS:
        raise NotFound("Source not found.")
    async with platform.pool.acquire() as conn:
        stored = await report_parts.get_source_text(conn, report_id, int(number))
    if stored is None:
        raise NotFound("Source not found.")
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{stored.sha256.hex()}"'}
    return Response(stored.text, 200, headers, "text/plain; charset=utf-8")

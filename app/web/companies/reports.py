"""Reports as JSON, Markdown or HTML, and the stored texts of their sources."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import report_parts, reports
from app.errors import NotFound
from app.web.accounts import auth
from app.web.companies.company_refs import find_company
from app.web.companies.presenters import present_overview
from app.web.companies.report_formats import to_html, to_markdown
from app.web.companies.report_json import present_report
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAX_SOURCE_NUMBER_DIGITS = 4


class ReportQuery(BaseModel):
    """The query parameters of a report."""

    format: Literal["json", "markdown", "md", "html"] | None = None


async def index_of_company(request: Request) -> Response:
    """List a company's reports, newest first. 200 `{"reports": [overview], "total", "limit", "offset"}`."""
    await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        found, total = await reports.list_reports(conn, company.id, limit=query.limit, offset=query.offset)
    return JSON(page_of("reports", [present_overview(report) for report in found], total, query))


async def read(request: Request) -> Response:
    """Show a report in the format that `?format=` or the Accept header asks for; JSON is the default.

    200 application/json, text/markdown or text/html.
    """
    await auth.require(request)
    platform = get_platform(request)
    report_format = request_parsing.parse_query(request, ReportQuery).format or _accepted_format(
        request.headers.get("accept", "")
    )
    report_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        report = await reports.get(conn, report_id)
    if report is None:
        raise NotFound(f"Report {report_id} not found.")
    content = present_report(report)
    headers = {"Vary": "Accept", "Cache-Control": "private, no-cache"}
    match report_format:
        case "markdown" | "md":
            return Response(to_markdown(content), 200, headers, "text/markdown; charset=utf-8")
        case "html":
            policy = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            return Response(to_html(content), 200, headers | policy, "text/html")
        case _:
            return JSON(content, headers=headers)


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


async def source(request: Request) -> Response:
    """Show the stored text of a source: the report gives its SHA-256, and all quotations stand in it verbatim.

    200 text/plain.
    """
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

"""The page of a report, and the stored text of a source with a quotation highlighted."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import report_parts, reports
from app.db.companies.reports import Report
from app.db.jobs import records as jobs
from app.errors import NotFound
from app.web.companies.report_formats import summary, title
from app.web.companies.report_json import as_sentence, present_report
from app.web.dashboard.core import html
from app.web.dashboard.core.highlighting import highlight
from app.web.http.off_loop import off_loop
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_NUMBER_DIGITS = 4


async def show(request: Request) -> Response:
    """Show a report as far as it is written. Raises NotFound."""
    user: User = request.state.user
    report_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        report = await reports.get(conn, report_id)
        job_id = await reports.get_job_id(conn, report_id)
        if report is None:
            raise NotFound("Report not found. It was deleted with its company.")
        readable = await jobs.list_readable(conn, [job_id], reader_id(user))
    content = present_report(report)
    return html.page(
        request,
        "report.html",
        report=content,
        name=title(content),
        summary=summary(content),
        sentence=as_sentence,
        job_id=job_id,
        readable=readable,
    )


async def show_source(request: Request) -> Response:
    """Show the stored text of a source; `section` and `claim` name the quotation to highlight. Raises NotFound."""
    report_id, number = path_id(request), _number(request.path_params["number"].removeprefix("S"))
    async with get_platform(request).pool.acquire() as conn:
        report = await reports.get(conn, report_id)
        stored = await report_parts.get_source_text(conn, report_id, number) if number is not None else None
    if report is None or stored is None:
        raise NotFound("Source not found.")
    quote = _find_quote(report, request.query_params.get("section", ""), request.query_params.get("claim", ""))
    content = present_report(report)
    return html.page(
        request,
        "report_source.html",
        report=content,
        source_entry=next(source for source in content.sources if source.id == f"S{number}"),
        quote=quote,
        source=await off_loop(len(stored.text), highlight, stored.text, quote),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_DIGITS else None


def _find_quote(report: Report, section_key: str, claim: str) -> str:
    """Return the quotation of a claim by its section and its number from 0, empty text if there is none."""
    section = next((section for section in report.sections if section.key == section_key), None)
    number = _number(claim)
    if section is None or number is None or number >= len(section.claims):
        return ""
    return section.claims[number].quote

"""Reports as JSON, Markdown and a page that prints; and the stored text of each of their sources."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import reports
from app.domain.companies.research.report import to_html, to_markdown
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.platform import get_platform

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Form(BaseModel):
    format: Literal["json", "markdown", "md", "html"] | None = None


async def show(request: Request) -> Response:
    """In the form that `?format=` or the Accept header asks for; JSON otherwise."""
    await auth.require(request)
    platform = get_platform(request)
    form = request_parsing.parse_query(request, Form).format or _accepted(request.headers.get("accept", ""))
    report_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        report = await reports.get(conn, report_id)
    if report is None:
        raise NotFound(f"There is no report {report_id}.")
    headers = {"Vary": "Accept", "Cache-Control": "private, no-cache"}
    match form:
        case "markdown" | "md":
            return Response(to_markdown(report), 200, headers, "text/markdown; charset=utf-8")
        case "html":
            return Response(to_html(report), 200, headers | {"Content-Security-Policy": POLICY}, "text/html")
        case _:
            return JSON(report, headers=headers)


def _accepted(header: str) -> str:
    """The first of our forms that the client names; `*/*` is JSON."""
    for entry in header.lower().split(","):
        match entry.partition(";")[0].strip():
            case "text/html":
                return "html"
            case "text/markdown":
                return "markdown"
            case "application/json" | "*/*":
                return "json"
    return "json"


async def source(request: Request) -> Response:
    """A source's text as it was stored, whose SHA-256 the report gives; quotations stand in it letter by letter."""
    await auth.require(request)
    platform = get_platform(request)
    report_id = request_parsing.path_id(request)
    number = request.path_params["source"].removeprefix("S")
    async with platform.pool.acquire() as conn:
        row = (
            await reports.source_text(conn, report_id, int(number)) if number.isdecimal() and len(number) < 5 else None
        )
    if row is None:
        raise NotFound("There is no such source.")
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{row["sha256"].hex()}"'}
    return Response(row["text"], 200, headers, "text/plain; charset=utf-8")

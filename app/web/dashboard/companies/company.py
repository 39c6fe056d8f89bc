"""The page of one company: facts with their sources, reports, signals, the score with its parts, and contacts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import fields, reports, scores, signals
from app.db.companies.signals import SignalFilters
from app.db.jobs import records as jobs
from app.db.websites.contacts import list_contacts
from app.web.companies.company_refs import find_company
from app.web.companies.presenters import present_fields, score_parts
from app.web.dashboard.companies.tables import COMPANY_PAGE, SIGNAL
from app.web.dashboard.core import html
from app.web.dashboard.core.record_jobs import list_jobs
from app.web.dashboard.core.results import format_value
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_SIGNALS = 10
MAX_REPORTS = 10
SOURCES = {"companies_house": "Companies House", "google_places": "Google Places", "website": "Website"}
"""Sources of facts in words."""


async def show(request: Request) -> Response:
    """Show a company, by its own id or the client's. Raises NotFound."""
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        facts = present_fields((await fields.list_fields(conn, [company.id])).get(company.id, []))
        score = await scores.get_latest(conn, company.id)
        readable = await jobs.list_readable(conn, [score.job_id] if score else [], reader_id(user))
        newest = await signals.list_signals(conn, SignalFilters(company.id), limit=MAX_SIGNALS)
        written = await reports.list_reports(conn, company.id, limit=MAX_REPORTS)
        contacts = await list_contacts(conn, company.business_id) if company.business_id else []
        related = await list_jobs(conn, user, [{"companyId": str(company.id)}, {"companyIds": [str(company.id)]}])
    parts, opinion = score_parts(score) if score else (None, None)
    return html.page(
        request,
        "company.html",
        page=COMPANY_PAGE,
        company=company,
        facts=facts,
        sources=SOURCES,
        score=score,
        parts=parts,
        opinion=opinion,
        signals=newest,
        signal_labels=SIGNAL,
        reports=written,
        contacts=contacts,
        related=related,
        readable=readable,
        text=format_value,
    )

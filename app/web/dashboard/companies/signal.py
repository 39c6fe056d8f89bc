"""The page of one signal: its quotation, highlighted in the stored text of its source."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import records as companies
from app.db.companies import signals
from app.db.jobs import records as jobs
from app.errors import NotFound
from app.web.dashboard.companies.tables import SIGNAL
from app.web.dashboard.core import html
from app.web.dashboard.core.highlighting import highlight
from app.web.http.off_loop import off_loop
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform


async def show(request: Request) -> Response:
    """Show a signal. Raises NotFound."""
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        found = await signals.get_with_source(conn, path_id(request))
        if found is None:
            raise NotFound("Signal not found. It was deleted with its company.")
        company = await companies.get(conn, found.signal.company_id)
        readable = await jobs.list_readable(conn, [found.job_id], reader_id(user))
    return html.page(
        request,
        "signal.html",
        signal=found.signal,
        job_id=found.job_id,
        company=company,
        label=SIGNAL[found.signal.kind],
        source=await off_loop(len(found.text), highlight, found.text, found.signal.quote),
        readable=readable,
    )
